-- Commitments, amendments and tranches: each takes only the steps that it may, with what the step
-- needs, and at the end of a transaction the parts add up.

CREATE FUNCTION commitment_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    outstanding numeric;
    last_signature date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'commitment_begins_as_a_draft: a commitment begins as a draft'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'commitment_is_deleted_only_as_a_draft: withdraw or cancel it instead'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM programmes_project p WHERE p.id = NEW.project_id
          AND p.programme_id = NEW.programme_id AND p.standing = 'IN_PROGRAMME') THEN
        RAISE EXCEPTION 'commitment_project_is_in_its_programme: money is promised to projects of the programme; a track record takes none'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF OLD.state <> 'DRAFT' AND (NEW.programme_id, NEW.project_id, NEW.payee_id, NEW.amount,
            NEW.currency, NEW.reference)
        IS DISTINCT FROM (OLD.programme_id, OLD.project_id, OLD.payee_id, OLD.amount,
            OLD.currency, OLD.reference) THEN
        RAISE EXCEPTION 'commitment_terms_stay_once_submitted: take it back to draft to change its terms, or amend it once signed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('SIGNED', 'CLOSED', 'CANCELLED') AND (NEW.agreement_id, NEW.signed_date, NEW.rate,
            NEW.rate_date, NEW.rate_source, NEW.rate_series_id)
        IS DISTINCT FROM (OLD.agreement_id, OLD.signed_date, OLD.rate, OLD.rate_date,
            OLD.rate_source, OLD.rate_series_id) THEN
        RAISE EXCEPTION 'commitment_agreement_stays_once_signed: agreement, day and rate stay once it is signed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SUBMITTED'), ('DRAFT', 'WITHDRAWN'), ('SUBMITTED', 'DRAFT'),
        ('SUBMITTED', 'APPROVED'), ('SUBMITTED', 'REJECTED'), ('SUBMITTED', 'WITHDRAWN'),
        ('APPROVED', 'DRAFT'), ('APPROVED', 'SIGNED'), ('APPROVED', 'WITHDRAWN'),
        ('SIGNED', 'CLOSED'), ('SIGNED', 'CANCELLED'), ('CLOSED', 'SIGNED')) THEN
        RAISE EXCEPTION 'commitment_takes_only_allowed_steps: no step leads from %%(before)s to %%(after)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('before', OLD.state, 'after', NEW.state)::text;
    END IF;
    IF NEW.state = 'APPROVED' AND NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.commitment_id = NEW.id AND r.kind = 'COMMITMENT' AND r.state = 'APPROVED'
          AND r.amount = NEW.amount AND r.currency = NEW.currency) THEN
        RAISE EXCEPTION 'commitment_is_approved_by_another: no approval of this amount by somebody else is on record'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'REJECTED' AND NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.commitment_id = NEW.id AND r.kind = 'COMMITMENT' AND r.state = 'REJECTED') THEN
        RAISE EXCEPTION 'commitment_is_rejected_by_an_approver: only an approver rejects; withdraw it instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'APPROVED' AND NEW.state = 'SIGNED' THEN
        SELECT CASE WHEN count(DISTINCT p.organisation_id) >= 2 AND bool_and(p.signed_date IS NOT NULL)
                AND bool_or(p.organisation_id = NEW.payee_id)
            THEN max(p.signed_date) END
        INTO last_signature
        FROM partners_agreementparty p WHERE p.agreement_id = NEW.agreement_id;
        IF last_signature IS NULL OR NEW.signed_date IS DISTINCT FROM last_signature THEN
            RAISE EXCEPTION 'commitment_is_signed_by_all_parties: the agreement needs the dated signatures of two parties or more, the payee among them'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF OLD.state = 'SIGNED' THEN
        SELECT coalesce(sum(p.committed - p.de_committed - p.disbursed + p.refunded), 0)
        INTO outstanding
        FROM funding_commitmentposition p WHERE p.commitment_id = NEW.id;
        IF outstanding <> 0 THEN
            RAISE EXCEPTION 'commitment_ends_with_nothing_outstanding: %%(left)s is outstanding; pay it or de-commit it first'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'left', topsheet_money(NEW.currency, outstanding))::text;
        END IF;
    END IF;
    -- An approval is of one version: whoever changes it, asks anew.
    IF NEW.state IN ('DRAFT', 'WITHDRAWN') THEN
        UPDATE funding_approvalrequest SET state = 'VOID'
        WHERE commitment_id = NEW.id AND kind IN ('COMMITMENT', 'OVER_COMMITMENT')
          AND state IN ('OPEN', 'APPROVED');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER commitment_takes_a_step
    BEFORE INSERT OR UPDATE OR DELETE ON funding_commitment
    FOR EACH ROW EXECUTE FUNCTION commitment_takes_a_step();

