CREATE EXTENSION moddatetime;
CREATE EXTENSION insert_username;
CREATE TYPE public.act AS ENUM ('kick', 'tend', 'deal');
CREATE TABLE public.log (n serial PRIMARY KEY, what text, id integer, note text);
CREATE TABLE public.total (name text PRIMARY KEY, rows integer NOT NULL);
INSERT INTO public.total VALUES ('t04', 2), ('t13', 0);
CREATE TABLE public.t01 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON public.t01 FOR EACH ROW EXECUTE FUNCTION public.touched();
CREATE TABLE public.t02 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TRIGGER touch BEFORE UPDATE ON public.t02 FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION public.touched();
CREATE TABLE public.t03 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.audited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO public.log (what, id, note) VALUES (TG_OP || ' ' || TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, OLD.id, to_jsonb(OLD)::text);
    RETURN OLD;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO public.log (what, id, note) VALUES (TG_OP, NEW.id, row_to_json(OLD.*)::text || row_to_json(NEW.*)::text);
    RETURN NEW;
  END IF;
  INSERT INTO public.log (what, id, note) VALUES (TG_OP || TG_WHEN || TG_LEVEL || TG_NAME, NEW.id, to_jsonb(NEW)::text);
  RETURN NEW;
END $$;
CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.t03 FOR EACH ROW EXECUTE FUNCTION public.audited();
CREATE TABLE public.t04 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN UPDATE public.total SET rows = rows + 1 WHERE name = TG_TABLE_NAME;
  ELSEIF TG_OP = 'DELETE' THEN UPDATE public.total SET rows = rows - 1 WHERE name = TG_TABLE_NAME; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER count AFTER INSERT OR DELETE ON public.t04 FOR EACH ROW EXECUTE FUNCTION public.counted();
CREATE TABLE public.t05 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.kept_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE public.t05 SET b = 'deleted' WHERE id = OLD.id; RETURN NULL; END $$;
CREATE TRIGGER soft BEFORE DELETE ON public.t05 FOR EACH ROW EXECUTE FUNCTION public.kept_for_ever();
CREATE TABLE public.t06 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.a IS DISTINCT FROM OLD.a THEN
    RAISE EXCEPTION 'a of % is fixed: % -> %', OLD.id, OLD.a, NEW.a USING ERRCODE = 'P0042', HINT = 'Make another row.';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON public.t06 FOR EACH ROW EXECUTE FUNCTION public.guarded();
CREATE TABLE public.t07 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT coalesce(max(n), 0) + 1 INTO NEW.n FROM public.t07;
  SELECT upper(NEW.a) INTO NEW.b;
  RETURN NEW;
END $$;
CREATE TRIGGER number BEFORE INSERT ON public.t07 FOR EACH ROW EXECUTE FUNCTION public.numbered();
CREATE TABLE public.t08 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TABLE public.event (act public.act, id integer, given text, n integer);
CREATE FUNCTION public.told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO public.event VALUES (TG_ARGV[0]::public.act, coalesce(NEW.id, OLD.id), coalesce(TG_ARGV[1], 'none'), TG_NARGS);
  IF TG_ARGV[0] = 'tend' AND NEW.a = ANY (TG_ARGV) THEN RETURN NULL; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tell_1 AFTER INSERT ON public.t08 FOR EACH ROW EXECUTE FUNCTION public.told('kick');
CREATE TRIGGER tell_2 BEFORE UPDATE ON public.t08 FOR EACH ROW EXECUTE FUNCTION public.told('tend', 'y', 'it''s');
CREATE TRIGGER tell_3 BEFORE DELETE ON public.t08 FOR EACH ROW EXECUTE FUNCTION public.told('deal');
CREATE TABLE public.t09 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TRIGGER moved BEFORE UPDATE ON public.t09 FOR EACH ROW EXECUTE FUNCTION public.moddatetime('at');
CREATE TRIGGER who BEFORE INSERT OR UPDATE ON public.t09 FOR EACH ROW EXECUTE FUNCTION public.insert_username('b');
CREATE TABLE public.t10 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TRIGGER z_same BEFORE UPDATE ON public.t10 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TRIGGER zz_audit AFTER UPDATE ON public.t10 FOR EACH ROW EXECUTE FUNCTION public.audited();
CREATE TABLE public.t11 (id integer PRIMARY KEY, a text, b text, n numeric(8,2), at timestamptz);
CREATE TRIGGER same BEFORE UPDATE ON public.t11 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TRIGGER told AFTER UPDATE ON public.t11 FOR EACH ROW EXECUTE FUNCTION public.audited();
CREATE TABLE public.t12 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz, words tsvector);
CREATE TRIGGER words BEFORE INSERT OR UPDATE ON public.t12 FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('words', 'pg_catalog.english', 'a', 'b');
CREATE TABLE public.t13 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.checked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE many integer;
BEGIN
  SELECT count(*) INTO many FROM public.t13;
  IF many > 3 THEN RAISE EXCEPTION 'too many rows' USING ERRCODE = '23514'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_rows AFTER INSERT ON public.t13 FOR EACH ROW EXECUTE FUNCTION public.checked();
