-- Where the lives wait until their turn: a month of one hand. Gone when all is loaded.

-- What a load by several hands left when it was interrupted.
DROP TABLE IF EXISTS sample_promise, sample_request, sample_decision, sample_draw, sample_amendment,
    sample_back, sample_end, sample_entry, sample_ledger;

CREATE UNLOGGED TABLE sample_promise (
    id bigint, turn int, outcome text, submitted_at timestamptz, submitted_by bigint,
    decided_at timestamptz, signed_at timestamptz, signed_date date, rate numeric, rate_date date,
    rate_source text, rate_series bigint);

CREATE UNLOGGED TABLE sample_request (
    id bigint, turn int, kind text, commitment bigint, amendment bigint, tranche bigint,
    entry bigint, amount numeric, currency text, reason text, requested_at timestamptz,
    requested_by bigint);

CREATE UNLOGGED TABLE sample_decision (
    id bigint, request bigint, turn int, decision text, reason text, decided_at timestamptz,
    decided_by bigint);

CREATE UNLOGGED TABLE sample_draw (
    tranche bigint, turn int, outcome text, drawdown bigint, asked_at timestamptz,
    asked_by bigint, received_date date, reference text, decided_at timestamptz, decided_by bigint,
    paid_at timestamptz);

CREATE UNLOGGED TABLE sample_amendment (
    id bigint, turn int, commitment bigint, number int, paper bigint, change numeric, reason text,
    due_date date, allocation bigint, split bigint, tranche bigint, tranche_number int,
    tranche_amount numeric, drafted_at timestamptz, drafted_by bigint, decided_at timestamptz,
    signed_at timestamptz);

CREATE UNLOGGED TABLE sample_back (
    tranche bigint, turn int, at timestamptz, by bigint);

CREATE UNLOGGED TABLE sample_end (
    commitment bigint, turn int, state text, at timestamptz, by bigint, reason text);

CREATE UNLOGGED TABLE sample_entry (
    n bigint, turn int, at timestamptz, posting uuid, kind text, strand bigint, fiscal_year int,
    allocation bigint, project bigint, payee bigint, commitment bigint, tranche bigint,
    amount numeric, currency text, rate numeric, rate_date date, rate_source text,
    rate_series bigint, base_amount numeric, promised_base_amount numeric, value_date date,
    approval bigint, document bigint, reverses bigint, reference text);
