DECLARE a integer; b integer; s text := ''; BEGIN
 <<outer>> FOR a IN SELECT id FROM public.note ORDER BY id LOOP
  FOR b IN SELECT note_id FROM public.tag ORDER BY note_id, word LOOP
   CONTINUE outer WHEN b > a; EXIT outer WHEN s = '1:11:1' AND k = 2; IF k = 3 AND a = 3 THEN RETURN s; END IF; s := s || a || ':' || b;
  END LOOP; END LOOP; RETURN s || '.'; END 