DECLARE r public.note; BEGIN UPDATE public.note SET kind = 9 WHERE id = k RETURNING * INTO r;
 IF NOT FOUND THEN RETURN 'none'; END IF; r.info := r.info || r.kind; RETURN r.info; END 