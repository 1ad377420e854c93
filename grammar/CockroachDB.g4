// The SQL of CockroachDB 23.1 to 26.2 that we emit and that people write.
grammar CockroachDB;

tokens { IDENT }

statement : 'SELECT' IDENT ';'? EOF ;
