BEGIN ASSERT p1 > 0, 'text' || p2; ASSERT true; RETURN 1; END
