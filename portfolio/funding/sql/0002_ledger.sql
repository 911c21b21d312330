-- The ledger: entries are only ever added, agree with what they belong to, stay within every limit,
-- are counted where reports look, and are chained at commit.
--
-- Every function runs as the owner of the tables: the role that serves requests may add entries and
-- read the rest, and writes positions, balances, totals and links only through these triggers. They
-- look at a statement's rows together, so that a COPY of a million stays quick.
--
-- Advisory locks, by their first number: 73100 folding the totals, 73101 the chain of a programme,
-- 73102 closing a period against posting, 73103 importing a series of rates, 73104 a key of the API,
-- 73105 the queue in front of an allocation, 73106 the next reference of a commitment in a year.

-- What an entry names is looked for when it is added, and not at commit: there it would be looked for
-- while others wait for the allocation.
DO $$
DECLARE
    named text;
BEGIN
    FOR named IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'funding_ledgerentry'::regclass AND contype = 'f'
    LOOP
        EXECUTE format('ALTER TABLE funding_ledgerentry ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', named);
    END LOOP;
END
$$;

CREATE TRIGGER ledger_entry_is_recorded_now
    BEFORE INSERT ON funding_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

CREATE TRIGGER ledger_entry_never_changes
    BEFORE UPDATE OR DELETE ON funding_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('ledger_entry_never_changes');

CREATE TRIGGER ledger_entry_is_never_emptied
    BEFORE TRUNCATE ON funding_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('ledger_entry_is_never_emptied');

CREATE TRIGGER ledger_link_never_changes
    BEFORE UPDATE OR DELETE ON funding_ledgerlink
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('ledger_link_never_changes');

CREATE TRIGGER ledger_link_is_never_emptied
    BEFORE TRUNCATE ON funding_ledgerlink
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('ledger_link_is_never_emptied');

-- --- What an entry must agree with -----------------------------------------------------------

CREATE FUNCTION ledger_entry_1_agrees() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    has record;
    bad record;
    not_approved boolean := false;
