-- Sets of media, territories and languages, so that two scopes are compared with one AND.

-- Source: ISO 3166-1 alpha-2. AA is bit 0, AB bit 1, ZZ bit 675.
CREATE FUNCTION rights_territory_bits(codes text[]) RETURNS bit(676)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(
    bit_or(set_bit(B'0'::bit(676), (ascii(left(c, 1)) - 65) * 26 + ascii(right(c, 1)) - 65, 1)),
    B'0'::bit(676))
FROM unnest(codes) c WHERE c ~ '^[A-Z][A-Z]$'
$$;

CREATE FUNCTION rights_territory_codes(bits bit(676)) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(array_agg(chr(65 + n / 26) || chr(65 + n % 26) ORDER BY n), '{}')
FROM generate_series(0, 675) n WHERE get_bit(bits, n) = 1
$$;

CREATE FUNCTION rights_first_territory(bits bit(676)) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT chr(65 + (position(B'1' IN bits) - 1) / 26) || chr(65 + (position(B'1' IN bits) - 1) % 26)
$$;

-- The tree of portfolio/rights/choices.py: a branch is a run of leaves.
CREATE FUNCTION rights_media_bits(codes text[]) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(bit_or(((1::bigint << (m.last - m.first + 1)) - 1) << m.first), 0)
FROM (VALUES
    ('ALL', 0, 25),
    ('NON_THEATRICAL', 1, 5), ('HOME_VIDEO', 6, 7), ('ON_DEMAND', 8, 12), ('TELEVISION', 13, 16),
    ('DERIVATIVE', 17, 21), ('ANCILLARY', 22, 25),
    ('THEATRICAL', 0, 0),
    ('AIRLINES', 1, 1), ('SHIPS', 2, 2), ('HOTELS', 3, 3), ('EDUCATIONAL', 4, 4),
    ('PUBLIC_VIDEO', 5, 5),
    ('VIDEO_RENTAL', 6, 6), ('VIDEO_SALE', 7, 7),
    ('ELECTRONIC_SALE', 8, 8), ('TRANSACTIONAL_VOD', 9, 9), ('SUBSCRIPTION_VOD', 10, 10),
    ('ADVERTISING_VOD', 11, 11), ('FREE_VOD', 12, 12),
    ('PAY_PER_VIEW', 13, 13), ('PAY_TV', 14, 14), ('FREE_TV', 15, 15), ('LINEAR_STREAMING', 16, 16),
    ('REMAKE', 17, 17), ('SEQUEL', 18, 18), ('FORMAT', 19, 19), ('STAGE', 20, 20), ('GAMES', 21, 21),
    ('MERCHANDISING', 22, 22), ('SOUNDTRACK', 23, 23), ('PUBLISHING', 24, 24), ('CLIPS', 25, 25)
) AS m (code, first, last)
WHERE m.code = ANY (codes)
$$;

CREATE FUNCTION rights_media_codes(bits bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(array_agg(m.code ORDER BY m.place), '{}')
FROM unnest(ARRAY['THEATRICAL', 'AIRLINES', 'SHIPS', 'HOTELS', 'EDUCATIONAL', 'PUBLIC_VIDEO',
    'VIDEO_RENTAL', 'VIDEO_SALE', 'ELECTRONIC_SALE', 'TRANSACTIONAL_VOD', 'SUBSCRIPTION_VOD',
    'ADVERTISING_VOD', 'FREE_VOD', 'PAY_PER_VIEW', 'PAY_TV', 'FREE_TV', 'LINEAR_STREAMING', 'REMAKE',
    'SEQUEL', 'FORMAT', 'STAGE', 'GAMES', 'MERCHANDISING', 'SOUNDTRACK', 'PUBLISHING', 'CLIPS'])
    WITH ORDINALITY AS m (code, place)
WHERE bits & (1::bigint << (m.place - 1)::int) <> 0
$$;

-- No language is every language.
CREATE FUNCTION rights_languages_meet(one text[], other text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT one = '{}' OR other = '{}' OR one && other
$$;

CREATE FUNCTION rights_languages_cover(whole text[], part text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT whole = '{}' OR (part <> '{}' AND part <@ whole)
$$;

-- A whole cut along the edges of sets, so that each part lies in every set or beside it.
CREATE FUNCTION rights_parts_of_places(whole bit(676), edges bit(676)[]) RETURNS SETOF bit(676)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    nowhere CONSTANT bit(676) := B'0'::bit(676);
    parts bit(676)[] := ARRAY[whole];
    cut bit(676)[];
    edge bit(676);
    part bit(676);
BEGIN
    FOREACH edge IN ARRAY edges LOOP
        cut := '{}';
        FOREACH part IN ARRAY parts LOOP
            IF (part & edge) <> nowhere AND (part & ~edge) <> nowhere THEN
                cut := cut || (part & edge) || (part & ~edge);
            ELSE
                cut := cut || part;
            END IF;
        END LOOP;
        parts := cut;
    END LOOP;
    RETURN QUERY SELECT p FROM unnest(parts) p WHERE p <> nowhere;
END
$$;

CREATE FUNCTION rights_parts_of_media(whole bigint, edges bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    parts bigint[] := ARRAY[whole];
    cut bigint[];
    edge bigint;
    part bigint;
BEGIN
    FOREACH edge IN ARRAY edges LOOP
        cut := '{}';
        FOREACH part IN ARRAY parts LOOP
            IF part & edge <> 0 AND part & ~edge <> 0 THEN
                cut := cut || (part & edge) || (part & ~edge);
            ELSE
                cut := cut || part;
            END IF;
        END LOOP;
        parts := cut;
    END LOOP;
    RETURN QUERY SELECT p FROM unnest(parts) p WHERE p <> 0;
END
$$;
