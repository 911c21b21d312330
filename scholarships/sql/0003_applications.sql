-- Applications: which steps there are, and when one may apply.

CREATE FUNCTION application_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    call scholarships_round;
    -- The server says the time itself; the owner may bring in what happened elsewhere.
    is_server CONSTANT boolean := NOT pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'application_begins_as_a_draft: an application begins as a draft'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.round_id <> OLD.round_id OR NEW.applicant_id <> OLD.applicant_id OR NEW.number <> OLD.number THEN
        RAISE EXCEPTION 'application_keeps_whose_it_is: an application stays in its round, with its applicant and number'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'AWARDED' AND NEW.commitment_id IS DISTINCT FROM OLD.commitment_id THEN
        RAISE EXCEPTION 'application_keeps_its_money: the place was offered with this commitment'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state <> 'DRAFT' AND NEW.state <> 'DRAFT' THEN
        IF NEW.submitted_at IS DISTINCT FROM OLD.submitted_at THEN
            RAISE EXCEPTION 'application_keeps_its_moment: when it came in stays'
                USING ERRCODE = 'check_violation';
        END IF;
        IF (NEW.is_eligible, NEW.broken_rules) IS DISTINCT FROM (OLD.is_eligible, OLD.broken_rules) THEN
            RAISE EXCEPTION 'application_keeps_what_the_rules_said: what the rules said when it came in stays'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = OLD.state THEN
        IF OLD.state <> 'DRAFT'
            AND (NEW.state_at, NEW.state_by_id) IS DISTINCT FROM (OLD.state_at, OLD.state_by_id) THEN
            RAISE EXCEPTION 'application_keeps_its_step: when and by whom this was decided stays'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.waiting_place IS DISTINCT FROM OLD.waiting_place THEN
            RAISE EXCEPTION 'waiting_list_keeps_its_order: the panel gave the places of the waiting list'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SUBMITTED'), ('DRAFT', 'WITHDRAWN'), ('DRAFT', 'DUPLICATE'),
        ('SUBMITTED', 'DRAFT'), ('SUBMITTED', 'ELIGIBLE'), ('SUBMITTED', 'INELIGIBLE'),
        ('SUBMITTED', 'WITHDRAWN'), ('SUBMITTED', 'DUPLICATE'),
        ('ELIGIBLE', 'INELIGIBLE'), ('INELIGIBLE', 'ELIGIBLE'),
        ('ELIGIBLE', 'WITHDRAWN'), ('ELIGIBLE', 'DUPLICATE'), ('INELIGIBLE', 'WITHDRAWN'),
        ('ELIGIBLE', 'SELECTED'), ('ELIGIBLE', 'WAITING'), ('ELIGIBLE', 'REJECTED'),
        ('WAITING', 'SELECTED'), ('WAITING', 'REJECTED'), ('WAITING', 'WITHDRAWN'),
        ('SELECTED', 'AWARDED'), ('SELECTED', 'WITHDRAWN')) THEN
        RAISE EXCEPTION 'application_takes_a_step_there_is: from %%(from)s there is no step to %%(to)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'from', json_build_object('application_state', OLD.state),
                'to', json_build_object('application_state', NEW.state))::text;
    END IF;
    IF NEW.state IN ('SUBMITTED', 'SELECTED') THEN
        -- What one applies by stays still until it is taken in; places go to one after the other.
        IF NEW.state = 'SUBMITTED' THEN
            PERFORM 1 FROM scholarships_round r WHERE r.id = NEW.round_id FOR SHARE;
        ELSE
            PERFORM 1 FROM scholarships_round r WHERE r.id = NEW.round_id FOR NO KEY UPDATE;
        END IF;
    END IF;
    SELECT * INTO call FROM scholarships_round r WHERE r.id = NEW.round_id;
    IF (OLD.state, NEW.state) = ('DRAFT', 'SUBMITTED') THEN
        IF is_server THEN
            -- When the server began to take it in, and not when it had waited for others.
            NEW.submitted_at := transaction_timestamp();
        END IF;
        IF NEW.submitted_at < call.opens_at THEN
            RAISE EXCEPTION 'application_waits_for_the_opening: the round opens at %%(at)s'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'at', json_build_object('moment', call.opens_at))::text;
        END IF;
        IF NEW.submitted_at > call.closes_at AND (NEW.late_reason = '' OR NEW.state_by_id IS NULL) THEN
            RAISE EXCEPTION 'application_comes_in_time: the round closed at %%(at)s'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'at', json_build_object('moment', call.closes_at))::text;
        END IF;
        IF EXISTS (SELECT 1 FROM scholarships_requiredpaper p WHERE p.round_id = NEW.round_id AND p.is_mandatory
            AND NOT EXISTS (SELECT 1 FROM scholarships_applicationfile f
                WHERE f.application_id = NEW.id AND f.paper_id = p.id)) THEN
            RAISE EXCEPTION 'application_has_its_papers: a paper that is needed is missing'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM scholarships_answers w WHERE w.application_id = NEW.id AND w.declares) THEN
            RAISE EXCEPTION 'application_is_declared_true: declare that all of it is true'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = 'DRAFT' THEN
        IF transaction_timestamp() > call.closes_at AND is_server THEN
            RAISE EXCEPTION 'application_stays_after_the_closing: the round is closed; what was submitted stays'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.submitted_at := NULL;
        NEW.is_eligible := NULL;
        NEW.broken_rules := '{}';
    END IF;
    -- What staff decide, somebody decides.
    IF NEW.state NOT IN ('DRAFT', 'SUBMITTED', 'WITHDRAWN') AND NEW.state_by_id IS NULL
        AND NOT (NEW.state IN ('ELIGIBLE', 'INELIGIBLE') AND OLD.state = 'SUBMITTED') THEN
        RAISE EXCEPTION 'application_is_decided_by_somebody: say who decided this'
            USING ERRCODE = 'check_violation';
    END IF;
    -- Another answer than the rules give needs its reason.
    IF NEW.state = 'ELIGIBLE' AND NEW.is_eligible IS NOT TRUE AND NEW.state_reason = '' THEN
        RAISE EXCEPTION 'application_exception_has_a_reason: it does not meet the rules; say why it is eligible all the same'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('SELECTED', 'WAITING', 'REJECTED') AND OLD.state = 'ELIGIBLE' AND NOT EXISTS (
        SELECT 1 FROM scholarships_paneldecision d JOIN scholarships_panelmeeting m ON m.id = d.meeting_id
        WHERE d.application_id = NEW.id AND m.closed_at IS NOT NULL
        AND d.outcome = CASE NEW.state WHEN 'SELECTED' THEN 'AWARD' WHEN 'WAITING' THEN 'WAIT' ELSE 'REJECT' END) THEN
        RAISE EXCEPTION 'application_is_decided_by_a_panel: a panel decides this, in a meeting that is closed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'WAITING' AND EXISTS (
        SELECT 1 FROM scholarships_application o WHERE o.round_id = NEW.round_id AND o.id <> NEW.id
        AND o.state = 'WAITING' AND o.waiting_place > NEW.waiting_place) THEN
        RAISE EXCEPTION 'waiting_list_grows_at_its_end: who comes onto the waiting list stands behind the others'
            USING ERRCODE = 'check_violation';
    END IF;
    -- The list moves up from its top.
    IF (OLD.state, NEW.state) = ('WAITING', 'SELECTED') AND EXISTS (
        SELECT 1 FROM scholarships_application o
        WHERE o.round_id = NEW.round_id AND o.state = 'WAITING' AND o.waiting_place < OLD.waiting_place) THEN
        RAISE EXCEPTION 'waiting_list_moves_up_in_order: somebody else is before on the waiting list'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'SELECTED' AND call.places <=
        (SELECT p.taken FROM scholarships_roundplaces p WHERE p.round_id = NEW.round_id)
        + (SELECT count(*) FROM scholarships_application o
            WHERE o.round_id = NEW.round_id AND o.state = 'SELECTED' AND o.id <> NEW.id) THEN
        RAISE EXCEPTION 'application_is_selected_for_a_free_place: all %%(places)s places of the round are taken or promised'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('places', call.places)::text;
    END IF;
    IF NEW.state = 'AWARDED' AND NOT EXISTS (
        SELECT 1 FROM scholarships_award w WHERE w.application_id = NEW.id) THEN
        RAISE EXCEPTION 'application_awarded_has_an_award: offer the place first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER application_goes_step_by_step
    BEFORE INSERT OR UPDATE ON scholarships_application
    FOR EACH ROW EXECUTE FUNCTION application_goes_step_by_step();

