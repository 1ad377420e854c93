DECLARE r record; q record; s text := ''; BEGIN
 FOR r IN SELECT id FROM public.note ORDER BY id LOOP
  FOR q IN SELECT word FROM public.tag WHERE note_id = r.id ORDER BY word LOOP
   s := s || r.id || q.word; EXIT;
  END LOOP; END LOOP; RETURN s; END 