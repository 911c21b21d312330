-- Avails: what is acquired, less what is licensed on, held back or under option.
--
-- `exclusive` is when a right may be licensed to one alone, `shared` when beside others; both are sets of
-- days without those that hang on events without a date. An option counts while `today` is in its term.

-- One row for media and territories of a title that have the same answer, with the extents behind it.
CREATE FUNCTION rights_free_of(
    of_title bigint, in_media bigint, in_territories bit(676), in_languages text[], today date
) RETURNS TABLE (media bigint, territories bit(676), exclusive datemultirange, shared datemultirange, extents bigint[])
LANGUAGE sql STABLE AS $$
WITH known AS (
    -- What is in negotiation or does not bind us is told of, and takes no days.
    SELECT e.*, CASE WHEN e.counts THEN e."window" END AS days
    FROM rights_extent e WHERE e.title_id = of_title
), places AS (
    SELECT p AS bits FROM rights_parts_of_places(in_territories,
        (SELECT coalesce(array_agg(DISTINCT k.territories), '{}') FROM known k)) p
), outlets AS (
    SELECT m AS bits FROM rights_parts_of_media(in_media,
        (SELECT coalesce(array_agg(DISTINCT k.media), '{}') FROM known k)) m
)
SELECT outlets.bits, places.bits, free.exclusive, free.shared, free.extents
FROM outlets CROSS JOIN places CROSS JOIN LATERAL (
    SELECT
        coalesce(range_agg(k.days) FILTER (WHERE k.kind = 'IN' AND k.exclusivity = 'EXCLUSIVE'
            AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
        - coalesce(range_agg(k.days) FILTER (WHERE (k.kind IN ('OUT', 'HOLDBACK')
            OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
            AND rights_languages_meet(k.languages, in_languages)), '{}') AS exclusive,
        coalesce(range_agg(k.days) FILTER (WHERE k.kind = 'IN'
            AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
        - coalesce(range_agg(k.days) FILTER (WHERE ((k.kind = 'OUT' AND k.exclusivity <> 'NON_EXCLUSIVE')
            OR k.kind = 'HOLDBACK'
            OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
            AND rights_languages_meet(k.languages, in_languages)), '{}') AS shared,
        coalesce(array_agg(k.id ORDER BY k.id), '{}') AS extents
    FROM known k LEFT JOIN rights_priority p ON p.id = k.priority_id
    WHERE k.media & outlets.bits <> 0 AND (k.territories & places.bits) = places.bits
) free
$$;

-- One row for every title and medium that has any right in one territory, title by title, so that whoever
-- asks for the first hundred waits for no more.
CREATE FUNCTION rights_free_in(in_territory text, in_media bigint, in_languages text[], today date)
RETURNS TABLE (title_id bigint, leaf integer, exclusive datemultirange, shared datemultirange)
LANGUAGE sql STABLE AS $$
SELECT b.title_id, f.leaf, f.exclusive, f.shared
FROM rights_book b CROSS JOIN LATERAL (
    SELECT m.leaf,
        coalesce(range_agg(k."window") FILTER (WHERE k.kind = 'IN' AND k.exclusivity = 'EXCLUSIVE'
            AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
        - coalesce(range_agg(k."window") FILTER (WHERE (k.kind IN ('OUT', 'HOLDBACK')
            OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
            AND rights_languages_meet(k.languages, in_languages)), '{}') AS exclusive,
        coalesce(range_agg(k."window") FILTER (WHERE k.kind = 'IN'
            AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
        - coalesce(range_agg(k."window") FILTER (WHERE ((k.kind = 'OUT' AND k.exclusivity <> 'NON_EXCLUSIVE')
            OR k.kind = 'HOLDBACK'
            OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
            AND rights_languages_meet(k.languages, in_languages)), '{}') AS shared
    FROM rights_extent k
    JOIN generate_series(0, 25) m (leaf) ON in_media & k.media & (1::bigint << m.leaf) <> 0
    LEFT JOIN rights_priority p ON p.id = k.priority_id
    WHERE k.title_id = b.title_id AND k.counts AND k."window" IS NOT NULL AND k.media & in_media <> 0
      AND get_bit(k.territories,
          (ascii(left(in_territory, 1)) - 65) * 26 + ascii(right(in_territory, 1)) - 65) = 1
    GROUP BY m.leaf
) f
$$;