CREATE FUNCTION application_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'DRAFT' THEN
        RAISE EXCEPTION 'application_is_kept: what came in is not removed; withdraw it, or erase the applicant'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END
$$;

CREATE TRIGGER application_is_kept
    BEFORE DELETE ON scholarships_application
    FOR EACH ROW EXECUTE FUNCTION application_is_kept();

-- What was submitted is what is judged.
CREATE FUNCTION application_content_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.application_id ELSE NEW.application_id END;
    state text;
    is_erased boolean;
BEGIN
    SELECT a.state, p.erased_at IS NOT NULL INTO state, is_erased
    FROM scholarships_application a JOIN scholarships_applicant p ON p.id = a.applicant_id WHERE a.id = of
    -- Not while somebody hands it in.
    FOR SHARE OF a;
    IF state <> 'DRAFT' AND NOT (TG_OP = 'DELETE' AND is_erased)
        AND NOT (TG_OP = 'UPDATE' AND scholarships_is_erasing(TG_RELID)) THEN
        RAISE EXCEPTION 'application_content_stays: it was submitted; what it says and holds stays'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER application_answers_stay
    AFTER INSERT OR UPDATE OR DELETE ON scholarships_answers
    FOR EACH ROW EXECUTE FUNCTION application_content_stays();

CREATE TRIGGER application_files_stay
    AFTER INSERT OR UPDATE OR DELETE ON scholarships_applicationfile
    FOR EACH ROW EXECUTE FUNCTION application_content_stays();

CREATE FUNCTION application_paper_is_of_its_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM scholarships_requiredpaper p JOIN scholarships_application a
        ON a.round_id = p.round_id WHERE p.id = NEW.paper_id AND a.id = NEW.application_id
        AND NEW.format = ANY (p.formats) AND NEW.size <= p.largest_mb * 1048576) THEN
        RAISE EXCEPTION 'application_paper_is_one_that_is_asked_for: the round asks for another paper, format or size'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER application_paper_is_one_that_is_asked_for
    AFTER INSERT OR UPDATE ON scholarships_applicationfile
    FOR EACH ROW EXECUTE FUNCTION application_paper_is_of_its_round();
