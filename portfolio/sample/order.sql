-- The entries in the order in which they were recorded, with the ids that they will have.

CREATE TEMP TABLE sample_ledger ON COMMIT DROP AS
SELECT %(first)s::bigint - 1 + row_number() OVER (ORDER BY at, n) AS id, e.*
FROM sample_entry e ORDER BY at, n;

CREATE INDEX ON sample_ledger (month);

CREATE UNIQUE INDEX ON sample_ledger (n);

CREATE INDEX ON sample_promise (month);

CREATE INDEX ON sample_request (month);

CREATE INDEX ON sample_decision (month);

CREATE INDEX ON sample_draw (month);

CREATE INDEX ON sample_amendment (month);

ANALYZE sample_promise, sample_request, sample_decision, sample_draw, sample_amendment, sample_ledger;
