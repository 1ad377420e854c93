"""PostgreSQL wire protocol v3: framing, message builders and a small blocking client.

Shared by the stand-in's server side (which frames and forwards) and by the tests
(which speak it as a client).  Nothing here knows about CockroachDB.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import socket
import struct
import sys
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

PROTOCOL_3 = 196608
SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
CANCEL_REQUEST = 80877102

_LENGTH = struct.Struct("!I")


class WireError(Exception):
    """The peer closed the connection or broke the protocol."""


class ServerError(Exception):
    """An ErrorResponse; `fields` maps the one-letter field codes to text.

    Without a SQLSTATE it is of a postmaster that could not fork: that says it in protocol 2.
    """

    def __init__(self, fields):
        super().__init__(f"{fields.get('C', '?????')}: {fields.get('M', '')}")
        self.fields = fields

    def __reduce__(self):
        # The default would rebuild it from its text, in another process.
        return ServerError, (self.fields,)

    @property
    def sqlstate(self):
        return self.fields.get("C", "")

    @property
    def message(self):
        return self.fields.get("M", "")


def decode(raw):
    """Bytes to str without ever failing: bytes that are not UTF-8 survive the way back."""
    return bytes(raw).decode("utf-8", "surrogateescape")


def encode(text):
    return text.encode("utf-8", "surrogateescape")


def message(kind, body=b""):
    """One framed message: type byte (bytes of length 1), length, body."""
    return kind + _LENGTH.pack(len(body) + 4) + body


def cstring(text):
    return encode(text) + b"\0"


def fields_body(fields):
    return b"".join(key.encode() + cstring(value) for key, value in fields.items()) + b"\0"


def parse_fields(body):
    """Body of an ErrorResponse or NoticeResponse to a dict."""
    fields = {}
    for part in bytes(body).split(b"\0"):
        if part:
            fields[chr(part[0])] = decode(part[1:])
    return fields


def error(fields):
    return message(b"E", fields_body({"S": "ERROR", "V": "ERROR", **fields}))


def notice(text, severity="NOTICE", sqlstate="00000", hint=None):
    fields = {"S": severity, "V": severity, "C": sqlstate, "M": text}
    if hint:
        fields["H"] = hint
    return message(b"N", fields_body(fields))


def command_complete(tag):
    return message(b"C", cstring(tag))


def parameter_status(name, value):
    return message(b"S", cstring(name) + cstring(value))


def ready_for_query(status):
    return message(b"Z", status.encode())


def row_description(columns):
    """`columns` is a list of (name, type oid); text format."""
    body = struct.pack("!H", len(columns))
    for name, oid in columns:
        body += cstring(name) + struct.pack("!IhIhih", 0, 0, oid, -1, -1, 0)
    return message(b"T", body)


def data_row(values):
    body = struct.pack("!H", len(values))
    for value in values:
        if value is None:
            body += struct.pack("!i", -1)
        else:
            raw = encode(str(value))
            body += struct.pack("!i", len(raw)) + raw
    return message(b"D", body)


def parse_data_row(body):
    count = struct.unpack_from("!H", body)[0]
    position, values = 2, []
    for _ in range(count):
        size = struct.unpack_from("!i", body, position)[0]
        position += 4
        if size < 0:
            values.append(None)
        else:
            values.append(decode(body[position:position + size]))
            position += size
    return values


def parse_row_names(body):
    count = struct.unpack_from("!H", body)[0]
    position, names = 2, []
    for _ in range(count):
        end = body.index(b"\0", position)
        names.append(decode(body[position:end]))
        position = end + 19
    return names


class Listener:
    """Listens on 127.0.0.1 (port 0: a free one); serve(sock) runs in a thread of its own for each connection.

    What is in the way of one connection (no descriptor, no thread) is said on stderr, and ends
    neither the others nor the listening.
    """

    def __init__(self, serve, port=0):
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self._closed = False
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        """Harmless when repeated."""
        self._closed = True
        # close() alone would leave the port open for the one accept() that waits.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        while not self._closed:
            try:
                sock, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()
            except (OSError, RuntimeError) as problem:
                if self._closed:
                    return
                print(f"port {self.port}: a connection is not served: {problem}", file=sys.stderr)
                time.sleep(0.1)


class Channel:
    """A socket with a read buffer, giving whole messages or raw runs of them."""

    CHUNK = 1 << 18

    def __init__(self, sock):
        self.sock = sock
        self.buffer = bytearray()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.sock.sendall(data)

    def fill(self):
        """Reads once from the socket; raises WireError at end of file."""
        data = self.sock.recv(self.CHUNK)
        if not data:
            raise WireError("connection closed")
        self.buffer += data

    def exactly(self, size):
        while len(self.buffer) < size:
            self.fill()
        data = bytes(self.buffer[:size])
        del self.buffer[:size]
        return data

    def has_message(self):
        """True when a whole message is already buffered."""
        if len(self.buffer) < 5:
            return False
        return len(self.buffer) >= 1 + _LENGTH.unpack_from(self.buffer, 1)[0]

    def read(self):
        """Next message as (type byte, body)."""
        while not self.has_message():
            self.fill()
        end = 1 + _LENGTH.unpack_from(self.buffer, 1)[0]
        kind, body = bytes(self.buffer[:1]), bytes(self.buffer[5:end])
        del self.buffer[:end]
        return kind, body

    def read_first(self):
        """Like read.  A postmaster that cannot fork answers in protocol 2, 'E' and a text: ServerError."""
        while len(self.buffer) < 5:
            self.fill()
        # A length that is four letters; libpq has the same limit.
        if self.buffer[:1] == b"E" and _LENGTH.unpack_from(self.buffer, 1)[0] > 30000:
            while not self.buffer.endswith(b"\0"):
                self.fill()
            raise ServerError({"S": "FATAL", "V": "FATAL", "M": decode(self.buffer[1:-1]).strip()})
        return self.read()

    def read_run(self, kind_byte):
        """All buffered leading messages of one type, unparsed (b'' when there is none).

        This is what makes bulk COPY cheap: a run is forwarded in one piece.
        """
        buffer, position, size = self.buffer, 0, len(self.buffer)
        unpack = _LENGTH.unpack_from
        while position + 5 <= size and buffer[position] == kind_byte:
            end = position + 1 + unpack(buffer, position + 1)[0]
            if end > size:
                break
            position = end
        run = bytes(buffer[:position])
        del buffer[:position]
        return run

    def read_startup(self):
        """A start-up packet (no type byte) as (code, body)."""
        size = _LENGTH.unpack(self.exactly(4))[0]
        if not 8 <= size <= 10240:
            raise WireError("bad startup packet")
        body = self.exactly(size - 4)
        return _LENGTH.unpack_from(body)[0], body[4:]

    def close(self):
        try:
            self.sock.close()
        except OSError:
            pass


def bodies_of_run(run):
    """Bodies of the messages in the bytes given by Channel.read_run."""
    position = 0
    while position < len(run):
        end = position + 1 + _LENGTH.unpack_from(run, position + 1)[0]
        yield run[position + 5:end]
        position = end


class Result:
    """What one simple query gave: the last row set, every tag, the notices, COPY OUT bytes."""

    def __init__(self):
        self.columns = []
        self.rows = []
        self.tags = []
        self.notices = []
        self.copied = b""

    @property
    def tag(self):
        return self.tags[-1] if self.tags else ""

    @property
    def scalar(self):
        return self.rows[0][0] if self.rows else None


class Client:
    """A blocking client: simple queries, COPY in and out, and bare extended messages."""

    def __init__(self, host, port, user="root", database="defaultdb", password=None, timeout=60,
                 options=None):
        self.channel = Channel(socket.create_connection((host, port), timeout=timeout))
        self.parameters, self.status, self.key = {}, "I", (0, 0)
        pairs = {"user": user, "database": database, "client_encoding": "UTF8", **(options or {})}
        body = struct.pack("!I", PROTOCOL_3)
        body += b"".join(cstring(key) + cstring(value) for key, value in pairs.items()) + b"\0"
        self.channel.send(_LENGTH.pack(len(body) + 4) + body)
        try:
            self._authenticate(user, password or "")
        except BaseException:
            self.channel.close()
            raise

    @classmethod
    def from_url(cls, url, **more):
        """Connects to postgresql://user:password@host:port/database."""
        parts = urlsplit(url)
        password = unquote(parts.password) if parts.password else None
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()
                   if key in ("application_name",)}
        return cls(parts.hostname, parts.port or 26257, unquote(parts.username or "root"),
                   unquote(parts.path.lstrip("/")) or "defaultdb", password,
                   options=options or None, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.channel.send(message(b"X"))
        except OSError:
            pass
        self.channel.close()

    def _authenticate(self, user, password):
        scram, read = None, self.channel.read_first
        while True:
            kind, body = read()
            read = self.channel.read
            if kind == b"E":
                raise ServerError(parse_fields(body))
            if kind == b"S":
                name, value = body.split(b"\0")[:2]
                self.parameters[decode(name)] = decode(value)
            elif kind == b"K":
                self.key = struct.unpack("!II", body)
            elif kind == b"Z":
                self.status = chr(body[0])
                return
            elif kind == b"R":
                code = _LENGTH.unpack_from(body)[0]
                if code == 3:
                    self.channel.send(message(b"p", cstring(password)))
                elif code == 5:
                    inner = hashlib.md5(encode(password + user)).hexdigest()
                    outer = hashlib.md5(inner.encode() + body[4:8]).hexdigest()
                    self.channel.send(message(b"p", cstring("md5" + outer)))
                elif code == 10:
                    scram = _Scram(password)
                    first = scram.first()
                    self.channel.send(message(
                        b"p", cstring("SCRAM-SHA-256") + _LENGTH.pack(len(first)) + first))
                elif code == 11:
                    self.channel.send(message(b"p", scram.final(body[4:])))

    def send_query(self, sql):
        self.channel.send(message(b"Q", cstring(sql)))

    def query(self, sql, copy_data=None):
        """Runs one simple query; `copy_data` (bytes or an iterable of bytes) answers a COPY IN.

        Raises ServerError after ReadyForQuery when any statement failed; the partial
        Result is its `result` attribute.
        """
        self.send_query(sql)
        return self.collect(copy_data)

    def rows(self, sql):
        return self.query(sql).rows

    def scalar(self, sql):
        return self.query(sql).scalar

    def collect(self, copy_data=None):
        """Reads answers up to ReadyForQuery."""
        result, failure, copied = Result(), None, []
        while True:
            kind, body = self.channel.read()
            if kind == b"T":
                result.columns, result.rows = parse_row_names(body), []
            elif kind == b"D":
                result.rows.append(parse_data_row(body))
            elif kind == b"C":
                result.tags.append(decode(body[:-1]))
            elif kind == b"N":
                result.notices.append(parse_fields(body))
            elif kind == b"E":
                failure = failure or ServerError(parse_fields(body))
            elif kind == b"G":
                self._send_copy(copy_data)
            elif kind == b"d":
                copied.append(body)
            elif kind == b"S":
                name, value = body.split(b"\0")[:2]
                self.parameters[decode(name)] = decode(value)
            elif kind == b"Z":
                self.status = chr(body[0])
                result.copied = b"".join(copied)
                if failure:
                    failure.result = result
                    raise failure
                return result

    def _send_copy(self, data):
        if data is None:
            self.channel.send(message(b"f", cstring("no data given")))
            return
        for piece in ([data] if isinstance(data, bytes) else data):
            for start in range(0, len(piece), 1 << 17):
                self.channel.send(message(b"d", piece[start:start + (1 << 17)]))
        self.channel.send(message(b"c"))


class _Scram:
    """Client side of SCRAM-SHA-256 without channel binding."""

    def __init__(self, password):
        self.password = encode(password)
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        self.bare = f"n=,r={self.nonce}"

    def first(self):
        return ("n,," + self.bare).encode()

    def final(self, server_first):
        server_first = decode(server_first)
        parts = dict(part.split("=", 1) for part in server_first.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(parts["s"]),
                                     int(parts["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        without_proof = "c=biws,r=" + parts["r"]
        auth = ",".join((self.bare, server_first, without_proof)).encode()
        signature = hmac.digest(hashlib.sha256(key).digest(), auth, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature))
        return (without_proof + ",p=" + base64.b64encode(proof).decode()).encode()
