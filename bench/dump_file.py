"""A dump of any size that is nearly all COPY data, as pg_dump would write it, and the same rows as SQL.

    write_dump(path, size)      bytes, a little more: the last block of rows is written whole
    TABLE, ROWS                 the table of the load figures, nine columns of mixed types
"""

import random
import string

TABLE = """CREATE TABLE public.{name} (
    id bigint NOT NULL,
    town integer NOT NULL,
    name text NOT NULL,
    amount numeric(12,2),
    weight double precision,
    open boolean NOT NULL,
    seen timestamp with time zone NOT NULL,
    token uuid NOT NULL,
    detail jsonb
);
"""

KEY = """ALTER TABLE ONLY public.{name}
    ADD CONSTRAINT {name}_pkey PRIMARY KEY (id);
"""

# Every seventh amount and every eleventh detail is NULL; each text has a quote or a letter beyond ASCII now and then.
ROWS = """INSERT INTO public.{name}
SELECT i, i % 36684,
       CASE i % 10 WHEN 0 THEN 'L''Haÿ-les-Roses ' ELSE 'Town ' END || substr(md5(i::text), 1, 4 + i % 24),
       CASE WHEN i % 7 <> 0 THEN (i % 10000019) / 100.0 END,
       sqrt(i), i % 3 = 0,
       timestamptz '2001-02-03 04:05:06+00' + i * interval '61.000001 seconds',
       md5((i * 7)::text)::uuid,
       CASE WHEN i % 11 <> 0 THEN jsonb_build_object('kind', 'k' || i % 5, 'size', i % 1000, 'tags', jsonb_build_array(i % 7, 'b')) END
FROM generate_series(1, {rows}) AS i;
"""

HEAD = """--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

"""

BLOCK = 2 << 20
TABLES = 8


def _block(numbers):
    """About BLOCK bytes of rows."""
    rows, size = [], 0
    while size < BLOCK:
        i = numbers.randrange(1, 10**9)
        word = "".join(numbers.choices(string.ascii_letters + " ", k=4 + i % 60))
        token = f"{numbers.getrandbits(128):032x}"
        row = "\t".join((
            str(i), str(i % 36684), word, f"{i / 100:.2f}" if i % 7 else "\\N", repr(i**0.5), "t" if i % 3 else "f",
            f"20{i % 24:02d}-{i % 12 + 1:02d}-{i % 28 + 1:02d} {i % 24:02d}:{i % 60:02d}:{i % 59:02d}.{i % 1000:03d}+00",
            f"{token[:8]}-{token[8:12]}-{token[12:16]}-{token[16:20]}-{token[20:]}",
            '{"kind": "k%d", "size": %d, "path": "a\\\\\\\\b"}' % (i % 5, i % 1000) if i % 11 else "\\N")) + "\n"
        rows.append(row)
        size += len(row)
    return "".join(rows).encode()


def write_dump(path, size):
    """Writes a dump of TABLES tables to `path` and returns its size in bytes."""
    block = _block(random.Random(20))
    written = 0
    with open(path, "wb", buffering=0) as out:
        written += out.write(HEAD.encode())
        for number in range(1, TABLES + 1):
            name = f"visits_{number}"
            written += out.write((TABLE.format(name=name) + f"\nCOPY public.{name} (id, town, name, amount, weight, open, "
                                  "seen, token, detail) FROM stdin;\n").encode())
            while written < size * number // TABLES:
                written += out.write(block)
            written += out.write(b"\\.\n\n")
        for number in range(1, TABLES + 1):
            written += out.write(("\n" + KEY.format(name=f"visits_{number}")).encode())
    return written
