-- What happened in one month, in the order in which the rules want it. Every rule and trigger looks
-- at every row, as it does when an officer takes the step.

-- Promises are submitted, decided and signed.
UPDATE funding_commitment c
SET state = 'SUBMITTED', state_at = p.submitted_at, state_by_id = p.submitted_by
FROM sample_promise p WHERE p.month = %(month)s AND c.id = p.id;

INSERT INTO funding_approvalrequest (id, kind, programme_id, commitment_id, amount, currency,
    reason, state, requested_at, requested_by_id)
SELECT id, kind, %(programme)s, commitment, amount, currency, reason, 'OPEN', requested_at, requested_by
FROM sample_request WHERE month = %(month)s AND kind = 'COMMITMENT' ORDER BY id;

INSERT INTO funding_approvaldecision (id, request_id, decision, reason, decided_at, decided_by_id,
    authority_id)
SELECT d.id, d.request, d.decision, d.reason, d.decided_at, d.decided_by, d.decided_by
FROM sample_decision d JOIN sample_request r ON r.id = d.request
WHERE d.month = %(month)s AND r.month = %(month)s AND r.kind = 'COMMITMENT' ORDER BY d.id;

UPDATE funding_commitment c
SET state = CASE WHEN p.outcome IN ('REJECTED', 'WITHDRAWN') THEN p.outcome ELSE 'APPROVED' END,
    state_at = p.decided_at,
    state_reason = CASE p.outcome WHEN 'REJECTED' THEN 'The budget is not plausible yet.'
        WHEN 'WITHDRAWN' THEN 'The producer found another financier.' ELSE '' END
FROM sample_promise p
WHERE p.month = %(month)s AND c.id = p.id AND p.outcome <> 'SUBMITTED';

UPDATE funding_commitment c
SET state = 'SIGNED', state_at = p.signed_at, signed_date = p.signed_date, rate = p.rate,
    rate_date = p.rate_date, rate_source = p.rate_source, rate_series_id = p.rate_series
FROM sample_promise p WHERE p.month = %(month)s AND c.id = p.id AND p.outcome = 'SIGNED';

-- Amendments are drafted and submitted, tranches are asked for.
INSERT INTO funding_commitmentamendment (id, commitment_id, number, agreement_amendment_id,
    change_amount, reason, due_date, state, state_at, state_by_id)
SELECT id, commitment, number, paper, change, reason, due_date, 'DRAFT', drafted_at, drafted_by
FROM sample_amendment WHERE month = %(month)s ORDER BY id;

INSERT INTO funding_amendmentsplit (id, amendment_id, allocation_id, change_amount)
SELECT split, id, allocation, change FROM sample_amendment WHERE month = %(month)s ORDER BY id;

UPDATE funding_commitmentamendment a SET state = 'SUBMITTED'
FROM sample_amendment s WHERE s.month = %(month)s AND a.id = s.id;

UPDATE funding_tranche t
SET state = 'REQUESTED', state_at = d.asked_at, state_by_id = d.asked_by
FROM sample_draw d WHERE d.month = %(month)s AND t.id = d.tranche;

INSERT INTO funding_drawdownrequest (id, tranche_id, received_date, reference, remarks,
    recorded_at, recorded_by_id)
SELECT drawdown, tranche, received_date, reference, '', asked_at, asked_by
FROM sample_draw WHERE month = %(month)s ORDER BY drawdown;

-- All other requests, and what was decided about them.
INSERT INTO funding_approvalrequest (id, kind, programme_id, commitment_id, amendment_id,
    tranche_id, entry_id, amount, currency, reason, state, requested_at, requested_by_id)
SELECT r.id, r.kind, %(programme)s, r.commitment, r.amendment, r.tranche, l.id, r.amount, r.currency,
    r.reason, 'OPEN', r.requested_at, r.requested_by
FROM sample_request r LEFT JOIN sample_ledger l ON l.n = r.entry
WHERE r.month = %(month)s AND r.kind <> 'COMMITMENT' ORDER BY r.id;

INSERT INTO funding_approvaldecision (id, request_id, decision, reason, decided_at, decided_by_id,
    authority_id)
SELECT d.id, d.request, d.decision, d.reason, d.decided_at, d.decided_by, d.decided_by
FROM sample_decision d JOIN sample_request r ON r.id = d.request
WHERE d.month = %(month)s AND r.month = %(month)s AND r.kind <> 'COMMITMENT' ORDER BY d.id;

-- Amendments are signed: an increase brings a tranche, a decrease shortens one.
UPDATE funding_commitmentamendment a SET state = 'APPROVED', state_at = s.decided_at
FROM sample_amendment s WHERE s.month = %(month)s AND a.id = s.id;

UPDATE funding_commitmentamendment a SET state = 'SIGNED', state_at = s.signed_at
FROM sample_amendment s WHERE s.month = %(month)s AND a.id = s.id;

INSERT INTO funding_tranche (id, commitment_id, number, title, amount, due_date, state, state_at,
    state_by_id)
SELECT tranche, commitment, tranche_number, 'Amendment ' || number, tranche_amount, due_date,
    'SCHEDULED', signed_at, drafted_by
FROM sample_amendment WHERE month = %(month)s AND tranche_number IS NOT NULL ORDER BY tranche;

UPDATE funding_tranche t
SET amount = s.tranche_amount, state_at = s.signed_at, state_by_id = s.drafted_by
FROM sample_amendment s
WHERE s.month = %(month)s AND s.tranche_number IS NULL AND t.id = s.tranche;

UPDATE funding_tranche t
SET state = 'APPROVED', state_at = d.decided_at, state_by_id = d.decided_by
FROM sample_draw d
WHERE d.month = %(month)s AND t.id = d.tranche AND d.outcome <> 'REQUESTED';

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
WHERE l.month = %(month)s ORDER BY l.id;

-- Tranches are paid, or scheduled again; commitments end.
UPDATE funding_tranche t
SET state = 'PAID', state_at = d.paid_at, state_by_id = %(finance)s
FROM sample_draw d WHERE d.month = %(month)s AND t.id = d.tranche AND d.outcome = 'PAID';

UPDATE funding_tranche t
SET state = 'SCHEDULED', state_at = b.at, state_by_id = b.by
FROM sample_back b WHERE b.month = %(month)s AND t.id = b.tranche;

UPDATE funding_tranche t
SET state = 'CANCELLED', state_at = e.at, state_by_id = e.by
FROM sample_end e
WHERE e.month = %(month)s AND e.state = 'CANCELLED' AND t.commitment_id = e.commitment
  AND t.state <> 'PAID';

UPDATE funding_commitment c
SET state = e.state, state_at = e.at, state_by_id = e.by, state_reason = e.reason
FROM sample_end e WHERE e.month = %(month)s AND c.id = e.commitment;

-- What the rules look at when a transaction ends, they look at now; the chain grows here.
SET CONSTRAINTS ALL IMMEDIATE;

SET CONSTRAINTS ALL DEFERRED;
