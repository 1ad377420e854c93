DECLARE x int; BEGIN CREATE TEMP TABLE u (a int); x := (SELECT count(*) FROM u); x := a FROM t LIMIT 1; DROP TABLE u; RETURN x; END
