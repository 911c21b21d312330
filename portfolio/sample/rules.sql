-- The rules that looked away while millions of rows came, asked of all rows together: each statement
-- gives the first row that breaks one, and nothing where all is true. Rules that look at statements
-- were on all the time; constraints are looked at when they are put back; docs/adr/0016.

-- commitment_takes_a_step
SELECT 'commitment_project_is_in_its_programme', c.reference
FROM funding_commitment c JOIN programmes_project p ON p.id = c.project_id
WHERE p.programme_id <> c.programme_id OR p.standing <> 'IN_PROGRAMME' LIMIT 1;

-- commitment_takes_a_step
SELECT CASE c.state WHEN 'REJECTED' THEN 'commitment_is_rejected_by_an_approver'
    ELSE 'commitment_is_approved_by_another' END, c.reference
FROM funding_commitment c
LEFT JOIN funding_approvalrequest r ON r.commitment_id = c.id AND r.kind = 'COMMITMENT'
    AND r.amount = c.amount AND r.currency = c.currency
    AND r.state = CASE c.state WHEN 'REJECTED' THEN 'REJECTED' ELSE 'APPROVED' END
WHERE c.state IN ('APPROVED', 'REJECTED', 'SIGNED', 'CLOSED', 'CANCELLED') AND r.id IS NULL LIMIT 1;

-- commitment_takes_a_step
SELECT 'commitment_is_signed_by_all_parties', c.reference
FROM funding_commitment c
LEFT JOIN (
    SELECT p.agreement_id, max(p.signed_date) AS signed_date,
        array_agg(p.organisation_id) AS parties
    FROM partners_agreementparty p GROUP BY 1
    HAVING count(DISTINCT p.organisation_id) >= 2 AND bool_and(p.signed_date IS NOT NULL)
) p ON p.agreement_id = c.agreement_id
WHERE c.state IN ('SIGNED', 'CLOSED', 'CANCELLED')
  AND (p.signed_date = c.signed_date AND c.payee_id = ANY (p.parties)) IS NOT TRUE LIMIT 1;

-- commitment_takes_a_step
SELECT 'commitment_ends_with_nothing_outstanding', c.reference
FROM funding_commitment c
JOIN funding_commitmentposition p ON p.commitment_id = c.id
WHERE c.state IN ('CLOSED', 'CANCELLED')
GROUP BY c.id, c.reference
HAVING sum(p.committed - p.de_committed - p.disbursed + p.refunded) <> 0 LIMIT 1;

-- commitment_split_is_open
SELECT 'commitment_split_is_of_its_programme', c.reference
FROM funding_commitmentsplit x
JOIN funding_commitment c ON c.id = x.commitment_id
JOIN programmes_allocation a ON a.id = x.allocation_id
JOIN programmes_strand s ON s.id = a.strand_id
WHERE s.programme_id <> c.programme_id LIMIT 1;

-- commitment_adds_up, tranche_adds_up, ledger_entry_adds_up
SELECT CASE WHEN splits <> amount THEN 'commitment_splits_add_up'
    WHEN NOT whole THEN 'commitment_parts_fit_its_currency'
    ELSE 'tranches_add_up_to_the_commitment' END, reference
FROM (
    SELECT c.reference, c.amount, coalesce(s.amount, 0) AS splits, coalesce(t.amount, 0) AS tranches,
        CASE WHEN c.state IN ('SUBMITTED', 'APPROVED') THEN c.amount ELSE coalesce(p.promised, 0) END
            AS promised,
        coalesce(p.refunded, 0) AS refunded,
        topsheet_decimals(c.currency) > 0 OR (s.whole AND coalesce(t.whole, true)) AS whole
    FROM funding_commitment c
    LEFT JOIN (
        SELECT commitment_id, sum(amount) AS amount, bool_and(amount = trunc(amount)) AS whole
        FROM funding_commitmentsplit GROUP BY 1
    ) s ON s.commitment_id = c.id
    LEFT JOIN (
        SELECT commitment_id, sum(amount) FILTER (WHERE state <> 'CANCELLED') AS amount,
            bool_and(amount = trunc(amount)) AS whole
        FROM funding_tranche GROUP BY 1
    ) t ON t.commitment_id = c.id
    LEFT JOIN (
        SELECT commitment_id, sum(committed - de_committed) AS promised, sum(refunded) AS refunded
        FROM funding_commitmentposition GROUP BY 1
    ) p ON p.commitment_id = c.id
    WHERE c.state IN ('SUBMITTED', 'APPROVED', 'SIGNED', 'CLOSED', 'CANCELLED')
) added
WHERE splits <> amount OR NOT whole OR tranches NOT BETWEEN promised AND promised + refunded LIMIT 1;

