<<o>> DECLARE n int := 0; BEGIN WHILE n < 10 LOOP n := n + 1; EXIT o; END LOOP; RETURN n; END o
