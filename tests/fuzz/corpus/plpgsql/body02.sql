#print_strict_params on
BEGIN RETURN 1; END;
