"""S3-compatible storage in memory, strict about signatures: of path style, with uploads in parts.

Rules: AWS Signature Version 4 for S3 as Amazon's documentation has it.  What a request signs is
worked out from the request as it came, never by a library.

    with ObjectStorage() as storage:
        storage.url("imports/of mine")      # s3://..., as CockroachDB takes it
        storage.objects(), storage.uploads()
"""

import contextlib
import hashlib
import hmac
import http.server
import itertools
import re
import threading
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

_SMALLEST_PART = 5 << 20
_PLAIN = "-_.~"


def _hash(data):
    return hashlib.sha256(data).hexdigest()


def signature(secret, region, stamp, method, path, parameters, headers, payload):
    """The signature; `path` and `parameters` are decoded, `headers` are the signed ones, small."""
    canonical = "\n".join([
        method, urllib.parse.quote(path, safe="/" + _PLAIN),
        "&".join(sorted(f"{urllib.parse.quote(key, safe=_PLAIN)}={urllib.parse.quote(value, safe=_PLAIN)}"
                        for key, value in parameters)),
        *(f"{name}:{' '.join(value.split())}" for name, value in sorted(headers.items())), "",
        ";".join(sorted(headers)), payload])
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{_hash(canonical.encode())}"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def request(method, endpoint, path, key_id, secret, region, parameters=(), token="", body=b""):
    """An answer, which is open; urllib's errors are the caller's.  `path` is decoded."""
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    parts = urllib.parse.urlsplit(endpoint)
    headers = {"host": parts.netloc, "x-amz-date": stamp, "x-amz-content-sha256": _hash(body)}
    if token:
        headers["x-amz-security-token"] = token
    signed = signature(secret, region, stamp, method, path, parameters, headers, headers["x-amz-content-sha256"])
    authorization = (f"AWS4-HMAC-SHA256 Credential={key_id}/{stamp[:8]}/{region}/s3/aws4_request, "
                     f"SignedHeaders={';'.join(sorted(headers))}, Signature={signed}")
    query = "&".join(f"{urllib.parse.quote(key, safe=_PLAIN)}={urllib.parse.quote(value, safe=_PLAIN)}"
                     for key, value in sorted(parameters))
    url = f"{parts.scheme}://{parts.netloc}{urllib.parse.quote(path, safe='/' + _PLAIN)}{'?' if query else ''}{query}"
    return urllib.request.urlopen(urllib.request.Request(
        url, data=body if method in ("PUT", "POST") else None, method=method,
        headers=headers | {"Authorization": authorization}), timeout=120)


class Refused(Exception):
    """An error answer."""

    def __init__(self, status, code, more=""):
        super().__init__(code)
        self.status, self.code, self.more = status, code, more


class ObjectStorage:
    """The server.  `fault(method, key, parameters)`, when set, is asked before each request, and may
    answer a Refused, "cut" (half of the body is read), "lost" (done, but nothing is answered),
    "dropped" (a part is confirmed, and not kept), "late" (an object comes to be when the next one
    of its key is deleted, and nothing is answered) or "late refusal" (an error behind a 200)."""

    def __init__(self, key_id="AKIDEXAMPLE", secret="wJalr/XUtnFEMI+K7MDENG=key", region="eu-west-3",
                 bucket="imports", token=""):
        self.key_id, self.secret, self.region, self.bucket, self.token = key_id, secret, region, bucket, token
        self.clock = timedelta(0)  # how far this server's is ahead
        self.fault = None
        self.requests = []
        self._objects, self._late, self._uploads, self._lock = {}, {}, {}, threading.Lock()
        self._numbers = itertools.count(1)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        storage = self

        class Handler(_Handler):
            pass
        Handler.storage = storage
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def url(self, prefix="", **changed):
        return url(self, prefix, **changed)

    def objects(self):
        with self._lock:
            return sorted(self._objects)

    def uploads(self):
        with self._lock:
            return sorted(key for key, _ in self._uploads.values())

    # What requests do; each answers (body, headers).

    def put(self, key, parameters, body, keep=True):
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        with self._lock:
            if "uploadId" in parameters:
                _, parts = self._upload(key, parameters)
                number = int(parameters["partNumber"])
                if not 1 <= number <= 10000:
                    raise Refused(400, "InvalidArgument")
                if keep:
                    parts[number] = (etag, body)
            else:
                self._objects[key] = body
        return b"", {"ETag": etag}

    def post(self, key, parameters, body):
        with self._lock:
            if "uploads" in parameters:
                name = f"up load/{next(self._numbers)}"  # to be encoded
                self._uploads[name] = (key, {})
                return f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>".encode(), {}
            _, parts = self._upload(key, parameters)
            listed = re.findall(r"<Part><PartNumber>(\d+)</PartNumber><ETag>(.*?)</ETag></Part>", body.decode())
            numbers = [int(number) for number, _ in listed]
            if not listed or numbers != sorted(set(numbers)):
                raise Refused(400, "InvalidPartOrder")
            for number, etag in listed:
                if parts.get(int(number), ("",))[0] != etag.replace("&quot;", '"'):
                    raise Refused(400, "InvalidPart")
            if any(len(parts[number][1]) < _SMALLEST_PART for number in numbers[:-1]):
                raise Refused(400, "EntityTooSmall")
            self._objects[key] = b"".join(parts[number][1] for number in numbers)
            del self._uploads[parameters["uploadId"]]
        return b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>", {}

    def delete(self, key, parameters):
        with self._lock:
            if "uploadId" in parameters:
                self._upload(key, parameters)
                del self._uploads[parameters["uploadId"]]
            else:
                self._objects.pop(key, None)
                if key in self._late:
                    self._objects[key] = self._late.pop(key)
        return None, {}

    def list_uploads(self, prefix):
        with self._lock:
            found = "".join(f"<Upload><Key>{escape(key, {chr(34): '&#34;'})}</Key><UploadId>{name}</UploadId></Upload>"
                            for name, (key, _) in self._uploads.items() if key.startswith(prefix))
        return f"<ListMultipartUploadsResult>{found}</ListMultipartUploadsResult>".encode(), {}

    def get(self, key):
        with self._lock:
            if key not in self._objects:
                raise Refused(404, "NoSuchKey")
            return self._objects[key], {}

    def _upload(self, key, parameters):
        upload = self._uploads.get(parameters["uploadId"])
        if upload is None or upload[0] != key:
            raise Refused(404, "NoSuchUpload")
        return upload


