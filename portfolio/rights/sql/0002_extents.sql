-- Extents: what the words of a scope come to. A row changes with its grant, holdback or priority, and
-- with the events that it hangs on; every change is written into the book of the title, which lets one
-- writer in at a time.

CREATE FUNCTION rights_territories_of(named text[], excepted text[]) RETURNS bit(676)
LANGUAGE sql STABLE AS $$
SELECT (rights_territory_bits(named) | coalesce(
        (SELECT bit_or(s.bits) FROM rights_territoryset s WHERE s.code = ANY (named)),
        B'0'::bit(676)))
    & ~(rights_territory_bits(excepted) | coalesce(
        (SELECT bit_or(s.bits) FROM rights_territoryset s WHERE s.code = ANY (excepted)),
        B'0'::bit(676)))
$$;

-- NULL while an end hangs on an event without a date; empty where the last day is before the first.
CREATE FUNCTION rights_window_of(
    start_kind text, start_date date, start_event bigint, start_months integer, start_days integer,
    end_kind text, end_date date, end_event bigint, end_months integer, end_days integer
) RETURNS daterange LANGUAGE plpgsql STABLE AS $$
DECLARE
    first_day date := start_date;
    last_day date := end_date;
BEGIN
    IF start_kind = 'EVENT' THEN
        SELECT (e.date + make_interval(months => start_months))::date + start_days INTO first_day
        FROM rights_event e WHERE e.id = start_event;
        IF first_day IS NULL THEN RETURN NULL; END IF;
    END IF;
    IF end_kind = 'EVENT' THEN
        SELECT (e.date + make_interval(months => end_months))::date + end_days INTO last_day
        FROM rights_event e WHERE e.id = end_event;
        IF last_day IS NULL THEN RETURN NULL; END IF;
    END IF;
    IF last_day < first_day THEN RETURN 'empty'; END IF;
    RETURN daterange(first_day, last_day, '[]');
END
$$;

-- What every scope must be before it is worked out.
CREATE FUNCTION rights_scope_is_sound() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    unknown text;
BEGIN
    SELECT c INTO unknown FROM unnest(NEW.territories || NEW.territories_except) c
    WHERE NOT EXISTS (
        SELECT 1 FROM rights_territoryset s
        WHERE s.code = c OR (s.code = 'WORLD' AND length(c) = 2 AND c = ANY (s.codes)))
    LIMIT 1;
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'scope_territories_are_known: %%(code)s is neither an ISO 3166-1 code nor a set of territories'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', unknown)::text;
    END IF;
    IF (NEW.territories <> '{}'
            AND rights_territories_of(NEW.territories, NEW.territories_except) = B'0'::bit(676))
        OR (rights_media_bits(NEW.media) <> 0
            AND rights_media_bits(NEW.media) & ~rights_media_bits(NEW.media_except) = 0) THEN
        RAISE EXCEPTION 'scope_leaves_something: the exceptions leave no medium or no territory'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM rights_event e
               WHERE e.id IN (NEW.start_event_id, NEW.end_event_id) AND e.title_id <> NEW.title_id) THEN
        RAISE EXCEPTION 'scope_hangs_on_events_of_its_title: choose an event of the same title'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER rights_a_scope_is_sound BEFORE INSERT OR UPDATE ON rights_grant
    FOR EACH ROW EXECUTE FUNCTION rights_scope_is_sound();
CREATE TRIGGER rights_a_scope_is_sound BEFORE INSERT OR UPDATE ON rights_holdback
    FOR EACH ROW EXECUTE FUNCTION rights_scope_is_sound();
CREATE TRIGGER rights_a_scope_is_sound BEFORE INSERT OR UPDATE ON rights_priority
    FOR EACH ROW EXECUTE FUNCTION rights_scope_is_sound();

-- By the index of titles also where the plan was made while the table was empty.
CREATE FUNCTION rights_keep_extent(e rights_extent) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    UPDATE rights_extent x SET (holder_id, counts, exclusivity, may_license_on, media, territories,
            languages, "window", granted_date, clock)
        = (e.holder_id, e.counts, e.exclusivity, e.may_license_on, e.media, e.territories,
            e.languages, e."window", e.granted_date, e.clock)
    WHERE x.title_id = e.title_id AND x.kind = e.kind AND x.grant_id IS NOT DISTINCT FROM e.grant_id
      AND x.holdback_id IS NOT DISTINCT FROM e.holdback_id
      AND x.priority_id IS NOT DISTINCT FROM e.priority_id;
    IF NOT FOUND THEN
        INSERT INTO rights_extent (title_id, kind, grant_id, holdback_id, priority_id, holder_id, counts,
            exclusivity, may_license_on, media, territories, languages, "window", granted_date, clock,
            version)
        VALUES (e.title_id, e.kind, e.grant_id, e.holdback_id, e.priority_id, e.holder_id, e.counts,
            e.exclusivity, e.may_license_on, e.media, e.territories, e.languages, e."window",
            e.granted_date, e.clock, 0);
    END IF;
END
$$;

