DECLARE c pair; x int[]; BEGIN c.list[1] := 3; x[1:2] := '{1,2}'; x[(SELECT 1)] = 4; RETURN x[1]; END