-- --- The parts of a commitment are changed while it is a draft -------------------------------

CREATE FUNCTION commitment_split_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.commitment_id ELSE NEW.commitment_id END;
    promise record;
BEGIN
    -- A draft that is deleted takes its parts along. Who submits it waits for us, and we for that.
    SELECT c.state, c.programme_id INTO promise FROM funding_commitment c WHERE c.id = of FOR SHARE;
    IF promise.state <> 'DRAFT' THEN
        RAISE EXCEPTION 'commitment_split_changes_only_in_a_draft: take the commitment back to draft, or amend it once signed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND NOT EXISTS (
        SELECT 1 FROM programmes_allocation a JOIN programmes_strand s ON s.id = a.strand_id
        WHERE a.id = NEW.allocation_id AND s.programme_id = promise.programme_id) THEN
        RAISE EXCEPTION 'commitment_split_is_of_its_programme: choose an allocation of the commitment''s own programme'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER commitment_split_is_open
    AFTER INSERT OR UPDATE OR DELETE ON funding_commitmentsplit
    FOR EACH ROW EXECUTE FUNCTION commitment_split_is_open();

CREATE FUNCTION tranche_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.commitment_id ELSE NEW.commitment_id END;
    promise text;
    paid numeric;
BEGIN
    SELECT c.state INTO promise FROM funding_commitment c WHERE c.id = of FOR SHARE;
    IF TG_OP = 'DELETE' THEN
        IF promise <> 'DRAFT' THEN
            RAISE EXCEPTION 'tranche_is_deleted_only_in_a_draft: cancel the tranche instead'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'SCHEDULED' THEN
            RAISE EXCEPTION 'tranche_begins_as_scheduled: a tranche begins as scheduled'
                USING ERRCODE = 'check_violation';
        END IF;
        IF promise NOT IN ('DRAFT', 'SIGNED') THEN
            RAISE EXCEPTION 'tranche_schedule_is_open: take the commitment back to draft to change its tranches'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.commitment_id <> OLD.commitment_id THEN
        RAISE EXCEPTION 'tranche_stays_with_its_commitment: a tranche stays with its commitment'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.amount, NEW.number, NEW.due_date) IS DISTINCT FROM (OLD.amount, OLD.number, OLD.due_date) THEN
        IF promise NOT IN ('DRAFT', 'SIGNED') THEN
            RAISE EXCEPTION 'tranche_schedule_is_open: take the commitment back to draft to change its tranches'
                USING ERRCODE = 'check_violation';
        END IF;
        -- One that is paid in part, and ends so, is cut to what was paid.
        IF NEW.amount <> OLD.amount AND (OLD.state, NEW.state) <> ('SCHEDULED', 'SCHEDULED')
            AND NOT (NEW.amount < OLD.amount AND OLD.state = 'APPROVED' AND NEW.state = 'PAID') THEN
            RAISE EXCEPTION 'tranche_amount_stays_once_requested: the amount of a tranche changes only while it is scheduled'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('SCHEDULED', 'REQUESTED'), ('SCHEDULED', 'CANCELLED'), ('REQUESTED', 'SCHEDULED'),
        ('REQUESTED', 'APPROVED'), ('REQUESTED', 'CANCELLED'), ('APPROVED', 'SCHEDULED'),
        ('APPROVED', 'PAID'), ('APPROVED', 'CANCELLED'), ('PAID', 'SCHEDULED')) THEN
        RAISE EXCEPTION 'tranche_takes_only_allowed_steps: no step leads from %%(before)s to %%(after)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('before', OLD.state, 'after', NEW.state)::text;
    END IF;
    IF NEW.state IN ('REQUESTED', 'APPROVED', 'PAID') AND promise <> 'SIGNED' THEN
        RAISE EXCEPTION 'tranche_is_drawn_from_a_signed_commitment: nothing is drawn before the commitment is signed'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'APPROVED' AND NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.tranche_id = NEW.id AND r.kind = 'PAYMENT' AND r.state = 'APPROVED'
          AND r.amount = NEW.amount) THEN
        RAISE EXCEPTION 'tranche_is_approved_by_another: no approval of this payment by somebody else is on record'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'PAID' OR OLD.state = 'PAID' OR NEW.state IN ('CANCELLED', 'SCHEDULED') THEN
        -- Only payments name a tranche, and what takes them back.
        SELECT coalesce(sum(e.amount), 0) INTO paid
        FROM funding_ledgerentry e WHERE e.tranche_id = NEW.id;
        IF (NEW.state = 'PAID') <> (paid = NEW.amount) OR (NEW.state <> 'PAID' AND paid <> 0) THEN
            RAISE EXCEPTION 'tranche_is_paid_when_the_ledger_says_so: the ledger shows %%(paid)s paid of it'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object('paid', paid::text)::text;
        END IF;
    END IF;
    IF NEW.state IN ('SCHEDULED', 'CANCELLED') THEN
        UPDATE funding_approvalrequest SET state = 'VOID'
        WHERE tranche_id = NEW.id AND state IN ('OPEN', 'APPROVED');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER tranche_takes_a_step
    BEFORE INSERT OR UPDATE OR DELETE ON funding_tranche
    FOR EACH ROW EXECUTE FUNCTION tranche_takes_a_step();

