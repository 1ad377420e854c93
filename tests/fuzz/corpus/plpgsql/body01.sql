#variable_conflict use_column
BEGIN RETURN 1; END;
