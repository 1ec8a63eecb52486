-- Gives each service's role its password, from the environment of psql; after roles.sql, each time.
\getenv ingest INGEST_PASSWORD
\getenv classify CLASSIFY_PASSWORD
\getenv notify NOTIFY_PASSWORD
\getenv api API_PASSWORD
alter role ingest password :'ingest';
alter role classify password :'classify';
alter role notify password :'notify';
alter role api password :'api';
