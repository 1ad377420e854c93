DECLARE n integer; -- how many
BEGIN
  UPDATE public.note SET kind = 1 WHERE id > k;  -- first
  -- then
  GET DIAGNOSTICS n = ROW_COUNT;  -- counted
  RETURN n; /* done */ END 