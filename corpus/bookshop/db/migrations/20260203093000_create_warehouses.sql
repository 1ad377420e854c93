CREATE TABLE warehouses (
    id uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY,
    code character varying NOT NULL,
    open_days tsrange,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE UNIQUE INDEX index_warehouses_on_code ON warehouses USING btree (code);
