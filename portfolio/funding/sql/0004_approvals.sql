-- Approvals: by somebody else, with the authority of the day, once; what they amount to follows.

CREATE FUNCTION approval_request_is_guarded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    asked record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'OPEN' THEN
            RAISE EXCEPTION 'approval_request_begins_open: a request begins open; decisions close it'
                USING ERRCODE = 'check_violation';
        END IF;
        -- What can still be changed is not approved yet: the request is of what was submitted.
        PERFORM 1 FROM funding_commitment c WHERE c.id = NEW.commitment_id FOR SHARE;
        SELECT c.programme_id = NEW.programme_id AND c.currency = NEW.currency
                AND (NEW.kind NOT IN ('COMMITMENT', 'OVER_COMMITMENT') OR NEW.amendment_id IS NOT NULL
                    OR c.amount = NEW.amount)
                AND (NEW.tranche_id IS NULL
                    OR (t.commitment_id = c.id AND t.amount = NEW.amount))
                AND (NEW.amendment_id IS NULL
                    OR (a.commitment_id = c.id AND abs(a.change_amount) = NEW.amount))
                -- A reversal takes back a whole posting, whatever number of allocations it was of.
                AND (NEW.entry_id IS NULL OR NEW.amount = (
                    SELECT sum(x.amount) FROM funding_ledgerentry e
                    JOIN funding_ledgerentry x ON x.commitment_id = e.commitment_id
                        AND x.posting = e.posting
                    WHERE e.id = NEW.entry_id AND e.commitment_id = c.id)) AS states_its_subject,
            CASE NEW.kind
                WHEN 'COMMITMENT' THEN c.state = 'SUBMITTED'
                WHEN 'OVER_COMMITMENT' THEN coalesce(a.state, c.state) IN ('SUBMITTED', 'APPROVED')
                WHEN 'AMENDMENT' THEN a.state = 'SUBMITTED'
                WHEN 'PAYMENT' THEN t.state = 'REQUESTED'
                WHEN 'OVERRIDE' THEN t.state IN ('REQUESTED', 'APPROVED')
                WHEN 'CANCELLATION' THEN c.state IN ('SIGNED', 'CANCELLED')
                ELSE c.state IN ('SIGNED', 'CLOSED', 'CANCELLED') END AS is_at_its_step
        INTO asked
        FROM funding_commitment c
        LEFT JOIN funding_tranche t ON t.id = NEW.tranche_id
        LEFT JOIN funding_commitmentamendment a ON a.id = NEW.amendment_id
        WHERE c.id = NEW.commitment_id;
        IF asked.states_its_subject IS NOT TRUE THEN
            RAISE EXCEPTION 'approval_request_states_its_subject: programme, amount and currency are those of what is to be approved'
                USING ERRCODE = 'check_violation';
        END IF;
        IF asked.is_at_its_step IS NOT TRUE THEN
            RAISE EXCEPTION 'approval_request_is_asked_at_its_step: submit first what is to be approved'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'approval_request_is_never_deleted: withdraw the request instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.kind, NEW.programme_id, NEW.commitment_id, NEW.amendment_id, NEW.tranche_id, NEW.entry_id,
            NEW.amount, NEW.currency, NEW.reason, NEW.requested_at, NEW.requested_by_id)
        IS DISTINCT FROM (OLD.kind, OLD.programme_id, OLD.commitment_id, OLD.amendment_id,
            OLD.tranche_id, OLD.entry_id, OLD.amount, OLD.currency, OLD.reason, OLD.requested_at,
            OLD.requested_by_id) THEN
        RAISE EXCEPTION 'approval_request_stays_as_asked: withdraw it and ask again'
            USING ERRCODE = 'check_violation';
    END IF;
    -- By hand a request is only taken back; that it is approved follows from decisions alone.
    IF NEW.state <> OLD.state AND pg_trigger_depth() = 1
        AND NOT (NEW.state IN ('WITHDRAWN', 'VOID') AND OLD.state IN ('OPEN', 'APPROVED', 'CHANGES_REQUESTED')) THEN
        RAISE EXCEPTION 'approval_request_is_closed_by_decisions: an approver decides about it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER approval_request_is_guarded
    BEFORE INSERT OR UPDATE OR DELETE ON funding_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION approval_request_is_guarded();

CREATE FUNCTION topsheet_decided_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_catalog.pg_has_role(
        current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER'
    ) THEN
        NEW.decided_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION topsheet_requested_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_catalog.pg_has_role(
        current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER'
    ) THEN
        NEW.requested_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER approval_decision_is_decided_now
    BEFORE INSERT ON funding_approvaldecision
    FOR EACH ROW EXECUTE FUNCTION topsheet_decided_now();

