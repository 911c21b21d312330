-- Signing: the step and its entries in one call, because others wait for the allocation meanwhile, and
-- each round between the server and PostgreSQL is a part of their wait. The rules are those of the tables.
-- Gives the numbers of the entries; none where the commitment is not approved any more.
-- `history_id` and `history` say to the history of the commitment from where the change came.
-- Planned once: whoever waits in the queue waits for the plans of those before.
CREATE FUNCTION topsheet_sign(of_commitment bigint, last_signature date, signed_at timestamptz,
    signer bigint, its_rate numeric, its_rate_date date, its_rate_source text, its_rate_series bigint,
    history_id text, history text) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    promise record;
    short record;
    approval bigint;
    paper bigint;
BEGIN
    SELECT c.state, c.agreement_id, c.programme_id, c.project_id, c.payee_id, c.currency,
        g.base_currency, g.over_commitment
    INTO promise
    FROM funding_commitment c JOIN programmes_programme g ON g.id = c.programme_id
    WHERE c.id = of_commitment FOR NO KEY UPDATE OF c;
    -- A statement of its own, so that it sees what those who held the lock wrote.
    SELECT max(r.id) INTO approval FROM funding_approvalrequest r
    WHERE r.commitment_id = of_commitment AND r.kind = 'COMMITMENT' AND r.state = 'APPROVED';
    IF promise.state IS DISTINCT FROM 'APPROVED' OR approval IS NULL THEN
        RETURN;
    END IF;

    -- Where there is no room already, nobody is kept waiting to hear it: the entries would be refused.
    SELECT b.allocated - b.committed AS room, part.promised, s.name_en, a.fiscal_year INTO short
    FROM (
        SELECT p.allocation_id, CASE WHEN promise.currency = promise.base_currency THEN p.amount
            ELSE topsheet_round_half_even(
                p.amount * its_rate, topsheet_decimals(promise.base_currency)) END AS promised
        FROM funding_commitmentsplit p WHERE p.commitment_id = of_commitment
    ) AS part
    JOIN programmes_allocation a ON a.id = part.allocation_id
    JOIN programmes_strand s ON s.id = a.strand_id
    JOIN programmes_allocationbalance b ON b.allocation_id = a.id
    WHERE b.committed + part.promised > b.allocated
    LIMIT 1;
    IF FOUND AND (promise.over_commitment = 'STOP' OR NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.commitment_id = of_commitment AND r.kind = 'OVER_COMMITMENT'
            AND r.state = 'APPROVED' AND r.amendment_id IS NULL)) THEN
        RAISE EXCEPTION 'commitments_stay_within_the_allocation: %%(left)s is left of the allocation %%(strand)s %%(year)s, and %%(asked)s is asked for'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'left', topsheet_money(promise.base_currency, short.room), 'strand', short.name_en,
                'year', short.fiscal_year,
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
    SELECT max(d.id) INTO paper
    FROM partners_agreementdocument p JOIN partners_document d ON d.id = p.document_id
    WHERE p.agreement_id = promise.agreement_id AND d.kind = 'AGREEMENT';
    RETURN QUERY
    INSERT INTO funding_ledgerentry (posting, kind, programme_id, strand_id, fiscal_year,
        allocation_id, project_id, counterparty_id, commitment_id, amount, currency, rate, rate_date,
        rate_source, rate_series_id, base_amount, promised_base_amount, value_date, recorded_by_id,
        approval_id, document_id, reference, remarks)
    SELECT posting.id, 'COMMITMENT', promise.programme_id, a.strand_id, a.fiscal_year, a.id,
        promise.project_id, promise.payee_id, of_commitment, part.amount, promise.currency, its_rate,
        its_rate_date, its_rate_source, its_rate_series, part.promised, part.promised,
        last_signature, signer, approval, paper, '', ''
    FROM (
        SELECT p.allocation_id, p.amount, CASE WHEN promise.currency = promise.base_currency
            THEN p.amount ELSE topsheet_round_half_even(
                p.amount * its_rate, topsheet_decimals(promise.base_currency)) END AS promised
        FROM funding_commitmentsplit p WHERE p.commitment_id = of_commitment AND p.amount > 0
    ) AS part
    JOIN programmes_allocation a ON a.id = part.allocation_id
    CROSS JOIN (SELECT gen_random_uuid() AS id) AS posting
    ORDER BY a.id
    RETURNING id;
END
$$;
