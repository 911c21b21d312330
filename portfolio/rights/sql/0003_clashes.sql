-- What no two scopes of a title may do to each other. Looked at as a whole when a transaction ends: the
-- book of the title, written by every change, keeps all others out until then.

CREATE FUNCTION rights_open_book() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE rights_book b SET version = b.version + 1,
            inward = CASE WHEN OLD.kind = 'IN' THEN b.version + 1 ELSE b.inward END
        WHERE b.title_id = OLD.title_id;
        RETURN OLD;
    END IF;
    INSERT INTO rights_book AS b (title_id, version, inward, checked)
    VALUES (NEW.title_id, 1, CASE WHEN NEW.kind = 'IN' THEN 1 ELSE 0 END, 0)
    ON CONFLICT (title_id) DO UPDATE SET version = b.version + 1,
        inward = CASE WHEN NEW.kind = 'IN' THEN b.version + 1 ELSE b.inward END
    RETURNING b.version INTO NEW.version;
    RETURN NEW;
END
$$;
CREATE TRIGGER rights_book_is_open BEFORE INSERT OR UPDATE OR DELETE ON rights_extent
    FOR EACH ROW EXECUTE FUNCTION rights_open_book();

-- The parts of a grant that nothing acquired covers, told apart by medium, territory and language.
-- Territories and media in which the same acquisitions hold are looked at once.
CREATE FUNCTION rights_not_acquired(o rights_extent)
RETURNS TABLE (media bigint, territories bit(676), period daterange)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM rights_extent i
        WHERE i.title_id = o.title_id AND i.kind = 'IN' AND i.counts AND i.may_license_on
          AND i.media & o.media = o.media AND i.territories & o.territories = o.territories
          AND i."window" @> o."window" AND rights_languages_cover(i.languages, o.languages)
          AND (i.exclusivity = 'EXCLUSIVE' OR o.exclusivity = 'NON_EXCLUSIVE'
               OR i.exclusivity = o.exclusivity)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH acquired AS (
        SELECT i.id, i.media, i.territories, i.languages, i."window" FROM rights_extent i
        WHERE i.title_id = o.title_id AND i.kind = 'IN' AND i.counts AND i.may_license_on
          AND i."window" && o."window" AND i.media & o.media <> 0
          AND (i.territories & o.territories) <> B'0'::bit(676)
          AND (i.exclusivity = 'EXCLUSIVE' OR o.exclusivity = 'NON_EXCLUSIVE'
               OR i.exclusivity = o.exclusivity)
    ), places AS (
        SELECT p AS bits FROM rights_parts_of_places(o.territories,
            (SELECT coalesce(array_agg(DISTINCT a.territories), '{}') FROM acquired a)) p
    ), outlets AS (
        SELECT m AS bits FROM rights_parts_of_media(o.media,
            (SELECT coalesce(array_agg(DISTINCT a.media), '{}') FROM acquired a)) m
    )
    SELECT outlets.bits, places.bits, (
        SELECT r FROM unnest(datemultirange(o."window") - coalesce(range_agg(a."window"), '{}')) r
        ORDER BY r LIMIT 1)
    FROM places CROSS JOIN outlets
    CROSS JOIN unnest(CASE WHEN o.languages = '{}' THEN ARRAY['*']::text[] ELSE o.languages::text[] END) l
    LEFT JOIN acquired a ON (a.territories & places.bits) = places.bits AND a.media & outlets.bits <> 0
        AND (a.languages = '{}' OR l = ANY (a.languages))
    GROUP BY outlets.bits, places.bits, l
    HAVING datemultirange(o."window") - coalesce(range_agg(a."window"), '{}') <> '{}';
END
$$;

