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
    SELECT e.* FROM rights_extent e WHERE e.title_id = of_title
), places AS (
    SELECT bit_or(set_bit(B'0'::bit(676), t.n, 1)) AS bits, t.held
    FROM (
        SELECT n, ARRAY(SELECT k.id FROM known k WHERE get_bit(k.territories, n) = 1 ORDER BY k.id) AS held
        FROM generate_series(0, 675) n WHERE get_bit(in_territories, n) = 1
    ) t GROUP BY t.held
), outlets AS (
    SELECT bit_or(1::bigint << m.n) AS bits, m.held
    FROM (
        SELECT n, ARRAY(SELECT k.id FROM known k WHERE k.media & (1::bigint << n) <> 0 ORDER BY k.id) AS held
        FROM generate_series(0, 25) n WHERE in_media & (1::bigint << n) <> 0
    ) m GROUP BY m.held
)
SELECT outlets.bits, places.bits, free.exclusive, free.shared, free.extents
FROM outlets CROSS JOIN places CROSS JOIN LATERAL (
    SELECT
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
            AND rights_languages_meet(k.languages, in_languages)), '{}') AS shared,
        (SELECT coalesce(array_agg(x ORDER BY x), '{}')
         FROM unnest(outlets.held) x WHERE x = ANY (places.held)) AS extents
    FROM known k LEFT JOIN rights_priority p ON p.id = k.priority_id
    WHERE k.id = ANY (outlets.held) AND k.id = ANY (places.held) AND k.counts AND k."window" IS NOT NULL
) free
$$;

-- One row for every title and medium that has any right in one territory.
CREATE FUNCTION rights_free_in(in_territory text, in_media bigint, in_languages text[], today date)
RETURNS TABLE (title_id bigint, leaf integer, exclusive datemultirange, shared datemultirange)
LANGUAGE sql STABLE AS $$
SELECT k.title_id, m.leaf,
    coalesce(range_agg(k."window") FILTER (WHERE k.kind = 'IN' AND k.exclusivity = 'EXCLUSIVE'
        AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
    - coalesce(range_agg(k."window") FILTER (WHERE (k.kind IN ('OUT', 'HOLDBACK')
        OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
        AND rights_languages_meet(k.languages, in_languages)), '{}'),
    coalesce(range_agg(k."window") FILTER (WHERE k.kind = 'IN'
        AND k.may_license_on AND rights_languages_cover(k.languages, in_languages)), '{}')
    - coalesce(range_agg(k."window") FILTER (WHERE ((k.kind = 'OUT' AND k.exclusivity <> 'NON_EXCLUSIVE')
        OR k.kind = 'HOLDBACK'
        OR (k.kind = 'PRIORITY' AND p.kind = 'OPTION' AND k.clock @> today))
        AND rights_languages_meet(k.languages, in_languages)), '{}')
FROM rights_extent k
JOIN generate_series(0, 25) m (leaf) ON in_media & (1::bigint << m.leaf) <> 0
    AND k.media & (1::bigint << m.leaf) <> 0
LEFT JOIN rights_priority p ON p.id = k.priority_id
WHERE k.counts AND k."window" IS NOT NULL
  AND get_bit(k.territories, (ascii(left(in_territory, 1)) - 65) * 26 + ascii(right(in_territory, 1)) - 65) = 1
GROUP BY k.title_id, m.leaf
$$;
