"""A proxy between the program and a server, which delays what passes and cuts connections off."""

import contextlib
import select
import socket
import struct
import threading
import time
import urllib.parse

from _target import wire


class Proxy:
    """Listens on a port of its own. `delay`: seconds before each piece; `cut_after`: bytes, of all connections together, behind
    which the one that passed them is reset; None: never. `cuts` counts those."""

    def __init__(self, port):
        self.server_port = port
        self.delay, self.cut_after, self.cuts = 0.0, None, 0
        self._lock = threading.Lock()
        self._listener = wire.Listener(self._serve)
        self.port = self._listener.port

    def stop(self):
        self._listener.close()

    def url(self, url):
        """The same database, through the proxy."""
        parts = urllib.parse.urlsplit(url)
        return parts._replace(netloc=parts.netloc.rsplit(":", 1)[0] + f":{self.port}").geturl()

    def _serve(self, client):
        with client, contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server_port)) as server:
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                for end in select.select((client, server), (), ())[0]:
                    piece = end.recv(1 << 16)
                    if not piece:
                        return
                    if self.delay:
                        time.sleep(self.delay)
                    if self._is_cut(len(piece)):
                        for other in (client, server):
                            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        return
                    (server if end is client else client).sendall(piece)

    def _is_cut(self, size):
        with self._lock:
            if self.cut_after is None:
                return False
            self.cut_after -= size
            if self.cut_after > 0:
                return False
            self.cut_after = None
            self.cuts += 1
            return True
