-- What was posted in one month, with all that has to stand when the transaction ends.

-- Promises are signed.
UPDATE funding_commitment c
SET state = 'SIGNED', state_at = p.signed_at, signed_date = p.signed_date, rate = p.rate,
    rate_date = p.rate_date, rate_source = p.rate_source, rate_series_id = p.rate_series
FROM sample_promise p WHERE p.turn = %(turn)s AND c.id = p.id AND p.outcome = 'SIGNED';

-- Amendments are signed: an increase brings a tranche, a decrease shortens one.
UPDATE funding_commitmentamendment a SET state = 'SIGNED', state_at = s.signed_at
FROM sample_amendment s WHERE s.turn = %(turn)s AND a.id = s.id;

INSERT INTO funding_tranche (id, commitment_id, number, title, amount, due_date, state, state_at,
    state_by_id)
SELECT tranche, commitment, tranche_number, 'Amendment ' || number, tranche_amount, due_date,
    'SCHEDULED', signed_at, drafted_by
FROM sample_amendment WHERE turn = %(turn)s AND tranche_number IS NOT NULL ORDER BY tranche;

UPDATE funding_tranche t
SET amount = s.tranche_amount, state_at = s.signed_at, state_by_id = s.drafted_by
FROM sample_amendment s
WHERE s.turn = %(turn)s AND s.tranche_number IS NULL AND t.id = s.tranche;

-- The ledger of the month.
INSERT INTO funding_ledgerentry (id, posting, kind, programme_id, strand_id, fiscal_year,
    allocation_id, project_id, counterparty_id, commitment_id, tranche_id, amount, currency, rate,
    rate_date, rate_source, rate_series_id, base_amount, promised_base_amount, value_date,
    recorded_at, recorded_by_id, approval_id, document_id, reversal_of_id, reference, remarks)
SELECT l.id, l.posting, l.kind, %(programme)s, l.strand, l.fiscal_year, l.allocation, l.project,
    l.payee, l.commitment, l.tranche, l.amount, l.currency, l.rate, l.rate_date, l.rate_source,
    l.rate_series, l.base_amount, l.promised_base_amount, l.value_date, l.at, %(finance)s,
    l.approval, l.document, o.id, l.reference, ''
FROM sample_ledger l LEFT JOIN sample_ledger o ON o.n = l.reverses
WHERE l.turn = %(turn)s ORDER BY l.id;

-- Tranches are paid, or scheduled again; commitments end.
UPDATE funding_tranche t
SET state = 'PAID', state_at = d.paid_at, state_by_id = %(finance)s
FROM sample_draw d WHERE d.turn = %(turn)s AND t.id = d.tranche AND d.outcome = 'PAID';

UPDATE funding_tranche t
SET state = 'SCHEDULED', state_at = b.at, state_by_id = b.by
FROM sample_back b WHERE b.turn = %(turn)s AND t.id = b.tranche;

UPDATE funding_tranche t
SET state = 'CANCELLED', state_at = e.at, state_by_id = e.by
FROM sample_end e
WHERE e.turn = %(turn)s AND e.state = 'CANCELLED' AND t.commitment_id = e.commitment
  AND t.state <> 'PAID';

-- What is given up, open again or cancelled is approved no more; where the rules are on, they have seen
-- to it.
UPDATE funding_approvalrequest r SET state = 'VOID'
FROM sample_promise p
WHERE p.turn = %(turn)s AND p.outcome = 'WITHDRAWN' AND r.commitment_id = p.id
  AND r.kind = 'COMMITMENT' AND r.state IN ('OPEN', 'APPROVED');

UPDATE funding_approvalrequest r SET state = 'VOID'
FROM sample_back b
WHERE b.turn = %(turn)s AND r.tranche_id = b.tranche AND r.state IN ('OPEN', 'APPROVED');

UPDATE funding_approvalrequest r SET state = 'VOID'
FROM sample_end e JOIN funding_tranche t ON t.commitment_id = e.commitment
WHERE e.turn = %(turn)s AND e.state = 'CANCELLED' AND t.state = 'CANCELLED'
  AND r.tranche_id = t.id AND r.state IN ('OPEN', 'APPROVED');

UPDATE funding_commitment c
SET state = e.state, state_at = e.at, state_by_id = e.by, state_reason = e.reason
FROM sample_end e WHERE e.turn = %(turn)s AND c.id = e.commitment;

-- What the rules look at when a transaction ends, they look at now; the chain grows here.
SET CONSTRAINTS ALL IMMEDIATE;

SET CONSTRAINTS ALL DEFERRED;