CREATE CONSTRAINT TRIGGER count_rows AFTER INSERT OR DELETE ON public.t13 DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.counted();
CREATE TABLE public.t14 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.lowered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.a := lower(trim(NEW.a)); NEW.b := coalesce(NEW.b, '') || TG_OP; RETURN NEW; END $$;
CREATE TRIGGER lower BEFORE INSERT OR UPDATE OF a ON public.t14 FOR EACH ROW EXECUTE FUNCTION public.lowered();
CREATE TABLE public.t15 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TRIGGER of_two AFTER UPDATE OF a, n ON public.t15 FOR EACH ROW WHEN ((new.id > 0)) EXECUTE FUNCTION public.audited();
CREATE TABLE public.t16 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TABLE public.t16_history (id integer, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.remembered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN INSERT INTO public.t16_history VALUES (OLD.*); ELSE INSERT INTO public.t16_history SELECT OLD.*; END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER remember BEFORE DELETE OR UPDATE ON public.t16 FOR EACH ROW EXECUTE FUNCTION public.remembered();
CREATE TABLE public.t17 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW IS NOT DISTINCT FROM OLD THEN NEW.b := 'same'; END IF;
  IF row(NEW.*) IS DISTINCT FROM row(OLD.*) THEN NEW.b := coalesce(NEW.b, '') || 'other'; END IF;
  IF NEW.n IS NULL THEN NEW := OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER same BEFORE UPDATE ON public.t17 FOR EACH ROW EXECUTE FUNCTION public.unchanged();
CREATE TABLE public.t18 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := coalesce(NEW.b, '') || '1'; RETURN NEW; END $$;
CREATE FUNCTION public.second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := coalesce(NEW.b, '') || TG_NAME; RETURN NEW; END $$;
CREATE TRIGGER b_first BEFORE INSERT OR UPDATE ON public.t18 FOR EACH ROW EXECUTE FUNCTION public.first();
CREATE TRIGGER a_second BEFORE INSERT OR UPDATE ON public.t18 FOR EACH ROW EXECUTE FUNCTION public.second();
CREATE TRIGGER "B_second" BEFORE INSERT ON public.t18 FOR EACH ROW EXECUTE FUNCTION public.second();
CREATE TABLE public.t19 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER never BEFORE DELETE ON public.t19 FOR EACH ROW EXECUTE FUNCTION public.never();
CREATE TABLE public.t20 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.skipped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.a IS NULL THEN RETURN NULL; END IF;
  PERFORM 1 FROM public.t20 WHERE a = NEW.a AND id <> NEW.id;
  IF FOUND THEN RAISE unique_violation USING MESSAGE = 'a is taken: ' || NEW.a; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER skip BEFORE INSERT OR UPDATE ON public.t20 FOR EACH ROW EXECUTE FUNCTION public.skipped();
CREATE TABLE public.t21 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.passed_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.t18 (id, a) VALUES (NEW.id + 100, NEW.a) ON CONFLICT (id) DO UPDATE SET a = excluded.a;
  RETURN NULL;
END $$;
CREATE TRIGGER pass AFTER INSERT OR UPDATE ON public.t21 FOR EACH ROW EXECUTE FUNCTION public.passed_on();
CREATE TABLE public.t22 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record; all_of text := '';
BEGIN
  FOR r IN SELECT id, a FROM public.t22 WHERE id <> NEW.id ORDER BY id LOOP all_of := all_of || r.id || coalesce(r.a, '-'); END LOOP;
  NEW.b := all_of;
  RETURN NEW;
END $$;
CREATE TRIGGER rows BEFORE UPDATE ON public.t22 FOR EACH ROW EXECUTE FUNCTION public.of_rows();
CREATE TABLE public.t23 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE TRIGGER on_off AFTER INSERT ON public.t23 FOR EACH ROW EXECUTE FUNCTION public.audited();
ALTER TABLE public.t23 DISABLE TRIGGER on_off;
CREATE TRIGGER on_on AFTER DELETE ON public.t23 FOR EACH ROW EXECUTE FUNCTION public.audited();
CREATE TABLE public.t24 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.differs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed boolean := NEW <> OLD;
BEGIN
  IF changed THEN NEW.b := 'changed'; END IF;
  IF NEW.* = OLD.* THEN RETURN NULL; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER differ BEFORE UPDATE ON public.t24 FOR EACH ROW WHEN ((new.* <> old.*)) EXECUTE FUNCTION public.differs();
CREATE TABLE public.t25 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.typed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE old_a public.t25.a%TYPE DEFAULT OLD.a; k public.t25%ROWTYPE;
BEGIN
  SELECT * INTO k FROM public.t25 WHERE id = NEW.id;
  NEW.b := old_a || k.id;
  CASE WHEN NEW.n > 1 THEN NEW.n := 0; ELSE NULL; END CASE;
  RETURN NEW;
END $$;
CREATE TRIGGER type BEFORE UPDATE ON public.t25 FOR EACH ROW EXECUTE FUNCTION public.typed();
CREATE TABLE public.t27 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.either() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  r record;
  s record;
BEGIN
  r := (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  IF TG_OP = 'INSERT' THEN s := NEW; ELSE s := OLD; END IF;
  INSERT INTO public.log (what, id, note) VALUES (TG_OP, r.id, s.a);
  RETURN r;
END $$;
CREATE TABLE public.t29 (id integer PRIMARY KEY, b text, a text, more date, n integer, at timestamptz);
CREATE TRIGGER either AFTER INSERT OR UPDATE OR DELETE ON public.t29 FOR EACH ROW EXECUTE FUNCTION public.either();
CREATE TRIGGER either BEFORE INSERT OR UPDATE OR DELETE ON public.t27 FOR EACH ROW EXECUTE FUNCTION public.either();
CREATE TABLE public.t28 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.not_volatile() RETURNS trigger LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF NEW IS DISTINCT FROM OLD THEN NEW.at := now(); END IF; RETURN NEW; END $$;
CREATE TRIGGER immutable BEFORE UPDATE ON public.t28 FOR EACH ROW EXECUTE FUNCTION public.not_volatile();
CREATE TABLE public.t30 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz, owner text);
CREATE TABLE public.t31 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz, keeper integer);
CREATE FUNCTION public.of_tables() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whose text;
BEGIN
  CASE TG_TABLE_NAME WHEN 't30' THEN whose := coalesce(NEW.owner, 'nobody'); WHEN 't31', 't32' THEN whose := NEW.keeper + 1; ELSE RAISE EXCEPTION 'no such table'; END CASE;
  IF TG_TABLE_NAME = 't31' AND NEW.n > 1 THEN
    whose := whose || NEW.keeper;
  ELSIF TG_TABLE_NAME <> ALL (ARRAY['t31']) THEN
    whose := whose || NEW.owner;
  END IF;
  EXECUTE format('INSERT INTO %I.log (what, id, note) VALUES (%L, $1, $2)', TG_TABLE_SCHEMA, TG_TABLE_NAME || '!') USING NEW.id, whose;
  RETURN NEW;
