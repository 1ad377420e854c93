DECLARE x t.a%TYPE; y t%ROWTYPE; z numeric(10, 2)[]; q ALIAS FOR $1; BEGIN x := q; RETURN x; END
