DECLARE c CURSOR FOR SELECT info FROM public.note ORDER BY id; t text; s text := ''; BEGIN
OPEN c; LOOP FETCH c INTO t; EXIT WHEN NOT FOUND; s := s || t; END LOOP; CLOSE c; RETURN s; END 