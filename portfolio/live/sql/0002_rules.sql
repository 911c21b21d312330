-- Venues, their calendars and their shows: what one row must agree with in another, and which steps
-- a booking and a show may take.

-- --- Venues -------------------------------------------------------------------------------------

CREATE FUNCTION venue_keeps_time() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.time_zone !~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/' THEN
        RAISE EXCEPTION 'venue_time_zone_is_known: give a time zone of the IANA database, such as Asia/Hong_Kong'
            USING ERRCODE = 'check_violation';
    END IF;
    BEGIN
        PERFORM timestamptz '2000-01-01 00:00+00' AT TIME ZONE NEW.time_zone;
    EXCEPTION WHEN invalid_parameter_value THEN
        RAISE EXCEPTION 'venue_time_zone_is_known: give a time zone of the IANA database, such as Asia/Hong_Kong'
            USING ERRCODE = 'check_violation';
    END;
    -- The days of its shows were read off the old clock.
    IF TG_OP = 'UPDATE' AND NEW.time_zone <> OLD.time_zone AND EXISTS (
        SELECT 1 FROM live_show s WHERE s.venue_id = NEW.id AND s.starts_at IS NOT NULL) THEN
        RAISE EXCEPTION 'venue_time_zone_stays_once_shows_have_times: take the times off its shows first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER venue_keeps_time
    AFTER INSERT OR UPDATE OF time_zone ON live_venue
    FOR EACH ROW EXECUTE FUNCTION venue_keeps_time();

-- Capacities, shows and bookings name a venue and, often, one of its spaces. A space never changes
-- its venue. The rule's name is the argument.
CREATE FUNCTION live_space_is_of_its_venue() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.space_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM live_space s WHERE s.id = NEW.space_id AND s.venue_id = NEW.venue_id) THEN
        RAISE EXCEPTION '%: choose a space of this venue', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER capacity_space_is_of_its_venue
    AFTER INSERT OR UPDATE OF venue_id, space_id ON live_capacity
    FOR EACH ROW EXECUTE FUNCTION live_space_is_of_its_venue('capacity_space_is_of_its_venue');

CREATE TRIGGER show_space_is_of_its_venue
    AFTER INSERT OR UPDATE OF venue_id, space_id ON live_show
    FOR EACH ROW EXECUTE FUNCTION live_space_is_of_its_venue('show_space_is_of_its_venue');

CREATE TRIGGER booking_space_is_of_its_venue
    AFTER INSERT OR UPDATE OF venue_id, space_id ON live_booking
    FOR EACH ROW EXECUTE FUNCTION live_space_is_of_its_venue('booking_space_is_of_its_venue');

-- The same for the collaboration under which a show or a booking counts.
CREATE FUNCTION live_collaboration_is_of_its_venue() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.collaboration_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM live_venuecollaboration c
        WHERE c.project_ptr_id = NEW.collaboration_id AND c.venue_id = NEW.venue_id) THEN
        RAISE EXCEPTION '%: choose a collaboration with this venue', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER show_collaboration_is_of_its_venue
    AFTER INSERT OR UPDATE OF venue_id, collaboration_id ON live_show
    FOR EACH ROW EXECUTE FUNCTION live_collaboration_is_of_its_venue('show_collaboration_is_of_its_venue');

CREATE TRIGGER booking_collaboration_is_of_its_venue
    AFTER INSERT OR UPDATE OF venue_id, collaboration_id ON live_booking
    FOR EACH ROW EXECUTE FUNCTION live_collaboration_is_of_its_venue('booking_collaboration_is_of_its_venue');

-- --- The calendar -------------------------------------------------------------------------------

CREATE FUNCTION booking_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'booking_is_released_and_never_deleted: release it instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.show_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM live_show s WHERE s.id = NEW.show_id AND s.venue_id = NEW.venue_id) THEN
        RAISE EXCEPTION 'booking_show_is_in_its_venue: choose a show in this venue'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'RELEASED' THEN
            RAISE EXCEPTION 'booking_begins_held_or_confirmed: a booking begins as a hold or is confirmed'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.venue_id <> OLD.venue_id THEN
        RAISE EXCEPTION 'booking_venue_never_changes: release it and book the other venue'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'RELEASED' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'booking_released_stays_released: what was released is booked anew'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'CONFIRMED' AND NEW.state = 'HELD' THEN
        RAISE EXCEPTION 'booking_confirmed_never_becomes_a_hold: release it and hold the dates anew'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'RELEASED' AND btrim(NEW.state_reason) = '' THEN
        RAISE EXCEPTION 'booking_release_has_a_reason: say why the dates are given back'
            USING ERRCODE = 'check_violation';
    END IF;
    -- The first option goes first: who has the second waits until it is given up.
    IF OLD.state = 'HELD' AND NEW.state = 'CONFIRMED' AND EXISTS (
        SELECT 1 FROM live_booking b
        WHERE b.venue_id = NEW.venue_id AND b.id <> NEW.id AND b.state = 'HELD' AND b.rank < OLD.rank
          AND int8range(b.space_id, b.space_id, '[]') && int8range(NEW.space_id, NEW.space_id, '[]')
          AND tstzrange(b.starts_at, b.ends_at) && tstzrange(NEW.starts_at, NEW.ends_at)) THEN
        RAISE EXCEPTION 'booking_waits_for_better_options: somebody has a better option for a part of this time'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER booking_takes_a_step
    BEFORE INSERT OR UPDATE OR DELETE ON live_booking
    FOR EACH ROW EXECUTE FUNCTION booking_takes_a_step();