-- --- Adding up, looked at when the transaction ends ------------------------------------------

CREATE FUNCTION commitment_adds_up() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of bigint;
    c record;
BEGIN
    IF TG_TABLE_NAME = 'funding_commitment' THEN
        of := NEW.id;
    ELSE
        of := NEW.commitment_id;
    END IF;
    -- A tranche that takes a step adds up to what it did before, unless it is cancelled.
    IF TG_TABLE_NAME = 'funding_tranche' AND TG_OP = 'UPDATE' THEN
        IF NEW.amount = OLD.amount AND NEW.commitment_id = OLD.commitment_id
            AND (NEW.state = 'CANCELLED') = (OLD.state = 'CANCELLED') THEN
            RETURN NULL;
        END IF;
    END IF;
    -- A promise that is not made yet is what it says; one that is made is what the ledger says.
    SELECT p.state, p.amount, p.currency,
        CASE
            WHEN p.state IN ('DRAFT', 'REJECTED', 'WITHDRAWN') THEN NULL
            WHEN p.state IN ('SUBMITTED', 'APPROVED') THEN p.amount
            ELSE (
                SELECT coalesce(sum(x.committed - x.de_committed), 0)
                FROM funding_commitmentposition x WHERE x.commitment_id = p.id)
        END AS promised,
        CASE WHEN p.state NOT IN ('DRAFT', 'REJECTED', 'WITHDRAWN') THEN (
            SELECT coalesce(sum(t.amount), 0)
            FROM funding_tranche t WHERE t.commitment_id = p.id AND t.state <> 'CANCELLED')
        END AS tranches,
        CASE WHEN p.state IN ('SUBMITTED', 'APPROVED') THEN (
            SELECT coalesce(sum(s.amount), 0)
            FROM funding_commitmentsplit s WHERE s.commitment_id = p.id)
        END AS splits
    INTO c
    FROM funding_commitment p WHERE p.id = of;
    IF c.promised IS NULL THEN
        RETURN NULL;
    END IF;
    IF c.splits <> c.promised THEN
        RAISE EXCEPTION 'commitment_splits_add_up: the shares of the allocations are %%(parts)s together, and the commitment is %%(promised)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'parts', topsheet_money(c.currency, c.splits),
                'promised', topsheet_money(c.currency, c.promised))::text;
    END IF;
    IF topsheet_decimals(c.currency) = 0 THEN
        IF EXISTS (
            SELECT 1 FROM funding_tranche WHERE commitment_id = of AND amount <> trunc(amount)
            UNION ALL
            SELECT 1 FROM funding_commitmentsplit WHERE commitment_id = of AND amount <> trunc(amount)) THEN
            RAISE EXCEPTION 'commitment_parts_fit_its_currency: %%(currency)s has no decimals: give whole amounts'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('currency', c.currency)::text;
        END IF;
    END IF;
    -- What came back is to be paid again by a tranche of its own, or de-committed: until then, and
    -- after the latter, the tranches are as much more than the promise.
    IF c.tranches <> c.promised THEN
        IF c.tranches < c.promised OR c.splits IS NOT NULL OR c.tranches > c.promised + (
            SELECT coalesce(sum(x.refunded), 0)
            FROM funding_commitmentposition x WHERE x.commitment_id = of) THEN
            RAISE EXCEPTION 'tranches_add_up_to_the_commitment: the tranches are %%(parts)s together, and %%(promised)s is promised'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'parts', topsheet_money(c.currency, c.tranches),
                    'promised', topsheet_money(c.currency, c.promised))::text;
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER commitment_adds_up
    AFTER UPDATE ON funding_commitment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION commitment_adds_up();