-- Every pair of scopes of a title, of which one changed after version `since`, that may not stand beside
-- each other; with `whole`, grants that nothing covers are looked for among all of them.
CREATE FUNCTION rights_clashes(of_title bigint, since bigint, whole boolean)
RETURNS TABLE (rule text, extent_id bigint, other_id bigint, media bigint, territories bit(676), period daterange)
LANGUAGE sql STABLE AS $$
SELECT 'scope_window_is_in_order', e.id, NULL::bigint, e.media, e.territories, e."window"
FROM rights_extent e
WHERE e.title_id = of_title AND e.counts AND e.version > since AND isempty(e."window")
UNION ALL
SELECT 'grant_is_exclusive_as_it_says', a.id, b.id, a.media & b.media, a.territories & b.territories,
    a."window" * b."window"
FROM rights_extent a JOIN rights_extent b ON b.title_id = a.title_id
WHERE a.title_id = of_title AND a.kind = 'OUT' AND b.kind = 'OUT' AND a.counts AND b.counts
  AND a.version > since AND a.id <> b.id AND (b.version <= since OR b.id < a.id)
  AND a.media & b.media <> 0 AND a."window" && b."window"
  AND (a.territories & b.territories) <> B'0'::bit(676)
  AND rights_languages_meet(a.languages, b.languages)
  AND NOT (a.exclusivity = b.exclusivity AND a.exclusivity <> 'EXCLUSIVE')
UNION ALL
SELECT 'grant_keeps_to_holdbacks', o.id, h.id, o.media & h.media, o.territories & h.territories,
    o."window" * h."window"
FROM rights_extent o JOIN rights_extent h ON h.title_id = o.title_id
WHERE o.title_id = of_title AND o.kind = 'OUT' AND h.kind = 'HOLDBACK' AND o.counts AND h.counts
  AND greatest(o.version, h.version) > since AND o.grant_id <> h.grant_id
  AND o.media & h.media <> 0 AND o."window" && h."window"
  AND (o.territories & h.territories) <> B'0'::bit(676)
  AND rights_languages_meet(o.languages, h.languages)
UNION ALL
SELECT 'grant_waits_for_those_who_come_first', o.id, p.id, o.media & p.media,
    o.territories & p.territories, o."window" * p."window"
FROM rights_extent o JOIN rights_extent p ON p.title_id = o.title_id
WHERE o.title_id = of_title AND o.kind = 'OUT' AND p.kind = 'PRIORITY' AND o.counts AND p.counts
  AND greatest(o.version, p.version) > since AND o.holder_id <> p.holder_id
  AND o.granted_date <@ p.clock
  AND o.media & p.media <> 0 AND o."window" && p."window"
  AND (o.territories & p.territories) <> B'0'::bit(676)
  AND rights_languages_meet(o.languages, p.languages)
  AND NOT EXISTS (
      SELECT 1 FROM rights_offer f WHERE f.priority_id = p.priority_id AND f.grant_id = o.grant_id
        AND ((f.answer = 'DECLINED' AND f.answered_date <= o.granted_date)
             OR (f.answer = '' AND f.answer_due_date < o.granted_date)))
UNION ALL
SELECT 'grant_is_out_of_what_was_acquired', o.id, NULL, n.media, n.territories, n.period
FROM rights_extent o CROSS JOIN LATERAL rights_not_acquired(o) n
WHERE o.title_id = of_title AND o.kind = 'OUT' AND o.counts AND (whole OR o.version > since)
  AND NOT isempty(o."window")
$$;

-- A clash in figures: which title, medium, territory and days, and whose agreement stands in the way.
CREATE FUNCTION rights_clash_figures(
    of_title bigint, extent_id bigint, other_id bigint, media bigint, territories bit(676), period daterange
) RETURNS json LANGUAGE sql STABLE AS $$
SELECT json_build_object(
    'title', (SELECT coalesce(nullif(p.name_en, ''), nullif(p.name_zh_hant, ''), p.name_zh_hans)
              FROM programmes_project p WHERE p.id = of_title),
    'medium', json_build_object('medium', (rights_media_codes(media))[1]),
    'territory', json_build_object('territory', rights_first_territory(territories)),
    'since', CASE WHEN isempty(period) OR lower_inf(period) THEN json_build_object('word', 'the beginning')
        ELSE json_build_object('day', lower(period)) END,
    'until', CASE WHEN isempty(period) OR upper_inf(period) THEN json_build_object('word', 'no end')
        ELSE json_build_object('day', upper(period) - 1) END,
    'holder', coalesce((SELECT coalesce(nullif(o.name_en, ''), nullif(o.name_zh_hant, ''), o.name_zh_hans)
                        FROM rights_extent e JOIN partners_organisation o ON o.id = e.holder_id
                        WHERE e.id = coalesce(other_id, extent_id)), '–'),
    'agreement', coalesce((SELECT a.reference
                  FROM rights_extent e
                  LEFT JOIN rights_grant g ON g.id = e.grant_id
                  LEFT JOIN rights_priority p ON p.id = e.priority_id
                  JOIN partners_agreement a ON a.id = coalesce(g.agreement_id, p.agreement_id)
                  WHERE e.id = coalesce(other_id, extent_id)), '–'))
