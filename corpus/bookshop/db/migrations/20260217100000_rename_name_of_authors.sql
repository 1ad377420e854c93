ALTER TABLE authors RENAME COLUMN name TO full_name;
