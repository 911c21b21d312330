"""The SQL of positions of commitments, partners and projects: a page, or all of them for a file."""
# ruff: noqa: S608

from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.statements import (
    KINDS,
    MINE,
    PARTIES_BY,
    By,
    cells,
    later,
    of_total,
    positions_now,
    sums,
)
from portfolio.reporting.terms import Terms
from portfolio.reporting.tranche_statements import UNPAID_NOW, stood

SUMS = ",\n            ".join(
    [
        *(
            f"coalesce(sum(amount) FILTER (WHERE kind = '{kind}'), 0.00) AS {name}"
            for name, kind in KINDS.items()
        ),
        """coalesce(sum(CASE WHEN kind IN ('COMMITMENT', 'REFUND') THEN promised_base_amount
                WHEN kind IN ('DE_COMMITMENT', 'DISBURSEMENT') THEN -promised_base_amount END), 0.00)
                AS outstanding_base""",
    ]
)
NAMES = ", ".join(
    f"{table}.slug AS {table}, "
    + ", ".join(f"nullif({table}.{part}, '') AS {table}_{part}" for part in NAME_FIELDS)
    for table in ("payee", "project")
)
SHOWN = f"""c.reference, c.title, {NAMES}, c.currency, p.committed, p.de_committed, p.disbursed,
        p.refunded, p.committed - p.de_committed - p.disbursed + p.refunded AS outstanding,
        p.recouped, p.written_off, p.outstanding_base, n.next_due"""
PARTIES = """JOIN partners_organisation payee ON payee.id = c.payee_id
    JOIN programmes_project project ON project.id = c.project_id"""


def page_of_positions(terms: Terms) -> str:
    """The positions of some commitments after one, with their numbers."""
    return f"""{_positions(terms, "c.id, ", "AND c.id > %(after)s")}
    ORDER BY c.id LIMIT %(limit)s"""


def all_positions(terms: Terms) -> str:
    """The positions of all commitments under the terms, one after the other.

    Nothing is sorted or gathered, so that the first is there at once.
    """
    return _positions(terms, "", "")


def _positions(terms: Terms, number: str, chosen: str) -> str:
    """What the database keeps of now less what came later, looked up commitment by commitment."""
    return f"""
    SELECT {number}{SHOWN}
    FROM funding_commitment c
    {PARTIES}
    CROSS JOIN LATERAL ({_position(terms, SUMS)}) AS p
    CROSS JOIN LATERAL ({_next_due(terms)}) AS n
    WHERE c.programme_id = %(programme)s AND c.rate IS NOT NULL {chosen}
        {"AND c.currency = %(currency)s" if terms.currency else ""}
        AND p.committed <> 0"""


def _position(terms: Terms, columns: str) -> str:
    """The position of the commitment `c`: sums of its parts."""
    known = terms.if_known("OR recorded_at > %(known_at)s")
    return f"""
        SELECT {columns}
        FROM ({positions_now("= c.id")}
            UNION ALL
            SELECT commitment_id, kind, -amount, -base_amount, -promised_base_amount
            FROM funding_ledgerentry
            WHERE commitment_id = c.id AND (value_date > %(as_of)s {known})) AS part"""


def page_of_parties(terms: Terms, group_by: str) -> str:
    """What stands with some partners or projects after one, with their numbers.

    A project has a few commitments, a partner may have a quarter of them all.
    """
    by = PARTIES_BY[group_by]
    return _one_by_one(terms, by) if group_by == "project" else _all_at_once(terms, by, page=True)


def all_parties(terms: Terms, group_by: str) -> str:
    """What stands with every partner or project that has a commitment under the terms."""
    return _all_at_once(terms, PARTIES_BY[group_by], page=False)


def _shown(by: By, *, page: bool) -> str:
    """The columns of `found` and of its `party`."""
    names = ", ".join(f"nullif(party.{part}, '') AS {part}" for part in NAME_FIELDS)
    return f"""{"party.id, " if page else ""}party.slug AS {by.name}, {names}, found.commitments,
        %(unit)s::text AS currency, found.committed, found.de_committed, found.disbursed,
        found.refunded, found.fx_effect,
        found.committed - found.de_committed - found.disbursed + found.refunded
            + coalesce(found.fx_effect, 0) AS outstanding,
        found.recouped, found.written_off, found.next_due"""


def _signed(terms: Terms) -> str:
    """The commitments `c` of the terms that have been signed by now."""
    currency = "AND c.currency = %(currency)s" if terms.currency else ""
    return f"c.programme_id = %(programme)s AND c.rate IS NOT NULL {currency}"


def _one_by_one(terms: Terms, by: By) -> str:
    """The first parties that have a commitment, what stands with each looked up there and then."""
    mine = _signed(terms)
    # Whether it had been signed is a question of its own currency: the base amount may round to 0.
    promised = "coalesce(sum(amount) FILTER (WHERE kind = 'COMMITMENT'), 0.00) AS promised"
    added = ", ".join(f"sum(p.{name}) AS {name}" for name in (*KINDS, "fx_effect"))
    return f"""
    SELECT {_shown(by, page=True)}
    FROM {by.table} AS party
    CROSS JOIN LATERAL (
        SELECT count(*) AS commitments, {added}, min(n.next_due) AS next_due
        FROM funding_commitment c
        CROSS JOIN LATERAL ({_position(terms, f"{sums(terms)}, {promised}")}) AS p
        CROSS JOIN LATERAL ({_next_due(terms)}) AS n
        WHERE c.{by.key} = party.id AND {mine} AND p.promised <> 0
        HAVING count(*) > 0
    ) AS found
    WHERE party.id > %(after)s AND EXISTS (
        SELECT 1 FROM funding_commitment c WHERE c.{by.key} = party.id AND {mine})
    ORDER BY party.id LIMIT %(limit)s"""


