-- What is only ever added: consents and readings. What is erased stays erased.

-- Only while the owner erases somebody may words be taken out of what otherwise stays.
CREATE FUNCTION scholarships_is_erasing(of_table oid) RETURNS boolean LANGUAGE sql STABLE AS $$
SELECT coalesce(current_setting('topsheet.erasing', true), '') = 'on'
    AND pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = of_table), 'MEMBER')
$$;

CREATE TRIGGER consent_never_changes
    BEFORE DELETE OR UPDATE OF id, applicant_id, use, is_given, language, recorded_at ON scholarships_consent
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('consent_never_changes');

CREATE TRIGGER consent_is_never_emptied
    BEFORE TRUNCATE ON scholarships_consent
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('consent_is_never_emptied');

CREATE TRIGGER personal_read_never_changes
    BEFORE DELETE OR UPDATE OF id, applicant_id, kind, read_at, read_by_id ON scholarships_personalread
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('personal_read_never_changes');

CREATE TRIGGER personal_read_is_never_emptied
    BEFORE TRUNCATE ON scholarships_personalread
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('personal_read_is_never_emptied');

CREATE FUNCTION words_stay_unless_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT scholarships_is_erasing(TG_RELID) THEN
        RAISE EXCEPTION '%: what is recorded stays; add an entry that corrects it', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER consent_words_stay
    BEFORE UPDATE OF wording ON scholarships_consent
    FOR EACH ROW EXECUTE FUNCTION words_stay_unless_erased('consent_words_stay');

CREATE TRIGGER personal_read_words_stay
    BEFORE UPDATE OF purpose, path ON scholarships_personalread
    FOR EACH ROW EXECUTE FUNCTION words_stay_unless_erased('personal_read_words_stay');

CREATE FUNCTION applicant_is_erased_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.erased_at IS NOT DISTINCT FROM OLD.erased_at THEN
        RETURN NEW;
    END IF;
    IF OLD.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'applicant_is_erased_for_good: what was erased does not come back'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT scholarships_is_erasing(TG_RELID) THEN
        RAISE EXCEPTION 'applicant_is_erased_by_the_command: ask for the erasure; a command of the owner carries it out'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.held_until > (NEW.erased_at AT TIME ZONE 'Asia/Hong_Kong')::date THEN
        RAISE EXCEPTION 'applicant_held_is_not_erased: a legal hold keeps this until %%(day)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'day', json_build_object('day', OLD.held_until))::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER applicant_is_erased_for_good
    BEFORE UPDATE ON scholarships_applicant
    FOR EACH ROW EXECUTE FUNCTION applicant_is_erased_for_good();

CREATE FUNCTION applicant_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'applicant_is_kept: an applicant is not deleted; ask for the erasure, which leaves the reference'
        USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER applicant_is_kept
    BEFORE DELETE ON scholarships_applicant
    FOR EACH ROW EXECUTE FUNCTION applicant_is_kept();

CREATE FUNCTION erasure_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_server CONSTANT boolean := NOT pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.done_at IS NOT NULL THEN
            RAISE EXCEPTION 'erasure_done_is_kept: who was erased stays in the register'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF is_server AND (NEW.basis <> 'REQUEST' OR NEW.decided_at IS NOT NULL OR NEW.done_at IS NOT NULL) THEN
            RAISE EXCEPTION 'erasure_begins_as_a_request: an erasure is asked for, then decided, then carried out'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.done_at IS NOT NULL OR (NEW.applicant_id, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM (OLD.applicant_id, OLD.asked_at, OLD.asked_by_id) THEN
        RAISE EXCEPTION 'erasure_done_is_kept: who was erased stays in the register'
            USING ERRCODE = 'check_violation';
    END IF;
    IF is_server AND (NEW.done_at IS NOT NULL OR NEW.basis <> OLD.basis) THEN
        RAISE EXCEPTION 'erasure_is_carried_out_by_the_command: a command of the owner erases, and says when'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER erasure_goes_step_by_step
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_erasure
    FOR EACH ROW EXECUTE FUNCTION erasure_goes_step_by_step();

CREATE TRIGGER round_figures_never_change
    BEFORE UPDATE OR DELETE ON scholarships_roundfigures
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('round_figures_never_change');

CREATE TRIGGER round_figures_is_never_emptied
    BEFORE TRUNCATE ON scholarships_roundfigures
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('round_figures_is_never_emptied');