END $$;
CREATE TRIGGER of_table BEFORE INSERT OR UPDATE ON public.t30 FOR EACH ROW EXECUTE FUNCTION public.of_tables();
CREATE TRIGGER of_table BEFORE INSERT OR UPDATE ON public.t31 FOR EACH ROW EXECUTE FUNCTION public.of_tables();
CREATE TABLE public.t40 (id integer PRIMARY KEY, a text, b character varying(4), n integer, at timestamptz);
CREATE FUNCTION public.shortened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.b := NEW.a || coalesce(NEW.n, 0);
  SELECT NEW.b || '  ' INTO NEW.b;
  RETURN NEW;
END $$;
CREATE TRIGGER shorten BEFORE INSERT OR UPDATE ON public.t40 FOR EACH ROW EXECUTE FUNCTION public.shortened();
CREATE TABLE public.t26 (id integer PRIMARY KEY, a text, b text, n integer, at timestamptz);
CREATE FUNCTION public.kept_statement() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log (what) VALUES (TG_LEVEL); RETURN NULL; END $$;
CREATE TRIGGER kept_of_statement AFTER INSERT ON public.t26 FOR EACH STATEMENT EXECUTE FUNCTION public.kept_statement();
CREATE CONSTRAINT TRIGGER kept_at_commit AFTER INSERT ON public.t26 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.kept_statement();
CREATE TRIGGER kept_of_truncate BEFORE TRUNCATE ON public.t26 FOR EACH STATEMENT EXECUTE FUNCTION public.kept_statement();
