#variable_conflict use_column
DECLARE id integer := 9; BEGIN RETURN (SELECT max(id) FROM public.note); END 