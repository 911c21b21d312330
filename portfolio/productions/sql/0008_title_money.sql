-- The money of a title: budgets that stay once locked and are approved by somebody else, cost reports that
-- come whole, financing plans that are converted once, and shares of co-producers that make a hundred.

-- --- Budgets ----------------------------------------------------------------------------------

CREATE FUNCTION budget_version_is_locked_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    is_server boolean := NOT pg_catalog.pg_has_role(
        current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
    budgeted numeric;
    odd text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'budget_version_begins_open: a version is locked when its lines are in it'
                USING ERRCODE = 'check_violation';
        END IF;
        IF is_server THEN
            NEW.made_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'budget_version_locked_stays: the version is locked; begin another that follows it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.production_id, NEW.number, NEW.made_by_id, NEW.made_at)
        IS DISTINCT FROM (OLD.production_id, OLD.number, OLD.made_by_id, OLD.made_at) THEN
        RAISE EXCEPTION 'budget_version_keeps_its_title_and_maker: begin a version for the other title instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.locked_at IS NOT NULL THEN
        SELECT sum(l.amount), min(l.code) FILTER (WHERE l.amount <> floor(l.amount)) INTO budgeted, odd
        FROM productions_budgetline l WHERE l.version_id = NEW.id;
        IF coalesce(budgeted, 0) = 0 THEN
            RAISE EXCEPTION 'budget_version_locked_has_lines: enter what the accounts are to cost first'
                USING ERRCODE = 'check_violation';
        END IF;
        IF odd IS NOT NULL AND topsheet_decimals(NEW.currency) = 0 THEN
            RAISE EXCEPTION 'budget_version_amounts_fit_its_currency: the currency has no decimals: give a whole amount for %%(code)s'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', odd)::text;
        END IF;
        IF is_server THEN
            NEW.locked_at := clock_timestamp();
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER budget_version_is_locked_once
    BEFORE INSERT OR UPDATE OR DELETE ON productions_budgetversion
    FOR EACH ROW EXECUTE FUNCTION budget_version_is_locked_once();

-- Lines are written while their version is open; who locks it waits for them, and they for it.
CREATE FUNCTION budget_line_of_a_locked_version_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    versions bigint[];
    version record;
BEGIN
    versions := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
    FOR version IN SELECT v.locked_at FROM productions_budgetversion v WHERE v.id = ANY (versions)
        ORDER BY v.id FOR SHARE LOOP
        IF version.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'budget_line_of_a_locked_version_stays: the line is in a locked version; begin another version'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER budget_line_of_a_locked_version_stays
    BEFORE INSERT OR UPDATE OR DELETE ON productions_budgetline
    FOR EACH ROW EXECUTE FUNCTION budget_line_of_a_locked_version_stays();

CREATE FUNCTION budget_decision_fits_its_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    version productions_budgetversion;
BEGIN
    SELECT * INTO version FROM productions_budgetversion v WHERE v.id = NEW.version_id;
    -- Who closes the financing at this moment waits for the decision, and the decision for them.
    PERFORM 1 FROM productions_production p WHERE p.project_ptr_id = version.production_id FOR NO KEY UPDATE;
    IF version.locked_at IS NULL THEN
        RAISE EXCEPTION 'budget_decision_is_of_a_locked_version: lock the version first, so that it stays what was decided about'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_by_id IN (version.made_by_id, version.locked_by_id) THEN
        RAISE EXCEPTION 'budget_decision_is_by_another: somebody else decides than who made or locked the budget'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.verdict = 'APPROVED' AND EXISTS (
        SELECT 1 FROM productions_budgetversion v JOIN productions_budgetdecision d ON d.version_id = v.id
        WHERE v.production_id = version.production_id AND v.number > version.number
          AND d.verdict = 'APPROVED') THEN
        RAISE EXCEPTION 'budget_decision_approves_no_superseded_version: a later version is approved already'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER budget_decision_is_decided_now
    BEFORE INSERT ON productions_budgetdecision
    FOR EACH ROW EXECUTE FUNCTION topsheet_decided_now();

CREATE TRIGGER budget_decision_judged_by_its_version
    BEFORE INSERT ON productions_budgetdecision
    FOR EACH ROW EXECUTE FUNCTION budget_decision_fits_its_version();

CREATE TRIGGER budget_decision_never_changes
    BEFORE UPDATE OR DELETE ON productions_budgetdecision
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('budget_decision_never_changes');

CREATE TRIGGER budget_decision_is_never_emptied
    BEFORE TRUNCATE ON productions_budgetdecision
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('budget_decision_is_never_emptied');

-- --- Cost reports -----------------------------------------------------------------------------

CREATE FUNCTION cost_report_fits_its_budget() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    title bigint;
BEGIN
    SELECT v.production_id INTO title FROM productions_budgetversion v WHERE v.id = NEW.budget_id;
    -- Two reports about one day follow each other.
    PERFORM 1 FROM productions_production p WHERE p.project_ptr_id = title FOR NO KEY UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM productions_budgetdecision d
        WHERE d.version_id = NEW.budget_id AND d.verdict = 'APPROVED') THEN
        RAISE EXCEPTION 'cost_report_is_held_against_an_approved_budget: approve the budget first'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.as_of > (NEW.recorded_at AT TIME ZONE 'Asia/Hong_Kong')::date THEN
        RAISE EXCEPTION 'cost_report_is_of_a_day_that_has_come: a report is recorded when its day is over, not before'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.remarks = '' AND EXISTS (
        SELECT 1 FROM productions_costreport r JOIN productions_budgetversion v ON v.id = r.budget_id
        WHERE v.production_id = title AND r.as_of = NEW.as_of) THEN
        RAISE EXCEPTION 'cost_report_again_says_why: there is a report as of %%(day)s already; say in the remarks why there is another'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('day', json_build_object('day', NEW.as_of))::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cost_report_is_recorded_now
    BEFORE INSERT ON productions_costreport
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

