CREATE ROLE ev_owner;
CREATE ROLE ev_reader;
