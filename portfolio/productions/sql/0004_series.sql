-- Only series have seasons, and what has seasons stays a series.

CREATE FUNCTION topsheet_is_a_series(format text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT format IN ('TV_DRAMA', 'DOCUMENTARY_SERIES', 'ANIMATED_SERIES', 'VARIETY_SHOW')
$$;

CREATE FUNCTION season_is_of_a_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    form text;
BEGIN
    -- Nobody makes a film of it meanwhile.
    SELECT p.format INTO form FROM productions_production p
    WHERE p.project_ptr_id = NEW.production_id FOR SHARE;
    IF NOT topsheet_is_a_series(form) THEN
        RAISE EXCEPTION 'season_is_of_a_series: only a series has seasons; change the format first'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER season_is_of_a_series
    BEFORE INSERT OR UPDATE OF production_id ON productions_season
    FOR EACH ROW EXECUTE FUNCTION season_is_of_a_series();

CREATE FUNCTION production_with_seasons_is_a_series() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT topsheet_is_a_series(NEW.format)
        AND EXISTS (SELECT 1 FROM productions_season s WHERE s.production_id = NEW.project_ptr_id) THEN
        RAISE EXCEPTION 'production_with_seasons_is_a_series: it has seasons; remove them before it becomes another format'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER production_with_seasons_is_a_series
    BEFORE UPDATE OF format ON productions_production
    FOR EACH ROW EXECUTE FUNCTION production_with_seasons_is_a_series();
