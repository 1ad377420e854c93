DECLARE a integer; s text := ''; BEGIN
 <<outer>> FOR a IN SELECT id FROM public.note ORDER BY id LOOP
   FOR i IN 1..3 LOOP CONTINUE outer WHEN i = 2; s := s || a || i; END LOOP;
 END LOOP; RETURN s; END 