CREATE CONSTRAINT TRIGGER tranche_adds_up
    AFTER INSERT OR UPDATE ON funding_tranche
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION commitment_adds_up();

CREATE CONSTRAINT TRIGGER ledger_entry_adds_up
    AFTER INSERT ON funding_ledgerentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind IN ('COMMITMENT', 'DE_COMMITMENT')) EXECUTE FUNCTION commitment_adds_up();

-- A payment that is taken back leaves no tranche that says it is paid.
CREATE FUNCTION tranche_follows_the_ledger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t record;
    paid numeric;
BEGIN
    SELECT state, amount INTO t FROM funding_tranche WHERE id = NEW.tranche_id;
    SELECT coalesce(sum(e.amount), 0) INTO paid
    FROM funding_ledgerentry e WHERE e.tranche_id = NEW.tranche_id;
    IF t.state = 'PAID' AND paid <> t.amount THEN
        RAISE EXCEPTION 'tranche_is_unpaid_once_reversed: the tranche says that it is paid, and the ledger shows %%(paid)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('paid', paid::text)::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_entry_leaves_its_tranche_true
    AFTER INSERT ON funding_ledgerentry
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'DISBURSEMENT' AND NEW.reversal_of_id IS NOT NULL)
    EXECUTE FUNCTION tranche_follows_the_ledger();

-- --- Amendments ------------------------------------------------------------------------------

CREATE FUNCTION amendment_takes_a_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parts numeric;
    one_way boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFT' OR NOT EXISTS (
            SELECT 1 FROM funding_commitment c WHERE c.id = NEW.commitment_id AND c.state = 'SIGNED') THEN
            RAISE EXCEPTION 'amendment_is_of_a_signed_commitment: a signed commitment is amended, and an amendment begins as a draft'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'amendment_is_deleted_only_as_a_draft: withdraw it instead'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'DRAFT' AND (NEW.commitment_id, NEW.change_amount, NEW.due_date, NEW.number)
        IS DISTINCT FROM (OLD.commitment_id, OLD.change_amount, OLD.due_date, OLD.number) THEN
        RAISE EXCEPTION 'amendment_terms_stay_once_submitted: take it back to draft to change its terms'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = OLD.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SUBMITTED'), ('DRAFT', 'WITHDRAWN'), ('SUBMITTED', 'DRAFT'),
        ('SUBMITTED', 'APPROVED'), ('SUBMITTED', 'REJECTED'), ('SUBMITTED', 'WITHDRAWN'),
        ('APPROVED', 'DRAFT'), ('APPROVED', 'SIGNED'), ('APPROVED', 'WITHDRAWN')) THEN
        RAISE EXCEPTION 'amendment_takes_only_allowed_steps: no step leads from %%(before)s to %%(after)s'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('before', OLD.state, 'after', NEW.state)::text;
    END IF;
    IF NEW.state = 'SUBMITTED' THEN
        SELECT coalesce(sum(change_amount), 0),
            coalesce(bool_and(sign(change_amount) = sign(NEW.change_amount)), true)
        INTO parts, one_way
        FROM funding_amendmentsplit WHERE amendment_id = NEW.id;
        IF parts <> NEW.change_amount THEN
            RAISE EXCEPTION 'amendment_splits_add_up: the shares are %%(parts)s together, and the difference is %%(change)s'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                    'parts', parts::text, 'change', NEW.change_amount::text)::text;
        END IF;
        IF NOT one_way THEN
            RAISE EXCEPTION 'amendment_splits_go_one_way: an increase adds to each allocation, a decrease takes from each; make two amendments'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = 'APPROVED' AND NOT EXISTS (
        SELECT 1 FROM funding_approvalrequest r
        WHERE r.amendment_id = NEW.id AND r.kind = 'AMENDMENT' AND r.state = 'APPROVED'
          AND r.amount = abs(NEW.change_amount)) THEN
        RAISE EXCEPTION 'amendment_is_approved_by_another: no approval of this difference by somebody else is on record'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'SIGNED' AND NOT EXISTS (
        SELECT 1 FROM partners_agreementamendment p
        JOIN funding_commitment c ON c.agreement_id = p.agreement_id AND c.id = NEW.commitment_id
        WHERE p.id = NEW.agreement_amendment_id AND p.signed_date IS NOT NULL
          AND p.change_amount = NEW.change_amount AND p.currency = c.currency) THEN
        RAISE EXCEPTION 'amendment_is_signed_for_the_same_difference: name the signed amendment of the agreement, for the same difference'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'SIGNED' THEN
        PERFORM 1 FROM partners_agreementamendment p
        WHERE p.id = NEW.agreement_amendment_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT 1 FROM funding_commitmentamendment a
            WHERE a.agreement_amendment_id = NEW.agreement_amendment_id AND a.state = 'SIGNED') THEN
            RAISE EXCEPTION 'amendment_paper_is_used_once: this amendment of the agreement has changed a commitment already'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state IN ('DRAFT', 'WITHDRAWN') THEN
        UPDATE funding_approvalrequest SET state = 'VOID'
        WHERE amendment_id = NEW.id AND state IN ('OPEN', 'APPROVED');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER amendment_takes_a_step
    BEFORE INSERT OR UPDATE OR DELETE ON funding_commitmentamendment
    FOR EACH ROW EXECUTE FUNCTION amendment_takes_a_step();