-- tranche_takes_a_step
SELECT CASE WHEN c.state NOT IN ('SIGNED', 'CLOSED', 'CANCELLED')
    THEN 'tranche_is_drawn_from_a_signed_commitment' ELSE 'tranche_is_approved_by_another' END,
    c.reference || '/' || t.number
FROM funding_tranche t
JOIN funding_commitment c ON c.id = t.commitment_id
LEFT JOIN funding_approvalrequest r ON r.tranche_id = t.id AND r.kind = 'PAYMENT'
    AND r.state = 'APPROVED' AND r.amount = t.amount
WHERE t.state IN ('REQUESTED', 'APPROVED', 'PAID')
  AND (c.state NOT IN ('SIGNED', 'CLOSED', 'CANCELLED') OR (t.state <> 'REQUESTED' AND r.id IS NULL))
LIMIT 1;

-- tranche_takes_a_step, ledger_entry_leaves_its_tranche_true
SELECT 'tranche_is_paid_when_the_ledger_says_so', t.id::text
FROM funding_tranche t
LEFT JOIN (
    SELECT tranche_id, sum(amount) AS paid FROM funding_ledgerentry
    WHERE tranche_id IS NOT NULL GROUP BY 1
) e ON e.tranche_id = t.id
WHERE coalesce(e.paid, 0) <> CASE t.state WHEN 'PAID' THEN t.amount ELSE 0 END LIMIT 1;

-- condition_is_open
SELECT 'condition_stays_once_submitted', t.id::text
FROM funding_condition k JOIN funding_tranche t ON t.id = k.tranche_id
LEFT JOIN funding_approvalrequest r ON r.tranche_id = t.id AND r.kind = 'OVERRIDE'
WHERE k.met_at IS NULL AND r.id IS NOT NULL LIMIT 1;

-- approval_request_is_guarded
SELECT 'approval_request_states_its_subject', r.id::text
FROM funding_approvalrequest r
JOIN funding_commitment c ON c.id = r.commitment_id
LEFT JOIN funding_tranche t ON t.id = r.tranche_id
LEFT JOIN funding_commitmentamendment a ON a.id = r.amendment_id
LEFT JOIN (
    SELECT e.id, e.commitment_id, sum(x.amount) AS amount
    FROM funding_approvalrequest q
    JOIN funding_ledgerentry e ON e.id = q.entry_id
    JOIN funding_ledgerentry x ON x.commitment_id = e.commitment_id AND x.posting = e.posting
    GROUP BY q.id, e.id, e.commitment_id
) p ON p.id = r.entry_id
WHERE c.programme_id <> r.programme_id OR c.currency <> r.currency
   OR (r.kind IN ('COMMITMENT', 'OVER_COMMITMENT') AND r.amendment_id IS NULL AND c.amount <> r.amount)
   OR (r.tranche_id IS NOT NULL AND (t.commitment_id <> c.id
       OR (t.amount <> r.amount AND r.state <> 'VOID')))
   OR (r.amendment_id IS NOT NULL
       AND (a.commitment_id <> c.id OR abs(a.change_amount) <> r.amount))
   OR (r.entry_id IS NOT NULL
       AND (p.commitment_id = c.id AND p.amount = r.amount) IS NOT TRUE) LIMIT 1;

