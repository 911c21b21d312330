-- What the rules about money stand on: rounding, decimals, how an amount is written, and a clock
-- that nobody can set.

-- None of them is STRICT: PostgreSQL then writes their expression where they are called, instead of
-- calling them for each of a million rows. Nothing gives nothing all the same.

-- Half to even, exactly: numeric's own round() takes halves away from zero.
CREATE FUNCTION topsheet_round_half_even(value numeric, places integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    WHEN abs(value - trunc(value, places)) * 2 = 10::numeric ^ (-places)
        AND trunc(value * 10::numeric ^ places) % 2 = 0
    THEN trunc(value, places)
    ELSE round(value, places)
END
$$;

-- Source: ISO 4217, table A.1, minor unit 0. Everything else is kept with two decimals.
CREATE FUNCTION topsheet_decimals(currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF',
    'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') THEN 0 WHEN currency IS NOT NULL THEN 2 END
$$;

-- An amount at a rate of exchange, in the currency of the books; what is in that one stays as it is.
CREATE FUNCTION topsheet_converted(amount numeric, currency text, rate numeric, base text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN currency = base THEN amount
    ELSE topsheet_round_half_even(amount * rate, topsheet_decimals(base)) END
$$;

-- A hundred of the smallest coin: what roundings may add up to between a promise and its parts.
CREATE FUNCTION topsheet_hundred_coins(currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE topsheet_decimals(currency) WHEN 0 THEN 100 WHEN 2 THEN 1 END
$$;

CREATE FUNCTION topsheet_money(currency text, amount numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT currency || ' ' || to_char(amount, 'FM999,999,999,999,999,999,990.00')
$$;

-- Who does not own the table records now, whatever the statement says.
CREATE FUNCTION topsheet_recorded_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_catalog.pg_has_role(
        current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER'
    ) THEN
        NEW.recorded_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;

-- Rows that are only ever added: the name of the rule is the argument.
CREATE FUNCTION topsheet_only_ever_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: what is recorded stays; add an entry that corrects it', TG_ARGV[0]
        USING ERRCODE = 'check_violation';
END
$$;