BEGIN
    -- What the statement does not hold is not looked for: most statements are of one entry of one kind.
    SELECT bool_or(n.tranche_id IS NOT NULL) AS tranches,
        bool_or(n.kind = 'DISBURSEMENT' AND n.reversal_of_id IS NULL) AS payments,
        bool_or(n.reversal_of_id IS NOT NULL) AS reversals,
        bool_or(n.approval_id IS NOT NULL) AS approvals,
        bool_or(n.kind IN ('COMMITMENT', 'DE_COMMITMENT', 'WRITE_OFF')) AS approved_amounts
    INTO has FROM new_rows n;

    IF has.tranches THEN
        -- Two payments of one tranche wait for each other here.
        PERFORM 1 FROM funding_tranche t
        WHERE t.id IN (SELECT n.tranche_id FROM new_rows n WHERE n.tranche_id IS NOT NULL)
        ORDER BY t.id FOR NO KEY UPDATE;
    END IF;

    -- Nobody closes a period between our look at it and our commit; postings do not wait for each other.
    PERFORM pg_advisory_xact_lock_shared(73102, g.programme_id::integer)
    FROM (SELECT DISTINCT n.programme_id FROM new_rows n ORDER BY 1) g;

    SELECT * INTO bad FROM (
        SELECT n.value_date, c.reference, c.signed_date, p.closed_date, closing.through_date,
            CASE
                WHEN n.programme_id <> c.programme_id OR n.project_id <> c.project_id
                    OR n.counterparty_id <> c.payee_id OR n.currency <> c.currency
                    OR n.strand_id <> a.strand_id OR n.fiscal_year <> a.fiscal_year
                    OR s.programme_id <> c.programme_id
                THEN 'place'
                WHEN n.tranche_id IS NOT NULL AND n.kind <> 'DISBURSEMENT' THEN 'drawn'
                -- What comes back after the end of a commitment is taken back from the promise too.
                WHEN NOT (c.state = 'SIGNED' OR (c.state IN ('CLOSED', 'CANCELLED')
                    AND n.kind IN ('REFUND', 'RECOUPMENT', 'WRITE_OFF'))
                    OR (c.state = 'CANCELLED' AND n.kind = 'DE_COMMITMENT'))
                THEN 'state'
                WHEN n.value_date < c.signed_date THEN 'early'
                WHEN n.value_date > (n.recorded_at AT TIME ZONE 'Asia/Hong_Kong')::date + 31
                THEN 'late'
                WHEN n.value_date > p.closed_date AND n.reversal_of_id IS NULL
                    AND n.kind IN ('COMMITMENT', 'DISBURSEMENT')
                THEN 'project'
                WHEN n.value_date <= closing.through_date THEN 'period'
                -- An amount in base currency fits it already.
                WHEN (n.rate_source = 'SAME_CURRENCY') <> (n.currency = g.base_currency)
                    OR (n.reversal_of_id IS NULL AND n.kind <> 'DE_COMMITMENT' AND n.base_amount
                        <> topsheet_converted(n.amount, n.currency, n.rate, g.base_currency))
                THEN 'conversion'
                WHEN (n.kind IN ('COMMITMENT', 'DE_COMMITMENT', 'RECOUPMENT', 'WRITE_OFF')
                        AND n.promised_base_amount <> n.base_amount)
                    OR (n.kind IN ('COMMITMENT', 'DE_COMMITMENT') AND n.rate <> c.rate)
                    OR (n.kind IN ('DE_COMMITMENT', 'DISBURSEMENT', 'REFUND')
                        AND abs(n.promised_base_amount - n.amount * c.rate)
                            > topsheet_hundred_coins(g.base_currency))
                THEN 'promise'
            END AS fault
        FROM new_rows n
        JOIN funding_commitment c ON c.id = n.commitment_id
        JOIN programmes_programme g ON g.id = c.programme_id
        JOIN programmes_project p ON p.id = c.project_id
        JOIN programmes_allocation a ON a.id = n.allocation_id
        JOIN programmes_strand s ON s.id = a.strand_id
        LEFT JOIN (
            SELECT DISTINCT ON (programme_id) programme_id, through_date
            FROM funding_periodclosing ORDER BY programme_id, id DESC
        ) closing ON closing.programme_id = c.programme_id
    ) looked_at
    WHERE fault IS NOT NULL
    LIMIT 1;

    IF FOUND THEN
        IF bad.fault = 'place' THEN
            RAISE EXCEPTION 'ledger_entry_is_of_its_commitment: programme, project, payee, currency, strand and tranche are those of the commitment %%(reference)s'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('reference', bad.reference)::text;
        ELSIF bad.fault = 'drawn' THEN
            RAISE EXCEPTION 'ledger_entry_only_a_payment_names_a_tranche: what comes back belongs to the commitment; a tranche of its own pays it again'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'state' THEN
            RAISE EXCEPTION 'ledger_entry_commitment_is_signed: the commitment %%(reference)s is not signed, or takes no such entry any more'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('reference', bad.reference)::text;
        ELSIF bad.fault = 'early' THEN
            RAISE EXCEPTION 'ledger_entry_is_not_before_the_agreement: the agreement was signed on %%(signed)s; give a value date from then on'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('signed', bad.signed_date)::text;
        ELSIF bad.fault = 'late' THEN
            RAISE EXCEPTION 'ledger_entry_is_not_in_the_far_future: the value date %%(day)s is more than 31 days ahead'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('day', bad.value_date)::text;
        ELSIF bad.fault = 'project' THEN
            RAISE EXCEPTION 'ledger_entry_project_is_open: the project was closed on %%(day)s; nothing more is promised or paid for it'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('day', bad.closed_date)::text;
        ELSIF bad.fault = 'period' THEN
            RAISE EXCEPTION 'ledger_entry_period_is_open: the books are closed through %%(day)s; give a later value date'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('day', bad.through_date)::text;
        ELSIF bad.fault = 'conversion' THEN
            RAISE EXCEPTION 'ledger_entry_is_converted_at_its_rate: the amount in base currency is the amount times the rate, rounded half to even'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'promise' THEN
            RAISE EXCEPTION 'ledger_entry_is_promised_at_the_rate_of_the_commitment: what it takes from the budget is counted at the rate of the commitment'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;

    IF has.tranches THEN
        SELECT c.reference, t.commitment_id <> n.commitment_id AS is_of_another INTO bad
        FROM new_rows n
        JOIN funding_tranche t ON t.id = n.tranche_id
        JOIN funding_commitment c ON c.id = n.commitment_id
        WHERE t.commitment_id <> n.commitment_id
           OR (n.kind = 'DISBURSEMENT' AND n.reversal_of_id IS NULL AND t.state <> 'APPROVED')
        ORDER BY 2 DESC
        LIMIT 1;
        not_approved := FOUND;
        IF bad.is_of_another THEN
            RAISE EXCEPTION 'ledger_entry_is_of_its_commitment: programme, project, payee, currency, strand and tranche are those of the commitment %%(reference)s'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('reference', bad.reference)::text;
        END IF;
    END IF;

    IF has.reversals THEN
        IF EXISTS (
            SELECT 1 FROM new_rows n
            JOIN funding_ledgerentry o ON o.id = n.reversal_of_id
            WHERE o.reversal_of_id IS NOT NULL OR o.kind <> n.kind
               OR o.commitment_id <> n.commitment_id OR o.allocation_id <> n.allocation_id
               OR o.tranche_id IS DISTINCT FROM n.tranche_id OR o.rate <> n.rate
               OR o.amount <> -n.amount OR o.base_amount <> -n.base_amount
               OR o.promised_base_amount <> -n.promised_base_amount
               OR o.value_date > n.value_date
        ) THEN
            RAISE EXCEPTION 'ledger_entry_reverses_what_was_posted: a reversal takes back exactly one entry that is none itself, on its day or later'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            -- OFFSET 0: what is reversed is found first, and then what was posted with it.
            SELECT 1 FROM (
                SELECT o.commitment_id, o.posting FROM new_rows n
                JOIN funding_ledgerentry o ON o.id = n.reversal_of_id
                WHERE n.reversal_of_id IS NOT NULL OFFSET 0
            ) o
            JOIN funding_ledgerentry x ON x.commitment_id = o.commitment_id AND x.posting = o.posting
            WHERE NOT EXISTS (SELECT 1 FROM funding_ledgerentry y WHERE y.reversal_of_id = x.id)
        ) THEN
            RAISE EXCEPTION 'ledger_entry_reversal_is_of_the_whole_posting: entries that were posted together are taken back together'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;

    IF has.approvals THEN
        IF EXISTS (
            SELECT 1 FROM new_rows n
            JOIN funding_approvalrequest r ON r.id = n.approval_id
            LEFT JOIN funding_commitmentamendment m ON m.id = r.amendment_id
            WHERE NOT (
                r.state = 'APPROVED' AND r.commitment_id = n.commitment_id
                AND CASE
                    WHEN n.reversal_of_id IS NOT NULL
                    THEN r.kind = 'REVERSAL' AND (
                        SELECT o.posting FROM funding_ledgerentry o WHERE o.id = n.reversal_of_id) = (
                        SELECT x.posting FROM funding_ledgerentry x WHERE x.id = r.entry_id)
                    WHEN n.kind = 'COMMITMENT' THEN r.kind = 'COMMITMENT'
                        OR (r.kind = 'AMENDMENT' AND m.state = 'SIGNED' AND m.change_amount > 0)
                    WHEN n.kind = 'DE_COMMITMENT' THEN r.kind = 'CANCELLATION'
                        OR (r.kind = 'AMENDMENT' AND m.state = 'SIGNED' AND m.change_amount < 0)
                    WHEN n.kind = 'DISBURSEMENT'
                    THEN r.kind = 'PAYMENT' AND r.tranche_id = n.tranche_id
                    WHEN n.kind = 'WRITE_OFF' THEN r.kind = 'WRITE_OFF'
                    ELSE true
                END)
        ) THEN
            RAISE EXCEPTION 'ledger_entry_is_approved: there is no valid approval of this by two people'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;

    IF not_approved THEN
        RAISE EXCEPTION 'ledger_entry_tranche_is_approved: the tranche is not approved for payment'
            USING ERRCODE = 'check_violation';
    END IF;

    -- What leaves the house: conditions and blocks, unless an approved exception says otherwise.
    IF has.payments THEN
        SELECT * INTO bad FROM (
            SELECT t.number, k.description, n.counterparty_id, b.reason, k.id AS condition, b.id AS block
            FROM new_rows n
            JOIN funding_tranche t ON t.id = n.tranche_id
            LEFT JOIN funding_condition k ON k.tranche_id = t.id AND (k.met_at IS NULL
                OR (k.kind = 'INSURANCE_IN_FORCE' AND k.valid_until < n.value_date))
            LEFT JOIN partners_block b ON b.organisation_id = n.counterparty_id
                AND b.start_date <= n.value_date
                AND (b.end_date IS NULL OR b.end_date >= n.value_date)
            WHERE n.kind = 'DISBURSEMENT' AND n.reversal_of_id IS NULL
              AND (k.id IS NOT NULL OR b.id IS NOT NULL)
              AND NOT EXISTS (
                -- An insurance that lapsed after the exception was asked for is no part of it.
                SELECT 1 FROM funding_approvalrequest r
                WHERE r.tranche_id = t.id AND r.kind = 'OVERRIDE' AND r.state = 'APPROVED'
                  AND (k.met_at IS NULL
                    OR k.valid_until < (r.requested_at AT TIME ZONE 'Asia/Hong_Kong')::date))
        ) looked_at
        ORDER BY block NULLS LAST
        LIMIT 1;
        IF FOUND THEN
            IF bad.block IS NOT NULL THEN
                RAISE EXCEPTION 'ledger_entry_payee_is_not_blocked: the payee is blocked (%%(reason)s); ask for an exception, with a reason'
                    USING ERRCODE = 'check_violation',
                        DETAIL = json_build_object('reason', bad.reason)::text;
            END IF;
            IF bad.condition IS NOT NULL THEN
                RAISE EXCEPTION 'ledger_entry_conditions_are_met: a condition of the tranche is open: %%(condition)s'
                    USING ERRCODE = 'check_violation',
                        DETAIL = json_build_object('condition', bad.description)::text;
            END IF;
        END IF;

        SELECT topsheet_money(c.currency, t.amount) AS tranche, topsheet_money(c.currency, e.paid) AS paid
        INTO bad
        FROM (
            SELECT x.tranche_id, sum(x.amount) AS paid
            FROM funding_ledgerentry x
            WHERE x.tranche_id IN (SELECT n.tranche_id FROM new_rows n WHERE n.kind = 'DISBURSEMENT')
            GROUP BY x.tranche_id
        ) e
        JOIN funding_tranche t ON t.id = e.tranche_id
        JOIN funding_commitment c ON c.id = t.commitment_id
        WHERE e.paid > t.amount
        LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'disbursements_stay_within_the_tranche: the tranche is %%(tranche)s, and %%(paid)s would be paid'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('tranche', bad.tranche, 'paid', bad.paid)::text;
        END IF;
    END IF;

    IF NOT coalesce(has.approved_amounts, false) THEN
        RETURN NULL;
    END IF;
    -- What was approved is the amount, and for promises the allocations that bear it.
    SELECT e.used > r.amount AS is_more, topsheet_money(r.currency, r.amount) AS approved,
        topsheet_money(r.currency, e.used) AS used, topsheet_money(r.currency, e.borne) AS borne,
        topsheet_money(r.currency, coalesce(c.amount, abs(m.change_amount), 0)) AS share
    INTO bad
    FROM (
        SELECT x.approval_id, x.allocation_id, abs(sum(x.amount)) AS borne,
            abs(sum(sum(x.amount)) OVER (PARTITION BY x.approval_id)) AS used
        FROM funding_ledgerentry x
        WHERE x.commitment_id IN (
            SELECT n.commitment_id FROM new_rows n WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT', 'WRITE_OFF'))
          AND x.approval_id IN (
            SELECT n.approval_id FROM new_rows n WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT', 'WRITE_OFF'))
        GROUP BY x.approval_id, x.allocation_id
    ) e
    JOIN funding_approvalrequest r ON r.id = e.approval_id
    LEFT JOIN funding_commitmentsplit c ON r.kind = 'COMMITMENT'
        AND c.commitment_id = r.commitment_id AND c.allocation_id = e.allocation_id
    LEFT JOIN funding_amendmentsplit m ON r.kind = 'AMENDMENT'
        AND m.amendment_id = r.amendment_id AND m.allocation_id = e.allocation_id
    WHERE e.used > r.amount
       OR (r.kind IN ('COMMITMENT', 'AMENDMENT')
           AND e.borne > coalesce(c.amount, abs(m.change_amount), 0))
    ORDER BY 1 DESC
    LIMIT 1;
    IF FOUND THEN
        IF bad.is_more THEN
            RAISE EXCEPTION 'ledger_entry_stays_within_its_approval: %%(approved)s was approved, and %%(used)s would be posted'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('approved', bad.approved, 'used', bad.used)::text;
        ELSE
            RAISE EXCEPTION 'ledger_entry_is_borne_as_approved: %%(share)s of it was approved for this allocation, and %%(used)s would be posted'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('share', bad.share, 'used', bad.borne)::text;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_entry_1_agrees
    AFTER INSERT ON funding_ledgerentry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_1_agrees();

-- --- The totals that reports read ------------------------------------------------------------

CREATE FUNCTION ledger_entry_2_is_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO funding_ledgerdelta (allocation_id, project_id, counterparty_id, kind, currency,
        value_date, recorded_date, entries, amount, base_amount, promised_base_amount)
    SELECT allocation_id, project_id, counterparty_id, kind, currency, value_date,
        (recorded_at AT TIME ZONE 'UTC')::date, count(*), sum(amount), sum(base_amount),
        sum(promised_base_amount)
    FROM new_rows GROUP BY 1, 2, 3, 4, 5, 6, 7;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_entry_2_is_counted
    AFTER INSERT ON funding_ledgerentry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_2_is_counted();

-- Folds what others and this transaction left into the totals. One at a time; who comes second goes
-- on without waiting.
CREATE FUNCTION topsheet_fold_ledger() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    folded integer;
    empty_payees bigint[];
    empty_projects bigint[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(73100, 0) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM funding_ledgerdelta RETURNING *
    ), days AS (
        INSERT INTO funding_daytotal AS d (allocation_id, kind, currency, value_date, recorded_date,
            entries, amount, base_amount, promised_base_amount)
        SELECT allocation_id, kind, currency, value_date, recorded_date, sum(entries), sum(amount),
            sum(base_amount), sum(promised_base_amount)
        FROM taken GROUP BY 1, 2, 3, 4, 5 ORDER BY recorded_date, value_date
        ON CONFLICT (allocation_id, value_date, recorded_date, kind, currency) DO UPDATE SET
            entries = d.entries + EXCLUDED.entries,
            amount = d.amount + EXCLUDED.amount,
            base_amount = d.base_amount + EXCLUDED.base_amount,
            promised_base_amount = d.promised_base_amount + EXCLUDED.promised_base_amount
    ), months AS (
        INSERT INTO funding_monthtotal AS m (allocation_id, kind, currency, value_month,
            recorded_month, entries, amount, base_amount, promised_base_amount)
        SELECT allocation_id, kind, currency, date_trunc('month', value_date::timestamp)::date,
            date_trunc('month', recorded_date::timestamp)::date, sum(entries), sum(amount), sum(base_amount),
            sum(promised_base_amount)
        FROM taken GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (allocation_id, value_month, recorded_month, kind, currency) DO UPDATE SET
            entries = m.entries + EXCLUDED.entries,
            amount = m.amount + EXCLUDED.amount,
            base_amount = m.base_amount + EXCLUDED.base_amount,
            promised_base_amount = m.promised_base_amount + EXCLUDED.promised_base_amount
    ), spans AS (
        INSERT INTO funding_spantotal AS s (allocation_id, kind, currency, span, first_date,
            entries, amount, base_amount, promised_base_amount)
        SELECT allocation_id, kind, currency, span, date_trunc(span, value_date::timestamp)::date,
            sum(entries), sum(amount), sum(base_amount), sum(promised_base_amount)
        FROM taken CROSS JOIN (VALUES ('YEAR'), ('MONTH'), ('DAY')) spans (span)
        GROUP BY 1, 2, 3, 4, 5 ORDER BY 4, 5
        ON CONFLICT (span, first_date, allocation_id, kind, currency) DO UPDATE SET
            entries = s.entries + EXCLUDED.entries,
            amount = s.amount + EXCLUDED.amount,
            base_amount = s.base_amount + EXCLUDED.base_amount,
            promised_base_amount = s.promised_base_amount + EXCLUDED.promised_base_amount
    ), by_unit AS (
        -- Once in its currency, and once in base currency, which has no name here.
        SELECT g.programme_id, t.project_id, t.counterparty_id, t.kind, u.unit, u.moved, u.promised
        FROM taken t
        JOIN programmes_allocation a ON a.id = t.allocation_id
        JOIN programmes_strand g ON g.id = a.strand_id
        CROSS JOIN LATERAL (VALUES (t.currency, t.amount, t.amount),
            ('', t.base_amount, t.promised_base_amount)) u (unit, moved, promised)
    ), payees AS (
        INSERT INTO funding_payeetotal AS p (programme_id, currency, party_id, committed,
            de_committed, disbursed, refunded, recouped, written_off, fx_effect)
        SELECT programme_id, unit, counterparty_id,
            coalesce(sum(promised) FILTER (WHERE kind = 'COMMITMENT'), 0),
            coalesce(sum(promised) FILTER (WHERE kind = 'DE_COMMITMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'DISBURSEMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'REFUND'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'RECOUPMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'WRITE_OFF'), 0),
            coalesce(sum(CASE kind WHEN 'DISBURSEMENT' THEN moved - promised
                WHEN 'REFUND' THEN promised - moved END), 0)
        FROM by_unit GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (programme_id, currency, party_id) DO UPDATE SET
            committed = p.committed + EXCLUDED.committed,
            de_committed = p.de_committed + EXCLUDED.de_committed,
            disbursed = p.disbursed + EXCLUDED.disbursed,
            refunded = p.refunded + EXCLUDED.refunded,
            recouped = p.recouped + EXCLUDED.recouped,
            written_off = p.written_off + EXCLUDED.written_off,
            fx_effect = p.fx_effect + EXCLUDED.fx_effect
        RETURNING p.id, (p.committed, p.de_committed, p.disbursed, p.refunded, p.recouped,
            p.written_off, p.fx_effect) = (0, 0, 0, 0, 0, 0, 0) AS is_empty
    ), projects AS (
        INSERT INTO funding_projecttotal AS p (programme_id, currency, party_id, committed,
            de_committed, disbursed, refunded, recouped, written_off, fx_effect)
        SELECT programme_id, unit, project_id,
            coalesce(sum(promised) FILTER (WHERE kind = 'COMMITMENT'), 0),
            coalesce(sum(promised) FILTER (WHERE kind = 'DE_COMMITMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'DISBURSEMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'REFUND'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'RECOUPMENT'), 0),
            coalesce(sum(moved) FILTER (WHERE kind = 'WRITE_OFF'), 0),
            coalesce(sum(CASE kind WHEN 'DISBURSEMENT' THEN moved - promised
                WHEN 'REFUND' THEN promised - moved END), 0)
        FROM by_unit GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (programme_id, currency, party_id) DO UPDATE SET
            committed = p.committed + EXCLUDED.committed,
            de_committed = p.de_committed + EXCLUDED.de_committed,
            disbursed = p.disbursed + EXCLUDED.disbursed,
            refunded = p.refunded + EXCLUDED.refunded,
            recouped = p.recouped + EXCLUDED.recouped,
            written_off = p.written_off + EXCLUDED.written_off,
            fx_effect = p.fx_effect + EXCLUDED.fx_effect
        RETURNING p.id, (p.committed, p.de_committed, p.disbursed, p.refunded, p.recouped,
            p.written_off, p.fx_effect) = (0, 0, 0, 0, 0, 0, 0) AS is_empty
    )
    SELECT (SELECT count(*) FROM taken),
        ARRAY(SELECT id FROM payees WHERE is_empty), ARRAY(SELECT id FROM projects WHERE is_empty)
    INTO folded, empty_payees, empty_projects;
    -- Of whom everything was taken back there is nothing to tell, nor to count.
    DELETE FROM funding_payeetotal WHERE id = ANY (empty_payees);
    DELETE FROM funding_projecttotal WHERE id = ANY (empty_projects);
    RETURN folded;
END
$$;

-- Everything an entry says, as one text that no locale, time zone or version of PostgreSQL changes.
CREATE FUNCTION topsheet_entry_text(e funding_ledgerentry) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT array_to_json(ARRAY[
    e.id::text, e.posting::text, e.kind, e.programme_id::text, e.strand_id::text,
    e.fiscal_year::text, e.allocation_id::text, e.project_id::text, e.counterparty_id::text,
    e.commitment_id::text, e.tranche_id::text, e.amount::text, e.currency, e.rate::text,
    to_char(e.rate_date, 'YYYY-MM-DD'), e.rate_source, e.rate_series_id::text,
    e.base_amount::text, e.promised_base_amount::text, to_char(e.value_date, 'YYYY-MM-DD'),
    (extract(epoch FROM e.recorded_at) * 1000000)::bigint::text, e.recorded_by_id::text,
    e.approval_id::text, e.document_id::text, e.reversal_of_id::text, e.reference, e.remarks
])::text
$$;

-- What was paid of a tranche: only payments name one, and what takes them back.
CREATE FUNCTION topsheet_paid_of(tranche bigint) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT coalesce(sum(e.amount), 0.00) FROM funding_ledgerentry e WHERE e.tranche_id = tranche
$$;

-- --- The limits that are never passed --------------------------------------------------------

CREATE FUNCTION ledger_entry_3_stays_within_limits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    promises boolean := EXISTS (SELECT 1 FROM new_rows n WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT'));
    bad record;
BEGIN
    -- Positions in order, then allocations in order: two postings never hold each other up.
    WITH moved AS (
        INSERT INTO funding_commitmentposition AS p (
            commitment_id, allocation_id, committed, de_committed, disbursed, refunded, recouped,
            written_off, committed_base, de_committed_base, disbursed_base, refunded_base,
            disbursed_paid_base, refunded_paid_base, recouped_base, written_off_base)
        SELECT n.commitment_id, n.allocation_id,
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'COMMITMENT'), 0),
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'DE_COMMITMENT'), 0),
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'DISBURSEMENT'), 0),
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'REFUND'), 0),
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'RECOUPMENT'), 0),
            coalesce(sum(n.amount) FILTER (WHERE n.kind = 'WRITE_OFF'), 0),
            coalesce(sum(n.promised_base_amount) FILTER (WHERE n.kind = 'COMMITMENT'), 0),
            coalesce(sum(n.promised_base_amount) FILTER (WHERE n.kind = 'DE_COMMITMENT'), 0),
            coalesce(sum(n.promised_base_amount) FILTER (WHERE n.kind = 'DISBURSEMENT'), 0),
            coalesce(sum(n.promised_base_amount) FILTER (WHERE n.kind = 'REFUND'), 0),
            coalesce(sum(n.base_amount) FILTER (WHERE n.kind = 'DISBURSEMENT'), 0),
            coalesce(sum(n.base_amount) FILTER (WHERE n.kind = 'REFUND'), 0),
            coalesce(sum(n.base_amount) FILTER (WHERE n.kind = 'RECOUPMENT'), 0),
            coalesce(sum(n.base_amount) FILTER (WHERE n.kind = 'WRITE_OFF'), 0)
        FROM new_rows n GROUP BY n.commitment_id, n.allocation_id
        ORDER BY n.commitment_id, n.allocation_id
        ON CONFLICT (commitment_id, allocation_id) DO UPDATE SET
            committed = p.committed + EXCLUDED.committed,
            de_committed = p.de_committed + EXCLUDED.de_committed,
            disbursed = p.disbursed + EXCLUDED.disbursed,
            refunded = p.refunded + EXCLUDED.refunded,
            recouped = p.recouped + EXCLUDED.recouped,
            written_off = p.written_off + EXCLUDED.written_off,
            committed_base = p.committed_base + EXCLUDED.committed_base,
            de_committed_base = p.de_committed_base + EXCLUDED.de_committed_base,
            disbursed_base = p.disbursed_base + EXCLUDED.disbursed_base,
            refunded_base = p.refunded_base + EXCLUDED.refunded_base,
            disbursed_paid_base = p.disbursed_paid_base + EXCLUDED.disbursed_paid_base,
            refunded_paid_base = p.refunded_paid_base + EXCLUDED.refunded_paid_base,
            recouped_base = p.recouped_base + EXCLUDED.recouped_base,
            written_off_base = p.written_off_base + EXCLUDED.written_off_base
        RETURNING p.*
    )
    SELECT c.currency, m.*, m.committed - m.de_committed - m.disbursed + m.refunded AS outstanding,
        m.committed_base - m.de_committed_base - m.disbursed_base + m.refunded_base AS outstanding_base
    INTO bad
    FROM moved m
    JOIN funding_commitment c ON c.id = m.commitment_id
    WHERE m.committed - m.de_committed < m.disbursed - m.refunded
       OR m.refunded + m.written_off > m.disbursed
       OR (m.committed - m.de_committed = m.disbursed - m.refunded
           AND m.committed_base - m.de_committed_base <> m.disbursed_base - m.refunded_base)
       OR abs(m.committed_base - m.de_committed_base - m.disbursed_base + m.refunded_base
           - (m.committed - m.de_committed - m.disbursed + m.refunded) * c.rate)
           > (SELECT topsheet_hundred_coins(g.base_currency)
              FROM programmes_programme g WHERE g.id = c.programme_id)
    LIMIT 1;
    IF FOUND THEN
        IF bad.outstanding < 0 AND EXISTS (
            SELECT 1 FROM new_rows n
            WHERE n.commitment_id = bad.commitment_id AND n.allocation_id = bad.allocation_id
              AND (n.kind = 'DE_COMMITMENT' OR (n.kind = 'COMMITMENT' AND n.amount < 0))) THEN
            RAISE EXCEPTION 'de_commitments_stay_within_what_is_outstanding: %%(paid)s of it has been paid already'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'paid', topsheet_money(bad.currency, bad.disbursed - bad.refunded))::text;
        END IF;
        IF bad.outstanding < 0 THEN
            RAISE EXCEPTION 'disbursements_stay_within_the_commitment: %%(committed)s is committed, and %%(paid)s would be paid'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'committed', topsheet_money(bad.currency, bad.committed - bad.de_committed),
                    'paid', topsheet_money(bad.currency, bad.disbursed - bad.refunded))::text;
        END IF;
        IF bad.refunded + bad.written_off > bad.disbursed THEN
            RAISE EXCEPTION 'refunds_stay_within_the_disbursements: %%(paid)s was paid, and %%(back)s would come back or be written off'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'paid', topsheet_money(bad.currency, bad.disbursed),
                    'back', topsheet_money(bad.currency, bad.refunded + bad.written_off))::text;
        END IF;
        IF bad.outstanding = 0 AND bad.outstanding_base <> 0 THEN
            RAISE EXCEPTION 'a_commitment_that_is_used_up_leaves_no_cent: the last amount takes what is left in base currency, %%(left)s more'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'left', bad.outstanding_base::text)::text;
        END IF;
        RAISE EXCEPTION 'promises_keep_the_rate_of_the_commitment: %%(left)s in base currency would be outstanding, which is far from its amount at the rate of the commitment'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'left', bad.outstanding_base::text)::text;
    END IF;

    -- The allocation comes last, because others wait for it until we commit. They stand in a queue: who
    -- waits for the row itself is woken at every commit, all of them at once, for one to go on.
    IF promises THEN
        PERFORM pg_advisory_xact_lock(73105, q.allocation_id::integer)
        FROM (SELECT DISTINCT n.allocation_id FROM new_rows n
            WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT') ORDER BY 1) q;

        WITH change AS (
            SELECT n.allocation_id, sum(CASE n.kind WHEN 'COMMITMENT' THEN n.promised_base_amount
                ELSE -n.promised_base_amount END) AS amount
            FROM new_rows n WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT') GROUP BY n.allocation_id
        ), moved AS (
            UPDATE programmes_allocationbalance b SET committed = b.committed + change.amount
            FROM change WHERE b.allocation_id = change.allocation_id
            RETURNING b.allocation_id, b.allocated, b.committed
        )
        SELECT change.allocation_id INTO bad
        FROM change LEFT JOIN moved ON moved.allocation_id = change.allocation_id
        WHERE change.amount > 0
          AND coalesce(moved.committed, change.amount) > coalesce(moved.allocated, 0)
        LIMIT 1;
        IF FOUND THEN
            SELECT g.base_currency, change.amount, s.name_en, a.fiscal_year,
                coalesce(b.allocated - b.committed + change.amount, 0) AS left
            INTO bad
            FROM (
                SELECT n.allocation_id, sum(CASE n.kind WHEN 'COMMITMENT' THEN n.promised_base_amount
                    ELSE -n.promised_base_amount END) AS amount
                FROM new_rows n WHERE n.kind IN ('COMMITMENT', 'DE_COMMITMENT') GROUP BY n.allocation_id
            ) change
            JOIN programmes_allocation a ON a.id = change.allocation_id
            JOIN programmes_strand s ON s.id = a.strand_id
            JOIN programmes_programme g ON g.id = s.programme_id
            LEFT JOIN programmes_allocationbalance b ON b.allocation_id = change.allocation_id
            WHERE change.amount > 0 AND (b.allocation_id IS NULL OR (b.committed > b.allocated
              -- Where the programme only warns, an approval of its own lets each promise pass: the first one,
              -- or the amendment that it names. Taking back a de-commitment is no promise and never passes.
              AND (g.over_commitment = 'STOP' OR EXISTS (
                SELECT 1 FROM new_rows n
                LEFT JOIN funding_approvalrequest a ON a.id = n.approval_id
                WHERE n.allocation_id = change.allocation_id
                  AND CASE WHEN n.reversal_of_id IS NOT NULL THEN n.kind = 'DE_COMMITMENT'
                    ELSE n.kind = 'COMMITMENT' AND NOT EXISTS (
                        SELECT 1 FROM funding_approvalrequest r
                        WHERE r.commitment_id = n.commitment_id AND r.kind = 'OVER_COMMITMENT'
                          AND r.state = 'APPROVED' AND r.amendment_id IS NOT DISTINCT FROM a.amendment_id)
                    END))))
            LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'commitments_stay_within_the_allocation: %%(left)s is left of the allocation %%(strand)s %%(year)s, and %%(asked)s is asked for'
                    USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                        'left', topsheet_money(bad.base_currency, bad.left), 'strand', bad.name_en,
                        'year', bad.fiscal_year, 'asked', topsheet_money(bad.base_currency, bad.amount))::text;
            END IF;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_entry_3_stays_within_limits
    AFTER INSERT ON funding_ledgerentry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_3_stays_within_limits();

