"""The SQL of positions, one commitment after the other: a page, or all of them for a file."""
# ruff: noqa: S608

from collections.abc import Iterable

from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.statements import FX_EFFECT, KINDS, PROMISED, positions_now
from portfolio.reporting.terms import Terms

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
    CROSS JOIN LATERAL ({_position(terms, of_all=False)}) AS p
    CROSS JOIN LATERAL ({_next_due(terms)}) AS n
    WHERE c.programme_id = %(programme)s AND c.rate IS NOT NULL {chosen}
        {"AND c.currency = %(currency)s" if terms.currency else ""}
        AND p.committed <> 0"""


def _position(terms: Terms, *, of_all: bool) -> str:
    """The position of the commitment `c`; with `of_all` in the currency of the terms, to be added up."""
    known = terms.if_known("OR recorded_at > %(known_at)s")
    found = SUMS
    if of_all:
        # Whether it had been signed is a question of its own currency: the base amount may round to 0.
        promised = "coalesce(sum(amount) FILTER (WHERE kind = 'COMMITMENT'), 0.00) AS promised"
        own = f"{SUMS}, NULL::numeric AS fx_effect" if terms.currency else BASE_SUMS
        found = f"{own}, {promised}"
    return f"""
        SELECT {found}
        FROM ({positions_now("= c.id")}
            UNION ALL
            SELECT commitment_id, kind, -amount, -base_amount, -promised_base_amount
            FROM funding_ledgerentry
            WHERE commitment_id = c.id AND (value_date > %(as_of)s {known})) AS part"""


# The same in base currency, what is promised at the rate of the commitment, the rest as it moved.
BASE_SUMS = ",\n            ".join(
    [
        *(
            f"coalesce(sum({'promised_base_amount' if name in PROMISED else 'base_amount'})"
            f" FILTER (WHERE kind = '{kind}'), 0.00) AS {name}"
            for name, kind in KINDS.items()
        ),
        f"coalesce({FX_EFFECT}, 0.00) AS fx_effect",
    ]
)


def page_of_parties(terms: Terms, group_by: str) -> str:
    """What stands with some partners or projects after one, with their numbers."""
    return f"{_parties(terms, group_by, 'party.id, ', 'AND c.{key} > %(after)s')} LIMIT %(limit)s"


def all_parties(terms: Terms, group_by: str) -> str:
    """What stands with every partner or project that has a commitment under the terms."""
    return _parties(terms, group_by, "", "")


def _parties(terms: Terms, group_by: str, number: str, after: str) -> str:
    """The positions of one party after the other, each added up; in the order of their numbers."""
    key, table = {
        "partner": ("payee_id", "partners_organisation"),
        "project": ("project_id", "programmes_project"),
    }[group_by]
    currency = "AND c.currency = %(currency)s" if terms.currency else ""
    mine = f"c.programme_id = %(programme)s AND c.rate IS NOT NULL {currency}"
    names = ", ".join(f"nullif(party.{part}, '') AS {part}" for part in NAME_FIELDS)
    return f"""
    SELECT {number}party.slug AS {group_by}, {names}, found.commitments,
        %(unit)s::text AS currency, found.committed, found.de_committed, found.disbursed,
        found.refunded, found.fx_effect,
        found.committed - found.de_committed - found.disbursed + found.refunded
            + coalesce(found.fx_effect, 0) AS outstanding,
        found.recouped, found.written_off, found.next_due
    FROM (SELECT DISTINCT c.{key} AS id FROM funding_commitment c
        WHERE {mine} {after.format(key=key)} ORDER BY 1) AS one
    CROSS JOIN LATERAL (
        SELECT count(*) AS commitments, {_added(KINDS)}, sum(p.fx_effect) AS fx_effect,
            min(n.next_due) AS next_due
        FROM funding_commitment c
        CROSS JOIN LATERAL ({_position(terms, of_all=True)}) AS p
        CROSS JOIN LATERAL ({_next_due(terms)}) AS n
        WHERE c.{key} = one.id AND {mine} AND p.promised <> 0
        HAVING count(*) > 0
    ) AS found
    JOIN {table} AS party ON party.id = one.id
    ORDER BY one.id"""


def _added(names: Iterable[str]) -> str:
    return ", ".join(f"sum(p.{name}) AS {name}" for name in names)


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