-- After the one above by its name: it judges by the moment that the clock gave.
CREATE TRIGGER cost_report_judged_by_its_budget
    BEFORE INSERT ON productions_costreport
    FOR EACH ROW EXECUTE FUNCTION cost_report_fits_its_budget();

CREATE TRIGGER cost_report_never_changes
    BEFORE UPDATE OR DELETE ON productions_costreport
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('cost_report_never_changes');

CREATE TRIGGER cost_report_is_never_emptied
    BEFORE TRUNCATE ON productions_costreport
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('cost_report_is_never_emptied');

CREATE FUNCTION cost_line_fits_its_report() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    budget record;
BEGIN
    SELECT v.currency, l.category INTO budget
    FROM productions_costreport r JOIN productions_budgetversion v ON v.id = r.budget_id
        LEFT JOIN productions_budgetline l ON l.version_id = v.id AND l.code = NEW.code
    WHERE r.id = NEW.report_id;
    IF budget.category <> NEW.category THEN
        RAISE EXCEPTION 'cost_line_keeps_the_category_of_its_account: %%(code)s is in another category of the budget'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', NEW.code)::text;
    END IF;
    IF budget.category IS NULL AND NEW.name = '' THEN
        RAISE EXCEPTION 'cost_line_outside_the_budget_has_a_name: the budget has no account %%(code)s; say what it is'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', NEW.code)::text;
    END IF;
    IF topsheet_decimals(budget.currency) = 0 AND (NEW.to_date <> floor(NEW.to_date)
        OR NEW.committed <> floor(NEW.committed) OR NEW.to_complete <> floor(NEW.to_complete)) THEN
        RAISE EXCEPTION 'cost_line_amounts_fit_the_currency: the currency has no decimals: give whole amounts for %%(code)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', NEW.code)::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER cost_line_fits_its_report
    BEFORE INSERT ON productions_costline
    FOR EACH ROW EXECUTE FUNCTION cost_line_fits_its_report();

CREATE TRIGGER cost_line_never_changes
    BEFORE UPDATE OR DELETE ON productions_costline
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('cost_line_never_changes');

CREATE TRIGGER cost_line_is_never_emptied
    BEFORE TRUNCATE ON productions_costline
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('cost_line_is_never_emptied');

