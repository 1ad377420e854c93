-- of the routine
DECLARE -- what is needed
  a int; -- how many

  /* the last
     one */ b int;
BEGIN
  a := 1; -- set

  IF a > 1 /* both */ THEN -- yes
    INSERT INTO t -- kept with it
      VALUES (1);
    -- enough
  ELSE
  END IF;
END; -- of it
-- really
