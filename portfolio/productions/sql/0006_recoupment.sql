-- Waterfalls: a version is whole before it is in force, and never changes after; receipts follow each other.

CREATE FUNCTION waterfall_stays_what_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'waterfall_stays_what_it_is: a waterfall keeps its title, its agreement and its currency; add another'
        USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER waterfall_stays_what_it_is
    BEFORE UPDATE ON productions_waterfall
    FOR EACH ROW WHEN ((OLD.production_id, OLD.agreement_id, OLD.currency)
        IS DISTINCT FROM (NEW.production_id, NEW.agreement_id, NEW.currency))
    EXECUTE FUNCTION waterfall_stays_what_it_is();

-- All that must hold of a version together; each rule is looked at when it is put in force.
CREATE FUNCTION waterfall_version_is_whole(version bigint, of_waterfall bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
    final bigint;
BEGIN
    SELECT t.id INTO final FROM productions_waterfalltier t WHERE t.version_id = version
    ORDER BY t.number DESC LIMIT 1;
    IF final IS NULL THEN
        RAISE EXCEPTION 'waterfall_version_has_tiers: add at least one tier first'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT t.name INTO wrong FROM productions_waterfalltier t
    WHERE t.version_id = version AND NOT EXISTS (
        SELECT 1 FROM productions_waterfallposition p WHERE p.tier_id = t.id AND p.kind <> 'CORRIDOR')
    ORDER BY t.number LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_tier_has_positions: nobody receives in the tier %%(tier)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('tier', wrong.name)::text;
    END IF;
    SELECT p.code INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version GROUP BY p.code HAVING count(*) > 1 ORDER BY p.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_position_has_a_code_of_its_own: two positions have the code %%(code)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', wrong.code)::text;
    END IF;
    SELECT p.code INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version AND p.kind = 'RECOUPMENT' AND p.amount IS NULL ORDER BY p.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_recoupment_amount_is_known: the amount of %%(code)s is not disclosed, so that nobody can run it'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', wrong.code)::text;
    END IF;
    SELECT p.code INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
        JOIN productions_waterfall w ON w.id = of_waterfall
    WHERE t.version_id = version AND topsheet_decimals(w.currency) = 0
      AND (p.amount <> floor(p.amount) OR p.cap <> floor(p.cap)) ORDER BY p.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_amounts_fit_its_currency: the currency has no decimals: give whole amounts for %%(code)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', wrong.code)::text;
    END IF;
    SELECT t.name INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version AND t.sharing = 'PARI_PASSU'
      AND (p.kind NOT IN ('RECOUPMENT', 'CORRIDOR') OR p.share IS NOT NULL) ORDER BY t.number LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_pari_passu_tier_only_recoups: in the tier %%(tier)s there are only recoupments, without shares'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('tier', wrong.name)::text;
    END IF;
    SELECT t.name, sum(p.share) AS total INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version AND t.sharing = 'PRO_RATA' AND p.kind <> 'CORRIDOR'
    GROUP BY t.id, t.name, t.number
    HAVING sum(p.share) IS DISTINCT FROM 100 OR count(p.share) < count(*) ORDER BY t.number LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_tier_shares_add_up_to_100: the shares of the tier %%(tier)s make %%(total)s, and each position has one'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('tier', wrong.name,
                'total', coalesce(trim_scale(wrong.total), 0)::text || ' %')::text;
    END IF;
    SELECT t.name INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version AND p.kind = 'CORRIDOR'
    GROUP BY t.id, t.name, t.number HAVING sum(p.rate) > 100 ORDER BY t.number LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_corridors_stay_within_the_whole: the corridors of the tier %%(tier)s pass 100 per cent'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('tier', wrong.name)::text;
    END IF;
    SELECT t.name INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
    WHERE t.version_id = version AND p.kind = 'PROFIT' AND p.cap IS NULL AND t.id <> final
    ORDER BY t.number LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_profit_before_the_last_tier_has_a_cap: nothing would pass the tier %%(tier)s'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('tier', wrong.name)::text;
    END IF;
    IF EXISTS (
        SELECT 1 FROM productions_waterfallposition p
        WHERE p.tier_id = final AND p.kind <> 'CORRIDOR' AND (p.kind <> 'PROFIT' OR p.cap IS NOT NULL)) THEN
        RAISE EXCEPTION 'waterfall_last_tier_shares_profit: in the last tier there are only profit shares, without caps, or something would be left'
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT p.code INTO wrong
    FROM productions_waterfallposition p JOIN productions_waterfalltier t ON t.id = p.tier_id
        JOIN productions_waterfallposition o ON o.code = p.code
        JOIN productions_waterfalltier s ON s.id = o.tier_id
        JOIN productions_waterfallversion v ON v.id = s.version_id
    WHERE t.version_id = version AND v.waterfall_id = of_waterfall AND v.id <> version
      AND v.locked_at IS NOT NULL AND (o.party_id, o.kind) <> (p.party_id, p.kind) ORDER BY p.code LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'waterfall_position_keeps_its_party: %%(code)s is of another party or kind in an earlier version; give this one another code'
            USING ERRCODE = 'check_violation', DETAIL = json_build_object('code', wrong.code)::text;
    END IF;