-- --- The chain -------------------------------------------------------------------------------

-- So many at once are chained in one pass, and not one by one when the transaction ends.
CREATE FUNCTION ledger_entry_4_is_chained_at_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chain record;
    entry record;
    link bytea;
    entries bigint[];
    links bytea[];
BEGIN
    IF (SELECT count(*) FROM new_rows) >= 1000 THEN
        PERFORM pg_advisory_xact_lock(73101, g.programme_id::integer)
        FROM (SELECT DISTINCT n.programme_id FROM new_rows n ORDER BY 1) g;
        FOR chain IN
            SELECT g.programme_id, coalesce(l.sequence, 0) AS sequence, coalesce(l.hash, ''::bytea) AS hash
            FROM (SELECT DISTINCT n.programme_id FROM new_rows n) g
            LEFT JOIN LATERAL (
                SELECT x.sequence, x.hash FROM funding_ledgerlink x
                WHERE x.programme_id = g.programme_id ORDER BY x.sequence DESC LIMIT 1
            ) l ON true
        LOOP
            link := chain.hash;
            entries := '{}';
            links := '{}';
            FOR entry IN
                SELECT n.id, convert_to(topsheet_entry_text(ROW(n.*)::funding_ledgerentry), 'UTF8') AS said
                FROM new_rows n WHERE n.programme_id = chain.programme_id ORDER BY n.id
            LOOP
                link := sha256(link || entry.said);
                entries := array_append(entries, entry.id);
                links := array_append(links, link);
            END LOOP;
            INSERT INTO funding_ledgerlink (entry_id, programme_id, sequence, hash)
            SELECT made.entry, chain.programme_id, chain.sequence + made.place, made.hash
            FROM unnest(entries, links) WITH ORDINALITY made (entry, hash, place);
        END LOOP;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_entry_4_is_chained_at_once
    AFTER INSERT ON funding_ledgerentry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_4_is_chained_at_once();