$$;

CREATE FUNCTION rights_check_book() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    book rights_book;
    clash record;
    figures text;
BEGIN
    SELECT * INTO book FROM rights_book b WHERE b.title_id = NEW.title_id;
    -- Written again later in the same transaction: the last write looks.
    IF book.version IS DISTINCT FROM NEW.version THEN
        RETURN NULL;
    END IF;
    FOR clash IN SELECT * FROM rights_clashes(book.title_id, book.checked, book.inward > book.checked)
    LOOP
        figures := rights_clash_figures(book.title_id, clash.extent_id, clash.other_id, clash.media,
            clash.territories, clash.period)::text;
        IF clash.rule = 'scope_window_is_in_order' THEN
            RAISE EXCEPTION 'scope_window_is_in_order: %%(title)s, agreement %%(agreement)s: the window would end before it begins'
                USING ERRCODE = 'check_violation', DETAIL = figures;
        ELSIF clash.rule = 'grant_is_exclusive_as_it_says' THEN
            RAISE EXCEPTION 'grant_is_exclusive_as_it_says: %%(title)s, %%(medium)s in %%(territory)s from %%(since)s to %%(until)s is licensed to %%(holder)s under agreement %%(agreement)s already'
                USING ERRCODE = 'check_violation', DETAIL = figures;
        ELSIF clash.rule = 'grant_keeps_to_holdbacks' THEN
            RAISE EXCEPTION 'grant_keeps_to_holdbacks: %%(title)s, %%(medium)s in %%(territory)s from %%(since)s to %%(until)s is held back by agreement %%(agreement)s with %%(holder)s'
                USING ERRCODE = 'check_violation', DETAIL = figures;
        ELSIF clash.rule = 'grant_waits_for_those_who_come_first' THEN
            RAISE EXCEPTION 'grant_waits_for_those_who_come_first: %%(title)s, %%(medium)s in %%(territory)s: %%(holder)s comes first under agreement %%(agreement)s and has not declined'
                USING ERRCODE = 'check_violation', DETAIL = figures;
        ELSIF clash.rule = 'grant_is_out_of_what_was_acquired' THEN
            RAISE EXCEPTION 'grant_is_out_of_what_was_acquired: %%(title)s, %%(medium)s in %%(territory)s from %%(since)s to %%(until)s was never acquired so that agreement %%(agreement)s could license it'
                USING ERRCODE = 'check_violation', DETAIL = figures;
        END IF;
    END LOOP;
    UPDATE rights_book b SET checked = b.version WHERE b.title_id = book.title_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER rights_book_is_checked AFTER INSERT OR UPDATE OF version ON rights_book
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rights_check_book();

-- An answer taken back, or a day moved, may leave a grant without what it waited for.
CREATE FUNCTION rights_follow_offer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE rights_extent SET version = 0
    WHERE grant_id = coalesce(NEW.grant_id, OLD.grant_id) AND kind = 'OUT';
    RETURN NULL;
END
$$;
CREATE TRIGGER rights_extents_follow AFTER INSERT OR UPDATE OR DELETE ON rights_offer
    FOR EACH ROW EXECUTE FUNCTION rights_follow_offer();
