DECLARE "if" int; exit int; return int; BEGIN exit := 1; return = 2; "if" := exit; $1 := 3; RETURN return; END
