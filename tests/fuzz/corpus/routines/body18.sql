BEGIN UPDATE public.note SET kind = 1 WHERE id = k; IF FOUND THEN RETURN 'was there'; END IF;
INSERT INTO public.note VALUES (k, 1, 'new'); RETURN 'new'; END 