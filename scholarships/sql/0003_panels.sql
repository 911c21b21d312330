-- Panels: decisions while the meeting is open, none after; ties and departures are explained.

CREATE FUNCTION panel_decision_is_made_in_its_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    meeting record;
    file record;
    was bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.meeting_id ELSE OLD.meeting_id END;
BEGIN
    SELECT m.closed_at, m.round_id INTO meeting FROM scholarships_panelmeeting m WHERE m.id = was FOR SHARE;
    -- A reason may be mended where it names somebody who is erased.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
        AND scholarships_is_erasing(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF meeting.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'panel_closed_stays: the meeting is closed; what it decided stays'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.meeting_id <> OLD.meeting_id THEN
        RAISE EXCEPTION 'panel_decision_keeps_its_meeting: a decision stays in its meeting'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT a.round_id, a.state INTO file FROM scholarships_application a WHERE a.id = NEW.application_id;
    IF file.round_id <> meeting.round_id OR file.state <> 'ELIGIBLE' THEN
        RAISE EXCEPTION 'panel_decides_about_eligible_ones: a panel decides about eligible applications of its round'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER panel_decision_is_made_in_its_meeting
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_paneldecision
    FOR EACH ROW EXECUTE FUNCTION panel_decision_is_made_in_its_meeting();

CREATE FUNCTION panel_member_sat_there() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Locked, so that nobody comes in while it is closed.
    PERFORM 1 FROM scholarships_panelmeeting m
    WHERE m.id IN (CASE WHEN TG_OP <> 'DELETE' THEN NEW.meeting_id END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.meeting_id END)
    ORDER BY m.id FOR SHARE;
    IF EXISTS (SELECT 1 FROM scholarships_panelmeeting m WHERE m.closed_at IS NOT NULL
        AND m.id IN (CASE WHEN TG_OP <> 'DELETE' THEN NEW.meeting_id END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.meeting_id END)) THEN
        RAISE EXCEPTION 'panel_members_stay: the meeting is closed; who sat on it stays'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER panel_members_stay
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_panelmember
    FOR EACH ROW EXECUTE FUNCTION panel_member_sat_there();

CREATE FUNCTION panel_meeting_closes_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free integer;
    given integer;
    odd record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'panel_begins_open: a meeting is open before it is closed'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.closed_at IS NOT NULL THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'panel_closed_stays: the meeting is closed; what it decided stays'
                USING ERRCODE = 'check_violation';
        END IF;
        -- Minutes may be mended where they name somebody who is erased.
        IF (NEW.round_id, NEW.held_date, NEW.closed_at, NEW.closed_by_id)
            IS DISTINCT FROM (OLD.round_id, OLD.held_date, OLD.closed_at, OLD.closed_by_id)
            OR (NEW.minutes <> OLD.minutes AND NOT scholarships_is_erasing(TG_RELID)) THEN
            RAISE EXCEPTION 'panel_closed_stays: the meeting is closed; what it decided stays'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.closed_at IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        NEW.closed_at := clock_timestamp();
    END IF;
    IF (SELECT count(*) FROM scholarships_panelmember s WHERE s.meeting_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'panel_has_two_members: name at least two members who sat on the panel'
            USING ERRCODE = 'check_violation';
    END IF;
    -- One meeting of a round after the other, so that no place is given twice.
    PERFORM 1 FROM scholarships_round r WHERE r.id = NEW.round_id FOR NO KEY UPDATE;
    SELECT a.number INTO odd
    FROM scholarships_paneldecision d JOIN scholarships_application a ON a.id = d.application_id
    WHERE d.meeting_id = NEW.id AND a.state <> 'ELIGIBLE'
    ORDER BY d.place LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'panel_decides_about_who_is_still_there: %%(number)s is not eligible any more; propose the order anew'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('number', odd.number)::text;
    END IF;
    SELECT r.places - p.taken - (SELECT count(*) FROM scholarships_application a
            WHERE a.round_id = r.id AND a.state = 'SELECTED')
        INTO free
    FROM scholarships_round r JOIN scholarships_roundplaces p ON p.round_id = r.id WHERE r.id = NEW.round_id;
    SELECT count(*) INTO given FROM scholarships_paneldecision d WHERE d.meeting_id = NEW.id AND d.outcome = 'AWARD';
    IF given > free THEN
        RAISE EXCEPTION 'panel_gives_places_there_are: %%(free)s places are free, and %%(given)s would be given'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('free', free, 'given', given)::text;
    END IF;
    -- Places come before the waiting list, and that before those who get nothing.
    SELECT a.number INTO odd
    FROM scholarships_paneldecision d
    JOIN scholarships_paneldecision later ON later.meeting_id = d.meeting_id AND later.place > d.place
    JOIN scholarships_application a ON a.id = later.application_id
    WHERE d.meeting_id = NEW.id
        AND array_position(ARRAY['AWARD', 'WAIT', 'REJECT'], later.outcome::text)
            < array_position(ARRAY['AWARD', 'WAIT', 'REJECT'], d.outcome::text)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'panel_places_follow_decisions: %%(number)s stands below an application that gets less'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('number', odd.number)::text;
    END IF;
    -- A tie that the panel broke, or an order that is not that of the scores, has its reason.
    SELECT a.number INTO odd
    FROM scholarships_paneldecision d
    JOIN scholarships_paneldecision o ON o.meeting_id = d.meeting_id AND o.id <> d.id
    JOIN scholarships_application a ON a.id = d.application_id
    WHERE d.meeting_id = NEW.id AND d.reason = '' AND o.place > d.place
        AND coalesce(o.score, -1) >= coalesce(d.score, -1)
        AND NOT (d.outcome = 'REJECT' AND o.outcome = 'REJECT')
    ORDER BY d.place LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'panel_explains_ties_and_departures: say why %%(number)s stands before an equal or better score'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('number', odd.number)::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER panel_meeting_closes_once
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_panelmeeting
    FOR EACH ROW EXECUTE FUNCTION panel_meeting_closes_once();
