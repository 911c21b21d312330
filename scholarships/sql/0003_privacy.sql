-- What is only ever added: consents and readings. What is erased stays erased.

CREATE TRIGGER consent_never_changes
    BEFORE UPDATE OR DELETE ON scholarships_consent
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('consent_never_changes');

CREATE TRIGGER consent_is_never_emptied
    BEFORE TRUNCATE ON scholarships_consent
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('consent_is_never_emptied');

CREATE TRIGGER personal_read_never_changes
    BEFORE UPDATE OR DELETE ON scholarships_personalread
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('personal_read_never_changes');

CREATE TRIGGER personal_read_is_never_emptied
    BEFORE TRUNCATE ON scholarships_personalread
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('personal_read_is_never_emptied');

CREATE FUNCTION applicant_is_erased_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
        RAISE EXCEPTION 'applicant_is_erased_for_good: what was erased does not come back'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND OLD.held_until > NEW.erased_at::date THEN
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