-- --- Shows --------------------------------------------------------------------------------------

CREATE FUNCTION show_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    clock text;
BEGIN
    -- Who moves the clock of the venue waits for us, and we for that.
    SELECT v.time_zone INTO clock FROM live_venue v WHERE v.id = NEW.venue_id FOR SHARE;
    IF NEW.starts_at IS NOT NULL AND (NEW.starts_at AT TIME ZONE clock)::date <> NEW.date THEN
        RAISE EXCEPTION 'show_starts_on_its_date: by the clocks of the venue it starts on %%(day)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('day', (NEW.starts_at AT TIME ZONE clock)::date)::text;
    END IF;
    IF NEW.status = 'HELD' AND OLD.status IS DISTINCT FROM 'HELD'
        AND (NEW.status_at AT TIME ZONE clock)::date < NEW.date THEN
        RAISE EXCEPTION 'show_is_held_on_its_day: a show is not held before its day'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.moved_to_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM live_show s WHERE s.id = NEW.moved_to_id AND s.concert_id = NEW.concert_id) THEN
        RAISE EXCEPTION 'show_moves_within_its_concert: choose another show of the same concert'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF NEW.venue_id <> OLD.venue_id AND EXISTS (
        SELECT 1 FROM live_booking b WHERE b.show_id = NEW.id AND b.state <> 'RELEASED') THEN
        RAISE EXCEPTION 'show_stays_where_it_is_booked: release its bookings in the other venue first'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = 'HELD' AND NEW.status = 'HELD' AND (NEW.venue_id, NEW.date) IS DISTINCT FROM (OLD.venue_id, OLD.date) THEN
        RAISE EXCEPTION 'show_held_keeps_its_place_and_day: say first that it was not held'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (
        ('PLANNED', 'ON_SALE'), ('PLANNED', 'HELD'), ('PLANNED', 'CANCELLED'), ('PLANNED', 'POSTPONED'),
        ('ON_SALE', 'PLANNED'), ('ON_SALE', 'HELD'), ('ON_SALE', 'CANCELLED'), ('ON_SALE', 'POSTPONED'),
        ('POSTPONED', 'PLANNED'), ('POSTPONED', 'ON_SALE'), ('POSTPONED', 'CANCELLED'),
        ('CANCELLED', 'PLANNED'), ('HELD', 'PLANNED')) THEN
        RAISE EXCEPTION 'show_takes_only_allowed_steps: no step leads from %%(before)s to %%(after)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('before', OLD.status, 'after', NEW.status)::text;
    END IF;
    IF (NEW.status IN ('CANCELLED', 'POSTPONED') OR OLD.status IN ('CANCELLED', 'HELD'))
        AND btrim(NEW.status_reason) = '' THEN
        RAISE EXCEPTION 'show_step_back_has_a_reason: say why'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER show_takes_a_step
    BEFORE INSERT OR UPDATE ON live_show
    FOR EACH ROW EXECUTE FUNCTION show_takes_a_step();

-- --- What is reported of a show -----------------------------------------------------------------

CREATE TRIGGER show_report_is_recorded_now
    BEFORE INSERT ON live_showreport
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

CREATE TRIGGER show_report_never_changes
    BEFORE UPDATE OR DELETE ON live_showreport
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('show_report_never_changes');

CREATE TRIGGER show_report_is_never_emptied
    BEFORE TRUNCATE ON live_showreport
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('show_report_is_never_emptied');

-- --- Shares of revenue --------------------------------------------------------------------------

CREATE FUNCTION revenue_shares_stay_within_the_whole() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- Two officers who each add a half would otherwise both succeed.
    PERFORM 1 FROM live_venuecollaboration c
        WHERE c.project_ptr_id = NEW.collaboration_id FOR NO KEY UPDATE;
    IF (SELECT sum(s.percentage) FROM live_revenueshare s
        WHERE s.collaboration_id = NEW.collaboration_id AND s.basis = NEW.basis) > 100 THEN
        RAISE EXCEPTION 'revenue_shares_stay_within_the_whole: together the shares pass 100 per cent'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER revenue_shares_stay_within_the_whole
    AFTER INSERT OR UPDATE ON live_revenueshare
    FOR EACH ROW EXECUTE FUNCTION revenue_shares_stay_within_the_whole();
