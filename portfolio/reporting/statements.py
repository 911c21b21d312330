"""The SQL of the reports: made of constants of ours, with every value bound by name.

`Terms` say which conditions a statement has; a report that asks for one clock less reads less.
"""
# ruff: noqa: S608

from typing import NamedTuple

from portfolio.reporting.terms import Terms

# The row that says what an amount is: everything in base currency, or one currency as posted.
KINDS = {
    "committed": "COMMITMENT",
    "de_committed": "DE_COMMITMENT",
    "disbursed": "DISBURSEMENT",
    "refunded": "REFUND",
    "recouped": "RECOUPMENT",
    "written_off": "WRITE_OFF",
}
PROMISED = ("committed", "de_committed")

FX_EFFECT = """sum(CASE kind WHEN 'DISBURSEMENT' THEN base_amount - promised_base_amount
            WHEN 'REFUND' THEN promised_base_amount - base_amount END)"""


def envelope(terms: Terms) -> str:
    """What the programme had announced, by its history where the terms ask what was known.

    Always one row; both columns are NULL where nothing was announced by then, or in a currency alone.
    """
    source = "programmes_programme WHERE id = %(programme)s"
    if terms.known_at is not None:
        source = """programmes_programmeevent
            WHERE pgh_obj_id = %(programme)s AND pgh_created_at <= %(known_at)s
            ORDER BY pgh_id DESC LIMIT 1"""
    asked = "false" if terms.currency else "coalesce(stated.announced_date <= %(as_of)s, true)"
    return f"""
        SELECT stated.envelope_amount AS envelope, stated.envelope_qualifier AS qualifier
        FROM (VALUES (1)) AS one (n)
        LEFT JOIN LATERAL (
            SELECT envelope_amount, envelope_qualifier, announced_date FROM {source}
        ) AS stated ON {asked}"""


def cells() -> str:
    """The allocations of the programme, with their strands."""
    return """
        SELECT a.id, a.fiscal_year, s.slug, s.position, s.name_en, s.name_zh_hant, s.name_zh_hans
        FROM programmes_allocation a
        JOIN programmes_strand s ON s.id = a.strand_id
        WHERE s.programme_id = %(programme)s"""


def given(terms: Terms) -> str:
    """What is allocated to each cell by the decisions in effect."""
    return f"""
        SELECT allocation_id, sum(change_amount) AS allocated
        FROM programmes_allocationrevision
        WHERE allocation_id IN (SELECT id FROM cell) AND effective_date <= %(as_of)s
            {terms.if_known("AND recorded_at <= %(known_at)s")}
            {"AND false" if terms.currency else ""}
        GROUP BY allocation_id"""


def parts(terms: Terms) -> str:
    """Sums that together are every entry under the terms, each entry in exactly one of them."""
    return parts_then(terms) if terms.known_at is not None else parts_now(terms)


COLUMNS = "allocation_id, kind, amount, base_amount, promised_base_amount"
MINE = "allocation_id IN (SELECT id FROM cell)"


def parts_now(terms: Terms, *, years: bool = True) -> str:
    """As everything is known now: years and months that are over, and days of the one that is broken.

    Without `years` a year is read month by month.
    """
    since = "AND first_date >= %(year)s" if years else ""
    whole = "(span = 'YEAR' AND first_date < %(year)s) OR" if years else ""
    return f"""SELECT {COLUMNS}, entries, first_date AS month FROM funding_spantotal
        WHERE {MINE} {terms.in_currency} AND ({whole}
            (span = 'MONTH' AND first_date < %(month)s {since})
            OR (span = 'DAY' AND first_date >= %(month)s AND first_date <= %(as_of)s))
        UNION ALL
        SELECT {COLUMNS}, entries, value_date FROM funding_ledgerdelta
        WHERE {MINE} AND value_date <= %(as_of)s {terms.in_currency}"""


def parts_then(terms: Terms) -> str:
    """As it was known: months that are over on both clocks, and what the clocks break.

    Days of the month that `as_of` breaks; days of the months before it that were recorded in the
    month that `known_at` breaks; entries of the day that `known_at` breaks.
    """
    return f"""SELECT {COLUMNS}, entries, value_month AS month FROM funding_monthtotal
        WHERE {MINE} AND value_month < %(month)s AND recorded_month < %(known_month)s
            {terms.in_currency}
        UNION ALL
        SELECT {COLUMNS}, entries, value_date FROM funding_daytotal
        WHERE {MINE} AND value_date >= %(month)s AND value_date <= %(as_of)s
            AND recorded_date < %(known_day)s {terms.in_currency}
        UNION ALL
        SELECT {COLUMNS}, entries, value_date FROM funding_daytotal
        WHERE {MINE} AND value_date < %(month)s
            AND recorded_date >= %(known_month)s AND recorded_date < %(known_day)s
            {terms.in_currency}
        UNION ALL
        SELECT {COLUMNS}, entries, value_date FROM funding_ledgerdelta
        WHERE {MINE} AND value_date <= %(as_of)s AND recorded_date < %(known_day)s
            {terms.in_currency}
        UNION ALL
        SELECT {COLUMNS}, 1, value_date FROM funding_ledgerentry
        WHERE programme_id = %(programme)s AND value_date <= %(as_of)s
            AND recorded_at >= %(known_midnight)s AND recorded_at <= %(known_at)s
            {terms.in_currency}"""