def url(storage, prefix, **changed):
    """s3://... of a server with key_id, secret, token, region, bucket and endpoint, as CockroachDB takes it."""
    parameters = {"AWS_ACCESS_KEY_ID": storage.key_id, "AWS_SECRET_ACCESS_KEY": storage.secret,
                  "AWS_SESSION_TOKEN": storage.token, "AWS_REGION": storage.region, "AWS_ENDPOINT": storage.endpoint,
                  "AWS_USE_PATH_STYLE": "true"}
    bucket = changed.pop("bucket", storage.bucket)
    parameters |= changed
    return (f"s3://{bucket}/{urllib.parse.quote(prefix)}?" +
            "&".join(f"{name}={urllib.parse.quote(value, safe='')}" for name, value in parameters.items() if value))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    storage = None

    def log_message(self, *_):
        pass

    def handle(self):
        with contextlib.suppress(ConnectionError):  # a client that was killed
            super().handle()

    def do_PUT(self):
        self._serve()

    do_POST = do_DELETE = do_HEAD = do_GET = do_PUT

    def _serve(self):
        storage = self.storage
        self.path_sent, _, query = self.path.partition("?")
        decoded = urllib.parse.unquote(self.path_sent, errors="surrogateescape")
        parameters = urllib.parse.parse_qsl(query, keep_blank_values=True)
        bucket, _, key = decoded[1:].partition("/")
        fault = storage.fault and storage.fault(self.command, key, dict(parameters))
        storage.requests.append((self.command, key, dict(parameters)))
        length = int(self.headers.get("Content-Length") or 0)
        if fault == "cut":
            self.rfile.read(length // 2)
            self.close_connection = True
            return
        body = self.rfile.read(length)
        try:
            if isinstance(fault, Refused):
                raise fault
            self._check_signature(decoded, parameters, body)
            if bucket != storage.bucket:
                raise Refused(404, "NoSuchBucket")
            if fault == "late":
                storage._late[key] = body
                self.close_connection = True
                return
            answer, headers = self._work(key, dict(parameters), body, fault)
            if fault == "late refusal":
                answer = b"<Error><Code>InternalError</Code></Error>"
            if fault == "lost":
                self.close_connection = True
                return
            self._answer(204 if answer is None else 200, answer or b"", headers)
        except Refused as refused:
            xml = f'<?xml version="1.0"?><Error><Code>{refused.code}</Code><Message>{escape("<no>")}</Message>{refused.more}</Error>'
            self._answer(refused.status, xml.encode(), {})

    def _work(self, key, parameters, body, fault):
        storage = self.storage
        if self.command == "PUT":
            return storage.put(key, parameters, body, fault != "dropped")
        if fault == "late refusal":
            return b"", {}
        if self.command == "POST":
            return storage.post(key, parameters, body)
        if self.command == "DELETE":
            return storage.delete(key, parameters)
        return storage.get(key) if key else storage.list_uploads(parameters["prefix"])

    def _answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)

    def _check_signature(self, path, parameters, body):
        storage = self.storage
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
                             r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        if not found:
            raise Refused(403, "AccessDenied")
        key_id, date, region, names, signed = found.groups()
        if key_id != storage.key_id:
            raise Refused(403, "InvalidAccessKeyId")
        if region != storage.region:
            raise Refused(400, "AuthorizationHeaderMalformed", f"<Region>{storage.region}</Region>")
        headers = {name: self.headers.get(name, "") for name in names.split(";")}
        sent = {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if not ({"host", "x-amz-date", "x-amz-content-sha256"} | sent) <= set(headers):
            raise Refused(403, "AccessDenied")
        stamp = headers["x-amz-date"]
        moment = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(datetime.now(timezone.utc) + storage.clock - moment) > timedelta(minutes=15):
            raise Refused(403, "RequestTimeTooSkewed")
        if self.headers.get("x-amz-security-token", "") != storage.token:
            raise Refused(400, "InvalidToken")
        # A key has one way to be written, in capitals.
        wanted = signature(storage.secret, region, stamp, self.command, path, parameters, headers, headers["x-amz-content-sha256"])
        if signed != wanted or date != stamp[:8] or self.path_sent != urllib.parse.quote(path, safe="/" + _PLAIN):
            raise Refused(403, "SignatureDoesNotMatch")
        if headers["x-amz-content-sha256"] != _hash(body):
            raise Refused(400, "XAmzContentSHA256Mismatch")
