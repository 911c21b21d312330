-- What financial close asks for beside its paper: a budget that somebody approved, a locked plan that comes to
-- exactly as much, and the signature of everybody in it. It stands in for the empty one of 0004_stages.sql.

CREATE OR REPLACE FUNCTION financial_close_is_guarded(production bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    budget record;
    plan record;
    waiting record;
BEGIN
    SELECT v.currency, (SELECT sum(l.amount) FROM productions_budgetline l WHERE l.version_id = v.id) AS total
    INTO budget
    FROM productions_budgetversion v JOIN productions_budgetdecision d ON d.version_id = v.id
    WHERE v.production_id = production AND d.verdict = 'APPROVED' ORDER BY v.number DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'financial_close_has_an_approved_budget: no budget is approved yet'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT p.id, p.currency,
        (SELECT sum(s.base_amount) FROM productions_financingsource s WHERE s.plan_id = p.id) AS total
    INTO plan
    FROM productions_financingplan p
    WHERE p.production_id = production AND p.locked_at IS NOT NULL ORDER BY p.number DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'financial_close_has_a_locked_plan: no financing plan is locked yet; %%(budget)s has to be found'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('budget', topsheet_money(budget.currency, budget.total))::text;
    END IF;
    IF plan.currency <> budget.currency THEN
        RAISE EXCEPTION 'financial_close_plan_is_in_the_currency_of_the_budget: the budget is %%(budget)s and the financing plan %%(plan)s; begin a plan in the currency of the budget'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'budget', topsheet_money(budget.currency, budget.total),
                'plan', topsheet_money(plan.currency, plan.total))::text;
    END IF;
    IF plan.total < budget.total THEN
        RAISE EXCEPTION 'financial_close_plan_reaches_the_budget: the approved budget is %%(budget)s and the financing plan %%(plan)s: %%(gap)s is missing'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'budget', topsheet_money(budget.currency, budget.total),
                'plan', topsheet_money(plan.currency, plan.total),
                'gap', topsheet_money(plan.currency, budget.total - plan.total))::text;
    END IF;
    IF plan.total > budget.total THEN
        RAISE EXCEPTION 'financial_close_plan_stays_within_the_budget: the approved budget is %%(budget)s and the financing plan %%(plan)s: %%(gap)s is too much'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'budget', topsheet_money(budget.currency, budget.total),
                'plan', topsheet_money(plan.currency, plan.total),
                'gap', topsheet_money(plan.currency, plan.total - budget.total))::text;
    END IF;
    SELECT count(*) AS sources, sum(s.base_amount) AS amount INTO waiting
    FROM productions_financingsource s LEFT JOIN funding_commitment c ON c.id = s.commitment_id
    WHERE s.plan_id = plan.id
      -- A commitment may have been cancelled since.
      AND (s.secured <> 'SIGNED' OR c.state NOT IN ('SIGNED', 'CLOSED'));
    IF waiting.sources > 0 THEN
        RAISE EXCEPTION 'financial_close_sources_are_signed: %%(amount)s of the financing plan is not signed yet (sources: %%(sources)s)'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'sources', waiting.sources,
                'amount', topsheet_money(plan.currency, waiting.amount))::text;
    END IF;
END
$$;