CREATE FUNCTION rights_keep_grant(g rights_grant) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e rights_extent;
BEGIN
    e.title_id := g.title_id;
    e.kind := g.direction;
    e.grant_id := g.id;
    e.holder_id := g.other_side_id;
    e.exclusivity := g.exclusivity;
    e.may_license_on := g.may_license_on;
    e.media := rights_media_bits(g.media) & ~rights_media_bits(g.media_except);
    e.territories := rights_territories_of(g.territories, g.territories_except);
    e.languages := g.languages;
    e.granted_date := g.granted_date;
    e."window" := rights_window_of(
        g.start_kind, g.start_date, g.start_event_id, g.start_lag_months, g.start_lag_days,
        g.end_kind, g.end_date, g.end_event_id, g.end_lag_months, g.end_lag_days);
    e.counts := g.state <> 'DRAFT';
    IF g.state = 'ENDED' THEN
        -- What ended before it began holds nothing, and is no fault of its window.
        e.counts := NOT coalesce(isempty(e."window" * daterange(NULL, g.ended_date, '[]')), false);
        e."window" := e."window" * daterange(NULL, g.ended_date, '[]');
    END IF;
    PERFORM rights_keep_extent(e);
END
$$;

CREATE FUNCTION rights_keep_holdback(h rights_holdback) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e rights_extent;
    g rights_grant;
BEGIN
    SELECT * INTO g FROM rights_grant r WHERE r.id = h.grant_id;
    e.title_id := h.title_id;
    e.kind := 'HOLDBACK';
    e.grant_id := h.grant_id;
    e.holdback_id := h.id;
    e.holder_id := g.other_side_id;
    e.exclusivity := '';
    e.may_license_on := true;
    e.media := rights_media_bits(h.media) & ~rights_media_bits(h.media_except);
    e.territories := rights_territories_of(h.territories, h.territories_except);
    e.languages := h.languages;
    e."window" := rights_window_of(
        h.start_kind, h.start_date, h.start_event_id, h.start_lag_months, h.start_lag_days,
        h.end_kind, h.end_date, h.end_event_id, h.end_lag_months, h.end_lag_days);
    e.counts := g.state <> 'DRAFT' AND h.binds = 'US';
    IF g.state = 'ENDED' THEN
        e.counts := e.counts
            AND NOT coalesce(isempty(e."window" * daterange(NULL, g.ended_date, '[]')), false);
        e."window" := e."window" * daterange(NULL, g.ended_date, '[]');
    END IF;
    PERFORM rights_keep_extent(e);
END
$$;

CREATE FUNCTION rights_keep_priority(p rights_priority) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e rights_extent;
BEGIN
    e.title_id := p.title_id;
    e.kind := 'PRIORITY';
    e.priority_id := p.id;
    e.holder_id := p.holder_id;
    e.exclusivity := '';
    e.may_license_on := true;
    e.media := rights_media_bits(p.media) & ~rights_media_bits(p.media_except);
    e.territories := rights_territories_of(p.territories, p.territories_except);
    e.languages := p.languages;
    e.clock := daterange(p.valid_from_date, p.valid_until_date, '[]');
    e."window" := rights_window_of(
        p.start_kind, p.start_date, p.start_event_id, p.start_lag_months, p.start_lag_days,
        p.end_kind, p.end_date, p.end_event_id, p.end_lag_months, p.end_lag_days);
    e.counts := p.state = 'OPEN';
    PERFORM rights_keep_extent(e);
END
$$;

CREATE FUNCTION rights_follow_grant() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM rights_keep_grant(NEW);
    IF TG_OP = 'UPDATE' THEN
        PERFORM rights_keep_holdback(h) FROM rights_holdback h WHERE h.grant_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER rights_extent_follows AFTER INSERT OR UPDATE ON rights_grant
    FOR EACH ROW EXECUTE FUNCTION rights_follow_grant();

CREATE FUNCTION rights_follow_holdback() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM rights_grant g WHERE g.id = NEW.grant_id AND g.title_id = NEW.title_id) THEN
        RAISE EXCEPTION 'holdback_is_of_the_title_of_its_grant: a holdback is of the same title as its grant'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM rights_keep_holdback(NEW);
    RETURN NULL;
END
$$;
CREATE TRIGGER rights_extent_follows AFTER INSERT OR UPDATE ON rights_holdback
    FOR EACH ROW EXECUTE FUNCTION rights_follow_holdback();

CREATE FUNCTION rights_follow_priority() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM rights_keep_priority(NEW);
    RETURN NULL;
END
$$;
CREATE TRIGGER rights_extent_follows AFTER INSERT OR UPDATE ON rights_priority
    FOR EACH ROW EXECUTE FUNCTION rights_follow_priority();

