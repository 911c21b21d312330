-- The entries in the order in which they were recorded, with the ids that they will have.

CREATE UNLOGGED TABLE sample_ledger AS
SELECT %(first)s::bigint - 1 + row_number() OVER (ORDER BY at, n) AS id, e.*
FROM sample_entry e ORDER BY at, n;

CREATE INDEX ON sample_ledger (turn);

CREATE UNIQUE INDEX ON sample_ledger (n);

CREATE INDEX ON sample_promise (turn);

CREATE INDEX ON sample_request (turn);

CREATE INDEX ON sample_decision (turn);

CREATE INDEX ON sample_draw (turn);

CREATE INDEX ON sample_amendment (turn);

CREATE INDEX ON sample_back (turn);

CREATE INDEX ON sample_end (turn);

ANALYZE sample_promise, sample_request, sample_decision, sample_draw, sample_amendment, sample_back,
    sample_end, sample_ledger;
