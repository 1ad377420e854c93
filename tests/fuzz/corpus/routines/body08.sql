DECLARE r public.note%ROWTYPE; BEGIN SELECT * INTO r FROM public.note WHERE id = k + 7;
IF NOT FOUND THEN RETURN 'none'; END IF; RETURN r::text; END 