-- Awards: never more than there are places, each with money that stands, each step one there is.

CREATE FUNCTION award_holds_a_place(state text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT state IN ('OFFERED', 'ACCEPTED', 'DEFERRED', 'COMPLETED')
$$;

-- Runs as the owner: the role that serves requests may not write the counter.
CREATE FUNCTION award_takes_a_place_there_is() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before integer := CASE WHEN TG_OP <> 'INSERT' AND award_holds_a_place(OLD.state) THEN 1 ELSE 0 END;
    after integer := CASE WHEN TG_OP <> 'DELETE' AND award_holds_a_place(NEW.state) THEN 1 ELSE 0 END;
    round bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.round_id ELSE NEW.round_id END;
    whole integer;
BEGIN
    IF after = before THEN
        RETURN NULL;
    END IF;
    -- The number of places stays still meanwhile; one statement counts and looks, so that the last place
    -- goes to one of two at once.
    PERFORM 1 FROM scholarships_round r WHERE r.id = round FOR NO KEY UPDATE;
    UPDATE scholarships_roundplaces p SET taken = p.taken + after - before
    FROM scholarships_round r
    WHERE p.round_id = round AND r.id = round AND p.taken + after - before <= r.places;
    IF NOT FOUND THEN
        SELECT r.places INTO whole FROM scholarships_round r WHERE r.id = round;
        RAISE EXCEPTION 'award_takes_a_place_there_is: all %%(places)s places of the round are taken'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('places', whole)::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER award_takes_a_place_there_is
    AFTER INSERT OR DELETE OR UPDATE OF state ON scholarships_award
    FOR EACH ROW EXECUTE FUNCTION award_takes_a_place_there_is();

CREATE FUNCTION award_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    file record;
    money record;
    is_server CONSTANT boolean := NOT pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'award_is_kept: an award is not removed; end it instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'OFFERED' THEN
            RAISE EXCEPTION 'award_begins_as_an_offer: an award begins as an offer'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT a.round_id, a.state, a.commitment_id, r.scheme_id INTO file
        FROM scholarships_application a JOIN scholarships_round r ON r.id = a.round_id
        WHERE a.id = NEW.application_id FOR NO KEY UPDATE OF a;
        IF file.round_id <> NEW.round_id OR file.state <> 'SELECTED' THEN
            RAISE EXCEPTION 'award_goes_to_who_was_selected: a place is offered to who was selected in the round'
                USING ERRCODE = 'check_violation';
        END IF;
        IF file.commitment_id IS DISTINCT FROM NEW.commitment_id THEN
            RAISE EXCEPTION 'award_has_the_money_prepared_for_it: the application has another commitment'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT c.project_id, c.state INTO money FROM funding_commitment c WHERE c.id = NEW.commitment_id FOR SHARE;
        IF money.project_id <> file.scheme_id OR money.state <> 'SIGNED' THEN
            RAISE EXCEPTION 'award_has_money_that_stands: an award needs a signed commitment of its scheme'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.round_id, NEW.application_id, NEW.commitment_id, NEW.offered_at, NEW.offered_by_id)
        IS DISTINCT FROM (OLD.round_id, OLD.application_id, OLD.commitment_id, OLD.offered_at, OLD.offered_by_id) THEN
        RAISE EXCEPTION 'award_keeps_its_terms: whom, for what and by whom it was offered stays'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.state_at, NEW.state_by_id) IS DISTINCT FROM (OLD.state_at, OLD.state_by_id) THEN
            RAISE EXCEPTION 'award_keeps_its_step: when and by whom this was decided stays'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('OFFERED', 'ACCEPTED'), ('OFFERED', 'DECLINED'), ('OFFERED', 'LAPSED'), ('OFFERED', 'TERMINATED'),
        ('ACCEPTED', 'DEFERRED'), ('ACCEPTED', 'RESIGNED'), ('ACCEPTED', 'TERMINATED'),
        ('ACCEPTED', 'COMPLETED'), ('DEFERRED', 'ACCEPTED'), ('DEFERRED', 'RESIGNED'),
        ('DEFERRED', 'TERMINATED')) THEN
        RAISE EXCEPTION 'award_takes_a_step_there_is: from %%(from)s there is no step to %%(to)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'from', json_build_object('award_state', OLD.state),
                'to', json_build_object('award_state', NEW.state))::text;
    END IF;
    IF is_server THEN
        NEW.state_at := transaction_timestamp();
    END IF;
    IF (OLD.state, NEW.state) = ('OFFERED', 'ACCEPTED') AND NEW.state_at > OLD.reply_by THEN
        RAISE EXCEPTION 'award_is_accepted_in_time: the offer lapsed at %%(at)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'at', json_build_object('moment', OLD.reply_by))::text;
    END IF;
    IF NEW.state = 'LAPSED' AND NEW.state_at <= OLD.reply_by THEN
        RAISE EXCEPTION 'award_lapses_after_its_day: the offer can be accepted until %%(at)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'at', json_build_object('moment', OLD.reply_by))::text;
    END IF;
    IF NEW.state IN ('DEFERRED', 'COMPLETED', 'TERMINATED') AND NEW.state_by_id IS NULL THEN
        RAISE EXCEPTION 'award_is_changed_by_somebody: say who decided this'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'COMPLETED' AND EXISTS (SELECT 1 FROM scholarships_progressreport p
        WHERE p.award_id = NEW.id AND p.state <> 'ACCEPTED') THEN
        RAISE EXCEPTION 'award_completed_has_its_reports: a report is not accepted yet'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER award_goes_step_by_step
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_award
    FOR EACH ROW EXECUTE FUNCTION award_goes_step_by_step();

