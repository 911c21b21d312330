-- What promises, payments and approvals rely on stays as it was relied upon: conditions, signatures,
-- amendments of agreements, limits of approval, the project's place.

CREATE FUNCTION condition_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.tranche_id ELSE OLD.tranche_id END;
    promise text;
    closed boolean;
BEGIN
    -- A tranche that is deleted takes its conditions along.
    SELECT c.state INTO promise
    FROM funding_tranche t JOIN funding_commitment c ON c.id = t.commitment_id
    WHERE t.id = of FOR SHARE OF c;
    IF TG_OP = 'INSERT' THEN
        closed := promise NOT IN ('DRAFT', 'SIGNED');
    ELSIF TG_OP = 'DELETE' THEN
        closed := promise <> 'DRAFT';
    ELSE
        closed := promise <> 'DRAFT' AND (NEW.tranche_id, NEW.kind, NEW.description)
            IS DISTINCT FROM (OLD.tranche_id, OLD.kind, OLD.description);
    END IF;
    IF closed THEN
        RAISE EXCEPTION 'condition_stays_once_submitted: what was approved with its conditions keeps them; ask for an exception instead'
            USING ERRCODE = 'check_violation';
    END IF;
    -- An exception was approved for what stood in the way then, not for what comes up later.
    IF TG_OP <> 'DELETE' THEN
        IF NEW.met_at IS NULL AND (TG_OP = 'INSERT' OR OLD.met_at IS NOT NULL) THEN
            UPDATE funding_approvalrequest SET state = 'VOID'
            WHERE tranche_id = of AND kind = 'OVERRIDE' AND state IN ('OPEN', 'APPROVED');
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER condition_is_open
    AFTER INSERT OR UPDATE OR DELETE ON funding_condition
    FOR EACH ROW EXECUTE FUNCTION condition_is_open();

CREATE FUNCTION block_ends_exceptions() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- One that is lifted or shortened stands in nobody's way anew.
        IF NEW.organisation_id = OLD.organisation_id AND NEW.start_date >= OLD.start_date
            AND (OLD.end_date IS NULL OR NEW.end_date <= OLD.end_date) THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE funding_approvalrequest r SET state = 'VOID'
    FROM funding_commitment c, funding_tranche t
    WHERE c.id = r.commitment_id AND t.id = r.tranche_id AND t.state IN ('REQUESTED', 'APPROVED')
      AND c.payee_id = NEW.organisation_id
      AND r.kind = 'OVERRIDE' AND r.state IN ('OPEN', 'APPROVED');
    RETURN NULL;
END
$$;

CREATE TRIGGER block_ends_exceptions
    AFTER INSERT OR UPDATE ON partners_block
    FOR EACH ROW EXECUTE FUNCTION block_ends_exceptions();

CREATE FUNCTION agreement_party_is_relied_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.signed_date IS NOT NULL AND EXISTS (
        SELECT 1 FROM funding_commitment c
        WHERE c.agreement_id = OLD.agreement_id AND c.state IN ('SIGNED', 'CLOSED', 'CANCELLED')) THEN
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.agreement_id, NEW.organisation_id, NEW.signed_date)
                IS NOT DISTINCT FROM (OLD.agreement_id, OLD.organisation_id, OLD.signed_date) THEN
                RETURN NULL;
            END IF;
        END IF;
        RAISE EXCEPTION 'agreement_party_stays_once_relied_upon: a commitment stands on this signature'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER agreement_party_is_relied_upon
    AFTER UPDATE OR DELETE ON partners_agreementparty
    FOR EACH ROW EXECUTE FUNCTION agreement_party_is_relied_upon();

CREATE FUNCTION agreement_amendment_is_relied_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.agreement_id, NEW.kind, NEW.change_amount, NEW.currency, NEW.signed_date)
        IS DISTINCT FROM
        (OLD.agreement_id, OLD.kind, OLD.change_amount, OLD.currency, OLD.signed_date)
        AND EXISTS (
            SELECT 1 FROM funding_commitmentamendment a
            WHERE a.agreement_amendment_id = OLD.id AND a.state = 'SIGNED') THEN
        RAISE EXCEPTION 'agreement_amendment_stays_once_relied_upon: a commitment was amended by it; make another amendment'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER agreement_amendment_is_relied_upon
    AFTER UPDATE ON partners_agreementamendment
    FOR EACH ROW EXECUTE FUNCTION agreement_amendment_is_relied_upon();

CREATE FUNCTION project_is_relied_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.programme_id <> OLD.programme_id OR NEW.standing <> OLD.standing)
        AND EXISTS (SELECT 1 FROM funding_commitment c WHERE c.project_id = OLD.id) THEN
        RAISE EXCEPTION 'project_with_commitments_stays_in_its_programme: money is promised to it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER project_is_relied_upon
    AFTER UPDATE OF programme_id, standing ON programmes_project
    FOR EACH ROW EXECUTE FUNCTION project_is_relied_upon();

-- Who looks at a decision years later finds the limit that it was made within.
CREATE FUNCTION approval_limit_is_relied_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_used date;
BEGIN
    SELECT max((d.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date) INTO last_used
    FROM funding_approvaldecision d WHERE d.limit_id = OLD.id;
    IF last_used IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.role_id, NEW.currency, NEW.alone_up_to, NEW.jointly_up_to, NEW.start_date)
            IS NOT DISTINCT FROM
            (OLD.role_id, OLD.currency, OLD.alone_up_to, OLD.jointly_up_to, OLD.start_date)
            AND (NEW.end_date IS NULL OR NEW.end_date >= last_used) THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'approval_limit_stays_once_used: something was decided within it on %%(day)s; end it on that day or later, and add another'
        USING ERRCODE = 'check_violation', DETAIL = json_build_object('day', last_used)::text;
END
$$;

CREATE TRIGGER approval_limit_is_relied_upon
    AFTER UPDATE OR DELETE ON funding_approvallimit
    FOR EACH ROW EXECUTE FUNCTION approval_limit_is_relied_upon();

-- Who decided in whose name stays to be seen as well.
CREATE FUNCTION delegation_is_relied_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_used date;
BEGIN
    SELECT max((d.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date) INTO last_used
    FROM funding_approvaldecision d WHERE d.delegation_id = OLD.id;
    IF last_used IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.principal_id, NEW.deputy_id, NEW.start_date, NEW.reason)
            IS NOT DISTINCT FROM (OLD.principal_id, OLD.deputy_id, OLD.start_date, OLD.reason)
            AND NEW.end_date >= last_used THEN
            RETURN NULL;
        END IF;
    END IF;
    RAISE EXCEPTION 'delegation_stays_once_used: something was decided by it on %%(day)s; end it on that day or later, and add another'
        USING ERRCODE = 'check_violation', DETAIL = json_build_object('day', last_used)::text;
END
$$;

CREATE TRIGGER delegation_is_relied_upon
    AFTER UPDATE OR DELETE ON funding_delegation
    FOR EACH ROW EXECUTE FUNCTION delegation_is_relied_upon();

-- A published rate is what it was; a corrected one is published in a series of its own.
CREATE TRIGGER exchange_rate_never_changes
    BEFORE UPDATE OR DELETE ON funding_exchangerate
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('exchange_rate_never_changes');
