-- Rounds: their places are places of the scheme, and what applicants are judged by stays once it was used.

CREATE FUNCTION round_places_are_of_the_scheme() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    scheme bigint := CASE TG_TABLE_NAME
        WHEN 'scholarships_round' THEN (to_jsonb(NEW) ->> 'scheme_id')::bigint
        ELSE (to_jsonb(NEW) ->> 'project_ptr_id')::bigint END;
    whole integer;
    given integer;
BEGIN
    SELECT s.places INTO whole FROM scholarships_scheme s WHERE s.project_ptr_id = scheme FOR NO KEY UPDATE;
    SELECT coalesce(sum(r.places), 0) INTO given FROM scholarships_round r WHERE r.scheme_id = scheme;
    IF given > whole THEN
        RAISE EXCEPTION 'round_places_are_of_the_scheme: the scheme has %%(whole)s places, and its rounds would give %%(given)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('whole', whole, 'given', given)::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER round_places_are_of_the_scheme
    AFTER INSERT OR UPDATE OF places, scheme_id ON scholarships_round
    FOR EACH ROW EXECUTE FUNCTION round_places_are_of_the_scheme();

CREATE TRIGGER scheme_places_cover_its_rounds
    AFTER UPDATE OF places ON scholarships_scheme
    FOR EACH ROW EXECUTE FUNCTION round_places_are_of_the_scheme();

-- Who applied did so in a scheme, which pays for the place.
CREATE FUNCTION round_keeps_its_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.scheme_id <> OLD.scheme_id
        AND EXISTS (SELECT 1 FROM scholarships_application a WHERE a.round_id = NEW.id) THEN
        RAISE EXCEPTION 'round_keeps_its_scheme: somebody applied in this scheme; the round stays in it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER round_keeps_its_scheme
    BEFORE UPDATE OF scheme_id ON scholarships_round
    FOR EACH ROW EXECUTE FUNCTION round_keeps_its_scheme();

-- A counter a round, because two officers may award its last place at once.
CREATE FUNCTION round_places_are_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    used integer;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO scholarships_roundplaces (round_id, taken) VALUES (NEW.id, 0);
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM scholarships_roundplaces WHERE round_id = OLD.id;
        RETURN NULL;
    END IF;
    SELECT p.taken INTO used FROM scholarships_roundplaces p WHERE p.round_id = NEW.id FOR UPDATE;
    IF used > NEW.places THEN
        RAISE EXCEPTION 'round_keeps_the_places_that_are_taken: %%(taken)s places are taken already'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('taken', used)::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER round_has_a_counter
    AFTER INSERT OR DELETE ON scholarships_round
    FOR EACH ROW EXECUTE FUNCTION round_places_are_counted();

CREATE TRIGGER round_keeps_the_places_that_are_taken
    AFTER UPDATE OF places ON scholarships_round
    FOR EACH ROW EXECUTE FUNCTION round_places_are_counted();

-- What somebody was judged by is not changed afterwards.
CREATE FUNCTION round_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Both, where a row is moved from one round to another.
    touched CONSTANT bigint[] := ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.round_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.round_id END];
    -- The words may be mended; what they measure may not.
    words CONSTANT text[] := ARRAY['text_en', 'text_zh_hant', 'text_zh_hans', 'name_en', 'name_zh_hant',
        'name_zh_hans', 'help_en', 'position'];
    used boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - words = to_jsonb(NEW) - words THEN
        RETURN NULL;
    END IF;
    -- Nobody hands in or completes anything meanwhile.
    PERFORM 1 FROM scholarships_round r WHERE r.id = ANY (touched) ORDER BY r.id FOR NO KEY UPDATE;
    IF TG_ARGV[0] = 'criteria_stay_once_used' THEN
        SELECT EXISTS (SELECT 1 FROM scholarships_review v JOIN scholarships_application a
            ON a.id = v.application_id WHERE a.round_id = ANY (touched) AND v.completed_at IS NOT NULL) INTO used;
        IF used THEN
            RAISE EXCEPTION 'criteria_stay_once_used: a review is completed by these criteria; they stay as they are'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        SELECT EXISTS (SELECT 1 FROM scholarships_application a
            WHERE a.round_id = ANY (touched) AND a.state <> 'DRAFT') INTO used;
        IF used AND TG_ARGV[0] = 'papers_stay_once_used' THEN
            RAISE EXCEPTION 'papers_stay_once_used: somebody handed these papers in; what is asked for stays as it is'
                USING ERRCODE = 'check_violation';
        END IF;
        IF used THEN
            RAISE EXCEPTION 'eligibility_stays_once_used: somebody applied by these rules; they stay as they are'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER criteria_stay_once_used
    AFTER INSERT OR UPDATE OR DELETE ON scholarships_criterion
    FOR EACH ROW EXECUTE FUNCTION round_terms_stay('criteria_stay_once_used');

CREATE TRIGGER eligibility_stays_once_used
    AFTER INSERT OR UPDATE OR DELETE ON scholarships_eligibilityrule
    FOR EACH ROW EXECUTE FUNCTION round_terms_stay('eligibility_stays_once_used');

CREATE TRIGGER papers_stay_once_used
    AFTER INSERT OR UPDATE OR DELETE ON scholarships_requiredpaper
    FOR EACH ROW EXECUTE FUNCTION round_terms_stay('papers_stay_once_used');