CREATE FUNCTION rights_follow_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM rights_keep_grant(g) FROM rights_grant g
    WHERE g.title_id = NEW.title_id AND NEW.id IN (g.start_event_id, g.end_event_id);
    PERFORM rights_keep_holdback(h) FROM rights_holdback h
    WHERE h.title_id = NEW.title_id AND NEW.id IN (h.start_event_id, h.end_event_id);
    PERFORM rights_keep_priority(p) FROM rights_priority p
    WHERE p.title_id = NEW.title_id AND NEW.id IN (p.start_event_id, p.end_event_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER rights_extents_follow AFTER UPDATE OF date ON rights_event
    FOR EACH ROW WHEN (OLD.date IS DISTINCT FROM NEW.date) EXECUTE FUNCTION rights_follow_event();

-- A grant in force stays on record; one in negotiation goes with what was worked out for it.
CREATE FUNCTION rights_forget_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'rights_grant' THEN
        IF OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'grant_is_deleted_only_in_negotiation: what was agreed stays on record; end it instead'
                USING ERRCODE = 'check_violation';
        END IF;
        DELETE FROM rights_extent WHERE grant_id = OLD.id;
    ELSIF TG_TABLE_NAME = 'rights_holdback' THEN
        DELETE FROM rights_extent WHERE holdback_id = OLD.id;
    ELSE
        DELETE FROM rights_extent WHERE priority_id = OLD.id;
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER rights_scope_is_forgotten BEFORE DELETE ON rights_grant
    FOR EACH ROW EXECUTE FUNCTION rights_forget_scope();
CREATE TRIGGER rights_scope_is_forgotten BEFORE DELETE ON rights_holdback
    FOR EACH ROW EXECUTE FUNCTION rights_forget_scope();
CREATE TRIGGER rights_scope_is_forgotten BEFORE DELETE ON rights_priority
    FOR EACH ROW EXECUTE FUNCTION rights_forget_scope();

-- A set that some scope names meant what it said that day.
CREATE FUNCTION rights_set_in_use_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (TG_OP = 'DELETE' OR (NEW.code, NEW.codes) IS DISTINCT FROM (OLD.code, OLD.codes)) AND (
        OLD.code = 'WORLD'
        OR EXISTS (SELECT 1 FROM rights_grant WHERE OLD.code = ANY (territories || territories_except))
        OR EXISTS (SELECT 1 FROM rights_holdback WHERE OLD.code = ANY (territories || territories_except))
        OR EXISTS (SELECT 1 FROM rights_priority WHERE OLD.code = ANY (territories || territories_except))
    ) THEN
        RAISE EXCEPTION 'territoryset_in_use_stays: agreements name this set; make another one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER rights_a_set_in_use_stays BEFORE UPDATE OR DELETE ON rights_territoryset
    FOR EACH ROW EXECUTE FUNCTION rights_set_in_use_stays();

-- --- Steps ------------------------------------------------------------------------------------

CREATE FUNCTION rights_grant_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_signature date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
        IF (OLD.state, NEW.state) NOT IN (('DRAFT', 'IN_FORCE'), ('IN_FORCE', 'ENDED'), ('ENDED', 'IN_FORCE')) THEN
            RAISE EXCEPTION 'grant_takes_only_allowed_steps: what was agreed does not go back into negotiation; end it instead'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state <> 'DRAFT' AND NEW.basis <> 'OWNED' THEN
        SELECT CASE WHEN count(DISTINCT p.organisation_id) >= 2 AND bool_and(p.signed_date IS NOT NULL)
                AND bool_or(p.organisation_id = NEW.other_side_id) THEN max(p.signed_date) END
        INTO last_signature FROM partners_agreementparty p WHERE p.agreement_id = NEW.agreement_id;
        IF last_signature IS NULL OR NEW.granted_date < last_signature THEN
            RAISE EXCEPTION 'grant_in_force_is_signed_by_all_parties: the agreement needs the dated signatures of two parties or more, the other side among them, by the day of the grant'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER rights_a_step_is_allowed BEFORE INSERT OR UPDATE OF state ON rights_grant
    FOR EACH ROW EXECUTE FUNCTION rights_grant_takes_a_step();

-- The last day to answer an offer is counted, not typed.
CREATE FUNCTION rights_offer_is_due() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p rights_priority;
BEGIN
    SELECT * INTO p FROM rights_priority r WHERE r.id = NEW.priority_id;
    IF p.title_id <> (SELECT g.title_id FROM rights_grant g WHERE g.id = NEW.grant_id) THEN
        RAISE EXCEPTION 'offer_is_of_the_title_of_its_priority: offer a grant of the same title'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.answer_due_date := CASE WHEN p.answer_days IS NULL THEN p.valid_until_date
        ELSE NEW.offered_date + p.answer_days END;
    RETURN NEW;
END
$$;
CREATE TRIGGER rights_an_offer_is_due BEFORE INSERT OR UPDATE ON rights_offer
    FOR EACH ROW EXECUTE FUNCTION rights_offer_is_due();

-- A title without rights may go, and its empty book with it.
CREATE FUNCTION rights_forget_book() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM rights_book WHERE title_id = OLD.project_ptr_id;
    RETURN OLD;
END
$$;
CREATE TRIGGER rights_book_is_forgotten BEFORE DELETE ON productions_production
    FOR EACH ROW EXECUTE FUNCTION rights_forget_book();
