-- A migration of fifty lines.
CREATE TABLE public.accounts (
    id bigint NOT NULL,
    email character varying(255) NOT NULL,
    name text,
    balance numeric(12,2) DEFAULT 0 NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb,
    created_at timestamp without time zone DEFAULT now() NOT NULL,
    updated_at timestamp without time zone
);
CREATE SEQUENCE public.accounts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;
ALTER TABLE ONLY public.accounts ALTER COLUMN id SET DEFAULT nextval('public.accounts_id_seq'::regclass);
ALTER TABLE ONLY public.accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
CREATE TYPE public.order_state AS ENUM ('new', 'paid', 'sent', 'closed');
CREATE TABLE public.orders (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    account_id bigint NOT NULL,
    state public.order_state DEFAULT 'new'::public.order_state NOT NULL,
    total money,
    tags text[],
    placed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT orders_total_check CHECK ((total IS NOT NULL))
);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_account_fkey FOREIGN KEY (account_id) REFERENCES public.accounts(id) ON DELETE CASCADE;
CREATE UNIQUE INDEX index_accounts_on_email ON public.accounts USING btree (lower((email)::text));
CREATE INDEX index_orders_on_account_id ON public.orders USING btree (account_id);
CREATE INDEX index_orders_on_tags ON public.orders USING gin (tags);
CREATE VIEW public.open_orders AS
 SELECT orders.id,
    orders.account_id,
    accounts.email
   FROM (public.orders
     JOIN public.accounts ON ((accounts.id = orders.account_id)))
  WHERE (orders.state <> 'closed'::public.order_state);
COMMENT ON TABLE public.orders IS 'what people bought';
ALTER TABLE public.accounts ADD COLUMN locale character varying(10) DEFAULT 'en';
ALTER TABLE public.orders ALTER COLUMN tags SET DEFAULT '{}';
UPDATE public.accounts SET locale = 'en' WHERE locale IS NULL;
CREATE INDEX CONCURRENTLY index_orders_on_state ON public.orders (state) WHERE state <> 'closed';
ALTER TABLE public.orders OWNER TO app;
GRANT SELECT, INSERT ON public.orders TO app;
GRANT SELECT ON public.open_orders TO reader;