-- At commit, so that the lock of a programme's chain is the last that a posting takes and the first
-- that it gives back.
CREATE FUNCTION ledger_entry_is_chained() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last record;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM funding_ledgerlink l WHERE l.entry_id = NEW.id) THEN
        PERFORM pg_advisory_xact_lock(73101, NEW.programme_id::integer);
        SELECT sequence, hash INTO last FROM funding_ledgerlink
        WHERE programme_id = NEW.programme_id ORDER BY sequence DESC LIMIT 1;
        INSERT INTO funding_ledgerlink (entry_id, programme_id, sequence, hash)
        VALUES (NEW.id, NEW.programme_id, coalesce(last.sequence, 0) + 1,
            sha256(coalesce(last.hash, ''::bytea) || convert_to(topsheet_entry_text(NEW), 'UTF8')));
    END IF;
    -- Once a transaction is enough: its first fold takes all that the whole of it added, and a second
    -- one would read the rows that the first took.
    IF NEW.id % 256 = 0 AND current_setting('topsheet.folded_by', true)
        IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM topsheet_fold_ledger();
        PERFORM set_config('topsheet.folded_by', pg_current_xact_id()::text, true);
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_entry_is_chained
    AFTER INSERT ON funding_ledgerentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_chained();

ALTER TABLE funding_ledgerdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE programmes_allocationbalance SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE funding_commitmentposition SET (fillfactor = 80);
ALTER TABLE funding_payeetotal SET (fillfactor = 80);
ALTER TABLE funding_projecttotal SET (fillfactor = 80);

