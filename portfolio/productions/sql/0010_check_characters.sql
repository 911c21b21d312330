-- Whether the check characters of an EIDR or an ISAN are right: ISO 7064 Mod 37,36. An ISAN has one for
-- the work and another for the version, over the same first 16 digits. Other registers have none.
CREATE FUNCTION production_number_checks(scheme text, number text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    signs CONSTANT text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    bare text := replace(number, '-', '');
    parts text[];
    part text;
    carried integer;
    sign integer;
BEGIN
    IF scheme = 'EIDR' THEN
        parts := ARRAY[substr(bare, length('10.5240/') + 1)];
    ELSIF scheme = 'ISAN' THEN
        parts := ARRAY[left(bare, 17)];
        IF length(bare) > 17 THEN
            parts := parts || (left(bare, 16) || substr(bare, 18));
        END IF;
    ELSE
        RETURN true;
    END IF;
    FOREACH part IN ARRAY parts LOOP
        carried := 36;
        FOR i IN 1..length(part) LOOP
            sign := strpos(signs, substr(part, i, 1)) - 1;
            IF sign < 0 THEN RETURN false; END IF;
            IF i = length(part) THEN
                IF (carried + sign) % 36 <> 1 THEN RETURN false; END IF;
            ELSE
                carried := (carried + sign) % 36;
                IF carried = 0 THEN carried := 36; END IF;
                carried := carried * 2 % 37;
            END IF;
        END LOOP;
    END LOOP;
    RETURN true;
END
$$;
