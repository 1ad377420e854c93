DECLARE r record; s text := ''; BEGIN
 FOR r IN WITH t AS (SELECT id, info AS word FROM public.note) SELECT x.id, x.word, x.id > 1 AS late, coalesce(x.n, 0) AS n
  FROM (SELECT t.id, t.word, (SELECT 1) IS NULL AS odd, length(t.word)::integer AS n FROM t) x ORDER BY x.id LOOP
  s := s || r.id || r.word || r.late || r.n; IF r.id = k THEN RETURN s; END IF; END LOOP; RETURN s || '.'; END 