def sums(terms: Terms) -> str:
    """The figures of grouped parts: what is promised at the commitments' rates, the rest as it moved."""
    found = []
    for name, kind in KINDS.items():
        column = "promised_base_amount" if name in PROMISED else "base_amount"
        column = "amount" if terms.currency else column
        found.append(f"coalesce(sum({column}) FILTER (WHERE kind = '{kind}'), 0.00) AS {name}")
    effect = "NULL::numeric" if terms.currency else f"coalesce({FX_EFFECT}, 0.00)"
    return ",\n            ".join([*found, f"{effect} AS fx_effect"])


def by_allocation(terms: Terms) -> str:
    """One row per strand and fiscal year, and one with nothing but the envelope where there is none."""
    allocated = "NULL::numeric" if terms.currency else "coalesce(g.allocated, 0.00)"
    moved = ", ".join(f"coalesce(m.{name}, 0.00) AS {name}" for name in KINDS)
    effect = "NULL::numeric" if terms.currency else "coalesce(m.fx_effect, 0.00)"
    return f"""
    WITH cell AS MATERIALIZED ({cells()}), envelope AS ({envelope(terms)}), given AS ({given(terms)}),
    part AS ({parts(terms)}), moved AS (
        SELECT allocation_id,
            {sums(terms)}
        FROM part GROUP BY allocation_id
    )
    SELECT e.envelope, e.qualifier, c.slug AS strand, c.fiscal_year, c.name_en, c.name_zh_hant,
        c.name_zh_hans, {allocated} AS allocated, {moved}, {effect} AS fx_effect
    FROM envelope e
    LEFT JOIN cell c ON true
    LEFT JOIN given g ON g.allocation_id = c.id
    LEFT JOIN moved m ON m.allocation_id = c.id
    ORDER BY c.position, c.fiscal_year, c.id"""


def positions_now(of: str) -> str:
    """The positions of commitments as parts, kind by kind, as if each were one entry."""
    pairs = {
        "COMMITMENT": ("committed", "committed_base", "committed_base"),
        "DE_COMMITMENT": ("de_committed", "de_committed_base", "de_committed_base"),
        "DISBURSEMENT": ("disbursed", "disbursed_paid_base", "disbursed_base"),
        "REFUND": ("refunded", "refunded_paid_base", "refunded_base"),
        "RECOUPMENT": ("recouped", "recouped_base", "recouped_base"),
        "WRITE_OFF": ("written_off", "written_off_base", "written_off_base"),
    }
    rows = ", ".join(f"('{kind}', {', '.join(columns)})" for kind, columns in pairs.items())
    return f"""SELECT p.commitment_id, k.kind, k.amount, k.base_amount, k.promised_base_amount
        FROM funding_commitmentposition p
        CROSS JOIN LATERAL (VALUES {rows}) AS k (kind, amount, base_amount, promised_base_amount)
        WHERE p.commitment_id {of}"""


def later(terms: Terms, *, of: str = "commitment_id") -> str:
    """What came after `as_of` or after `known_at`, as parts with the sign turned.

    Positions are of now: less this they are of then. Where both clocks are of late it is little, and
    found by its indexes.
    """
    columns = f"{of}, kind, -amount, -base_amount, -promised_base_amount"
    found = [
        # Not by `cell`: a statement that reads it here is read by one process alone.
        f"""SELECT {columns} FROM funding_ledgerentry
        WHERE allocation_id IN (SELECT a.id FROM programmes_allocation a
                JOIN programmes_strand s ON s.id = a.strand_id WHERE s.programme_id = %(programme)s)
            AND value_date > %(as_of)s {terms.in_currency}"""
    ]
    if terms.known_at is not None:
        found.append(
            f"""SELECT {columns} FROM funding_ledgerentry
        WHERE programme_id = %(programme)s AND recorded_at > %(known_at)s
            AND value_date <= %(as_of)s {terms.in_currency}"""
        )
    return "\n        UNION ALL ".join(found)


def own(terms: Terms) -> str:
    """The commitments of the programme that the terms ask for, signed or not by then."""
    return f"""SELECT id, payee_id, project_id, rate, currency FROM funding_commitment
        WHERE programme_id = %(programme)s AND rate IS NOT NULL {terms.in_currency}"""


