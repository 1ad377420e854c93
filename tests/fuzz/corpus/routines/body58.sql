#variable_conflict use_variable
BEGIN RETURN public.numbered(k, 'x'); END 