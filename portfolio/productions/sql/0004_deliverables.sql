-- Deliverables: expected, received, then accepted or rejected; what is rejected can be received again.

CREATE FUNCTION deliverable_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'EXPECTED' THEN
            RAISE EXCEPTION 'deliverable_begins_expected: a deliverable is expected before it is received'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'ACCEPTED' THEN
            RAISE EXCEPTION 'deliverable_accepted_is_kept: what was accepted stays on record'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'ACCEPTED' AND NEW.state = 'ACCEPTED'
        AND (NEW.kind, NEW.title, NEW.production_id, NEW.received_date, NEW.received_by_id, NEW.decided_by_id)
            IS DISTINCT FROM (OLD.kind, OLD.title, OLD.production_id, OLD.received_date, OLD.received_by_id,
                OLD.decided_by_id) THEN
        RAISE EXCEPTION 'deliverable_accepted_is_kept: what was accepted stays on record'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('EXPECTED', 'RECEIVED'), ('RECEIVED', 'ACCEPTED'), ('RECEIVED', 'REJECTED'),
        ('REJECTED', 'RECEIVED'),
        -- An acceptance that should not have been is taken back as a rejection, by name and with a reason.
        ('ACCEPTED', 'REJECTED')) THEN
        RAISE EXCEPTION 'deliverable_takes_a_step_there_is: it is received first, and then accepted or rejected'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER deliverable_goes_step_by_step
    BEFORE INSERT OR UPDATE OR DELETE ON productions_deliverable
    FOR EACH ROW EXECUTE FUNCTION deliverable_goes_step_by_step();

CREATE TRIGGER deliverable_is_decided_now
    BEFORE UPDATE OF state ON productions_deliverable
    FOR EACH ROW WHEN (NEW.state IN ('ACCEPTED', 'REJECTED') AND OLD.state <> NEW.state)
    EXECUTE FUNCTION topsheet_decided_now();
