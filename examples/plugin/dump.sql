--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET default_with_oids = false;

CREATE TABLE public.subscribers (
    id bigint NOT NULL,
    email character varying(255) NOT NULL,
    locale character varying(5) DEFAULT 'en'::character varying NOT NULL,
    confirmed_at timestamp without time zone
);

COPY public.subscribers (id, email, locale, confirmed_at) FROM stdin;
1	ada@example.org	en	2019-03-01 12:00:00
2	blaise@example.org	fr	\N
\.

ALTER TABLE ONLY public.subscribers
    ADD CONSTRAINT subscribers_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--