-- At the end of the transaction a report has the lines that it came with, and every account of the budget:
-- one that were missing would look as if it cost nothing.
CREATE FUNCTION cost_report_is_whole(report bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    stated integer;
    against bigint;
    found integer;
    missing text;
BEGIN
    SELECT r.line_count, r.budget_id INTO stated, against FROM productions_costreport r WHERE r.id = report;
    SELECT count(*) INTO found FROM productions_costline l WHERE l.report_id = report;
    IF found <> stated THEN
        RAISE EXCEPTION 'cost_report_comes_with_its_lines: the report has %%(stated)s lines and nothing is added to it; record another report'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('stated', stated)::text;
    END IF;
    SELECT min(b.code) INTO missing FROM productions_budgetline b
    WHERE b.version_id = against AND NOT EXISTS (
        SELECT 1 FROM productions_costline l WHERE l.report_id = report AND l.code = b.code);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'cost_report_covers_the_budget: the account %%(code)s of the budget is missing'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', missing)::text;
    END IF;
END
$$;

CREATE FUNCTION cost_report_is_whole_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cost_report_is_whole(NEW.id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER cost_report_is_whole_at_the_end
    AFTER INSERT ON productions_costreport DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cost_report_is_whole_at_the_end();

CREATE FUNCTION cost_line_is_counted_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM cost_report_is_whole(NEW.report_id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER cost_line_is_counted_at_the_end
    AFTER INSERT ON productions_costline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cost_line_is_counted_at_the_end();

-- --- Financing plans --------------------------------------------------------------------------

CREATE FUNCTION financing_plan_is_locked_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    is_server boolean := NOT pg_catalog.pg_has_role(
        current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'financing_plan_begins_open: a plan is locked when its sources are in it'
                USING ERRCODE = 'check_violation';
        END IF;
        IF is_server THEN
            NEW.made_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'financing_plan_locked_stays: the plan is locked; begin another that follows it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF (NEW.production_id, NEW.number, NEW.made_by_id, NEW.made_at)
        IS DISTINCT FROM (OLD.production_id, OLD.number, OLD.made_by_id, OLD.made_at) THEN
        RAISE EXCEPTION 'financing_plan_keeps_its_title_and_maker: begin a plan for the other title instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.currency <> OLD.currency AND EXISTS (
        SELECT 1 FROM productions_financingsource s WHERE s.plan_id = NEW.id) THEN
        RAISE EXCEPTION 'financing_plan_keeps_its_currency_with_its_sources: its sources are converted into it; remove them first'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.locked_at IS NOT NULL THEN
        -- Who closes the financing at this moment waits, or is waited for.
        PERFORM 1 FROM productions_production p WHERE p.project_ptr_id = NEW.production_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT 1 FROM productions_financingsource s WHERE s.plan_id = NEW.id) THEN
            RAISE EXCEPTION 'financing_plan_locked_has_sources: enter who pays first'
                USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (
            SELECT 1 FROM productions_financingplan p WHERE p.production_id = NEW.production_id
              AND p.number > NEW.number AND p.locked_at IS NOT NULL) THEN
            RAISE EXCEPTION 'financing_plan_is_not_locked_after_a_later_one: a later version is locked already'
                USING ERRCODE = 'check_violation';
        END IF;
        IF is_server THEN
            NEW.locked_at := clock_timestamp();
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER financing_plan_is_locked_once
    BEFORE INSERT OR UPDATE OR DELETE ON productions_financingplan
    FOR EACH ROW EXECUTE FUNCTION financing_plan_is_locked_once();

CREATE FUNCTION topsheet_secured_place(secured text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_position(ARRAY['SOUGHT', 'LETTER_OF_INTENT', 'SIGNED'], secured)
$$;

CREATE FUNCTION financing_source_fits_its_plan() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    plans bigint[];
    plan productions_financingplan;
    held record;
    was jsonb;
    becomes jsonb;
BEGIN
    plans := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.plan_id] WHEN 'DELETE' THEN ARRAY[OLD.plan_id]
        ELSE ARRAY[OLD.plan_id, NEW.plan_id] END;
    FOR plan IN SELECT p.* FROM productions_financingplan p WHERE p.id = ANY (plans)
        ORDER BY p.id FOR SHARE LOOP
        CONTINUE WHEN plan.locked_at IS NULL;
        IF TG_OP = 'UPDATE' THEN
            -- In a locked plan a source may become surer, and nothing else.
            was := to_jsonb(OLD) - ARRAY['secured', 'secured_date', 'document_id'];
            becomes := to_jsonb(NEW) - ARRAY['secured', 'secured_date', 'document_id'];
            IF was = becomes THEN
                IF topsheet_secured_place(NEW.secured) <= topsheet_secured_place(OLD.secured) THEN
                    RAISE EXCEPTION 'financing_source_only_becomes_surer: in a locked plan a source goes on to a letter of intent or a signature; begin another version'
                        USING ERRCODE = 'check_violation';
                END IF;
                CONTINUE;
            END IF;
        END IF;
        RAISE EXCEPTION 'financing_source_of_a_locked_plan_stays: the source is in a locked plan; begin another version'
            USING ERRCODE = 'check_violation';
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT * INTO plan FROM productions_financingplan p WHERE p.id = NEW.plan_id;
    IF (NEW.rate_source = 'SAME_CURRENCY') <> (NEW.currency = plan.currency)
        OR NEW.base_amount IS DISTINCT FROM topsheet_round_half_even(
            NEW.amount * NEW.rate, topsheet_decimals(plan.currency)) THEN
        RAISE EXCEPTION 'financing_source_is_converted_at_its_rate: the amount in the currency of the plan is the amount times the rate, rounded half to even'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.commitment_id IS NOT NULL THEN
        SELECT c.project_id, c.state INTO held FROM funding_commitment c WHERE c.id = NEW.commitment_id;
        IF held.project_id <> plan.production_id THEN
            RAISE EXCEPTION 'financing_source_commitment_is_of_its_title: choose a commitment to this title'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.secured = 'SIGNED' AND held.state NOT IN ('SIGNED', 'CLOSED') THEN
            RAISE EXCEPTION 'financing_source_signed_commitment_is_signed: the commitment of the programme is not signed'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.position_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM productions_waterfallposition p
            JOIN productions_waterfalltier t ON t.id = p.tier_id
            JOIN productions_waterfallversion v ON v.id = t.version_id
            JOIN productions_waterfall w ON w.id = v.waterfall_id
        WHERE p.id = NEW.position_id AND w.production_id = plan.production_id
          AND (NEW.party_id IS NULL OR p.party_id = NEW.party_id)) THEN
        RAISE EXCEPTION 'financing_source_position_is_of_its_title_and_party: choose a position of this party in a waterfall of this title'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER financing_source_fits_its_plan
    BEFORE INSERT OR UPDATE OR DELETE ON productions_financingsource
    FOR EACH ROW EXECUTE FUNCTION financing_source_fits_its_plan();

-- --- Shares of co-producers -------------------------------------------------------------------

CREATE TRIGGER coproduction_terms_are_recorded_now
    BEFORE INSERT ON productions_coproductionterms
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

CREATE TRIGGER coproduction_terms_never_change
    BEFORE UPDATE OR DELETE ON productions_coproductionterms
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('coproduction_terms_never_change');

CREATE TRIGGER coproduction_terms_is_never_emptied
    BEFORE TRUNCATE ON productions_coproductionterms
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('coproduction_terms_is_never_emptied');

CREATE TRIGGER coproduction_share_never_changes
    BEFORE UPDATE OR DELETE ON productions_coproductionshare
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('coproduction_share_never_changes');

CREATE TRIGGER coproduction_share_is_never_emptied
    BEFORE TRUNCATE ON productions_coproductionshare
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('coproduction_share_is_never_emptied');

-- Asked at the end of the transaction: with one share more or less the terms were never whole.
CREATE FUNCTION coproduction_is_whole(wanted bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    total numeric;
BEGIN
    SELECT coalesce(sum(s.share), 0) INTO total FROM productions_coproductionshare s WHERE s.terms_id = wanted;
    IF total <> 100 THEN
        RAISE EXCEPTION 'coproduction_shares_add_up_to_100: the shares make %%(total)s and not 100 per cent'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('total', trim_scale(total)::text || ' %')::text;
    END IF;
END
$$;

CREATE FUNCTION coproduction_terms_are_whole_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coproduction_is_whole(NEW.id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER coproduction_terms_are_whole_at_the_end
    AFTER INSERT ON productions_coproductionterms DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION coproduction_terms_are_whole_at_the_end();

CREATE FUNCTION coproduction_share_is_counted_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM coproduction_is_whole(NEW.terms_id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER coproduction_share_is_counted_at_the_end
    AFTER INSERT ON productions_coproductionshare DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION coproduction_share_is_counted_at_the_end();
