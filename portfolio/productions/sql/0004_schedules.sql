-- Versions of a schedule: of one production, and never changed once locked.

CREATE FUNCTION schedule_version_locked_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'schedule_version_locked_stays: the version is locked; keep a new one'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.production_id <> OLD.production_id THEN
        RAISE EXCEPTION 'schedule_version_stays_with_its_production: keep a version of the other production instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.locked_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM productions_scheduledate d WHERE d.version_id = NEW.id) THEN
        RAISE EXCEPTION 'schedule_version_locked_has_dates: there is nothing in it to hold later dates against'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER schedule_version_locked_stays
    BEFORE UPDATE OR DELETE ON productions_scheduleversion
    FOR EACH ROW EXECUTE FUNCTION schedule_version_locked_stays();

CREATE FUNCTION schedule_version_begins_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'schedule_version_begins_open: a version is locked when its dates are in it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER schedule_version_begins_open
    BEFORE INSERT ON productions_scheduleversion
    FOR EACH ROW EXECUTE FUNCTION schedule_version_begins_open();

CREATE FUNCTION schedule_date_of_a_locked_version_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    versions bigint[];
    version record;
BEGIN
    versions := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
    -- Who locks a version waits until its dates are written, and the other way round.
    FOR version IN SELECT v.* FROM productions_scheduleversion v WHERE v.id = ANY (versions)
        ORDER BY v.id FOR SHARE LOOP
        IF version.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'schedule_date_of_a_locked_version_stays: the date is in a locked version of the schedule'
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP <> 'DELETE' AND version.id = NEW.version_id AND NOT EXISTS (
            SELECT 1 FROM productions_milestone m
            WHERE m.id = NEW.milestone_id AND m.production_id = version.production_id) THEN
            RAISE EXCEPTION 'schedule_date_is_of_its_production: choose a milestone of the same production'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER schedule_date_of_a_locked_version_stays
    BEFORE INSERT OR UPDATE OR DELETE ON productions_scheduledate
    FOR EACH ROW EXECUTE FUNCTION schedule_date_of_a_locked_version_stays();

CREATE FUNCTION milestone_stays_with_its_production() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'milestone_stays_with_its_production: add a milestone to the other production instead'
        USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER milestone_stays_with_its_production
    BEFORE UPDATE OF production_id ON productions_milestone
    FOR EACH ROW WHEN (OLD.production_id IS DISTINCT FROM NEW.production_id)
    EXECUTE FUNCTION milestone_stays_with_its_production();
