DECLARE n integer; BEGIN UPDATE public.note SET kind = 1 WHERE id > k -- all of them
; GET DIAGNOSTICS n = ROW_COUNT; RETURN n; END 