def signed(terms: Terms) -> str:
    """Those of them that were signed by then, as known then."""
    # The first entry of a commitment is made when it is signed; its state has no day of its own.
    known = """AND EXISTS (
                SELECT 1 FROM funding_ledgerentry e
                WHERE e.commitment_id = funding_commitment.id AND e.kind = 'COMMITMENT'
                    AND e.recorded_at <= %(known_at)s)"""
    return f"""{own(terms)} AND signed_date <= %(as_of)s
            AND state IN ('SIGNED', 'CLOSED', 'CANCELLED') {terms.if_known(known)}"""


# What the totals of a party hold; the last is of base currency alone.
TOTALS = [*KINDS, "fx_effect"]


class By(NamedTuple):
    """Whose positions are added up, and where the database has them."""

    name: str
    table: str
    key: str
    in_ledger: str
    totals: str


PARTIES_BY = {
    "partner": By(
        "partner", "partners_organisation", "payee_id", "counterparty_id", "funding_payeetotal"
    ),
    "project": By(
        "project", "programmes_project", "project_id", "project_id", "funding_projecttotal"
    ),
}


def of_total(terms: Terms) -> str:
    """The condition in SQL that the total `t` is of the programme, and in the currency of the terms."""
    # What is in base currency has no currency of its own there.
    currency = "''" if terms.currency is None else "%(currency)s"
    return f"t.programme_id = %(programme)s AND t.currency = {currency}"


def by_party(terms: Terms, group_by: str) -> str:
    """One row per partner or project, the most committed first, the rest as one; `allocated` in each.

    The database keeps the totals of each party in the order of what is committed to it: as many as
    are shown are read. Parties with entries that are not folded in yet, or that came later than the
    terms ask, are looked at one by one. The rest is the whole programme less the lines that are shown.
    `others` is 0 for a partner or project, how many are in it for the rest, and NULL where there is
    neither.
    """
    by = PARTIES_BY[group_by]
    key, kept, table = by.in_ledger, by.totals, by.table
    base = terms.currency is None
    mine = of_total(terms)
    found = ", ".join(f"t.{name}" for name in KINDS)
    found += ", t.fx_effect" if base else ", NULL::numeric AS fx_effect"
    changed = ", ".join(f"l.{name} + coalesce(t.{name}, 0.00) AS {name}" for name in KINDS)
    changed += (
        ", l.fx_effect + coalesce(t.fx_effect, 0.00) AS fx_effect"
        if base
        else ", NULL::numeric AS fx_effect"
    )
    something = " OR ".join(f"{name} <> 0" for name in KINDS)
    rest = ", ".join(
        f"w.{name} - coalesce((SELECT sum({name}) FROM line), 0.00) AS {name}" for name in TOTALS
    )
    shown = ", ".join(f"l.{name}" for name in TOTALS)
    names = ", ".join(TOTALS)
    return f"""
    WITH cell AS MATERIALIZED ({cells()}), envelope AS ({envelope(terms)}), given AS ({given(terms)}),
    part AS ({parts(terms)}), whole AS (
        SELECT {sums(terms)}
        FROM part
    ), loose AS MATERIALIZED (
        SELECT key, {sums(terms)}
        FROM (
            SELECT {key} AS key, kind, amount, base_amount, promised_base_amount
            FROM funding_ledgerdelta WHERE {MINE} {terms.in_currency}
            UNION ALL
            {later(terms, of=key)}
        ) AS l GROUP BY key
    ), changed AS MATERIALIZED (
        SELECT l.key, {changed}, t.id IS NOT NULL AS is_kept
        FROM loose l
        LEFT JOIN {kept} t ON {mine} AND t.party_id = l.key
    ), line AS MATERIALIZED (
        SELECT key, {names} FROM (
            (SELECT t.party_id AS key, {found}
            FROM {kept} t
            WHERE {mine} AND NOT EXISTS (SELECT 1 FROM loose l WHERE l.key = t.party_id)
            ORDER BY t.committed DESC, t.party_id LIMIT %(most)s)
            UNION ALL
            SELECT key, {names} FROM changed WHERE {something}
        ) AS party ORDER BY committed DESC, key LIMIT %(most)s
    ), counted AS (
        SELECT (SELECT count(*) FROM {kept} t WHERE {mine})
            - count(*) FILTER (WHERE is_kept) + count(*) FILTER (WHERE {something})
            - (SELECT count(*) FROM line) AS others
        FROM changed
    ), shown AS (
        SELECT key, 0::bigint AS others, {names} FROM line
        UNION ALL
        SELECT NULL, c.others, {rest} FROM counted c, whole w WHERE c.others > 0
    )
    SELECT e.envelope, e.qualifier, (SELECT sum(allocated) FROM given) AS allocated,
        p.slug, p.name_en, p.name_zh_hant, p.name_zh_hans, l.others, {shown}
    FROM envelope e
    LEFT JOIN shown l ON true
    LEFT JOIN {table} p ON p.id = l.key
    ORDER BY l.others, l.committed DESC, l.key"""
