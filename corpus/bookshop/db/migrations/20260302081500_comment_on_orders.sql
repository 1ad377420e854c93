COMMENT ON TABLE orders IS 'Carts are orders that nobody has placed yet';
COMMENT ON COLUMN orders.placed_at IS 'NULL for carts';
