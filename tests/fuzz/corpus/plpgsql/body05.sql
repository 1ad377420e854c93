DECLARE a int; DECLARE b double precision; BEGIN a = 1; b := a::int + 2; RETURN a; END
