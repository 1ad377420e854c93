"""Userfiles: files that are rows of two tables, in 4 MiB pieces.

`COPY crdb_internal.user_file_upload FROM STDIN WITH destination = 'userfile://DATABASE.SCHEMA.PREFIX/PATH'` makes the tables
PREFIX_upload_files and PREFIX_upload_payload where they are not there, and writes the values of its rows one behind the other
(CockroachDB's pkg/sql/copy_file_upload.go, pkg/cloud/userfile/filetable); 04_files has uploads by `cockroach userfile` and IMPORTs of them.
"""

import re
from urllib.parse import urlsplit

from copy_in import decode_escapes
from statements import literal_value, quote_ident, quote_literal

PIECE = 4 << 20


def parse_upload(statement):
    """The destination of an upload, or None when the statement is something else."""
    found = re.match(r"^copy crdb_internal \. user_file_upload from stdin with destination = '\?'$", statement.normal)
    return literal_value(statement.tokens[-1]) if found else None


class Userfile:
    """The file of a URL. `client` is connected to the URL's database."""

    def __init__(self, client, url):
        parts = urlsplit(url)
        self.client, self.path = client, parts.path
        _, schema, prefix = parts.netloc.split(".")
        self.files, self.payload = (f"{quote_ident(schema)}.{quote_ident(prefix + suffix)}" for suffix in ("_upload_files", "_upload_payload"))

    def make_tables(self):
        if self.client.scalar(f"SELECT to_regclass({quote_literal(self.files)}) IS NULL") == "t":
            self.client.query(f"CREATE TABLE {self.files} (filename TEXT PRIMARY KEY, file_id UUID UNIQUE NOT NULL DEFAULT gen_random_uuid(), "
                              "file_size INT8 NOT NULL, username TEXT NOT NULL, upload_time TIMESTAMP DEFAULT now())")
            self.client.query(f"CREATE TABLE {self.payload} (file_id UUID CONSTRAINT file_id_fk REFERENCES {self.files} (file_id), "
                              "byte_offset INT8, payload BYTEA, PRIMARY KEY (file_id, byte_offset))")

    def exists(self):
        return bool(self.client.rows(f"SELECT 1 FROM {self.files} WHERE filename = {quote_literal(self.path)}"))

    def write(self, lines):
        """What COPY's lines hold."""
        data = b"".join(decode_escapes(line) for line in lines)
        number = self.client.scalar(f"INSERT INTO {self.files} (filename, file_size, username) VALUES ({quote_literal(self.path)}, {len(data)}, "
                                    "current_user) RETURNING file_id")
        for at in range(0, len(data), PIECE):
            self.client.query(f"INSERT INTO {self.payload} VALUES ('{number}', {at}, '\\x{data[at:at + PIECE].hex()}')")

    def read(self):
        """Its bytes; None where there is no such file."""
        if self.client.scalar(f"SELECT to_regclass({quote_literal(self.files)}) IS NULL") == "t" or not self.exists():
            return None
        pieces = self.client.rows(f"SELECT encode(payload, 'hex') FROM {self.payload} JOIN {self.files} USING (file_id) "
                                  f"WHERE filename = {quote_literal(self.path)} ORDER BY byte_offset")
        return b"".join(bytes.fromhex(piece) for piece, in pieces)
