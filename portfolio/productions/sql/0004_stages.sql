-- The stages of a production: which steps there are, what each gate asks for, and the one word that follows.
--
-- A step is a row of productions_stagechange. Forward it goes along the list below, through gates; back, or
-- out of being abandoned, it goes with a reason. Work that came before the programme passes no gates: nobody
-- here ever had its papers.

CREATE FUNCTION topsheet_stage_place(stage text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT array_position(ARRAY['ANNOUNCED', 'DEVELOPMENT', 'GREENLIT', 'FINANCED', 'PRE_PRODUCTION',
    'PRINCIPAL_PHOTOGRAPHY', 'POST_PRODUCTION', 'DELIVERED', 'RELEASED', 'ARCHIVED'], stage)
$$;

CREATE FUNCTION topsheet_stage_leads_to(from_stage text, to_stage text, format text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT CASE
    WHEN to_stage = 'ABANDONED' THEN from_stage <> 'ARCHIVED'
    WHEN (from_stage, to_stage) = ('PRE_PRODUCTION', 'POST_PRODUCTION')
        -- What is drawn, or made of what there is, is not shot.
        THEN format IN ('ANIMATION', 'ANIMATED_SERIES', 'DOCUMENTARY', 'DOCUMENTARY_SERIES')
    ELSE (from_stage, to_stage) IN (
        ('ANNOUNCED', 'DEVELOPMENT'), ('ANNOUNCED', 'GREENLIT'), ('DEVELOPMENT', 'GREENLIT'),
        ('GREENLIT', 'FINANCED'), ('FINANCED', 'PRE_PRODUCTION'),
        ('PRE_PRODUCTION', 'PRINCIPAL_PHOTOGRAPHY'), ('PRINCIPAL_PHOTOGRAPHY', 'POST_PRODUCTION'),
        ('POST_PRODUCTION', 'DELIVERED'), ('DELIVERED', 'RELEASED'), ('RELEASED', 'ARCHIVED'),
        ('ABANDONED', 'ARCHIVED'))
END
$$;

-- What financial close asks for beside its paper. There is nothing yet: the financing plan replaces this
-- function (CREATE OR REPLACE, same name and argument) and raises there what is missing.
CREATE FUNCTION financial_close_is_guarded(production bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RETURN;
END
$$;

CREATE FUNCTION greenlight_is_guarded(production bigint, document bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    film productions_production;
BEGIN
    SELECT * INTO film FROM productions_production p WHERE p.project_ptr_id = production;
    IF '' = ALL (ARRAY[film.logline_en, film.logline_zh_hant, film.logline_zh_hans,
            film.synopsis_en, film.synopsis_zh_hant, film.synopsis_zh_hans]) THEN
        RAISE EXCEPTION 'greenlight_says_what_it_is_about: write a logline or a synopsis first'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM productions_participation t
        WHERE t.production_id = production AND t.role IN ('PRODUCER', 'CO_PRODUCER')) THEN
        RAISE EXCEPTION 'greenlight_has_a_producer: no organisation takes part as producer yet'
            USING ERRCODE = 'check_violation';
    END IF;
    IF film.format <> 'VARIETY_SHOW' AND NOT EXISTS (
        SELECT 1 FROM productions_credit c
        WHERE c.production_id = production AND c.role = 'DIRECTOR') THEN
        RAISE EXCEPTION 'greenlight_has_a_director: nobody is credited as director yet'
            USING ERRCODE = 'check_violation';
    END IF;
    IF document IS NULL THEN
        RAISE EXCEPTION 'greenlight_has_its_paper: add the decision that approved it'
            USING ERRCODE = 'check_violation';
    END IF;
END
$$;

CREATE FUNCTION photography_is_guarded(production bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(DISTINCT m.kind) FROM productions_milestone m
        WHERE m.production_id = production AND m.kind IN ('PHOTOGRAPHY_START', 'PHOTOGRAPHY_END')) < 2 THEN
        RAISE EXCEPTION 'photography_has_planned_dates: plan the start and the end of principal photography first'
            USING ERRCODE = 'check_violation';
    END IF;
END
$$;

CREATE FUNCTION delivery_is_guarded(production bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    asked integer;
    missing integer;
BEGIN
    SELECT count(*), count(*) FILTER (WHERE d.state <> 'ACCEPTED') INTO asked, missing
    FROM productions_deliverable d WHERE d.production_id = production AND d.is_mandatory;
    IF asked = 0 THEN
        RAISE EXCEPTION 'delivery_is_of_something: list first what has to be delivered'
            USING ERRCODE = 'check_violation';
    END IF;
    IF missing > 0 THEN
        RAISE EXCEPTION 'delivery_is_of_everything_mandatory: %%(missing)s of %%(asked)s mandatory deliverables are not accepted yet'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('missing', missing, 'asked', asked)::text;
    END IF;
END
$$;

CREATE FUNCTION release_is_guarded(production bigint, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM productions_milestone m
        WHERE m.production_id = production AND m.kind = 'RELEASE' AND m.actual_date <= on_day) THEN
        RAISE EXCEPTION 'release_has_its_first_date: record the milestone of the first release with the day it was'
            USING ERRCODE = 'check_violation';
    END IF;
END
$$;

CREATE FUNCTION stage_change_is_guarded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    film record;
    last record;
    is_onward boolean;
    highest text;
BEGIN
    -- Two people who move it at once wait for each other; the second finds it elsewhere.
    SELECT p.stage, p.format, j.standing INTO film
    FROM productions_production p JOIN programmes_project j ON j.id = p.project_ptr_id
    WHERE p.project_ptr_id = NEW.production_id FOR NO KEY UPDATE OF p;
    IF NEW.from_stage <> film.stage THEN
        RAISE EXCEPTION 'stage_change_starts_where_it_is: the production has moved on meanwhile; look at its page again'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.from_stage, c.effective_date INTO last FROM productions_stagechange c
    WHERE c.production_id = NEW.production_id ORDER BY c.id DESC LIMIT 1;
    IF NEW.effective_date < last.effective_date THEN
        RAISE EXCEPTION 'stage_change_follows_the_last_in_time: its last step took effect on %%(day)s, and this one cannot be before that'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('day', last.effective_date)::text;
    END IF;
    IF NEW.effective_date > (NEW.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date THEN
        RAISE EXCEPTION 'stage_change_is_of_a_day_that_has_come: a step is recorded when it has been taken, not before'
            USING ERRCODE = 'check_violation';
    END IF;

    is_onward := topsheet_stage_leads_to(film.stage, NEW.to_stage, film.format);
    IF NOT is_onward THEN
        -- Back: to an earlier stage or, of what was abandoned, at most to the one it had reached.
        highest := CASE WHEN film.stage = 'ABANDONED' THEN coalesce(last.from_stage, 'DEVELOPMENT')
            ELSE film.stage END;
        IF NEW.to_stage IN ('ABANDONED', 'ARCHIVED')
            OR topsheet_stage_place(NEW.to_stage) > topsheet_stage_place(highest) THEN
            RAISE EXCEPTION 'stage_change_is_a_step_there_is: from here it goes to the next stage, back to an earlier one, or is abandoned'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.reason = '' THEN
            RAISE EXCEPTION 'stage_change_back_has_a_reason: say why it goes back'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF film.standing = 'IN_PROGRAMME' THEN
        CASE NEW.to_stage
            WHEN 'GREENLIT' THEN
                PERFORM greenlight_is_guarded(NEW.production_id, NEW.document_id);
            WHEN 'FINANCED' THEN
                IF NEW.document_id IS NULL THEN
                    RAISE EXCEPTION 'financial_close_has_its_paper: add the paper of the financial close'
                        USING ERRCODE = 'check_violation';
                END IF;
                PERFORM financial_close_is_guarded(NEW.production_id);
            WHEN 'PRINCIPAL_PHOTOGRAPHY' THEN PERFORM photography_is_guarded(NEW.production_id);
            WHEN 'DELIVERED' THEN PERFORM delivery_is_guarded(NEW.production_id);
            WHEN 'RELEASED' THEN PERFORM release_is_guarded(NEW.production_id, NEW.effective_date);
            ELSE NULL;
        END CASE;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER stage_change_is_decided_now
    BEFORE INSERT ON productions_stagechange
    FOR EACH ROW EXECUTE FUNCTION topsheet_decided_now();

-- After the one above by its name: it judges by the moment that the clock gave.
CREATE TRIGGER stage_change_is_guarded
    BEFORE INSERT ON productions_stagechange
    FOR EACH ROW EXECUTE FUNCTION stage_change_is_guarded();

CREATE TRIGGER stage_change_never_changes
    BEFORE UPDATE OR DELETE ON productions_stagechange
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('stage_change_never_changes');

CREATE TRIGGER stage_change_is_never_emptied
    BEFORE TRUNCATE ON productions_stagechange
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('stage_change_is_never_emptied');

CREATE FUNCTION stage_change_moves_the_production() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE productions_production p SET stage = NEW.to_stage
    WHERE p.project_ptr_id = NEW.production_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER stage_change_moves_the_production
    AFTER INSERT ON productions_stagechange
    FOR EACH ROW EXECUTE FUNCTION stage_change_moves_the_production();

CREATE FUNCTION production_stage_follows_its_steps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.stage IS DISTINCT FROM (
        SELECT c.to_stage FROM productions_stagechange c
        WHERE c.production_id = NEW.project_ptr_id ORDER BY c.id DESC LIMIT 1) THEN
        RAISE EXCEPTION 'production_stage_follows_its_steps: the stage changes by a step, which says when and why'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER production_stage_follows_its_steps
    BEFORE UPDATE OF stage ON productions_production
    FOR EACH ROW WHEN (OLD.stage IS DISTINCT FROM NEW.stage)
    EXECUTE FUNCTION production_stage_follows_its_steps();
