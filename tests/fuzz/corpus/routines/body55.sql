DECLARE s text := 'a
  b'; BEGIN IF k = 1 THEN
      PERFORM public.helper(k); s := s || '
   c'; END IF; FOR i IN 1..2 LOOP s := s || i; END LOOP; RETURN s; END 