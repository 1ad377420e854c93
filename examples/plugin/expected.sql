-- Roles that the schema names.

-- What the rows need: run before they are loaded.

CREATE TABLE public.subscribers (
  id INT8 NOT NULL,
  email TEXT NOT NULL,
  locale VARCHAR(5) DEFAULT 'en'::VARCHAR NOT NULL,
  confirmed_at TIMESTAMP,
  CONSTRAINT subscribers_pkey PRIMARY KEY (id)
);

-- Indexes, foreign keys, views, privileges: run once the rows are there.

-- Constraints to validate and sequence values: run last.
