DECLARE x integer := 0; s text := ''; BEGIN FOR i IN 1..2 LOOP
 FOR x IN SELECT id FROM public.note WHERE id > coalesce(x, 0) ORDER BY id LIMIT 2 LOOP s := s || x; END LOOP; END LOOP; RETURN s; END 