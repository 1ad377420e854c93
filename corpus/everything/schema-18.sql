-- What PostgreSQL 18 has besides schema.sql.

CREATE TABLE app.virtual (
    id integer PRIMARY KEY,
    a integer,
    b integer GENERATED ALWAYS AS (a * 2) VIRTUAL,
    c integer GENERATED ALWAYS AS (a + 1) STORED
);
CREATE INDEX virtual_a ON app.virtual (a);
CREATE VIEW app.virtual_view AS SELECT id, b FROM app.virtual WHERE b > 1;

CREATE TABLE app.named_not_null (
    id integer CONSTRAINT id_there NOT NULL PRIMARY KEY,
    a integer CONSTRAINT a_there NOT NULL NO INHERIT,
    b integer
);
INSERT INTO app.named_not_null VALUES (1, 1, NULL);
ALTER TABLE app.named_not_null ADD CONSTRAINT b_there NOT NULL b NOT VALID;
COMMENT ON CONSTRAINT a_there ON app.named_not_null IS 'a has to be there';
COMMENT ON CONSTRAINT b_there ON app.named_not_null IS 'b soon';

CREATE TABLE app.unenforced (
    id integer PRIMARY KEY,
    p integer,
    q integer,
    CONSTRAINT q_positive CHECK (q > 0) NOT ENFORCED,
    CONSTRAINT p_fk FOREIGN KEY (p) REFERENCES app.virtual (id) NOT ENFORCED
);
INSERT INTO app.unenforced VALUES (1, 99, -1);
COMMENT ON CONSTRAINT q_positive ON app.unenforced IS 'q is positive, mostly';
COMMENT ON CONSTRAINT p_fk ON app.unenforced IS 'p is there, mostly';

CREATE EXTENSION btree_gist WITH SCHEMA public;
CREATE TABLE app.room (room integer, during daterange, CONSTRAINT room_pk PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE app.booking (
    id integer,
    room integer,
    during daterange,
    CONSTRAINT booking_pk PRIMARY KEY (id, during WITHOUT OVERLAPS),
    CONSTRAINT booking_room FOREIGN KEY (room, PERIOD during) REFERENCES app.room (room, PERIOD during)
);
INSERT INTO app.room VALUES (1, '[2024-01-01,2025-01-01)');
INSERT INTO app.booking VALUES (1, 1, '[2024-02-01,2024-03-01)');
COMMENT ON CONSTRAINT booking_room ON app.booking IS 'a room that is there then';

CREATE FUNCTION app.bump(i integer) RETURNS TABLE (before integer, after integer) LANGUAGE sql BEGIN ATOMIC
  UPDATE app.virtual SET a = a + 1 WHERE id = i RETURNING old.a, new.a;
END;
CREATE FUNCTION app.bump_old(i integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE r integer; BEGIN UPDATE app.virtual SET a = a + 1 WHERE id = i RETURNING old.a INTO r; RETURN r; END $$;
CREATE TABLE app.new_functions (
    id uuid DEFAULT uuidv7() PRIMARY KEY,
    other uuid DEFAULT uuidv4(),
    folded text DEFAULT casefold('ABC'),
    sorted integer[] DEFAULT array_sort(ARRAY[3, 1]),
    turned bytea DEFAULT reverse('\x0102'::bytea)
);
ALTER DEFAULT PRIVILEGES FOR ROLE ev_owner GRANT SELECT ON LARGE OBJECTS TO ev_reader;
ANALYZE;
