"""Writes large scripts of DDL, as pg_dump prints them: what the growth of a compile's time and memory is measured with."""


def tables(count):
    """Yields `count` tables, each with a sequence, a key, an index, a view and a foreign key: nine statements a table."""
    for i in range(count):
        yield (f"CREATE TABLE public.t{i} (\n    id bigint NOT NULL,\n    name text NOT NULL,\n"
               f"    amount numeric(12,2) DEFAULT 0,\n    parent_id bigint,\n"
               f"    created_at timestamp with time zone DEFAULT now()\n);\n"
               f"ALTER TABLE public.t{i} OWNER TO app;\n"
               f"CREATE SEQUENCE public.t{i}_id_seq\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n    NO MAXVALUE\n"
               f"    CACHE 1;\n"
               f"ALTER SEQUENCE public.t{i}_id_seq OWNED BY public.t{i}.id;\n")
    for i in range(count):
        yield f"CREATE VIEW public.v{i} AS\n SELECT t{i}.id,\n    t{i}.name\n   FROM public.t{i}\n  WHERE (t{i}.amount > 0);\n"
    for i in range(count):
        yield f"ALTER TABLE ONLY public.t{i} ALTER COLUMN id SET DEFAULT nextval('public.t{i}_id_seq'::regclass);\n"
    for i in range(count):
        yield f"ALTER TABLE ONLY public.t{i}\n    ADD CONSTRAINT t{i}_pkey PRIMARY KEY (id);\n"
    for i in range(count):
        yield f"CREATE INDEX t{i}_name_idx ON public.t{i} USING btree (name, created_at);\n"
    for i in range(count):
        yield (f"ALTER TABLE ONLY public.t{i}\n    ADD CONSTRAINT t{i}_parent_fkey FOREIGN KEY (parent_id) "
               f"REFERENCES public.t{i // 2}(id);\n")


def mixed(count):
    """Yields `count` objects: tables, half of them with comments, partitions, functions with triggers, views."""
    made = 0
    number = 0
    while made < count:
        i = number
        number += 1
        yield (f"CREATE TABLE public.m{i} (\n    id bigint NOT NULL,\n    name text,\n    at timestamp without time zone,\n"
               f"    CONSTRAINT m{i}_pkey PRIMARY KEY (id)\n);\n"
               f"COMMENT ON TABLE public.m{i} IS 'Number {i}';\nCOMMENT ON COLUMN public.m{i}.name IS 'What it is called';\n"
               f"CREATE VIEW public.w{i} AS\n SELECT m{i}.id FROM public.m{i};\n"
               f"CREATE FUNCTION public.f{i}() RETURNS trigger\n    LANGUAGE plpgsql\n    AS $$\nBEGIN\n"
               f"  UPDATE public.m{i // 2} SET name = NEW.name WHERE id = NEW.id;\n  RETURN NEW;\nEND;\n$$;\n"
               f"CREATE TRIGGER r{i} BEFORE INSERT ON public.m{i} FOR EACH ROW EXECUTE FUNCTION public.f{i}();\n"
               f"CREATE TABLE public.p{i} (\n    id bigint NOT NULL,\n    day date NOT NULL\n)\nPARTITION BY RANGE (day);\n")
        for year in range(2020, 2024):
            yield (f"CREATE TABLE public.p{i}_{year} (\n    id bigint NOT NULL,\n    day date NOT NULL\n);\n"
                   f"ALTER TABLE ONLY public.p{i} ATTACH PARTITION public.p{i}_{year} FOR VALUES FROM ('{year}-01-01') "
                   f"TO ('{year + 1}-01-01');\n"
                   f"CREATE INDEX p{i}_{year}_day ON public.p{i}_{year} USING btree (day);\n")
        made += 15  # 6 tables, 2 comments, a view, a function, a trigger, 4 indexes


def columns(count):
    """Yields one table and the statements of a migration folder that grew it by `count` columns."""
    yield "CREATE TABLE public.wide (\n    id bigint PRIMARY KEY\n);\n"
    for i in range(count):
        yield f"ALTER TABLE public.wide ADD COLUMN c{i} integer;\n"


def lists(count):
    """Yields views that read lists of `count` values: IN, CASE and COALESCE."""
    numbers = [str(i) for i in range(count)]
    yield "CREATE TABLE public.listed (\n    id bigint PRIMARY KEY,\n    at timestamp with time zone\n);\n"
    yield f"CREATE VIEW public.in_list AS\n SELECT id FROM public.listed WHERE id IN ({', '.join(numbers)});\n"
    yield f"CREATE VIEW public.in_case AS\n SELECT CASE id {' '.join(f'WHEN {n} THEN {n}' for n in numbers)} END AS n FROM public.listed;\n"
    yield f"CREATE VIEW public.in_call AS\n SELECT COALESCE(id, {', '.join(numbers)}) AS n FROM public.listed;\n"
