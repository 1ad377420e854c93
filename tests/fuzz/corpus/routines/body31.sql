DECLARE n public.note%ROWTYPE; s text := ''; BEGIN
 FOR n IN SELECT * FROM public.note WHERE id >= k ORDER BY id DESC LOOP
  FOR i IN 1..2 LOOP s := s || n.info || i; END LOOP;
  IF n.id = 2 THEN RETURN s; END IF;
 END LOOP; RETURN s || 'end'; END 