def _all_at_once(terms: Terms, by: By, *, page: bool) -> str:
    """One row per party, in the order of their numbers.

    The figures are what the database keeps of each, with the entries that are not in that yet and
    without those that came later.
    """
    mine = f"""{_signed(terms)}
            AND NOT EXISTS (SELECT 1 FROM not_yet n WHERE n.commitment_id = c.id)"""
    figures = ", ".join(
        f"coalesce(t.{name}, 0.00) + coalesce(l.{name}, 0.00) AS {name}" for name in KINDS
    )
    effect = "coalesce(t.fx_effect, 0.00) + coalesce(l.fx_effect, 0.00)"
    if terms.currency:
        effect = "NULL::numeric"
    return f"""
    WITH cell AS MATERIALIZED ({cells()}),
    later AS MATERIALIZED (
        SELECT * FROM ({later(terms, of=f"{by.in_ledger}, commitment_id, tranche_id")})
            AS l (key, commitment_id, tranche_id, kind, amount, base_amount, promised_base_amount)
    ), loose AS MATERIALIZED (
        SELECT key, {sums(terms)}
        FROM (
            SELECT {by.in_ledger} AS key, kind, amount, base_amount, promised_base_amount
            FROM funding_ledgerdelta WHERE {MINE} {terms.in_currency}
            UNION ALL
            SELECT key, kind, amount, base_amount, promised_base_amount FROM later
        ) AS l GROUP BY key
    ), not_yet AS MATERIALIZED (
        SELECT l.commitment_id
        FROM (SELECT commitment_id, sum(amount) AS amount FROM later
            WHERE kind = 'COMMITMENT' GROUP BY 1) AS l
        JOIN funding_commitmentposition p ON p.commitment_id = l.commitment_id
        GROUP BY 1, l.amount HAVING sum(p.committed) + l.amount = 0
    ), paid_later AS MATERIALIZED (
        SELECT tranche_id, sum(amount) AS amount FROM later WHERE tranche_id IS NOT NULL GROUP BY 1
    ), line AS MATERIALIZED (
        SELECT c.{by.key} AS key, count(*) AS commitments FROM funding_commitment c
        WHERE {mine} {f"AND c.{by.key} > %(after)s" if page else ""}
        GROUP BY 1 ORDER BY 1 {"LIMIT %(limit)s" if page else ""}
    ), due AS (
        SELECT c.{by.key} AS key, min(t.due_date) AS next_due
        FROM ({stood(terms, chosen=False)}) AS t
        JOIN funding_commitment c ON c.id = t.commitment_id
        LEFT JOIN paid_later l ON l.tranche_id = t.id
        WHERE {mine} AND t.state <> 'CANCELLED' AND t.amount - t.paid_now - coalesce(l.amount, 0) > 0
            {"" if terms.known_at else f"AND ({UNPAID_NOW} OR l.tranche_id IS NOT NULL)"}
        GROUP BY 1
    ), found AS (
        SELECT o.key, o.commitments, {figures}, {effect} AS fx_effect, d.next_due
        FROM line o
        LEFT JOIN {by.totals} t ON {of_total(terms)} AND t.party_id = o.key
        LEFT JOIN loose l ON l.key = o.key
        LEFT JOIN due d ON d.key = o.key
    )
    SELECT {_shown(by, page=page)}
    FROM found
    JOIN {by.table} AS party ON party.id = found.key
    ORDER BY party.id"""


# A commitment's tranches as they stood at `known_at`: by their history, as they are where it has none.
TRANCHES_THEN = """(
        SELECT t.id, t.commitment_id, coalesce(o.amount, t.amount) AS amount,
            coalesce(o.due_date, t.due_date) AS due_date, coalesce(o.state, t.state) AS state
        FROM funding_tranche t
        LEFT JOIN LATERAL (
            SELECT h.amount, h.due_date, h.state FROM funding_trancheevent h
            WHERE h.pgh_obj_id = t.id AND h.pgh_created_at <= %(known_at)s
            ORDER BY h.pgh_id DESC LIMIT 1
        ) AS o ON true
        WHERE o.amount IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM funding_trancheevent n WHERE n.pgh_obj_id = t.id))"""


def _next_due(terms: Terms) -> str:
    """The first due date of the commitment's tranches that have something left to pay."""
    source = "funding_tranche" if terms.known_at is None else TRANCHES_THEN
    return f"""SELECT min(t.due_date) AS next_due FROM {source} AS t
        WHERE t.commitment_id = c.id AND t.state <> 'CANCELLED' AND t.amount > (
            SELECT coalesce(sum(e.amount), 0) FROM funding_ledgerentry e
            WHERE e.tranche_id = t.id AND e.value_date <= %(as_of)s
                {terms.if_known("AND e.recorded_at <= %(known_at)s")})"""