-- Closing a period waits for the postings that are under way, and they for it.
CREATE FUNCTION period_closing_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(73102, NEW.programme_id::integer);
    IF NEW.through_date < (
            SELECT c.through_date FROM funding_periodclosing c
            WHERE c.programme_id = NEW.programme_id ORDER BY c.id DESC LIMIT 1)
        AND NOT EXISTS (
            SELECT 1 FROM staff_user u
            LEFT JOIN staff_user_groups m ON m.user_id = u.id
            LEFT JOIN auth_group_permissions g ON g.group_id = m.group_id
            LEFT JOIN staff_user_user_permissions o ON o.user_id = u.id
            LEFT JOIN auth_permission p ON p.id IN (g.permission_id, o.permission_id)
            WHERE u.id = NEW.recorded_by_id AND u.is_active
              AND (u.is_superuser OR p.codename = 'reopen_periodclosing')) THEN
        RAISE EXCEPTION 'period_is_reopened_by_who_may: opening closed books again takes a right of its own'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER period_closing_is_recorded_now
    BEFORE INSERT ON funding_periodclosing
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

CREATE TRIGGER period_closing_waits_for_postings
    BEFORE INSERT ON funding_periodclosing
    FOR EACH ROW EXECUTE FUNCTION period_closing_waits();

CREATE TRIGGER period_closing_never_changes
    BEFORE UPDATE OR DELETE ON funding_periodclosing
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('period_closing_never_changes');