END
$$;

CREATE FUNCTION waterfall_version_goes_in_force() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first date;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'waterfall_version_begins_open: a version is put in force when its tiers are in it'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.locked_at IS NOT NULL THEN
        RAISE EXCEPTION 'waterfall_version_in_force_stays: the version is in force; add another that follows it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.waterfall_id <> OLD.waterfall_id THEN
        RAISE EXCEPTION 'waterfall_version_stays_with_its_waterfall: add a version to the other waterfall instead'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.amendment_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM partners_agreementamendment a JOIN productions_waterfall w ON w.id = NEW.waterfall_id
        WHERE a.id = NEW.amendment_id AND a.agreement_id = w.agreement_id) THEN
        RAISE EXCEPTION 'waterfall_version_amendment_is_of_its_agreement: choose an amendment of the agreement of the waterfall'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.locked_at IS NOT NULL THEN
        -- Two versions that are put in force at once look at each other's positions one after the other.
        PERFORM 1 FROM productions_waterfall w WHERE w.id = NEW.waterfall_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT 1 FROM productions_waterfallversion v WHERE v.waterfall_id = NEW.waterfall_id
              AND v.number < NEW.number AND v.locked_at IS NULL) THEN
            RAISE EXCEPTION 'waterfall_versions_go_in_force_in_their_order: an earlier version is still open; put it in force or remove it'
                USING ERRCODE = 'check_violation';
        END IF;
        SELECT min(v.effective_date) INTO first FROM productions_waterfallversion v
        WHERE v.waterfall_id = NEW.waterfall_id AND v.locked_at IS NOT NULL AND v.number = (
            SELECT min(o.number) FROM productions_waterfallversion o WHERE o.waterfall_id = NEW.waterfall_id);
        IF NEW.effective_date < first THEN
            RAISE EXCEPTION 'waterfall_version_is_not_before_the_first: the waterfall begins on %%(day)s'
                USING ERRCODE = 'check_violation',
                    DETAIL = json_build_object('day', json_build_object('day', first))::text;
        END IF;
        PERFORM waterfall_version_is_whole(NEW.id, NEW.waterfall_id);
        IF NOT pg_catalog.pg_has_role(
            current_user, (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            NEW.locked_at := clock_timestamp();
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER waterfall_version_goes_in_force
    BEFORE INSERT OR UPDATE OR DELETE ON productions_waterfallversion
    FOR EACH ROW EXECUTE FUNCTION waterfall_version_goes_in_force();

-- Tiers are written while their version is open; who puts it in force waits for them, and they for it.
CREATE FUNCTION waterfall_tier_of_a_version_in_force_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    versions bigint[];
    version record;
BEGIN
    versions := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
    FOR version IN SELECT v.locked_at FROM productions_waterfallversion v WHERE v.id = ANY (versions)
        ORDER BY v.id FOR SHARE LOOP
        IF version.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'waterfall_tier_of_a_version_in_force_stays: the tier is in a version in force; add another version'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER waterfall_tier_of_a_version_in_force_stays
    BEFORE INSERT OR UPDATE OR DELETE ON productions_waterfalltier
    FOR EACH ROW EXECUTE FUNCTION waterfall_tier_of_a_version_in_force_stays();

CREATE FUNCTION waterfall_position_of_a_version_in_force_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tiers bigint[];
    version record;
BEGIN
    tiers := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.tier_id] WHEN 'DELETE' THEN ARRAY[OLD.tier_id]
        ELSE ARRAY[OLD.tier_id, NEW.tier_id] END;
    FOR version IN SELECT v.locked_at
        FROM productions_waterfallversion v JOIN productions_waterfalltier t ON t.version_id = v.id
        WHERE t.id = ANY (tiers) ORDER BY v.id FOR SHARE OF v LOOP
        IF version.locked_at IS NOT NULL THEN
            RAISE EXCEPTION 'waterfall_position_of_a_version_in_force_stays: the position is in a version in force; add another version'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER waterfall_position_of_a_version_in_force_stays
    BEFORE INSERT OR UPDATE OR DELETE ON productions_waterfallposition
    FOR EACH ROW EXECUTE FUNCTION waterfall_position_of_a_version_in_force_stays();

-- Receipts run in the order in which they were recorded, which is that of their days.
CREATE FUNCTION receipt_fits_its_waterfall() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fall productions_waterfall;
    first productions_receipt;
    last date;
BEGIN
    -- Two receipts at once follow each other.
    SELECT * INTO fall FROM productions_waterfall w WHERE w.id = NEW.waterfall_id FOR NO KEY UPDATE;
    SELECT max(r.received_date) INTO last FROM productions_receipt r WHERE r.waterfall_id = NEW.waterfall_id;
    IF NEW.received_date < last THEN
        RAISE EXCEPTION 'receipt_follows_the_last_in_time: the last receipt is of %%(day)s, and this one cannot be before that'
            USING ERRCODE = 'check_violation',
                DETAIL = json_build_object('day', json_build_object('day', last))::text;
    END IF;
    IF NEW.received_date > (NEW.recorded_at AT TIME ZONE 'Asia/Hong_Kong')::date THEN
        RAISE EXCEPTION 'receipt_is_of_a_day_that_has_come: a receipt is recorded when it has come in, not before'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM productions_waterfallversion v WHERE v.waterfall_id = NEW.waterfall_id
          AND v.locked_at IS NOT NULL AND v.effective_date <= NEW.received_date) THEN
        RAISE EXCEPTION 'receipt_has_a_version_in_force: no version of the waterfall is in force on this day'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.rate_source = 'SAME_CURRENCY') <> (NEW.currency = fall.currency)
        OR abs(NEW.base_amount) <> topsheet_round_half_even(
            abs(NEW.amount) * NEW.rate, topsheet_decimals(fall.currency)) THEN
        RAISE EXCEPTION 'receipt_is_converted_at_its_rate: the amount in the currency of the waterfall is the amount times the rate, rounded half to even'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reversal_of_id IS NOT NULL THEN
        SELECT * INTO first FROM productions_receipt r WHERE r.id = NEW.reversal_of_id;
        IF first.reversal_of_id IS NOT NULL OR (NEW.waterfall_id, NEW.amount, NEW.base_amount, NEW.currency,
                NEW.rate, NEW.rate_date, NEW.rate_source) IS DISTINCT FROM (first.waterfall_id, -first.amount,
                -first.base_amount, first.currency, first.rate, first.rate_date, first.rate_source) THEN
            RAISE EXCEPTION 'receipt_reversal_mirrors_its_receipt: a reversal takes back a receipt of the same waterfall as it was, and is not reversed itself'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER receipt_is_recorded_now
    BEFORE INSERT ON productions_receipt
    FOR EACH ROW EXECUTE FUNCTION topsheet_recorded_now();

-- After the one above by its name: it judges by the moment that the clock gave.
CREATE TRIGGER receipt_judged_by_its_waterfall
    BEFORE INSERT ON productions_receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_fits_its_waterfall();

CREATE TRIGGER receipt_never_changes
    BEFORE UPDATE OR DELETE ON productions_receipt
    FOR EACH ROW EXECUTE FUNCTION topsheet_only_ever_added('receipt_never_changes');

CREATE TRIGGER receipt_is_never_emptied
    BEFORE TRUNCATE ON productions_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION topsheet_only_ever_added('receipt_is_never_emptied');
