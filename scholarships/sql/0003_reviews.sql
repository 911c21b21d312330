-- Reviews: a declaration first, then points, then nothing changes.

CREATE FUNCTION review_goes_step_by_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_server CONSTANT boolean := NOT pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER');
    file record;
    missing bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.declared <> 'NOT_YET' THEN
            RAISE EXCEPTION 'review_is_kept: who declared is on record; assign somebody else beside'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    SELECT a.round_id, a.state INTO file FROM scholarships_application a WHERE a.id = NEW.application_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.declared <> 'NOT_YET' OR NEW.completed_at IS NOT NULL THEN
            RAISE EXCEPTION 'review_begins_undeclared: a review begins with its declaration'
                USING ERRCODE = 'check_violation';
        END IF;
        IF file.state <> 'ELIGIBLE' THEN
            RAISE EXCEPTION 'review_is_of_an_eligible_application: only eligible applications are reviewed'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM scholarships_roundreviewer r
            WHERE r.round_id = file.round_id AND r.user_id = NEW.reviewer_id) THEN
            RAISE EXCEPTION 'review_is_by_a_reviewer_of_the_round: name the reviewer in the round first'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.application_id <> OLD.application_id OR NEW.reviewer_id <> OLD.reviewer_id THEN
        RAISE EXCEPTION 'review_keeps_whose_it_is: a review stays with its reviewer and application'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.completed_at IS NOT NULL AND (NEW.completed_at IS DISTINCT FROM OLD.completed_at
        OR NEW.declared <> OLD.declared OR (NEW.comment <> OLD.comment AND NEW.comment <> '')) THEN
        RAISE EXCEPTION 'review_completed_is_locked: the review is completed; its points stay'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.declared = OLD.declared AND NEW.declared_at IS DISTINCT FROM OLD.declared_at THEN
        RAISE EXCEPTION 'review_declaration_stays: what was declared stays on record'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.declared <> OLD.declared THEN
        IF (OLD.declared, NEW.declared) NOT IN
            (('NOT_YET', 'NONE'), ('NOT_YET', 'RECUSED'), ('NONE', 'RECUSED')) THEN
            RAISE EXCEPTION 'review_declaration_stays: what was declared stays on record'
                USING ERRCODE = 'check_violation';
        END IF;
        IF is_server THEN
            NEW.declared_at := clock_timestamp();
        END IF;
        IF NEW.declared = 'RECUSED' THEN
            DELETE FROM scholarships_score s WHERE s.review_id = NEW.id;
        END IF;
    END IF;
    IF NEW.completed_at IS NOT NULL AND OLD.completed_at IS NULL THEN
        IF is_server THEN
            NEW.completed_at := clock_timestamp();
        END IF;
        IF file.state <> 'ELIGIBLE' THEN
            RAISE EXCEPTION 'review_is_of_an_eligible_application: only eligible applications are reviewed'
                USING ERRCODE = 'check_violation';
        END IF;
        -- What it is judged by stays still until it is locked.
        PERFORM 1 FROM scholarships_round r WHERE r.id = file.round_id FOR SHARE;
        SELECT count(*) INTO missing FROM scholarships_criterion c WHERE c.round_id = file.round_id
            AND NOT EXISTS (SELECT 1 FROM scholarships_score s WHERE s.review_id = NEW.id AND s.criterion_id = c.id);
        IF missing > 0 OR NOT EXISTS (SELECT 1 FROM scholarships_criterion c WHERE c.round_id = file.round_id) THEN
            RAISE EXCEPTION 'review_completed_has_all_points: %%(missing)s criteria have no points yet'
                USING ERRCODE = 'check_violation', DETAIL = json_build_object('missing', missing)::text;
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER review_goes_step_by_step
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_review
    FOR EACH ROW EXECUTE FUNCTION review_goes_step_by_step();

CREATE FUNCTION score_is_given_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged record;
    bound record;
    was bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.review_id ELSE OLD.review_id END;
BEGIN
    SELECT v.declared, v.completed_at, a.round_id INTO judged
    FROM scholarships_review v JOIN scholarships_application a ON a.id = v.application_id
    WHERE v.id = was FOR SHARE OF v;
    IF judged.completed_at IS NOT NULL AND NOT (
        -- A comment may name somebody who is erased.
        TG_OP = 'UPDATE' AND NEW.comment = ''
        AND (NEW.points, NEW.review_id, NEW.criterion_id) = (OLD.points, OLD.review_id, OLD.criterion_id)) THEN
        RAISE EXCEPTION 'score_is_locked: the review is completed; its points stay'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.review_id, NEW.criterion_id) <> (OLD.review_id, OLD.criterion_id) THEN
        RAISE EXCEPTION 'score_keeps_what_it_is_for: points stay with their review and criterion'
            USING ERRCODE = 'check_violation';
    END IF;
    IF judged.declared <> 'NONE' THEN
        RAISE EXCEPTION 'score_follows_a_declaration: declare first that there is no conflict of interest'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT c.round_id, c.most_points INTO bound FROM scholarships_criterion c WHERE c.id = NEW.criterion_id;
    IF bound.round_id <> judged.round_id THEN
        RAISE EXCEPTION 'score_is_by_a_criterion_of_the_round: this criterion is of another round'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.points > bound.most_points THEN
        RAISE EXCEPTION 'score_stays_within_its_points: give 0 to %%(most)s points'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('most', bound.most_points)::text;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER score_is_given_in_time
    BEFORE INSERT OR UPDATE OR DELETE ON scholarships_score
    FOR EACH ROW EXECUTE FUNCTION score_is_given_in_time();