-- approval_request_is_guarded
SELECT 'approval_request_is_asked_at_its_step', r.id::text
FROM funding_approvalrequest r
JOIN funding_commitment c ON c.id = r.commitment_id
LEFT JOIN funding_commitmentamendment a ON a.id = r.amendment_id
LEFT JOIN funding_tranche t ON t.id = r.tranche_id
WHERE c.state = 'DRAFT' OR a.state = 'DRAFT'
   OR (r.kind <> 'COMMITMENT' AND c.state NOT IN ('SIGNED', 'CLOSED', 'CANCELLED'))
   OR (t.state = 'SCHEDULED' AND r.state IN ('OPEN', 'APPROVED'))
   OR (c.state = 'WITHDRAWN' AND r.state IN ('OPEN', 'APPROVED')) LIMIT 1;

-- amendment_takes_a_step
SELECT CASE WHEN c.state NOT IN ('SIGNED', 'CLOSED', 'CANCELLED')
        THEN 'amendment_is_of_a_signed_commitment'
    WHEN s.amount IS DISTINCT FROM a.change_amount THEN 'amendment_splits_add_up'
    WHEN NOT s.one_way THEN 'amendment_splits_go_one_way'
    WHEN r.id IS NULL THEN 'amendment_is_approved_by_another'
    ELSE 'amendment_is_signed_for_the_same_difference' END, c.reference || '/' || a.number
FROM funding_commitmentamendment a
JOIN funding_commitment c ON c.id = a.commitment_id
LEFT JOIN (
    SELECT x.amendment_id, sum(x.change_amount) AS amount,
        count(DISTINCT sign(x.change_amount)) = 1 AS one_way
    FROM funding_amendmentsplit x GROUP BY 1
) s ON s.amendment_id = a.id
LEFT JOIN funding_approvalrequest r ON r.amendment_id = a.id AND r.kind = 'AMENDMENT'
    AND r.state = 'APPROVED' AND r.amount = abs(a.change_amount)
LEFT JOIN partners_agreementamendment p ON p.id = a.agreement_amendment_id
    AND p.agreement_id = c.agreement_id AND p.signed_date IS NOT NULL
    AND p.change_amount = a.change_amount AND p.currency = c.currency
WHERE a.state <> 'DRAFT' AND (c.state NOT IN ('SIGNED', 'CLOSED', 'CANCELLED')
    OR s.amount IS DISTINCT FROM a.change_amount OR NOT s.one_way
    OR (a.state IN ('APPROVED', 'SIGNED') AND r.id IS NULL)
    OR (a.state = 'SIGNED' AND p.id IS NULL)) LIMIT 1;

-- amendment_takes_a_step
SELECT 'amendment_paper_is_used_once', min(a.id)::text
FROM funding_commitmentamendment a WHERE a.state = 'SIGNED'
GROUP BY a.agreement_amendment_id HAVING count(*) > 1 LIMIT 1;

-- amendment_is_posted
SELECT 'amendment_is_posted_when_signed', a.id::text
FROM funding_commitmentamendment a
LEFT JOIN (
    SELECT r.amendment_id, e.commitment_id, sum(e.amount) AS posted
    FROM funding_approvalrequest r JOIN funding_ledgerentry e ON e.approval_id = r.id
    WHERE r.amendment_id IS NOT NULL GROUP BY 1, 2
) e ON e.amendment_id = a.id AND e.commitment_id = a.commitment_id
WHERE a.state = 'SIGNED' AND e.posted IS DISTINCT FROM abs(a.change_amount) LIMIT 1;

-- amendment_split_is_open
SELECT 'amendment_split_is_of_its_programme', x.id::text
FROM funding_amendmentsplit x
JOIN funding_commitmentamendment m ON m.id = x.amendment_id
JOIN funding_commitment c ON c.id = m.commitment_id
JOIN programmes_allocation a ON a.id = x.allocation_id
JOIN programmes_strand s ON s.id = a.strand_id
WHERE s.programme_id <> c.programme_id LIMIT 1;

-- ledger_entry_is_chained, ledger_entry_4_is_chained_at_once
SELECT 'ledger_entry_is_chained', e.id::text
FROM funding_ledgerentry e LEFT JOIN funding_ledgerlink l ON l.entry_id = e.id
WHERE l.entry_id IS NULL LIMIT 1;
