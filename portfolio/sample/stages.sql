-- Where the lives wait until their month is loaded; gone with the transaction.

CREATE TEMP TABLE sample_promise (
    id bigint, month int, outcome text, submitted_at timestamptz, submitted_by bigint,
    decided_at timestamptz, signed_at timestamptz, signed_date date, rate numeric, rate_date date,
    rate_source text, rate_series bigint) ON COMMIT DROP;

CREATE TEMP TABLE sample_request (
    id bigint, month int, kind text, commitment bigint, amendment bigint, tranche bigint,
    entry bigint, amount numeric, currency text, reason text, requested_at timestamptz,
    requested_by bigint) ON COMMIT DROP;

CREATE TEMP TABLE sample_decision (
    id bigint, request bigint, month int, decision text, reason text, decided_at timestamptz,
    decided_by bigint) ON COMMIT DROP;

CREATE TEMP TABLE sample_draw (
    tranche bigint, month int, outcome text, drawdown bigint, asked_at timestamptz,
    asked_by bigint, received_date date, reference text, decided_at timestamptz, decided_by bigint,
    paid_at timestamptz) ON COMMIT DROP;

CREATE TEMP TABLE sample_amendment (
    id bigint, month int, commitment bigint, number int, paper bigint, change numeric, reason text,
    due_date date, allocation bigint, split bigint, tranche bigint, tranche_number int,
    tranche_amount numeric, drafted_at timestamptz, drafted_by bigint, decided_at timestamptz,
    signed_at timestamptz) ON COMMIT DROP;

CREATE TEMP TABLE sample_back (
    tranche bigint, month int, at timestamptz, by bigint) ON COMMIT DROP;

CREATE TEMP TABLE sample_end (
    commitment bigint, month int, state text, at timestamptz, by bigint, reason text)
    ON COMMIT DROP;

CREATE TEMP TABLE sample_entry (
    n bigint, month int, at timestamptz, posting uuid, kind text, strand bigint, fiscal_year int,
    allocation bigint, project bigint, payee bigint, commitment bigint, tranche bigint,
    amount numeric, currency text, rate numeric, rate_date date, rate_source text,
    rate_series bigint, base_amount numeric, promised_base_amount numeric, value_date date,
    approval bigint, document bigint, reverses bigint, reference text) ON COMMIT DROP;
