CREATE TABLE t (a money, b text COLLATE "C") INHERITS (u) -- /* ' " $$
