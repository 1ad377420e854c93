ALTER TABLE users ADD COLUMN preferences jsonb DEFAULT '{}' NOT NULL;
CREATE INDEX index_users_on_preferences ON users USING gin (preferences);
