-- The links of all entries in one pass, in the order in which they were recorded.

CREATE FUNCTION pg_temp.sample_link(bytea, bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN sha256($1 || $2);

CREATE AGGREGATE pg_temp.sample_chain (bytea) (
    SFUNC = pg_temp.sample_link, STYPE = bytea, INITCOND = '');

INSERT INTO funding_ledgerlink (entry_id, programme_id, sequence, hash)
SELECT e.id, e.programme_id, row_number() OVER recorded,
    pg_temp.sample_chain(convert_to(topsheet_entry_text(e), 'UTF8')) OVER recorded
FROM funding_ledgerentry e
WINDOW recorded AS (ORDER BY e.id ROWS UNBOUNDED PRECEDING);

DROP AGGREGATE pg_temp.sample_chain (bytea);

DROP FUNCTION pg_temp.sample_link;
