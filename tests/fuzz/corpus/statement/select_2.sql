SELECT * FROM f() AS (a int, b text)
