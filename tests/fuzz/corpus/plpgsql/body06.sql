DECLARE r record; BEGIN SELECT 1 AS a, 2 AS b INTO r; r.a := r.b; RETURN r.a; END
