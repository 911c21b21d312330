-- Allocations: only ever added to, never more than the envelope, never less than is committed.
--
-- The functions run as the owner, because the role that serves requests may not write balances.

CREATE FUNCTION allocation_revision_is_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    bad record;
BEGIN
    -- One at a time for each programme, so that two revisions cannot both fit.
    PERFORM 1 FROM programmes_programme g
    WHERE g.id IN (
        SELECT s.programme_id FROM new_rows n
        JOIN programmes_allocation a ON a.id = n.allocation_id
        JOIN programmes_strand s ON s.id = a.strand_id
    )
    ORDER BY g.id FOR NO KEY UPDATE;

    INSERT INTO programmes_allocationbalance AS b (allocation_id, allocated, committed)
    SELECT allocation_id, sum(change_amount), 0 FROM new_rows GROUP BY allocation_id
    ORDER BY allocation_id
    ON CONFLICT (allocation_id) DO UPDATE SET allocated = b.allocated + EXCLUDED.allocated;

    SELECT g.base_currency, g.envelope_amount, t.allocated INTO bad
    FROM (
        SELECT s.programme_id, sum(b.allocated) AS allocated
        FROM programmes_allocationbalance b
        JOIN programmes_allocation a ON a.id = b.allocation_id
        JOIN programmes_strand s ON s.id = a.strand_id
        WHERE s.programme_id IN (
            SELECT s2.programme_id FROM new_rows n
            JOIN programmes_allocation a2 ON a2.id = n.allocation_id
            JOIN programmes_strand s2 ON s2.id = a2.strand_id
        )
        GROUP BY s.programme_id
    ) t
    JOIN programmes_programme g ON g.id = t.programme_id
    WHERE t.allocated > g.envelope_amount
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'allocations_stay_within_the_envelope: the envelope is %%(envelope)s, and all allocations together would be %%(allocated)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'envelope', topsheet_money(bad.base_currency, bad.envelope_amount),
                'allocated', topsheet_money(bad.base_currency, bad.allocated))::text;
    END IF;

    SELECT g.base_currency, b.allocated, b.committed INTO bad
    FROM (SELECT DISTINCT allocation_id FROM new_rows) n
    JOIN programmes_allocationbalance b ON b.allocation_id = n.allocation_id
    JOIN programmes_allocation a ON a.id = b.allocation_id
    JOIN programmes_strand s ON s.id = a.strand_id
    JOIN programmes_programme g ON g.id = s.programme_id
    WHERE b.allocated < 0
       OR (b.allocated < b.committed AND EXISTS (
            SELECT 1 FROM new_rows r
            WHERE r.allocation_id = b.allocation_id AND r.change_amount < 0))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'allocation_covers_its_commitments: %%(committed)s is committed already, and %%(allocated)s would be allocated'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'committed', topsheet_money(bad.base_currency, bad.committed),
                'allocated', topsheet_money(bad.base_currency, bad.allocated))::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER allocation_revision_is_counted
    AFTER INSERT ON programmes_allocationrevision
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION allocation_revision_is_counted();

CREATE TRIGGER allocation_revision_is_recorded_now
    BEFORE INSERT ON programmes_allocationrevision
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

CREATE TRIGGER allocation_revision_never_changes
    BEFORE UPDATE OR DELETE ON programmes_allocationrevision
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('allocation_revision_never_changes');

CREATE TRIGGER allocation_revision_is_never_emptied
    BEFORE TRUNCATE ON programmes_allocationrevision
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('allocation_revision_is_never_emptied');

CREATE FUNCTION programme_terms_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    total numeric;
BEGIN
    SELECT sum(b.allocated) INTO total
    FROM programmes_allocationbalance b
    JOIN programmes_allocation a ON a.id = b.allocation_id
    JOIN programmes_strand s ON s.id = a.strand_id
    WHERE s.programme_id = NEW.id;
    IF total IS NULL THEN
        RETURN NULL;
    END IF;
    IF NEW.base_currency <> OLD.base_currency
        OR NEW.fiscal_year_start_month <> OLD.fiscal_year_start_month THEN
        RAISE EXCEPTION 'programme_keeps_its_books: base currency and fiscal year stay once something is allocated'
            USING ERRCODE = 'check_violation';
    END IF;
    -- An envelope that is not disclosed any more would cover everything.
    IF total > NEW.envelope_amount
        OR (NEW.envelope_amount IS NULL AND OLD.envelope_amount IS NOT NULL) THEN
        RAISE EXCEPTION 'envelope_covers_its_allocations: %%(allocated)s of the envelope is allocated already'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object(
                'allocated', topsheet_money(NEW.base_currency, total))::text;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER programme_terms_hold
    AFTER UPDATE OF envelope_amount, base_currency, fiscal_year_start_month ON programmes_programme
    FOR EACH ROW EXECUTE FUNCTION programme_terms_hold();

CREATE FUNCTION allocation_stays_in_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.strand_id <> OLD.strand_id OR NEW.fiscal_year <> OLD.fiscal_year THEN
        RAISE EXCEPTION 'allocation_keeps_strand_and_year: an allocation stays in its strand and fiscal year; revise two of them instead'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER allocation_stays_in_place
    AFTER UPDATE ON programmes_allocation
    FOR EACH ROW EXECUTE FUNCTION allocation_stays_in_place();
