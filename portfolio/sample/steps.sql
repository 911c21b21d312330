-- What was asked and decided in one month, in the order in which the rules want it. Every rule and
-- trigger looks at every row, as it does when an officer takes the step.

-- Promises are submitted and decided.
UPDATE funding_commitment c
SET state = 'SUBMITTED', state_at = p.submitted_at, state_by_id = p.submitted_by
FROM sample_promise p WHERE p.turn = %(turn)s AND c.id = p.id;

INSERT INTO funding_approvalrequest (id, kind, programme_id, commitment_id, amount, currency,
    reason, state, requested_at, requested_by_id)
SELECT id, kind, %(programme)s, commitment, amount, currency, reason, 'OPEN', requested_at, requested_by
FROM sample_request WHERE turn = %(turn)s AND kind = 'COMMITMENT' ORDER BY id;

INSERT INTO funding_approvaldecision (id, request_id, decision, reason, decided_at, decided_by_id,
    authority_id)
SELECT d.id, d.request, d.decision, d.reason, d.decided_at, d.decided_by, d.decided_by
FROM sample_decision d JOIN sample_request r ON r.id = d.request
WHERE d.turn = %(turn)s AND r.turn = %(turn)s AND r.kind = 'COMMITMENT' ORDER BY d.id;

UPDATE funding_commitment c
SET state = CASE WHEN p.outcome IN ('REJECTED', 'WITHDRAWN') THEN p.outcome ELSE 'APPROVED' END,
    state_at = p.decided_at,
    state_reason = CASE p.outcome WHEN 'REJECTED' THEN 'The budget is not plausible yet.'
        WHEN 'WITHDRAWN' THEN 'The producer found another financier.' ELSE '' END
FROM sample_promise p
WHERE p.turn = %(turn)s AND c.id = p.id AND p.outcome <> 'SUBMITTED';

-- Amendments are drafted and submitted, tranches are asked for.
INSERT INTO funding_commitmentamendment (id, commitment_id, number, agreement_amendment_id,
    change_amount, reason, due_date, state, state_at, state_by_id)
SELECT id, commitment, number, paper, change, reason, due_date, 'DRAFT', drafted_at, drafted_by
FROM sample_amendment WHERE turn = %(turn)s ORDER BY id;

INSERT INTO funding_amendmentsplit (id, amendment_id, allocation_id, change_amount)
SELECT split, id, allocation, change FROM sample_amendment WHERE turn = %(turn)s ORDER BY id;

UPDATE funding_commitmentamendment a SET state = 'SUBMITTED'
FROM sample_amendment s WHERE s.turn = %(turn)s AND a.id = s.id;

UPDATE funding_tranche t
SET state = 'REQUESTED', state_at = d.asked_at, state_by_id = d.asked_by
FROM sample_draw d WHERE d.turn = %(turn)s AND t.id = d.tranche;

INSERT INTO funding_drawdownrequest (id, tranche_id, received_date, reference, remarks,
    recorded_at, recorded_by_id)
SELECT drawdown, tranche, received_date, reference, '', asked_at, asked_by
FROM sample_draw WHERE turn = %(turn)s ORDER BY drawdown;

-- All other requests, and what was decided about them.
INSERT INTO funding_approvalrequest (id, kind, programme_id, commitment_id, amendment_id,
    tranche_id, entry_id, amount, currency, reason, state, requested_at, requested_by_id)
SELECT r.id, r.kind, %(programme)s, r.commitment, r.amendment, r.tranche, l.id, r.amount, r.currency,
    r.reason, 'OPEN', r.requested_at, r.requested_by
FROM sample_request r LEFT JOIN sample_ledger l ON l.n = r.entry
WHERE r.turn = %(turn)s AND r.kind <> 'COMMITMENT' ORDER BY r.id;

INSERT INTO funding_approvaldecision (id, request_id, decision, reason, decided_at, decided_by_id,
    authority_id)
SELECT d.id, d.request, d.decision, d.reason, d.decided_at, d.decided_by, d.decided_by
FROM sample_decision d JOIN sample_request r ON r.id = d.request
WHERE d.turn = %(turn)s AND r.turn = %(turn)s AND r.kind <> 'COMMITMENT' ORDER BY d.id;

UPDATE funding_tranche t
SET state = 'APPROVED', state_at = d.decided_at, state_by_id = d.decided_by
FROM sample_draw d
WHERE d.turn = %(turn)s AND t.id = d.tranche AND d.outcome <> 'REQUESTED';

-- Amendments are approved.
UPDATE funding_commitmentamendment a SET state = 'APPROVED', state_at = s.decided_at
FROM sample_amendment s WHERE s.turn = %(turn)s AND a.id = s.id;