-- Whoever looks at it later need not know who held which role: the limit of the day is written down,
-- one that is enough alone before one that needs a second, and the delegation where there is one.
CREATE FUNCTION approval_decision_names_its_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    day date := (NEW.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date;
BEGIN
    NEW.limit_id := (
        SELECT l.id
        FROM funding_approvalrequest r
        JOIN funding_approvallimit l ON l.currency = r.currency
            AND (l.jointly_up_to >= r.amount OR NEW.decision <> 'APPROVE')
            AND l.start_date <= day AND (l.end_date IS NULL OR l.end_date >= day)
        JOIN staff_user_groups m ON m.group_id = l.role_id AND m.user_id = NEW.authority_id
        JOIN staff_user u ON u.id = m.user_id AND u.is_active
        WHERE r.id = NEW.request_id
        ORDER BY l.alone_up_to >= r.amount DESC, l.jointly_up_to DESC, l.id LIMIT 1);
    NEW.delegation_id := NULL;
    IF NEW.authority_id <> NEW.decided_by_id THEN
        NEW.delegation_id := (
            SELECT d.id FROM funding_delegation d
            WHERE d.principal_id = NEW.authority_id AND d.deputy_id = NEW.decided_by_id
              AND day BETWEEN d.start_date AND d.end_date
            ORDER BY d.id LIMIT 1);
    END IF;
    RETURN NEW;
END
$$;

-- After the one that says when, by its name.
CREATE TRIGGER approval_decision_names_its_limit
    BEFORE INSERT ON funding_approvaldecision
    FOR EACH ROW EXECUTE FUNCTION approval_decision_names_its_limit();

CREATE TRIGGER approval_request_is_requested_now
    BEFORE INSERT ON funding_approvalrequest
    FOR EACH ROW EXECUTE FUNCTION topsheet_requested_now();

CREATE TRIGGER approval_decision_never_changes
    BEFORE UPDATE OR DELETE ON funding_approvaldecision
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('approval_decision_never_changes');

CREATE TRIGGER approval_decision_is_never_emptied
    BEFORE TRUNCATE ON funding_approvaldecision
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('approval_decision_is_never_emptied');

CREATE FUNCTION approval_decision_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    -- Two approvers of one request wait for each other, so that the second sees the first.
    PERFORM 1 FROM funding_approvalrequest r
    WHERE r.id IN (SELECT n.request_id FROM new_rows n) ORDER BY r.id FOR NO KEY UPDATE;

    SELECT * INTO bad FROM (
        SELECT r.state, topsheet_money(r.currency, r.amount) AS money, CASE
            WHEN r.requested_by_id IN (n.decided_by_id, n.authority_id) THEN 'self'
            WHEN r.state <> 'OPEN' THEN 'closed'
            WHEN n.authority_id <> n.decided_by_id AND n.delegation_id IS NULL
            THEN 'delegation'
            WHEN EXISTS (
                SELECT 1 FROM funding_approvaldecision o
                WHERE o.request_id = n.request_id AND o.id <> n.id
                  AND (o.decided_by_id IN (n.decided_by_id, n.authority_id)
                       OR o.authority_id IN (n.decided_by_id, n.authority_id)))
            THEN 'twice'
            WHEN n.limit_id IS NULL
            THEN 'limit'
        END AS fault
        FROM new_rows n JOIN funding_approvalrequest r ON r.id = n.request_id
    ) looked_at
    WHERE fault IS NOT NULL
    LIMIT 1;
    IF FOUND THEN
        IF bad.fault = 'self' THEN
            RAISE EXCEPTION 'approver_is_not_the_requester: who asks for an approval cannot give it, nor can a deputy in that name'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'closed' THEN
            RAISE EXCEPTION 'approval_request_is_open: the request is not open any more; look at what it became'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'delegation' THEN
            RAISE EXCEPTION 'approver_acts_for_one_who_delegated: there is no delegation to you in force today'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'twice' THEN
            RAISE EXCEPTION 'approver_decides_once: this person or the one behind has decided already; a second one is needed'
                USING ERRCODE = 'check_violation';
        ELSIF bad.fault = 'limit' THEN
            RAISE EXCEPTION 'approver_has_the_authority: %%(amount)s is above the limit of approval in force today'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('amount', bad.money)::text;
        END IF;
    END IF;

    UPDATE funding_approvalrequest r SET state = found.state
    FROM (
        SELECT r2.id, CASE
            WHEN bool_or(n.decision = 'REJECT') THEN 'REJECTED'
            WHEN bool_or(n.decision = 'REQUEST_CHANGES') THEN 'CHANGES_REQUESTED'
            WHEN bool_or(l.alone_up_to >= r2.amount)
            THEN 'APPROVED'
            WHEN (SELECT count(*) FROM funding_approvaldecision o
                  WHERE o.request_id = r2.id AND o.decision = 'APPROVE') >= 2
            THEN 'APPROVED'
            ELSE 'OPEN'
        END AS state
        FROM new_rows n
        JOIN funding_approvalrequest r2 ON r2.id = n.request_id
        JOIN funding_approvallimit l ON l.id = n.limit_id
        GROUP BY r2.id
    ) found
    WHERE r.id = found.id AND found.state <> 'OPEN';
    RETURN NULL;
END
$$;

CREATE TRIGGER approval_decision_counts
    AFTER INSERT ON funding_approvaldecision
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION approval_decision_counts();
