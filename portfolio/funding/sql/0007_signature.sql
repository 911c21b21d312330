-- Signing: the step and its entries in one call, because others wait for the allocation meanwhile, and
-- each round between the server and PostgreSQL is a part of their wait. The rules are those of the tables.
-- Gives the numbers of the entries. Without a rate the promise is in the currency of the books and its day
-- that of the last signature; none come where it is in another, not approved, or a party has not signed.
-- `history_id` and `history` say to the history of the commitment from where the change came.
-- Planned once: whoever waits in the queue waits for the plans of those before.
CREATE FUNCTION topsheet_sign(of_commitment bigint, last_signature date, signed_at timestamptz,
    signer bigint, its_rate numeric, its_rate_date date, its_rate_source text, its_rate_series bigint,
    history_id text, history text) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    promise record;
    short record;
    cell record;
    approval bigint;
    paper bigint;
    day_of_all date;
    -- Asked for in the statement it may be another for each row.
    together uuid := gen_random_uuid();
BEGIN
    SELECT c.state, c.agreement_id, c.programme_id, c.project_id, c.payee_id, c.currency,
        g.base_currency, g.over_commitment
    INTO promise
    FROM funding_commitment c JOIN programmes_programme g ON g.id = c.programme_id
    WHERE c.id = of_commitment FOR NO KEY UPDATE OF c;
    -- A statement of its own, so that it sees what those who held the lock wrote.
    SELECT
        (SELECT max(r.id) FROM funding_approvalrequest r
         WHERE r.commitment_id = of_commitment AND r.kind = 'COMMITMENT' AND r.state = 'APPROVED'),
        (SELECT max(d.id) FROM partners_agreementdocument p JOIN partners_document d ON d.id = p.document_id
         WHERE p.agreement_id = promise.agreement_id AND d.kind = 'AGREEMENT'),
        (SELECT CASE WHEN bool_and(p.signed_date IS NOT NULL) THEN max(p.signed_date) END
         FROM partners_agreementparty p WHERE p.agreement_id = promise.agreement_id)
    INTO approval, paper, day_of_all;
    IF promise.state IS DISTINCT FROM 'APPROVED' OR approval IS NULL THEN
        RETURN;
    END IF;
    IF its_rate IS NULL THEN
        IF promise.currency <> promise.base_currency OR day_of_all IS NULL THEN
            RETURN;
        END IF;
        last_signature := day_of_all;
        its_rate := 1;
        its_rate_date := last_signature;
        its_rate_source := 'SAME_CURRENCY';
    END IF;

    -- Where there is no room already, nobody is kept waiting to hear it: the entries would be refused.
    SELECT b.allocation_id, b.allocated - b.committed AS room, part.promised INTO short
    FROM (
        SELECT p.allocation_id, topsheet_converted(
            p.amount, promise.currency, its_rate, promise.base_currency) AS promised
        FROM funding_commitmentsplit p WHERE p.commitment_id = of_commitment
    ) AS part
    JOIN programmes_allocationbalance b ON b.allocation_id = part.allocation_id
    WHERE b.committed + part.promised > b.allocated
    LIMIT 1;
    IF FOUND AND (promise.over_commitment = 'STOP' OR NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.commitment_id = of_commitment AND r.kind = 'OVER_COMMITMENT'
            AND r.state = 'APPROVED' AND r.amendment_id IS NULL)) THEN
        SELECT s.name_en, a.fiscal_year INTO cell
        FROM programmes_allocation a JOIN programmes_strand s ON s.id = a.strand_id
        WHERE a.id = short.allocation_id;
        RAISE EXCEPTION 'commitments_stay_within_the_allocation: %%(left)s is left of the allocation %%(strand)s %%(year)s, and %%(asked)s is asked for'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'left', topsheet_money(promise.base_currency, short.room), 'strand', cell.name_en,
                'year', cell.fiscal_year,
                'asked', topsheet_money(promise.base_currency, short.promised))::text;
    END IF;

    IF history_id IS NOT NULL THEN
        PERFORM set_config('pghistory.context_id', history_id, true),
            set_config('pghistory.context_metadata', history, true);
    END IF;
    UPDATE funding_commitment SET state = 'SIGNED', state_at = signed_at, state_by_id = signer,
        state_reason = '', signed_date = last_signature, rate = its_rate, rate_date = its_rate_date,
        rate_source = its_rate_source, rate_series_id = its_rate_series
    WHERE id = of_commitment;
    RETURN QUERY
    INSERT INTO funding_ledgerentry (posting, kind, programme_id, strand_id, fiscal_year,
        allocation_id, project_id, counterparty_id, commitment_id, amount, currency, rate, rate_date,
        rate_source, rate_series_id, base_amount, promised_base_amount, value_date, recorded_by_id,
        approval_id, document_id, reference, remarks)
    SELECT together, 'COMMITMENT', promise.programme_id, a.strand_id, a.fiscal_year, a.id,
        promise.project_id, promise.payee_id, of_commitment, part.amount, promise.currency, its_rate,
        its_rate_date, its_rate_source, its_rate_series, part.promised, part.promised,
        last_signature, signer, approval, paper, '', ''
    FROM (
        SELECT p.allocation_id, p.amount, topsheet_converted(
            p.amount, promise.currency, its_rate, promise.base_currency) AS promised
        FROM funding_commitmentsplit p WHERE p.commitment_id = of_commitment AND p.amount > 0
    ) AS part
    JOIN programmes_allocation a ON a.id = part.allocation_id
    ORDER BY a.id
    RETURNING id;
END
$$;