-- What is signed is in the ledger, to the cent.
CREATE FUNCTION amendment_is_posted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    posted numeric;
BEGIN
    SELECT coalesce(sum(e.amount), 0) INTO posted
    FROM funding_ledgerentry e JOIN funding_approvalrequest r ON r.id = e.approval_id
    WHERE e.commitment_id = NEW.commitment_id AND r.amendment_id = NEW.id;
    IF posted <> abs(NEW.change_amount) THEN
        RAISE EXCEPTION 'amendment_is_posted_when_signed: the ledger shows %%(posted)s of the difference'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('posted', posted::text)::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER amendment_is_posted
    AFTER UPDATE ON funding_commitmentamendment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'SIGNED' AND OLD.state <> 'SIGNED')
    EXECUTE FUNCTION amendment_is_posted();

CREATE FUNCTION amendment_split_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.amendment_id ELSE NEW.amendment_id END;
    state text;
BEGIN
    SELECT a.state INTO state FROM funding_commitmentamendment a WHERE a.id = of FOR SHARE;
    IF state <> 'DRAFT' THEN
        RAISE EXCEPTION 'amendment_split_changes_only_in_a_draft: take the amendment back to draft'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER amendment_split_is_open
    AFTER INSERT OR UPDATE OR DELETE ON funding_amendmentsplit
    FOR EACH ROW EXECUTE FUNCTION amendment_split_is_open();

CREATE TRIGGER drawdown_request_is_recorded_now
    BEFORE INSERT ON funding_drawdownrequest
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

-- What a blocked payee asks for is recorded, for an exception may be approved. For a closed project there is none.
CREATE FUNCTION drawdown_request_project_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed date;
BEGIN
    SELECT p.closed_date INTO closed
    FROM funding_tranche t
    JOIN funding_commitment c ON c.id = t.commitment_id
    JOIN programmes_project p ON p.id = c.project_id
    WHERE t.id = NEW.tranche_id;
    IF NEW.received_date > closed THEN
        RAISE EXCEPTION 'drawdown_request_project_is_open: the project was closed on %%(day)s; nothing more is promised or paid for it'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('day', closed)::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER drawdown_request_project_is_open
    BEFORE INSERT ON funding_drawdownrequest
    FOR EACH ROW EXECUTE FUNCTION drawdown_request_project_is_open();

CREATE TRIGGER drawdown_request_never_changes
    BEFORE UPDATE OR DELETE ON funding_drawdownrequest
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('drawdown_request_never_changes');
