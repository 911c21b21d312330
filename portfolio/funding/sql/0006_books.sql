-- What a posting by another system needs to know of a commitment, locked until the end of the
-- transaction. Null where there is no such commitment, or no such tranche of it. `of_tranche` is null
-- where the entry names none. Planned once: without a tranche a plan made anew looks cheaper each time,
-- and making it takes five times as long as reading.
CREATE FUNCTION topsheet_books(of_commitment text, of_tranche smallint) RETURNS json
LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    promise bigint;
    part bigint;
BEGIN
    -- Tranche first, then commitment, as paying in the admin does: so that two never hold each other up.
    IF of_tranche IS NULL THEN
        SELECT c.id INTO promise FROM funding_commitment c
        WHERE c.reference = of_commitment FOR NO KEY UPDATE;
    ELSE
        SELECT c.id, t.id INTO promise, part
        FROM funding_commitment c JOIN funding_tranche t ON t.commitment_id = c.id
        WHERE c.reference = of_commitment AND t.number = of_tranche FOR NO KEY UPDATE OF t, c;
    END IF;
    IF promise IS NULL THEN
        RETURN NULL;
    END IF;
    -- A statement of its own, so that it sees what those who held the locks wrote.
    RETURN (
        SELECT json_build_object(
            'commitment', json_build_object('pk', c.id, 'programme_id', c.programme_id,
                'project_id', c.project_id, 'payee_id', c.payee_id, 'currency', c.currency,
                'rate', c.rate::text),
            'base', g.base_currency,
            'tranche', (
                SELECT json_build_object('pk', t.id, 'amount', t.amount::text, 'state', t.state)
                FROM funding_tranche t WHERE t.id = part),
            'paid', (
                SELECT coalesce(sum(e.amount), 0)::text
                FROM funding_ledgerentry e WHERE e.tranche_id = part),
            'approval', (
                SELECT max(r.id) FROM funding_approvalrequest r
                WHERE r.tranche_id = part AND r.commitment_id = c.id
                    AND r.kind = 'PAYMENT' AND r.state = 'APPROVED'),
            'positions', array(
                SELECT json_build_object('allocation', json_build_object('pk', a.id,
                        'strand_id', a.strand_id, 'strand', s.slug, 'fiscal_year', a.fiscal_year),
                    'figures', json_build_object('committed', p.committed::text,
                        'de_committed', p.de_committed::text, 'disbursed', p.disbursed::text,
                        'refunded', p.refunded::text, 'committed_base', p.committed_base::text,
                        'de_committed_base', p.de_committed_base::text,
                        'disbursed_base', p.disbursed_base::text,
                        'refunded_base', p.refunded_base::text))
                FROM funding_commitmentposition p
                JOIN programmes_allocation a ON a.id = p.allocation_id
                JOIN programmes_strand s ON s.id = a.strand_id
                WHERE p.commitment_id = c.id
                ORDER BY a.fiscal_year, s.position, a.id))
        FROM funding_commitment c JOIN programmes_programme g ON g.id = c.programme_id
        WHERE c.id = promise);
END
$$;
