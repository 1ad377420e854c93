CREATE TABLE public.note (id integer PRIMARY KEY, kind integer, info text NOT NULL);
CREATE TABLE public.tag (note_id integer NOT NULL, word text, weight numeric(6,2));
INSERT INTO public.note VALUES (1, 5, 'one'), (2, NULL, 'two'), (3, 7, 'three');
INSERT INTO public.tag VALUES (1, 'a', 1.5), (1, 'b', 2.25), (3, 'c', NULL);
CREATE FUNCTION public.helper(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.tag VALUES (k, 'helper', 9); RETURN k * 2; END $$;
CREATE FUNCTION public.nothing(k integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.tag VALUES (k, 'nothing', 1); END $$;
CREATE FUNCTION public.r01(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer DEFAULT 4; BEGIN RETURN n + k; END $$;
CREATE FUNCTION public.r02(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN IF k = 0 THEN RETURN 'zero'; ELSEIF k = 1 THEN RETURN 'one'; ELSE RETURN 'many'; END IF; END $$;
CREATE FUNCTION public.r03(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; BEGIN t := info FROM public.note WHERE id = k; RETURN t; END $$;
CREATE FUNCTION public.r04(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN info FROM public.note WHERE id = k; END $$;
CREATE FUNCTION public.r05(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE i public.note.info%TYPE; j i%TYPE; BEGIN SELECT info INTO i FROM public.note WHERE id = k; j := i || '!'; RETURN j; END $$;
CREATE FUNCTION public.r06(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; BEGIN SELECT * INTO r FROM public.note WHERE id = k; RETURN r.info || r.kind; END $$;
CREATE FUNCTION public.r07(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; BEGIN SELECT * INTO r FROM public.note WHERE id = k + 7;
IF NOT FOUND THEN RETURN 'none'; END IF; RETURN r::text; END $$;
CREATE FUNCTION public.r08(k integer) RETURNS public.note LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; BEGIN SELECT * INTO r FROM public.note WHERE id = k; IF FOUND THEN r.kind := r.kind + 1; END IF; RETURN r; END $$;
CREATE FUNCTION public.r09(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN PERFORM public.helper(k); PERFORM public.nothing(k); SELECT count(*) INTO n FROM public.tag; RETURN n; END $$;
CREATE FUNCTION public.r10(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN PERFORM public.helper(id) FROM public.note WHERE id > k; SELECT count(*) INTO n FROM public.tag; RETURN n; END $$;
CREATE FUNCTION public.r11(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ASSERT k > 100, 'too small'; RETURN 'ok'; END $$;
CREATE FUNCTION public.r12(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN ASSERT k > 0; RETURN 'ok'; END $$;
CREATE FUNCTION public.r13(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE k WHEN 0, 1 THEN RETURN 'low'; WHEN 2 THEN RETURN 'two'; ELSE RETURN 'else'; END CASE; END $$;
CREATE FUNCTION public.r14(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE k WHEN 7 THEN RETURN 'low'; END CASE; END $$;
CREATE FUNCTION public.r15(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE WHEN k > 5 THEN RETURN 'big'; WHEN k > 0 THEN RETURN CASE WHEN k = 1 THEN 'x' ELSE 'y' END; END CASE; END $$;
CREATE FUNCTION public.r16(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN UPDATE public.note SET kind = 1 WHERE id >= k; GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END $$;
CREATE FUNCTION public.r17(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN UPDATE public.note SET kind = 1 WHERE id = k; IF FOUND THEN RETURN 'was there'; END IF;
INSERT INTO public.note VALUES (k, 1, 'new'); RETURN 'new'; END $$;
CREATE FUNCTION public.r18(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN DELETE FROM public.tag WHERE note_id = k + 50; IF NOT FOUND THEN RETURN 'none'; ELSE RETURN 'some'; END IF; END $$;
CREATE FUNCTION public.r19(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM 1 FROM public.note WHERE id = k; IF NOT FOUND THEN RETURN 'none'; END IF; RETURN 'some'; END $$;
CREATE FUNCTION public.r20(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer; b text; BEGIN SELECT kind, info INTO a, b FROM public.note WHERE id = k + 9; IF NOT FOUND THEN RETURN 'none'; END IF; RETURN b; END $$;
CREATE FUNCTION public.r21(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer; BEGIN UPDATE public.note SET kind = 4 WHERE id = k RETURNING id INTO a; IF FOUND THEN RETURN a; END IF; RETURN -1; END $$;
CREATE FUNCTION public.r22(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer; s integer := 0; BEGIN FOREACH x IN ARRAY ARRAY[1, 2, k, NULL] LOOP CONTINUE WHEN x IS NULL; s := s + x; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r23(k integer[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer; s integer := 0; BEGIN FOREACH x IN ARRAY k LOOP s := s + x; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r24(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer; s integer := 0; BEGIN FOR i IN 1..3 LOOP s := s + i * k; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r25(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT * FROM public.note ORDER BY id LOOP s := s || r.id || coalesce(r.kind, 0) || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r26(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT n.info AS i, t.word FROM public.note n JOIN public.tag t ON t.note_id = n.id ORDER BY i, t.word LOOP
 EXIT WHEN r.word = 'c'; s := s || r.i || r.word; INSERT INTO public.tag VALUES (7, r.word, 1); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r27(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer := -1; BEGIN FOR x IN SELECT id FROM public.note ORDER BY id LOOP NULL; END LOOP; RETURN x; END $$;
CREATE FUNCTION public.r28(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT id, info INTO r FROM public.note WHERE id = k; IF NOT FOUND THEN RETURN 'none'; END IF; RETURN r.info || r.id; END $$;
CREATE FUNCTION public.r29(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE type text; query text := 'q'; BEGIN type := 'x'; SELECT info INTO query FROM public.note WHERE id = k; RETURN type || query; END $$;
CREATE FUNCTION public.r30(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n public.note%ROWTYPE; s text := ''; BEGIN
 FOR n IN SELECT * FROM public.note WHERE id >= k ORDER BY id DESC LOOP
  FOR i IN 1..2 LOOP s := s || n.info || i; END LOOP;
  IF n.id = 2 THEN RETURN s; END IF;
 END LOOP; RETURN s || 'end'; END $$;
CREATE FUNCTION public.added(a integer, b integer DEFAULT 10, c integer DEFAULT 100) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN a + 2 * b + 3 * c; END $$;
CREATE FUNCTION public.r31(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN public.added(c => 1, a => k); END $$;
CREATE FUNCTION public.r33(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer; s text := ''; BEGIN
 <<outer>> FOR a IN SELECT id FROM public.note ORDER BY id LOOP
   FOR i IN 1..3 LOOP CONTINUE outer WHEN i = 2; s := s || a || i; END LOOP;
 END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r34(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; q record; s text := ''; BEGIN
 FOR r IN SELECT id FROM public.note ORDER BY id LOOP
  FOR q IN SELECT word FROM public.tag WHERE note_id = r.id ORDER BY word LOOP
   s := s || r.id || q.word; EXIT;
  END LOOP; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r35(k integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN FOR r IN SELECT id, kind FROM public.note ORDER BY id LOOP RETURN NEXT r.id; END LOOP; RETURN; END $$;
CREATE FUNCTION public.r36(k integer, OUT a integer, OUT b text) LANGUAGE plpgsql AS $$
BEGIN SELECT id, info INTO a, b FROM public.note WHERE id = k; IF NOT FOUND THEN a := -1; END IF; END $$;
CREATE FUNCTION public.r37(k integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN DELETE FROM public.tag WHERE note_id = k; RETURN FOUND; END $$;
CREATE FUNCTION public.r38(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE w public.tag.weight%TYPE; BEGIN SELECT t.weight INTO w FROM public.tag t WHERE t.word = 'b'; RETURN w; END $$;
CREATE FUNCTION public.r39(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE dummy integer; n bigint; BEGIN SELECT public.helper(k) INTO dummy; SELECT count(*) INTO n FROM public.tag; RETURN n; END $$;
CREATE FUNCTION public.r40(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT info FROM public.note ORDER BY id; t text; s text := ''; BEGIN
OPEN c; LOOP FETCH c INTO t; EXIT WHEN NOT FOUND; s := s || t; END LOOP; CLOSE c; RETURN s; END $$;
CREATE FUNCTION public.r41(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer := -1; BEGIN FOR x IN SELECT id FROM public.note WHERE id > k + 1 ORDER BY id LOOP NULL; END LOOP; RETURN x; END $$;
CREATE TABLE public.linked (n_id integer, note_id integer);
INSERT INTO public.linked VALUES (1, 3), (2, 3), (3, 1);
CREATE FUNCTION public.r42(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n record; c bigint; s bigint := 0; BEGIN FOR n IN SELECT id FROM public.note ORDER BY id LOOP
 SELECT count(*) INTO c FROM public.linked WHERE note_id = n.id; s := s * 10 + c; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r43(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN UPDATE public.note SET kind = 1 WHERE id > k -- all of them
; GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END $$;
CREATE FUNCTION public.r44(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer := 0; s text := ''; BEGIN FOR i IN 1..2 LOOP
 FOR x IN SELECT id FROM public.note WHERE id > coalesce(x, 0) ORDER BY id LIMIT 2 LOOP s := s || x; END LOOP; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r45(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT n.info AS i, count(*) AS c INTO r FROM public.note n WHERE n.id = k GROUP BY n.info; RETURN r.i || r.c; END $$;
CREATE FUNCTION public.notes(k integer) RETURNS SETOF public.note LANGUAGE sql STABLE AS $$SELECT * FROM public.note WHERE id >= k ORDER BY id$$;
CREATE FUNCTION public.r32(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT * FROM public.notes(k) LOOP s := s || r.id || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r46(k integer) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN WITH t AS (SELECT id, info AS word FROM public.note) SELECT x.id, x.word, x.id > 1 AS late, coalesce(x.n, 0) AS n
  FROM (SELECT t.id, t.word, (SELECT 1) IS NULL AS odd, length(t.word)::integer AS n FROM t) x ORDER BY x.id LOOP
  s := s || r.id || r.word || r.late || r.n; IF r.id = k THEN RETURN s; END IF; END LOOP; RETURN s || '.'; END $$;
CREATE FUNCTION public.r47(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note; BEGIN UPDATE public.note SET kind = 9 WHERE id = k RETURNING * INTO r;
 IF NOT FOUND THEN RETURN 'none'; END IF; r.info := r.info || r.kind; RETURN r.info; END $$;
CREATE FUNCTION public.r48(k integer) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN IF k < 2 THEN RAISE EXCEPTION 'no %', k USING ERRCODE = '22023'; END IF; RETURN (SELECT info FROM public.note WHERE id = k); END $$;
CREATE FUNCTION public.r49(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer; b integer; s text := ''; BEGIN
 <<outer>> FOR a IN SELECT id FROM public.note ORDER BY id LOOP
  FOR b IN SELECT note_id FROM public.tag ORDER BY note_id, word LOOP
   CONTINUE outer WHEN b > a; EXIT outer WHEN s = '1:11:1' AND k = 2; IF k = 3 AND a = 3 THEN RETURN s; END IF; s := s || a || ':' || b;
  END LOOP; END LOOP; RETURN s || '.'; END $$;
CREATE FUNCTION public.r50(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; -- how many
BEGIN
  UPDATE public.note SET kind = 1 WHERE id > k;  -- first
  -- then
  GET DIAGNOSTICS n = ROW_COUNT;  -- counted
  RETURN n; /* done */ END $$;
CREATE FUNCTION public.r51(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN 1 | k & 6 # 2; END $$;
CREATE FUNCTION public.r52(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN PERFORM public.helper(jsonb_array_length(j)) FROM (SELECT '[1,2]'::jsonb AS j) x WHERE k > 1; SELECT count(*) INTO n FROM public.tag; RETURN n; END $$;
CREATE FUNCTION public.r53(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text := 'a
  b'; BEGIN IF k = 1 THEN
      PERFORM public.helper(k); s := s || '
   c'; END IF; FOR i IN 1..2 LOOP s := s || i; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r54(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a ALIAS FOR $1; BEGIN a := coalesce(a, 0) + 1; RETURN (SELECT max(id) FROM public.note WHERE id < a); END $$;
CREATE FUNCTION public.numbered(integer, text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE second ALIAS FOR $2; BEGIN UPDATE public.note SET kind = $1 WHERE id = $1; RETURN second || $1; END $$;
CREATE FUNCTION public.r55(k integer) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN RETURN public.numbered(k, 'x'); END $$;
-- Names, cursors, elements, queries of every form.
CREATE FUNCTION public.r83(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x integer := k; s text := ''; BEGIN
 DECLARE x text := x || '!'; y text := x; BEGIN x := x || y; s := s || coalesce(x, 'none'); END;
 FOR x IN x..4 LOOP s := s || x; END LOOP; RETURN s || coalesce(x, 0); END $$;
CREATE FUNCTION public.r84(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
<<b>> DECLARE kind integer := k; n bigint; other integer := b.kind; BEGIN
 SELECT count(*) INTO n FROM public.note q WHERE q.kind >= b.kind; b.kind := b.kind + 1;
 UPDATE public.note SET kind = b.kind WHERE id = k; INSERT INTO public.note (id, kind, info) VALUES (b.other + 50, b.kind, 'x');
 RETURN n + b.kind; END $$;
CREATE FUNCTION public.r85(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR (a integer, b integer) FOR SELECT info FROM public.note WHERE id >= a AND id <= c.b ORDER BY id; t text; s text; BEGIN
 OPEN c(b := 3, a := k); FETCH c INTO t; s := coalesce(t, 'none'); CLOSE c;
 OPEN c(1, 2); LOOP FETCH c INTO t; EXIT WHEN NOT FOUND; s := s || t; END LOOP; CLOSE c; RETURN s; END $$;
CREATE FUNCTION public.r86(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR (a integer) FOR SELECT id, info FROM public.note WHERE id >= a ORDER BY id;
 d CURSOR FOR SELECT word FROM public.tag ORDER BY word; s text := ''; BEGIN
 FOR r IN c(k) LOOP s := s || r.id || r.info; END LOOP; FOR r IN d LOOP s := s || r.word; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r87(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer[] := '{5}'; t text[]; n integer := 1; BEGIN
 a[3] := k; a[2] := k * 2; FOR i IN 1..3 LOOP t[i] := 'x' || i; END LOOP; n := n + 1; a[n] := k::bigint + 1; a[n + 3] := NULL;
 RETURN a::text || t::text; END $$;
CREATE FUNCTION public.r88(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE j jsonb; BEGIN j['a'] := to_jsonb(k); j['b'] := '{"c": 1}'; RETURN j::text; END $$;
CREATE FUNCTION public.r89(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; s text := ''; x integer; BEGIN
 EXECUTE 'SELECT info FROM public.note WHERE id = $1;' INTO t USING k; s := coalesce(t, 'none');
 EXECUTE 'UPDATE public.note SET kind = 3'; EXECUTE 'SELECT public.helper(7)';
 FOR x IN EXECUTE 'SELECT id FROM public.note ORDER BY 1' LOOP s := s || x; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r90(k integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY EXECUTE 'SELECT id FROM public.note WHERE id > $1 ORDER BY id' USING k; END $$;
CREATE FUNCTION public.r91(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN PERFORM DISTINCT public.helper(note_id) FROM public.tag; RETURN (SELECT count(*) FROM public.tag); END $$;
CREATE FUNCTION public.r92(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN BEGIN UPDATE public.note SET kind = 1; RETURN 1 / k; EXCEPTION WHEN division_by_zero THEN RAISE; END;
EXCEPTION WHEN OTHERS THEN RETURN -1; END $$;
CREATE FUNCTION public.r93(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note; q public.tag; BEGIN r.kind := 4; SELECT id, info, 'w' INTO r.id, r.info, q.word FROM public.note WHERE id = k;
 IF NOT FOUND THEN RETURN 'none' || coalesce(r.id, -1); END IF; RETURN r.id || r.info || q.word || r.kind; END $$;
CREATE FUNCTION public.r94(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN concat(VARIADIC ARRAY['a', k::text, NULL]) || concat_ws('-', VARIADIC ARRAY['a', NULL, 'b'])
 || coalesce(make_interval(days => k, secs => 1.5)::text, 'none') || make_interval(1, 2, mins => 90); END $$;
CREATE FUNCTION public.r95(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note (id, info) OVERRIDING SYSTEM VALUE VALUES (k + 100, 'x'); RETURN (SELECT count(*) FROM public.note); END $$;
CREATE FUNCTION public.r96(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n integer NOT NULL := 5; t text COLLATE "C" := 'q'; m integer NOT NULL := k; BEGIN
 n := n + 1; n := nullif(k, 7); SELECT max(id) INTO n FROM public.note WHERE id < k; n := 3; RETURN n || t || m; END $$;
CREATE FUNCTION public.r97(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT * FROM public.linked JOIN public.tag USING (note_id) WHERE n_id > k ORDER BY note_id, n_id, word LOOP
  s := s || r.note_id || r.n_id || r.word || coalesce(r.weight, 0); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r98(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT id AS a, info AS b FROM public.note WHERE id > k UNION ALL SELECT note_id, word FROM public.tag ORDER BY a, 2 DESC LOOP
  s := s || r.a || r.b; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r99(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; a integer; BEGIN FOR r IN VALUES (1, 'a'), (k, 'b') LOOP s := s || coalesce(r.column1, 0) || r.column2; END LOOP;
 FOR a IN SELECT 1 UNION SELECT k ORDER BY 1 LOOP s := s || coalesce(a, 0); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r101(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN WITH RECURSIVE q(i, d) AS (SELECT k, 'x'::text UNION ALL SELECT q.i + 1, q.d || 'y' FROM q WHERE q.i < 4) SELECT i, d FROM q ORDER BY i LOOP
  s := s || coalesce(r.i, 0) || r.d; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r102(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT g AS i, u.x, u.n, e.value ->> 'a' AS v FROM generate_series(1, k) g, unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u (x, n),
   jsonb_array_elements('[{"a": 1}, {"a": 2}]'::jsonb) e ORDER BY g, u.n, 4 LOOP
  s := s || r.i || r.x || r.n || r.v; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r103(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT * FROM jsonb_each_text(jsonb_build_object('a', k, 'b', 'q')) ORDER BY key LOOP
 s := s || r.key || coalesce(r.value, '-'); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r104(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT id FROM public.note ORDER BY id LOOP s := s || r.id; END LOOP;
 FOR r IN SELECT word, weight FROM public.tag ORDER BY word LOOP s := s || r.word || coalesce(r.weight, 0); UPDATE public.note SET info = r.word WHERE id = k; END LOOP;
 SELECT count(*) AS c INTO r FROM public.tag; s := s || r.c; SELECT max(id) AS m, r.c AS c INTO r FROM public.note; RETURN s || r.m || r.c; END $$;
CREATE FUNCTION public.r105(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text := ''; x integer; a integer; f boolean; BEGIN
 FOR x IN SELECT id FROM public.note WHERE id > k LOOP DELETE FROM public.tag WHERE note_id = x; END LOOP; IF NOT FOUND THEN s := s || 'no loop '; END IF;
 SELECT id INTO a FROM public.note WHERE id = k; s := s || 'x'; IF NOT FOUND THEN s := s || 'no note '; END IF;
 WITH q AS (SELECT k AS i) DELETE FROM public.tag USING q WHERE note_id = q.i; f := FOUND; IF FOUND THEN s := s || 'tags'; END IF;
 FOR i IN 1..k LOOP EXIT WHEN i = 2; END LOOP; RETURN s || f || FOUND; END $$;
CREATE FUNCTION public.r106(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE lower('A' || k) WHEN 'a1' THEN RETURN 'one'; WHEN 'a2', 'a3' THEN RETURN 'more'; ELSE RETURN 'else'; END CASE; END $$;
CREATE FUNCTION public.r107(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE error integer := k; BEGIN error := error + 1; RETURN error; END $$;
CREATE FUNCTION public.r108(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer := 2; s integer := 0; BEGIN FOR i IN i..4 LOOP s := s + i; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r109(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; s text := ''; BEGIN SELECT kind, id, info INTO r FROM public.note WHERE id = k; s := r.id || r.info;
 FOR r IN SELECT id + 1, id, upper(info) FROM public.note ORDER BY 2 LOOP s := s || r.kind || r.id || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r110(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT kind, info INTO r FROM public.note WHERE id = k; IF r IS NULL THEN RETURN 'none'; END IF;
 IF r IS NOT NULL THEN RETURN r.info; END IF; RETURN 'some'; END $$;
CREATE FUNCTION public.r111(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; q record; BEGIN INSERT INTO public.note VALUES (k + 60, 1, 'n') RETURNING * INTO r;
 UPDATE public.note AS n SET kind = 9 WHERE n.id = k RETURNING n.id AS i, info INTO q; IF FOUND THEN RETURN r.id || q.info || q.i; END IF;
 RETURN r.info || coalesce(q.info, '-'); END $$;
CREATE FUNCTION public.r112(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN INSERT INTO public.note (id, info) VALUES (k + 70, 'm') RETURNING * INTO r; RETURN (SELECT count(*) FROM public.note); END $$;
CREATE FUNCTION public.r113(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN (SELECT DISTINCT public.note.id, public.note.info FROM public.note WHERE public.note.id > k ORDER BY 1) LOOP
 s := s || r.id || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r114(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer; BEGIN IF k > 1 THEN SELECT id INTO a FROM public.note WHERE id = k; ELSE UPDATE public.note SET kind = 1 WHERE id = k; END IF;
 IF NOT FOUND THEN RETURN 'none'; END IF; RETURN 'some' || coalesce(a, 0); END $$;
CREATE FUNCTION public.r115(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN UPDATE public.note SET kind = public.added(a => k, c => public.added(b => 1, a => 2)) + 1, info = make_interval(days => kind + 1)::text || ')' WHERE id = k;
 RETURN (SELECT kind || info FROM public.note WHERE id = k); END $$;
CREATE FUNCTION public.r116(k integer) RETURNS SETOF public.note LANGUAGE plpgsql AS $$
DECLARE r public.note; q record; BEGIN
 FOR r IN SELECT * FROM public.note WHERE id > k ORDER BY id LOOP r.kind := r.id * 2; RETURN NEXT r; END LOOP;
 FOR q IN SELECT n.* FROM public.note n ORDER BY n.id DESC LOOP IF q.id > 1 THEN RETURN NEXT q; END IF; END LOOP;
 FOR r IN SELECT * FROM public.note WHERE id > k + 1 LOOP NULL; END LOOP; r.id := coalesce(r.id, 99); RETURN NEXT r; RETURN; END $$;
CREATE FUNCTION public.r117(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM public.note WHERE id > k ORDER BY id; d refcursor; r record; q public.note%ROWTYPE; s text := ''; w text; BEGIN
 OPEN c; LOOP FETCH c INTO r; EXIT WHEN NOT FOUND; s := s || r.id || r.info; END LOOP; CLOSE c;
 OPEN d FOR SELECT id, kind, upper(info) FROM public.note ORDER BY id DESC; FETCH NEXT FROM d INTO q;
 IF FOUND THEN s := s || q.info; END IF; CLOSE d; RETURN s; END $$;
CREATE FUNCTION public.r118(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT * INTO r FROM public.note WHERE id = k; IF NOT FOUND THEN RETURN 'none'; END IF;
 r.info := r.info || '!'; RETURN r::text; END $$;
CREATE FUNCTION public.r119(k integer) RETURNS public.note LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN UPDATE public.note SET kind = 8 WHERE id = k RETURNING * INTO r; RETURN r; END $$;
CREATE FUNCTION public.r120(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT id, info AS t INTO r FROM public.note WHERE id = k; r.t := coalesce(r.t, 'q') || '!'; RETURN r.t || coalesce(r.id, -1); END $$;
CREATE FUNCTION public.r121(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN PERFORM public.helper(k), public.helper(k + 1), NULL; PERFORM public.helper(1) UNION ALL SELECT public.helper(2);
 PERFORM id, public.helper(id) FROM public.note WHERE id > k; RETURN (SELECT count(*) FROM public.tag); END $$;
CREATE FUNCTION public.r122(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n integer; unread integer; s text := 'x'; BEGIN UPDATE public.note SET kind = 1 WHERE id > k; s := s || 'y'; GET DIAGNOSTICS n = ROW_COUNT;
 DELETE FROM public.tag; GET DIAGNOSTICS unread = ROW_COUNT; RETURN format('%s-%s-%s-%s', VARIADIC ARRAY['a', 'b', 'c', 'd']) || s || n; END $$;
CREATE FUNCTION public.r123(k integer) RETURNS text LANGUAGE plpgsql AS $$
<<a>> DECLARE x integer := k; BEGIN
 <<b>> DECLARE x integer := 5; BEGIN a.x := b.x + coalesce(a.x, 0); b.x := 1; EXECUTE 'INSERT INTO public.note (id, info) VALUES ($1, $2)' USING 77, 'z'; END;
 FOR x IN 1..2 LOOP a.x := a.x + x; END LOOP; RETURN x || (SELECT max(info) FROM public.note); END $$;
CREATE FUNCTION public.r124(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note; c CURSOR FOR SELECT info, id FROM public.note WHERE id = k; BEGIN r.kind := 3; OPEN c; FETCH c INTO r.info, r.id; CLOSE c; RETURN r::text; END $$;
-- In SQL.
CREATE TYPE public.mood AS ENUM ('low', 'two', 'high');
CREATE FUNCTION public.kind_of(public.note) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT $1.kind $$;
CREATE FUNCTION public.tags_of(public.note) RETURNS SETOF public.tag LANGUAGE sql STABLE AS $$
  SELECT * FROM public.tag WHERE note_id = $1.id ORDER BY word
$$;
CREATE FUNCTION public.r66(k integer) RETURNS integer LANGUAGE sql AS $$ SELECT public.kind_of(n) FROM public.note n WHERE id = k $$;
CREATE FUNCTION public.r67(k integer) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT t.word FROM public.note n, public.tags_of(n) t WHERE n.id = $1 -- the parameter
$$;
CREATE FUNCTION public.r68(k integer) RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT 7 / k $$;
CREATE FUNCTION public.r69(k integer) RETURNS numeric LANGUAGE sql AS $$ SELECT $1 / 2 + sum(weight) / 2 FROM public.tag $$;
CREATE FUNCTION public.r70(k integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  /* of a table */ SELECT info || (kind | 8 & 12)::integer FROM public.note WHERE id = $1 LIMIT ALL
$$;
CREATE FUNCTION public.r71(k integer) RETURNS integer LANGUAGE sql AS $$
INSERT INTO public.tag VALUES (k, 'new' COLLATE pg_catalog."C", k::integer / 2.0);
UPDATE ONLY public.note SET kind = kind / 2 WHERE id = k;
SELECT kind FROM public.note WHERE id = k;
$$;
CREATE FUNCTION public.r72(k integer) RETURNS void LANGUAGE sql AS $$ DELETE FROM public.tag WHERE note_id = k $$;
CREATE FUNCTION public.r73(k integer) RETURNS double precision LANGUAGE sql AS $$ SELECT k::float8 * weight FROM public.tag WHERE word = 'a' $$;
CREATE FUNCTION public.r74(k integer) RETURNS public.mood LANGUAGE sql AS $$
  SELECT (CASE WHEN k < 2 THEN 'low' ELSE 'two' END)::public.mood
$$;
CREATE FUNCTION public.r75(k integer) RETURNS integer LANGUAGE sql RETURN "position"('abcabc', 'c') / 2 + k;
CREATE FUNCTION public.r76(k integer) RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$
  WITH s AS (SELECT id, info FROM public.note WHERE id >= k) SELECT id / 2, upper(info) FROM s ORDER BY id
$$;
CREATE FUNCTION public.r77(k integer) RETURNS integer LANGUAGE sql AS $$ SELECT @ (k - 5) % 3 $$;
CREATE FUNCTION public.shown(n public.note) RETURNS text LANGUAGE sql STABLE AS $$ SELECT n.info || coalesce(shown.n.kind, 0) $$;
CREATE FUNCTION public.r78(k integer) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT public.shown(n) FROM public.note n WHERE n.id >= r78.k ORDER BY n.id
$$;
CREATE FUNCTION public.r80(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT n.info, max(t.weight) AS w, sum(n.kind) AS s, count(*) AS c, upper(n.info) || 'x' AS u, length(n.info) + 1 AS l, CASE WHEN n.id > 1 THEN 'late' ELSE n.info END AS e, string_agg(t.word, ',' ORDER BY t.word) AS a, (SELECT min(id) FROM public.note) AS m, nullif(n.kind, 5) AS z
   FROM public.note n LEFT JOIN public.tag t ON t.note_id = n.id GROUP BY n.id, n.info, n.kind ORDER BY n.id LOOP
  s := s || r.info || coalesce(r.w, 0) || coalesce(r.s, 0) || r.c || r.u || r.l || r.e || coalesce(r.a, '') || r.m || coalesce(r.z, 0); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r81(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN PERFORM id FROM public.note WHERE id = k; IF FOUND THEN RETURN 'some'; END IF; RETURN 'none'; END $$;
CREATE FUNCTION public.r82(k integer) RETURNS text LANGUAGE plpgsql STABLE LEAKPROOF AS $$ BEGIN RETURN (SELECT info FROM public.note WHERE id = k); END $$;
CREATE FUNCTION public.r125(k integer) RETURNS TABLE (a numeric, b text, c date) LANGUAGE sql AS $$
  SELECT kind, lower(info) AS n, timestamp '2024-01-01' + id * interval '1 day' FROM public.note WHERE id > k ORDER BY kind DESC, n
$$;
CREATE FUNCTION public.r126(k integer) RETURNS TABLE (a numeric, b text) LANGUAGE sql AS $$ SELECT DISTINCT kind, info FROM public.note WHERE id >= k ORDER BY info $$;
CREATE FUNCTION public.r127(k integer) RETURNS TABLE (a numeric, b text) LANGUAGE sql AS $$
  SELECT id, info FROM public.note UNION ALL SELECT k, 'given' ORDER BY 2 DESC LIMIT 3
$$;
CREATE FUNCTION public.r128(k integer) RETURNS TABLE (a numeric, b text) LANGUAGE sql AS $$ VALUES (1, 'a'), (k, 'b') $$;
CREATE FUNCTION public.r129(k integer, OUT a numeric, OUT b text) LANGUAGE sql AS $$ UPDATE public.note SET kind = 1 WHERE id = k RETURNING id, info $$;
CREATE FUNCTION public.r130(k integer) RETURNS TABLE (a numeric, b text) LANGUAGE sql AS $$
  WITH x AS (DELETE FROM public.tag WHERE note_id = k RETURNING note_id, word) SELECT note_id / 2, word FROM x ORDER BY word
$$;
CREATE FUNCTION public.r131(k integer) RETURNS TABLE (a bigint, b numeric) LANGUAGE sql AS $$ SELECT sum(kind), count(*) FROM public.note WHERE id > k $$;
CREATE FUNCTION public.r132(k integer) RETURNS text LANGUAGE sql AS $$
  SELECT mod(k, 2.5) || ' ' || round(atan2(k, 1)::numeric, 6) || ' ' || round(k, -1) || ' ' || trunc(k, 1) || ' ' || round(sin(k)::numeric, 6)
$$;
CREATE FUNCTION public.r133(k integer) RETURNS SETOF double precision LANGUAGE sql AS $$
  SELECT a FROM (SELECT 1.5::float8 AS a UNION SELECT k UNION SELECT weight FROM public.tag) u ORDER BY a
$$;
CREATE FUNCTION public.r134(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t timestamp := '2024-01-01 00:00:05'; BEGIN RETURN extract(second FROM t)::text || extract(epoch FROM t + k * interval '1 second') || extract(year FROM t)::text; END $$;
CREATE FUNCTION public.r135(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE k / 2 WHEN 0 THEN RETURN 'none'; WHEN 1, 2 THEN RETURN 'some'; ELSE RETURN 'many'; END CASE; END $$;
CREATE FUNCTION public.r136(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT id, info FROM public.note WHERE id > k ORDER BY id; i integer; t text; s text := '';
BEGIN OPEN c; FETCH c INTO i, t; WHILE FOUND LOOP s := s || i || t; EXIT WHEN i = 2; FETCH c INTO i, t; END LOOP; CLOSE c; RETURN s; END $$;
CREATE FUNCTION public.r137(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE q CONSTANT text := 'SELECT count(*) FROM public.note WHERE id > $1'; n bigint;
BEGIN EXECUTE q INTO n USING k; RETURN n; END $$;
CREATE FUNCTION public.r138(k integer) RETURNS double precision LANGUAGE sql AS $$
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) + percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM public.note WHERE id >= k
$$;
CREATE FUNCTION public.r139(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer := 0; BEGIN UPDATE public.note SET kind = 1 WHERE id > k; IF FOUND THEN GET DIAGNOSTICS n = ROW_COUNT; n := n + 10; ELSE n := -1; END IF; RETURN n; END $$;
CREATE FUNCTION public.r140(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n integer := 0; s text := ''; BEGIN DELETE FROM public.tag WHERE note_id > k; GET DIAGNOSTICS n = ROW_COUNT; IF NOT FOUND THEN s := 'none'; END IF; RETURN n || s; END $$;
CREATE FUNCTION public.r141(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; m integer := 2; s text := ''; BEGIN FOR r IN SELECT id, m * kind AS x, date '2024-01-01' + m AS d, timestamp '2024-01-01' - interval '1 day' * m AS t, -k AS n, round(k * 1.5, 1) AS q, id::bigint * m AS b FROM public.note ORDER BY id LOOP
 s := s || coalesce(r.x, 0) || r.d || r.t || coalesce(r.n, 0) || coalesce(r.q, 0) || r.b; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r142(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE q text; n bigint; BEGIN q := 'SELECT count(*) FROM public.note WHERE id > $1'; EXECUTE q INTO n USING k; RETURN n; END $$;
CREATE FUNCTION public.r143(k integer) RETURNS TABLE (a bigint, b text) LANGUAGE sql AS $$
  WITH s AS (SELECT note_id, sum(note_id) AS total FROM public.tag GROUP BY note_id) SELECT s.total, n.info FROM s JOIN public.note n ON n.id = s.note_id WHERE n.id >= k ORDER BY n.id
$$;
CREATE FUNCTION public.r144(k integer) RETURNS TABLE (a numeric, b numeric, c text) LANGUAGE sql AS $$ DELETE FROM public.note WHERE id = k RETURNING * $$;
CREATE FUNCTION public.r145(k integer) RETURNS TABLE (a text, b integer) LANGUAGE sql AS $$
  SELECT DISTINCT ON (n.kind) n.info, n.id::bigint FROM public.note n WHERE id >= k ORDER BY n.kind DESC, n.id
$$;
CREATE FUNCTION public.r146(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN CASE extract(dow FROM date '2024-01-05' + k) WHEN 0, 6 THEN RETURN 'free'; WHEN k THEN RETURN 'same'; ELSE RETURN 'work'; END CASE; END $$;
CREATE FUNCTION public.r147(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN
 FOR r IN SELECT n.id, COALESCE(sum(t.note_id * 1.5), 0) AS total, CASE WHEN n.id > k THEN n.id * 0.5 ELSE 0 END AS half
  FROM public.note n LEFT JOIN public.tag t ON t.note_id = n.id GROUP BY n.id ORDER BY n.id LOOP
  s := s || r.total || ',' || r.half || ';';
 END LOOP; RETURN s; END $$;
CREATE TYPE public.state AS ENUM ('sad', 'ok');
CREATE FUNCTION public.tenth(n numeric) RETURNS numeric LANGUAGE sql AS $$ SELECT n / 10 $$;
CREATE FUNCTION public.later(z timestamp with time zone, i interval DEFAULT '1 day') RETURNS timestamp with time zone LANGUAGE sql AS $$ SELECT z + i $$;
CREATE FUNCTION public.which(n numeric) RETURNS text LANGUAGE sql AS $$ SELECT 'numeric' $$;
CREATE FUNCTION public.which(n double precision) RETURNS text LANGUAGE sql AS $$ SELECT 'double' $$;
CREATE FUNCTION public.r148(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE d date := date '2024-01-05' + k; t timestamp := '2024-01-06 12:30'; z timestamp with time zone := '2024-01-07 00:00+00'; m public.state := 'ok';
BEGIN RETURN concat_ws(',', COALESCE(d, t), CASE WHEN k > 1 THEN d ELSE z END, GREATEST(d, t, z), NULLIF(d, t), NULLIF(d, '2024-01-06'), m || '!', k || m::text, d IN (t, '2024-01-06'), d BETWEEN t AND z); END $$;
CREATE FUNCTION public.r149(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN concat_ws(',', public.tenth(k), public.tenth(k + 1), public.later(date '2024-01-05' + k), public.which(k), array_append(ARRAY[1.5], k), array_position(ARRAY[1.0, 2.0], k)); END $$;
CREATE FUNCTION public.r150(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a timestamp := timestamp '2024-01-05 10:00:00.5' + k * interval '90 seconds'; n integer; s text; m numeric;
BEGIN SELECT extract(epoch FROM a) / 60, coalesce(extract(second FROM a), 0), extract(second FROM a) * 1000 INTO n, s, m;
 UPDATE public.note SET kind = extract(second FROM a) + 0.5, info = extract(minute FROM a) WHERE id = k;
 INSERT INTO public.note (id, kind, info) VALUES (100, extract(second FROM a), CASE WHEN k > 1 THEN extract(second FROM a) ELSE 0 END);
 RETURN concat_ws(',', n, s, m, extract(epoch FROM a::date), extract(microseconds FROM a), round(extract(epoch FROM a) / 7, 2), (extract(epoch FROM a) / 8)::integer); END $$;
CREATE FUNCTION public.r151(k integer) RETURNS TABLE (a bigint, b numeric) LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY SELECT sum(t.note_id), round(avg(t.note_id), 2) FROM public.tag t WHERE t.note_id > k; RETURN QUERY SELECT n.id::bigint, extract(epoch FROM date '2024-01-01' + n.id) FROM public.note n ORDER BY n.id; END $$;
CREATE FUNCTION public.r152(k integer) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT x FROM (SELECT info::character varying(2) AS x FROM public.note WHERE id >= k UNION SELECT 'a longer text' UNION SELECT word FROM public.tag) AS all_of_them ORDER BY x
$$;
CREATE FUNCTION public.r153(k integer) RETURNS integer LANGUAGE sql AS $$ SELECT extract(epoch FROM interval '1 second' * k) / 2 $$;
CREATE FUNCTION public.r154(k integer) RETURNS TABLE (a text, b integer) LANGUAGE sql AS $$
  SELECT DISTINCT t.note_id * 10, t.note_id FROM public.tag t WHERE t.note_id >= k ORDER BY 1
$$;
CREATE FUNCTION public.r155(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT info FROM public.note ORDER BY id; s text; BEGIN OPEN c; FETCH ABSOLUTE 2 FROM c INTO s; CLOSE c; RETURN s; END $$;
CREATE FUNCTION public._joined(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || '; ' || $2 END $$;
CREATE AGGREGATE public.joined(text) (SFUNC = public._joined, STYPE = text);
CREATE FUNCTION public._middle(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
  SELECT round(avg(x), 2) FROM (SELECT x FROM unnest($1) x ORDER BY 1 LIMIT 2 - mod(array_upper($1, 1), 2) OFFSET ceil(array_upper($1, 1) / 2.0) - 1) sub $$;
CREATE AGGREGATE public.middle(numeric) (SFUNC = array_append, STYPE = numeric[], INITCOND = '{}', FINALFUNC = public._middle);
CREATE AGGREGATE public.gathered(anycompatible) (SFUNC = array_append, STYPE = anycompatiblearray);
CREATE FUNCTION public.r156(k integer) RETURNS TABLE (a text, b numeric, c integer[]) LANGUAGE sql AS $$
  SELECT public.joined(word ORDER BY word) FILTER (WHERE note_id >= k), public.middle(note_id), public.gathered(note_id ORDER BY note_id, word) FROM public.tag WHERE note_id > k - 3 $$;
CREATE FUNCTION public.r157(k integer) RETURNS TABLE (a integer, b text) LANGUAGE sql AS $$
  SELECT q.id, q.joined FROM (SELECT n.id, public.joined(t.word ORDER BY t.word) FROM public.note n LEFT JOIN public.tag t ON t.note_id = n.id GROUP BY n.id) q ORDER BY q.id LIMIT k / 2.0 $$;
CREATE TYPE public.pair AS (word text, amount numeric);
CREATE VIEW public.heavy AS SELECT n.id, n.info AS name, sum(t.weight) AS weight FROM public.note n JOIN public.tag t ON t.note_id = n.id GROUP BY n.id, n.info;
CREATE FUNCTION public.range_of(low integer, high integer) RETURNS TABLE(lowest integer, most integer) LANGUAGE sql STABLE AS $$
SELECT min(id), max(id) FROM public.note WHERE id BETWEEN low AND high $$;
CREATE FUNCTION public.range_of(low integer) RETURNS TABLE(lowest bigint, name text) LANGUAGE sql STABLE AS $$
SELECT count(*), max(info) FROM public.note WHERE id >= low $$;
CREATE FUNCTION public.r158(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; q record; BEGIN SELECT * INTO r FROM public.range_of(k, k + 1); SELECT * INTO q FROM public.range_of(k);
RETURN concat(r.lowest, '-', r.most, ':', q.lowest, q.name); END $$;
CREATE FUNCTION public.r181(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE j jsonb := jsonb_build_object('words', 'no ' || coalesce(k, 0)); BEGIN RETURN position(k::text in j->>'words'); END $$;
CREATE FUNCTION public.r159(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT * FROM public.heavy WHERE id > k ORDER BY id LOOP
 s := concat(s, r.id, r.name, r.weight, ';'); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r160(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a text; b text; s text := ''; BEGIN
FOR a, b IN SELECT * FROM jsonb_each_text(jsonb_build_object('x', k, 'y', 'z', 'n', NULL)) LOOP s := s || a || coalesce(b, '-'); END LOOP;
RETURN s; END $$;
CREATE FUNCTION public.r161(k integer) RETURNS SETOF public.pair LANGUAGE plpgsql AS $$
DECLARE p public.pair; BEGIN FOR p IN SELECT word, weight FROM public.tag WHERE note_id >= k ORDER BY word LOOP
 p.word := upper(p.word); RETURN NEXT p; END LOOP; END $$;
CREATE FUNCTION public.r162(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; n integer := 0; BEGIN
FOR r IN SELECT * FROM public.note WHERE id > k ORDER BY id DESC FOR UPDATE LOOP
 UPDATE public.note SET kind = coalesce(r.kind, 0) + n WHERE id = r.id; n := n + 1; END LOOP; RETURN n; END $$;
CREATE FUNCTION public.r163(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer; t text; n integer := 0; BEGIN
FOR i, t IN SELECT id, info FROM public.note n FOR UPDATE OF n LOOP
 EXIT WHEN n > k;
 INSERT INTO public.tag VALUES (i, t, 1); UPDATE public.note SET info = t || i WHERE note.id = i; n := n + 1; END LOOP; RETURN n; END $$;
CREATE FUNCTION public.r164(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text := ''; BEGIN s := s || FOUND;
 UPDATE public.note SET kind = 1 WHERE id = k; IF k > 1 THEN s := s || FOUND; DELETE FROM public.tag WHERE note_id = k; END IF; s := s || FOUND;
 FOR i IN 1..k LOOP PERFORM 1 FROM public.note WHERE id = i; s := s || FOUND; END LOOP; s := s || FOUND; RETURN s; END $$;
CREATE FUNCTION public.r165(k integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE n integer := 0; BEGIN WHILE NOT FOUND LOOP n := n + 1; PERFORM 1 FROM public.note WHERE id = n AND id >= k;
 EXIT WHEN n > 9; END LOOP; RETURN FOUND; END $$;
CREATE FUNCTION public.r166(k integer) RETURNS SETOF integer LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY SELECT id FROM public.note WHERE id = k ORDER BY id; IF NOT FOUND THEN RAISE EXCEPTION 'no note %', k; END IF; RETURN; END $$;
CREATE FUNCTION public.r167(k integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY SELECT info FROM public.note WHERE id = k;
 IF FOUND THEN RETURN NEXT 'one'; RETURN; END IF;
 RETURN QUERY SELECT word FROM public.tag WHERE weight > k LIMIT 1; IF FOUND THEN RETURN NEXT 'light'; END IF; END $$;
CREATE FUNCTION public.r168(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN
 SELECT k::double precision * 2 AS doubled, timestamptz '2024-03-01 10:00+00' - timestamptz '2024-02-01 08:00+00' AS passed,
  age(timestamptz '2024-03-01', timestamptz '2023-12-25') AS since, random() < 2 AS always, sqrt(abs(k)::numeric) AS root, mod(k, 3) AS rest,
  k::smallint + 1 AS more, date '2024-01-01' + time '10:30' AS noon, k % 2 = 1 AS odd, (k || 'x') ~ '^1' AS begins,
  date_trunc('month', date '2024-05-17') = date '2024-05-01' AS first, array_prepend(k, ARRAY[1, 2]) AS all_of, string_to_array('a,b', ',') AS words,
  to_hex(255) AS hex, split_part('a-b', '-', 2) AS part, ascii('a') AS code, k::bigint & 5 AS bits, jsonb '{"a":1}' || jsonb '{"b":2}' AS both,
  coalesce(k, 1.5) AS exact, degrees(0) AS none INTO r;
 RETURN concat_ws('|', r.doubled, r.passed, r.since, r.always, round(r.root, 3), r.rest, r.more, r.noon, r.odd, r.begins, r.first, r.all_of::text,
  r.words::text, r.hex, r.part, r.code, r.bits, r.both, r.exact, r.none); END $$;
CREATE FUNCTION public.r177(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN IF public.helper(k) > 0 AND 'a' = 'b' THEN RETURN 'never'; END IF; IF 'a' = 'a' AND k > 1 THEN RETURN 'big'; END IF;
IF 'a' = 'b' OR k > 0 THEN RETURN (SELECT count(*) FROM public.tag); END IF; RETURN 'small'; END $$;
CREATE FUNCTION public.r175(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN
IF k > 1 THEN SELECT * INTO r FROM public.note WHERE id = k; ELSE SELECT info, 'x' AS more, id FROM public.note WHERE id = k INTO r; END IF;
RETURN concat(r.id, r.info); END $$;
CREATE FUNCTION public.r178(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note VALUES (k, 1, 'again'); RETURN 'new'; EXCEPTION WHEN unique_violation THEN RETURN 'error ' || SQLSTATE;
 WHEN SQLSTATE '23502' THEN DECLARE s text; BEGIN GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE; RETURN s; END; END $$;
CREATE FUNCTION public.r179(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM public.note WHERE id >= k ORDER BY id FOR UPDATE; n integer := 0; BEGIN
FOR r IN c LOOP n := n + 1; UPDATE public.note SET info = r.info || n WHERE CURRENT OF c;
 IF r.kind IS NULL THEN DELETE FROM public.note AS x WHERE CURRENT OF c; END IF; END LOOP; RETURN n; END $$;
CREATE FUNCTION public.r180(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE c CURSOR (low integer) FOR SELECT id, kind FROM public.note WHERE id > low ORDER BY id FOR UPDATE; r record; n integer := 0; BEGIN
OPEN c(k); LOOP FETCH c INTO r; EXIT WHEN NOT FOUND; n := n + r.id; UPDATE ONLY public.note SET kind = n WHERE CURRENT OF c; END LOOP; CLOSE c; RETURN n; END $$;
CREATE FUNCTION public.r990(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE family text := 'f'; xmin integer := k; BEGIN family := family || @ -xmin; IF jsonb_build_object('a', k) @? '$.a ? (@ > 1)' THEN family := family || 'more'; END IF; RETURN family; END $$;
CREATE FUNCTION public.r991(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT min(kind) AS xmin, max(kind) AS xmax INTO r FROM public.note WHERE id >= k; RETURN r.xmax - r.xmin;
EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION 'x' USING ERRCODE = CASE WHEN k = 1 THEN 'invalid_json_text' ELSE 'unique_violation' END; END $$;
CREATE FUNCTION public.r169(k integer) RETURNS integer LANGUAGE plpgsql AS $$ DECLARE r record; s record; BEGIN RETURN k; END $$;
CREATE FUNCTION public.r170(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t text; BEGIN EXECUTE 'SELECT ' || quote_ident('info') || format(' FROM %I.%I WHERE %s = $1', 'public', 'note', 'id') INTO t USING k + 1; RETURN t; END $$;
CREATE FUNCTION public.r171(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE c CONSTANT text := 'tag'; q text; n bigint; BEGIN
 q := 'INSERT INTO public.' || quote_ident(c) || ' VALUES ($1, $2, 3)'; EXECUTE q USING k * 2, 'it''s ' || k;
 EXECUTE format('UPDATE public.%1$I SET word = %2$L WHERE note_id = $1', c, 'o''clock') USING k;
 EXECUTE ('SELECT count(*) FROM ' || 'public.tag') INTO n; RETURN n; END $$;
CREATE FUNCTION public.r172(k integer) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE t text; BEGIN FOR t IN EXECUTE concat('SELECT word FROM public.tag', ' WHERE note_id < ', '$1 ORDER BY 1') USING abs(k) + 1 LOOP RETURN NEXT t; END LOOP;
 RETURN QUERY EXECUTE 'SELECT info FROM public.note ' || 'WHERE id > $1 ORDER BY id' USING coalesce(k, 0); END $$;
CREATE FUNCTION public.r173(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT 1 AS a, info AS b INTO r FROM public.note WHERE id = k; r.a := 2; RETURN k; END $$;
CREATE FUNCTION public.r174(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN IF 'a' = 'b' OR k IS NULL THEN RETURN 'never'; ELSIF 'x' IN ('y', 'x') THEN RETURN 'x'; ELSE RETURN k / 0; END IF; END $$;
CREATE FUNCTION public.r176(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN SELECT id, info INTO r FROM public.note ORDER BY id LIMIT 1;
IF k > 1 THEN SELECT note_id AS id INTO r FROM public.tag; END IF; RETURN r.id; END $$;
CREATE FUNCTION public.r906(k integer) RETURNS TABLE (a public.mood, b public.mood, c text) LANGUAGE sql AS $$
  SELECT lag(m) OVER w, lead(m, 1, 'high'::public.mood) OVER w, first_value(m) OVER w || '!'
  FROM (SELECT id, CASE WHEN id = k THEN 'two'::public.mood ELSE 'low'::public.mood END AS m FROM public.note) AS n WINDOW w AS (ORDER BY id) ORDER BY n.id $$;
CREATE FUNCTION public.r182(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE j jsonb; d date := date '2024-01-01' + k; t timestamp := '2024-01-02 12:00'; BEGIN
SELECT jsonb_object_agg(note_id, word ORDER BY word) INTO j FROM public.tag;
RETURN concat(j::text, ' ', (d, d) OVERLAPS (t, t), ' ', (d, interval '2 days') OVERLAPS (t, t + interval '1 hour'), ' ', (d, t) OVERLAPS (t, now())); END $$;
CREATE FUNCTION public.r183(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text := 'the fat cats of note ' || k; BEGIN IF s @@ 'cat & fat' THEN RETURN 'both'; END IF; RETURN s @@ 'dog' OR s @@ to_tsquery('rat'); END $$;
CREATE FUNCTION public.r900(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT id, kind FROM public.note WHERE id >= k; i integer; j integer; BEGIN
OPEN c; FETCH c INTO i, j; CLOSE c; IF FOUND THEN RETURN i || coalesce('/' || j, ''); END IF; RETURN 'none'; END $$;
CREATE FUNCTION public.r901(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor; r record; s boolean; BEGIN
OPEN c FOR SELECT id, info FROM public.note WHERE id >= k ORDER BY id; FETCH c INTO r; CLOSE c; s := FOUND; RETURN s || coalesce(r.info, ''); END $$;
CREATE FUNCTION public.r902(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM public.note WHERE id >= k ORDER BY id; r public.note%ROWTYPE; t text := ''; BEGIN
OPEN c; t := t || FOUND; FETCH c INTO r; IF k > 1 THEN t := t || FOUND; END IF; CLOSE c;
OPEN c; FETCH c INTO r; FETCH c INTO r; t := t || coalesce(r.info, 'nothing');
IF k > 2 THEN DELETE FROM public.tag WHERE note_id = r.id; END IF; CLOSE c; RETURN t || FOUND; END $$;
CREATE FUNCTION public.r903(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT id FROM public.note ORDER BY id; i integer; BEGIN
OPEN c; MOVE FORWARD 2 FROM c; FETCH c INTO i; CLOSE c; IF NOT FOUND THEN RETURN 'none'; END IF; RETURN i; END $$;
CREATE FUNCTION public.r904(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor; d CURSOR FOR SELECT word FROM public.tag WHERE note_id = k; i integer; w text; t text := ''; BEGIN
OPEN d; FETCH d INTO w; OPEN c FOR SELECT id FROM public.note WHERE id = k + 1; CLOSE d; t := t || FOUND;
FOR n IN 1..2 LOOP FETCH c INTO i; IF n > k THEN t := t || FOUND; END IF; END LOOP; CLOSE c; RETURN t || FOUND; END $$;
CREATE FUNCTION public.r905(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT id FROM public.note; n integer; BEGIN
UPDATE public.note SET kind = 2 WHERE id > k; OPEN c; GET DIAGNOSTICS n = ROW_COUNT; CLOSE c; RETURN n; END $$;
-- Held back: what they would be written as means something else.
CREATE TABLE public.short (id integer PRIMARY KEY, code character varying(4), flag character(3));
INSERT INTO public.short VALUES (1, 'one', 'x'), (3, 'four', 'yy');
CREATE FUNCTION public.r300(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a varchar(3) := 'ab'; BEGIN a := a || k || ' '; RETURN a || ':'; END $$;
CREATE FUNCTION public.r301(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a public.short.code%TYPE; b varchar(2); BEGIN SELECT code, flag INTO a, b FROM public.short WHERE id = k; RETURN concat(a, b);
EXCEPTION WHEN string_data_right_truncation THEN RETURN 'cut'; END $$;
CREATE FUNCTION public.r302(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a varchar(4) := 'no ' || k; b varchar(4) := a; BEGIN RETURN b; END $$;
CREATE FUNCTION public.r303(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.short%ROWTYPE; s text := ''; c varchar(2); BEGIN r.code := repeat('x', k); r.flag := k;
FOR c IN SELECT info FROM public.note WHERE id > k ORDER BY id LOOP s := s || c; END LOOP; RETURN concat(r.code, r.flag, s); END $$;
CREATE FUNCTION public.r304(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a varchar(4); BEGIN UPDATE public.note SET info = info || k WHERE id = k RETURNING info INTO a; RETURN a; END $$;
CREATE FUNCTION public.r305(k integer) RETURNS text LANGUAGE sql AS $$
  SELECT concat(ARRAY[flag, 'z']::text, ROW(flag, code)::text, to_json(ARRAY[flag]), jsonb_build_object('a', ARRAY[flag], 'e', extract(epoch FROM timestamp '2024-01-01' + id * interval '1 second'), 'y', extract(year FROM date '2024-01-01'))) FROM public.short WHERE id = k
$$;
CREATE FUNCTION public.r306(k integer) RETURNS SETOF numeric LANGUAGE sql AS $$
  WITH RECURSIVE steps(n) AS (SELECT 1.5 UNION ALL SELECT n::integer + 1 FROM steps WHERE n < k) SELECT n FROM steps ORDER BY n
$$;
CREATE FUNCTION public.r307(k integer) RETURNS SETOF character varying LANGUAGE sql AS $$
  SELECT code FROM public.short WHERE id >= k UNION SELECT info::character varying(5) FROM public.note ORDER BY 1
$$;
CREATE FUNCTION public.kept_backward(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE c SCROLL CURSOR FOR SELECT id FROM public.note ORDER BY id; v integer; BEGIN OPEN c; FETCH LAST FROM c INTO v; FETCH PRIOR FROM c INTO v; CLOSE c; RETURN v; END $$;
CREATE FUNCTION public.kept_changing_cursor(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT public.helper(id) FROM public.note; v integer; BEGIN OPEN c; FETCH c INTO v; CLOSE c; RETURN v; END $$;
CREATE FUNCTION public.kept_twice(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE v integer; BEGIN SELECT id, kind INTO v, v FROM public.note WHERE id = k; RETURN v; END $$;
CREATE FUNCTION public.kept_star(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer; BEGIN SELECT * INTO a FROM public.note WHERE id = k; IF NOT FOUND THEN RETURN -1; END IF; RETURN a; END $$;
CREATE FUNCTION public.kept_star_loop(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer; s integer := 0; BEGIN FOR a IN SELECT * FROM public.note LOOP s := s + a; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.kept_inner(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text := ''; BEGIN FOR i IN 1..2 LOOP DECLARE r public.note%ROWTYPE; q record; BEGIN
 IF i = 1 THEN SELECT id, info INTO q FROM public.note WHERE id = k; s := s || q.id; END IF; END; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.kept_element(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer[]; BEGIN a[k] := 1; RETURN a::text; END $$;
CREATE FUNCTION public.kept_first_element(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer[]; BEGIN FOR i IN 1..3 LOOP CONTINUE WHEN i < 2; a[i] := 1; END LOOP; RETURN a::text; END $$;
CREATE FUNCTION public.kept_empty(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer[] := '{}'; BEGIN a[2] := 1; RETURN a::text; END $$;
CREATE FUNCTION public.kept_effects(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer; n integer; BEGIN FOR a IN SELECT public.helper(id) FROM public.note LOOP
 SELECT count(*) INTO n FROM public.tag; EXIT; END LOOP; RETURN n; END $$;
CREATE FUNCTION public.kept_given(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN UPDATE public.note SET kind = 1; GET DIAGNOSTICS k = ROW_COUNT; RETURN kept_given.k; END $$;
CREATE FUNCTION public.r918(k integer) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE id integer := 9; BEGIN RETURN (SELECT max(id) FROM public.note); END $$;
CREATE FUNCTION public.kept_unassigned(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN IF k > 1 THEN SELECT id INTO r FROM public.note WHERE id = k; END IF; RETURN r.id; END $$;
CREATE FUNCTION public.kept_label(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN k := k + 1; UPDATE public.note SET kind = kept_label.k; RETURN k; END $$;
CREATE FUNCTION public.kept_sets(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN PERFORM public.helper(jsonb_array_elements_text('["1","2"]')::integer); RETURN k; END $$;
CREATE FUNCTION public.kept_recursion(k integer) RETURNS integer LANGUAGE sql AS $$ SELECT CASE WHEN k < 2 THEN 1 ELSE k * public.kept_recursion(k - 1) END $$;
CREATE FUNCTION public.kept_lock(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer; n integer := 0; BEGIN FOR i IN SELECT id FROM public.note ORDER BY id FOR UPDATE LOOP
 UPDATE public.note SET kind = 1 WHERE id > i; n := n + 1; END LOOP; RETURN n; END $$;
CREATE FUNCTION public.kept_lock_call(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer; n integer := 0; BEGIN FOR i IN SELECT id FROM public.note ORDER BY id FOR UPDATE LOOP n := n + public.helper(i); END LOOP; RETURN n; END $$;
CREATE FUNCTION public.kept_text(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN EXECUTE 'SELECT ' || k INTO n; RETURN n; END $$;
CREATE FUNCTION public.kept_text_of_nothing(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN EXECUTE format('SELECT id FROM public.%I', 'nowhere') INTO n; RETURN n; END $$;
CREATE FUNCTION public.kept_found(k integer) RETURNS SETOF double precision LANGUAGE plpgsql AS $$
BEGIN RETURN QUERY SELECT id * random() FROM public.note WHERE random() < 0.5; IF NOT FOUND THEN RETURN NEXT -1; END IF; END $$;
CREATE FUNCTION public.kept_sqlstate(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note VALUES (k, 1, 'again'); RETURN 'new'; EXCEPTION WHEN integrity_constraint_violation THEN RETURN SQLSTATE; END $$;
CREATE FUNCTION public.kept_current(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM public.note ORDER BY id; r record; BEGIN
OPEN c; FETCH c INTO r; UPDATE public.note SET kind = k WHERE CURRENT OF c; CLOSE c; RETURN k; END $$;
CREATE FUNCTION public.kept_moved(k integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT id FROM public.note; i integer; BEGIN OPEN c; FETCH c INTO i; MOVE c; CLOSE c; RETURN FOUND; END $$;
CREATE FUNCTION public.ids_from(lim integer) RETURNS SETOF integer LANGUAGE sql AS $$ SELECT id FROM public.note WHERE id >= lim ORDER BY id $$;
CREATE FUNCTION public.named() RETURNS TABLE(a integer, b text) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT id, info FROM public.note ORDER BY id; END $$;
CREATE FUNCTION public.all_notes() RETURNS SETOF public.note LANGUAGE sql AS $$ SELECT * FROM public.note ORDER BY id $$;
CREATE FUNCTION public.r911(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE i integer; s integer := 0; BEGIN FOR i IN SELECT * FROM public.ids_from(k) LOOP s := s * 10 + i; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r912(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN SELECT * FROM public.named() LOOP s := s || r.a || r.b; INSERT INTO public.tag VALUES (k, r.b, 1); END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r913(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note; s text := ''; BEGIN
 FOR r IN SELECT * FROM public.all_notes() LOOP CONTINUE WHEN r.id = k; DELETE FROM public.note WHERE id = 3; s := s || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r914(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN PERFORM id, info FROM public.note WHERE id > k; GET DIAGNOSTICS n = ROW_COUNT;
IF n > 1 THEN RETURN 'many ' || n; ELSIF n = 1 THEN RETURN 'one'; END IF; RETURN 'none'; END $$;
CREATE FUNCTION public.r915(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint; BEGIN PERFORM * FROM public.note WHERE id >= k; GET DIAGNOSTICS n = ROW_COUNT; IF FOUND THEN RETURN n; END IF; RETURN 'nothing'; END $$;
CREATE FUNCTION public.r916(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x varchar(3); s text := ''; BEGIN FOREACH x IN ARRAY ARRAY['a', 'bc', repeat('z', k)] LOOP s := s || x; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r917(k integer) RETURNS TABLE(id integer, info text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN RETURN QUERY SELECT id, info FROM public.note WHERE id > k ORDER BY id; END $$;
CREATE FUNCTION public.r950(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a text := U&'d\0061ta \+00263A ''x'''; n integer := 18; BEGIN RETURN a || U&'!0062' UESCAPE '!' || N'c ' || E'\q\101\x41\n' || n || k; END $$;
CREATE FUNCTION public.r951(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note VALUES (k + 40, 15, U&'\006E\006Fte'); RETURN (SELECT U&"info" FROM U&"public".U&"n\006Fte" WHERE id = k + 40); END $$;
CREATE FUNCTION public.r952(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE b boolean := k > 1; BEGIN RETURN concat(b, '|', NOT b, true) || format('%s|%L|%s', b, b, k IS NULL) || concat_ws(',', b, k) || b::text; END $$;
CREATE FUNCTION public.r953(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'it is % and % and %', k > 1, false, k; END $$;
CREATE FUNCTION public.r954(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN 6 / k; EXCEPTION WHEN division_by_zero THEN INSERT INTO public.note VALUES (77, 1, SQLSTATE || '!'); RETURN (SELECT info FROM public.note WHERE id = 77); END $$;
CREATE FUNCTION public.width(a integer) RETURNS text LANGUAGE sql AS $$ SELECT 'int4' $$;
CREATE FUNCTION public.width(a bigint) RETURNS text LANGUAGE sql AS $$ SELECT 'int8' $$;
CREATE FUNCTION public.width(a double precision) RETURNS text LANGUAGE sql AS $$ SELECT 'float8' $$;
CREATE FUNCTION public.r955(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN public.width(k) || public.width(k + 1) || public.width(7) || public.width(3000000000) || public.width(1.5) || public.width(k + 1::bigint) || public.width(length('abc') * 2); END $$;
CREATE FUNCTION public.r956(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN n := 7 / 2; INSERT INTO public.note VALUES (k + 60, 17 / 3, 'x'); SELECT kind / 2 INTO n FROM public.note WHERE id = k + 60; RETURN n + 9 / 4; END $$;
CREATE FUNCTION public.r957(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text := ''; BEGIN FOR r IN UPDATE public.note SET kind = coalesce(kind, 0) + 1 WHERE id > k RETURNING id, kind, info LOOP
s := s || r.info || r.kind; UPDATE public.note SET info = info || '!' WHERE id = r.id; EXIT WHEN r.id = 2; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r958(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer := 5; BEGIN FOR a IN DELETE FROM public.note WHERE id = k RETURNING kind LOOP INSERT INTO public.tag VALUES (k, 'gone', a); END LOOP; RETURN a; END $$;
CREATE FUNCTION public.r959(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN IF k > 2 THEN SELECT id, info INTO r FROM public.note WHERE id = 3; ELSIF k = 2 THEN RETURN 'two'; ELSIF k = 1 THEN
SELECT id, info INTO r FROM public.note WHERE id = 1; ELSE RAISE EXCEPTION 'none'; END IF; RETURN r.info || r.id / 2; END $$;
CREATE FUNCTION public.r960(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN CASE k WHEN 1 THEN SELECT kind, info INTO r FROM public.note WHERE id = k; WHEN 7 THEN BEGIN SELECT kind, info INTO r FROM public.note WHERE id = 3; END; END CASE;
RETURN r.info || r.kind / 2; END $$;
CREATE FUNCTION public.r961(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; s text; BEGIN SELECT kind IS NULL AS x INTO r FROM public.note WHERE id = k; s := concat(r.x);
SELECT kind AS x INTO r FROM public.note WHERE id = k; RETURN s || coalesce(r.x / 2, 0); END $$;
CREATE FUNCTION public.r962(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; BEGIN SELECT array_to_string(array_agg(kind > k ORDER BY id), ',', '-') INTO s FROM public.note; RETURN s; END $$;
CREATE FUNCTION public.r963(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN UPDATE public.note SET kind = 9 WHERE id = k RETURNING id, info, kind INTO r;
IF r.id IS NULL THEN INSERT INTO public.note VALUES (k + 70, 7, 'new') RETURNING id, info, kind INTO r; END IF; RETURN concat(r.info, r.id / 2, '|', r.kind); END $$;
CREATE FUNCTION public.r964(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.note%ROWTYPE; s text := ''; BEGIN FOR r IN WITH b AS (SELECT generate_series(1, 3) AS step, generate_series(2, 4) AS next),
 t AS (SELECT * FROM public.note LEFT JOIN public.tag ON note_id = id)
 SELECT b.step, count(t.word), coalesce(max(t.word), 'none') FROM b LEFT JOIN t ON t.id = b.step AND t.id < b.next GROUP BY b.step ORDER BY b.step
LOOP EXIT WHEN r.id = k; s := s || r.id || r.kind || r.info; END LOOP; RETURN s; END $$;
CREATE FUNCTION public.r965(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c character(6); v varchar(4); BEGIN INSERT INTO public.tag VALUES (k, 'abc', 1) RETURNING word INTO v; RETURN v || '|'; END $$;
CREATE FUNCTION public.r970(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE x integer; BEGIN UPDATE public.note SET kind = 1 WHERE id > k RETURNING id INTO x; RETURN x; END $$;
CREATE FUNCTION public.r971(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE w text; n numeric; BEGIN DELETE FROM public.tag WHERE note_id = k RETURNING word, weight INTO w, n; IF FOUND THEN RETURN concat(w, n); END IF; RETURN 'none'; END $$;
CREATE FUNCTION public.r972(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; q public.tag; BEGIN INSERT INTO public.tag SELECT id, info, 1 FROM public.note WHERE id >= k RETURNING * INTO r;
DELETE FROM public.tag WHERE note_id = k AND word = 'a' RETURNING * INTO q; RETURN concat(r.word, r.note_id, q.word); END $$;
CREATE FUNCTION public.r973(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE x text; y text; BEGIN UPDATE public.note n SET kind = 2 WHERE n.id = k + 0 AND n.info <> 'x' RETURNING n.info INTO x;
INSERT INTO public.note VALUES (k + 30, 1, 'q') RETURNING info INTO y; DELETE FROM public.note WHERE k = id RETURNING info INTO x; RETURN concat(x, y); END $$;
CREATE FUNCTION public.r974(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note VALUES (k, 1, CASE WHEN k <> 7 THEN 'again' END); RETURN 'new'; EXCEPTION WHEN integrity_constraint_violation THEN RETURN 'there'; END $$;
CREATE FUNCTION public.r975(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN IF k = 1 THEN RAISE invalid_json_text; ELSIF k = 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'sequence_generator_limit_exceeded'; END IF; RETURN 6 / k;
EXCEPTION WHEN invalid_json_text THEN RETURN 'json'; WHEN SQLSTATE '22000' /* any */ OR no_data_found THEN RETURN 'data'; END $$;
CREATE FUNCTION public.r976(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE s text; BEGIN SELECT info INTO STRICT s FROM public.note WHERE id >= k; RETURN s; EXCEPTION WHEN plpgsql_error THEN RETURN 'not one'; END $$;
CREATE FUNCTION public.kept_retry(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN UPDATE public.note SET kind = k; RETURN k; EXCEPTION WHEN deadlock_detected OR serialization_failure THEN RETURN -1; END $$;
CREATE FUNCTION public.kept_retry_class(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN UPDATE public.note SET kind = k; RETURN k; EXCEPTION WHEN transaction_rollback THEN RETURN -1; END $$;
CREATE FUNCTION public.kept_commit(k integer) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN UPDATE public.note SET kind = k; COMMIT; RETURN k; END $$;
CREATE FUNCTION public.r977(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.note VALUES (k + 20, 1, encode(sha224('q'), 'hex')); RETURN concat(encode(sha256(k::text::bytea), 'hex'), (SELECT info FROM public.note WHERE id = k + 20)); END $$;
CREATE FUNCTION public.r978(k integer) RETURNS bytea LANGUAGE sql AS $$ SELECT sha512(k::text::bytea) || sha384('\x0102') $$;
CREATE FUNCTION public.r980(k integer[]) RETURNS integer[] LANGUAGE plpgsql AS $$ BEGIN RETURN k[2:3]; END $$;
CREATE FUNCTION public.r981(k integer[]) RETURNS integer[] LANGUAGE sql AS $$ SELECT k[:2] || k[2:array_length(k, 1)] $$;
CREATE FUNCTION public.r982(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer[] := '{4,5,6,7}'; BEGIN RETURN concat(array_to_string(a[k:k + 1], ','), '|', array_length(a[3:k], 1), '|', a[k:] IS NULL); END $$;
CREATE FUNCTION public.r983(k integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN TRUNCATE public.tag, public.linked; INSERT INTO public.tag VALUES (k, 'only', 1); RETURN (SELECT count(*) FROM public.linked); END $$;
CREATE FUNCTION public.r984(k integer) RETURNS integer LANGUAGE sql AS $$ TRUNCATE TABLE public.tag; SELECT count(*)::integer + k FROM public.tag $$;
CREATE FUNCTION public.r985(k integer) RETURNS text LANGUAGE plpgsql AS $$
BEGIN SET LOCAL app.who = 'it''s'; RETURN current_setting('app.who') || k; END $$;
CREATE FUNCTION public.kept_both(k integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE kind integer := k; BEGIN RETURN (SELECT count(*) FROM public.note n WHERE n.kind = kind); END $$;
CREATE FUNCTION public.kept_bounds(k integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE a integer[] := '[0:1]={1,2}'; BEGIN RETURN a[k]; END $$;
CREATE PROCEDURE public.gives(k integer, OUT x integer, OUT y text) LANGUAGE plpgsql AS $$ BEGIN x := k; y := 'y' || k; END $$;
CREATE FUNCTION public.r986(k integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE a integer; t text; BEGIN CALL public.gives(k, a, t); RETURN a || t; END $$;
CREATE FUNCTION public.r987(k integer) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE kind integer := 7; id integer := k; BEGIN UPDATE public.note SET info = info || '!' WHERE kind = 7;
RETURN (SELECT string_agg(info, ',' ORDER BY note.id) FROM public.note WHERE kind IS NOT NULL AND id > 0); END $$;
