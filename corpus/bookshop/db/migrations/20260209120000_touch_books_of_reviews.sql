CREATE FUNCTION touch_book() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE books SET updated_at = now() WHERE id = NEW.book_id;
  RETURN NEW;
END;
$$;
CREATE TRIGGER touch_book AFTER INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION touch_book();