-- Looked at when the transaction ends: the award is written first, and then the application says so.
CREATE FUNCTION award_is_said_by_its_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM scholarships_application a
        WHERE a.id = NEW.application_id AND a.state = 'AWARDED') THEN
        RAISE EXCEPTION 'award_is_said_by_its_application: the application of an award is awarded'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER award_is_said_by_its_application
    AFTER INSERT ON scholarships_award DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION award_is_said_by_its_application();

-- No money is taken from under a place that somebody holds.
CREATE FUNCTION award_keeps_its_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM scholarships_award w
        WHERE w.commitment_id = NEW.id AND award_holds_a_place(w.state)) THEN
        RAISE EXCEPTION 'award_keeps_its_money: a scholar holds the place that this pays for; end the award first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER award_keeps_its_money
    BEFORE UPDATE OF state ON funding_commitment
    FOR EACH ROW WHEN (NEW.state = 'CANCELLED' AND OLD.state <> 'CANCELLED')
    EXECUTE FUNCTION award_keeps_its_money();

CREATE FUNCTION award_replaces_one_of_its_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM scholarships_award o
        WHERE o.id = NEW.replaces_id AND o.round_id = NEW.round_id AND NOT award_holds_a_place(o.state)) THEN
        RAISE EXCEPTION 'award_replaces_one_that_ended: only an award of the round that was given up is replaced'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER award_replaces_one_that_ended
    AFTER INSERT OR UPDATE OF replaces_id ON scholarships_award
    FOR EACH ROW EXECUTE FUNCTION award_replaces_one_of_its_round();

CREATE FUNCTION progress_report_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'EXPECTED' THEN
            RAISE EXCEPTION 'progress_report_is_kept: what was handed in is not removed'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'EXPECTED' THEN
            RAISE EXCEPTION 'progress_report_begins_expected: a report is expected before it is handed in'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('EXPECTED', 'SUBMITTED'), ('RETURNED', 'SUBMITTED'), ('SUBMITTED', 'ACCEPTED'),
        ('SUBMITTED', 'RETURNED')) THEN
        RAISE EXCEPTION 'progress_report_takes_a_step_there_is: it is handed in first, and then accepted or returned'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.award_id, NEW.number) <> (OLD.award_id, OLD.number) THEN
        RAISE EXCEPTION 'progress_report_keeps_whose_it_is: a report stays with its award and number'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = OLD.state
        AND (NEW.decided_at, NEW.decided_by_id) IS DISTINCT FROM (OLD.decided_at, OLD.decided_by_id) THEN
        RAISE EXCEPTION 'progress_report_keeps_its_decision: when and by whom this was decided stays'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state IN ('SUBMITTED', 'ACCEPTED')
        AND (NEW.submitted_at <> OLD.submitted_at OR (NEW.text <> OLD.text AND NOT scholarships_is_erasing(TG_RELID))) THEN
        RAISE EXCEPTION 'progress_report_keeps_what_was_handed_in: return it first, so that it can be handed in anew'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.condition_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM funding_condition c JOIN funding_tranche t ON t.id = c.tranche_id
        JOIN scholarships_award w ON w.commitment_id = t.commitment_id
        WHERE c.id = NEW.condition_id AND w.id = NEW.award_id) THEN
        RAISE EXCEPTION 'progress_report_meets_a_condition_of_its_award: this condition is of another award'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER progress_report_goes_step_by_step
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_progressreport
    FOR EACH ROW EXECUTE FUNCTION progress_report_goes_step_by_step();
