"""Everything that is kept beside the ledger, added up again from its entries.

Plain sums in SQL, made without any function of ours: what the triggers keep is compared, not asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from portfolio.funding.management.verification import NotTrue


@dataclass(frozen=True)
class Comparison:
    """A query for the first row that is wrong, and the sentence that names it."""

    query: str
    sentence: Callable[[Sequence[Any]], str]


# Columns of a position, by the kind of entry and the column of it that is added up.
POSITION = {
    "committed": ("COMMITMENT", "amount"),
    "de_committed": ("DE_COMMITMENT", "amount"),
    "disbursed": ("DISBURSEMENT", "amount"),
    "refunded": ("REFUND", "amount"),
    "recouped": ("RECOUPMENT", "amount"),
    "written_off": ("WRITE_OFF", "amount"),
    "committed_base": ("COMMITMENT", "promised_base_amount"),
    "de_committed_base": ("DE_COMMITMENT", "promised_base_amount"),
    "disbursed_base": ("DISBURSEMENT", "promised_base_amount"),
    "refunded_base": ("REFUND", "promised_base_amount"),
    "disbursed_paid_base": ("DISBURSEMENT", "base_amount"),
    "refunded_paid_base": ("REFUND", "base_amount"),
    "recouped_base": ("RECOUPMENT", "base_amount"),
    "written_off_base": ("WRITE_OFF", "base_amount"),
}
FOUND = ", ".join(
    f"coalesce(sum({column}) FILTER (WHERE kind = '{kind}'), 0) AS {name}"
    for name, (kind, column) in POSITION.items()
)
NAMES = ", ".join(POSITION)

# The allocations of a programme.
OF_PROGRAMME = (
    "(SELECT a.id FROM programmes_allocation a JOIN programmes_strand s ON s.id = a.strand_id "
    "WHERE s.programme_id = %(programme)s)"
)
SUMS = (
    "sum(entries) AS entries, sum(amount) AS amount, sum(base_amount) AS base_amount, "
    "sum(promised_base_amount) AS promised_base_amount"
)
COUNTED = SUMS.replace("sum(entries)", "count(*)")


def _totals(name: str, table: str, keys: str, *, of_entry: str, of_delta: str) -> Comparison:
    """A table of totals, with the deltas that are not folded yet, against the entries."""
    first = "allocation_id, kind, currency"
    values = "entries, amount, base_amount, promised_base_amount"
    query = f"""
        WITH found AS (
            SELECT {first}, {of_entry}, {COUNTED}
            FROM funding_ledgerentry e {"CROSS JOIN spans" if "span" in keys else ""}
            WHERE e.programme_id = %(programme)s GROUP BY {first}, {keys}
        ), told AS (
            SELECT {first}, {keys}, {SUMS} FROM (
                SELECT {first}, {keys}, {values} FROM {table}
                WHERE allocation_id IN {OF_PROGRAMME}
                UNION ALL
                SELECT {first}, {of_delta}, {values}
                FROM funding_ledgerdelta {"CROSS JOIN spans" if "span" in keys else ""}
                WHERE allocation_id IN {OF_PROGRAMME}
            ) both_of_them GROUP BY {first}, {keys}
        )
        SELECT concat_ws(' ', {keys}), allocation_id, kind, currency,
            coalesce(t.entries, 0), coalesce(t.base_amount, 0), coalesce(f.entries, 0),
            coalesce(f.base_amount, 0)
        FROM found f FULL JOIN told t USING ({first}, {keys})
        WHERE (f.entries, f.amount, f.base_amount, f.promised_base_amount)
            IS DISTINCT FROM (t.entries, t.amount, t.base_amount, t.promised_base_amount)
        ORDER BY {keys}, {first} LIMIT 1
    """  # noqa: S608 - made of our own constants
    if "span" in keys:
        query = query.replace(
            "WITH found", "WITH spans (span) AS (VALUES ('YEAR'), ('MONTH'), ('DAY')), found"
        )
    return Comparison(
        query,
        lambda r: (
            f"the total of a {name} ({r[0]}; allocation {r[1]}, {r[2]}, {r[3]}) says {r[4]} entries and "
            f"{r[5]} in base currency, and the entries say {r[6]} and {r[7]}."
        ),
    )


# Figures of a party: what is promised at the rates of the commitments, the rest as it moved.
PARTY = {
    **{
        name: f"coalesce(sum({column}) FILTER (WHERE kind = '{kind}'), 0)"
        for name, kind, column in (
            ("committed", "COMMITMENT", "promised"), ("de_committed", "DE_COMMITMENT", "promised"),
            ("disbursed", "DISBURSEMENT", "moved"), ("refunded", "REFUND", "moved"),
            ("recouped", "RECOUPMENT", "moved"), ("written_off", "WRITE_OFF", "moved"),
        )
    },
    "fx_effect": "coalesce(sum(CASE kind WHEN 'DISBURSEMENT' THEN moved - promised "
    "WHEN 'REFUND' THEN promised - moved END), 0)",
}  # fmt: skip


def _parties(name: str, table: str, key: str) -> Comparison:
    """The totals of payees or projects, with the deltas that are not folded yet, against the entries."""
    figures = ", ".join(f"{value} AS {name}" for name, value in PARTY.items())
    names = ", ".join(PARTY)

    def summed(source: str) -> str:
        return f"""
            SELECT party_id, currency, {figures}
            FROM (
                SELECT {key} AS party_id, unit AS currency, kind, moved, promised
                FROM {source}
                CROSS JOIN LATERAL (VALUES (s.currency, s.amount, s.amount),
                    ('', s.base_amount, s.promised_base_amount)) u (unit, moved, promised)
            ) by_unit GROUP BY 1, 2"""  # noqa: S608 - made of our own constants

    entries = "(SELECT * FROM funding_ledgerentry WHERE programme_id = %(programme)s) s"
    deltas = f"(SELECT * FROM funding_ledgerdelta WHERE allocation_id IN {OF_PROGRAMME}) s"  # noqa: S608
    return Comparison(
        f"""
        WITH found AS ({summed(entries)}
        ), told AS (
            SELECT party_id, currency, {", ".join(f"sum({n}) AS {n}" for n in PARTY)}
            FROM (
                SELECT party_id, currency, {names} FROM {table} WHERE programme_id = %(programme)s
                UNION ALL {summed(deltas)}
            ) both_of_them GROUP BY 1, 2
        )
        SELECT party_id, currency, coalesce(t.committed, 0), coalesce(f.committed, 0),
            coalesce(t.disbursed, 0), coalesce(f.disbursed, 0)
        FROM found f FULL JOIN told t USING (party_id, currency)
        WHERE ({", ".join(f"coalesce(f.{n}, 0)" for n in PARTY)})
            <> ({", ".join(f"coalesce(t.{n}, 0)" for n in PARTY)})
        ORDER BY 1, 2 LIMIT 1
        """,  # noqa: S608 - made of our own constants
        lambda r: (
            f"the total of {name} {r[0]} in {r[1] or 'base currency'} says {r[2]} committed and {r[4]} "
            f"disbursed, and the entries say {r[3]} and {r[5]}."
        ),
    )


COMPARISONS: Sequence[Comparison] = (
    Comparison(
        f"""
        WITH found AS (
            SELECT commitment_id, allocation_id, {FOUND}
            FROM funding_ledgerentry WHERE programme_id = %(programme)s GROUP BY 1, 2
        ), told AS (
            SELECT p.* FROM funding_commitmentposition p
            JOIN funding_commitment c ON c.id = p.commitment_id
            WHERE c.programme_id = %(programme)s
        )
        SELECT commitment_id, allocation_id, c.reference
        FROM (SELECT commitment_id, allocation_id, {NAMES} FROM found) f
        FULL JOIN (SELECT commitment_id, allocation_id, {NAMES} FROM told) t
            USING (commitment_id, allocation_id)
        LEFT JOIN funding_commitment c ON c.id = commitment_id
        WHERE ({", ".join(f"f.{n}" for n in POSITION)})
            IS DISTINCT FROM ({", ".join(f"t.{n}" for n in POSITION)})
        ORDER BY 1, 2 LIMIT 1
        """,  # noqa: S608 - made of our own constants
        lambda r: (
            f"the position of commitment {r[2]} in allocation {r[1]} is not the sum of its entries."
        ),
    ),
    Comparison(
        f"""
        SELECT b.allocation_id, b.allocated, b.committed, r.allocated, e.committed
        FROM programmes_allocationbalance b
        FULL JOIN (
            SELECT allocation_id, sum(change_amount) AS allocated
            FROM programmes_allocationrevision WHERE allocation_id IN {OF_PROGRAMME} GROUP BY 1
        ) r ON r.allocation_id = b.allocation_id
        LEFT JOIN (
            SELECT allocation_id, sum(CASE kind WHEN 'COMMITMENT' THEN promised_base_amount
                ELSE -promised_base_amount END) AS committed
            FROM funding_ledgerentry
            WHERE programme_id = %(programme)s AND kind IN ('COMMITMENT', 'DE_COMMITMENT') GROUP BY 1
        ) e ON e.allocation_id = coalesce(b.allocation_id, r.allocation_id)
        WHERE coalesce(b.allocation_id, r.allocation_id) IN {OF_PROGRAMME}
          AND (b.allocated, b.committed)
            IS DISTINCT FROM (coalesce(r.allocated, 0), coalesce(e.committed, 0))
        ORDER BY 1 LIMIT 1
        """,  # noqa: S608 - made of our own constants
        lambda r: (
            f"the balance of allocation {r[0]} says {r[1]} allocated and {r[2]} committed, and what was "
            f"recorded says {r[3] or 0} and {r[4] or 0}."
        ),
    ),
    _totals(
        "day",
        "funding_daytotal",
        "value_date, recorded_date",
        of_entry="value_date, (recorded_at AT TIME ZONE 'UTC')::date AS recorded_date",
        of_delta="value_date, recorded_date",
    ),
    _totals(
        "month",
        "funding_monthtotal",
        "value_month, recorded_month",
        of_entry=(
            "date_trunc('month', value_date::timestamp)::date AS value_month, "
            "date_trunc('month', recorded_at AT TIME ZONE 'UTC')::date AS recorded_month"
        ),
        of_delta=(
            "date_trunc('month', value_date::timestamp)::date AS value_month, "
            "date_trunc('month', recorded_date::timestamp)::date AS recorded_month"
        ),
    ),
    _totals(
        "span",
        "funding_spantotal",
        "span, first_date",
        of_entry="span, date_trunc(span, value_date::timestamp)::date AS first_date",
        of_delta="span, date_trunc(span, value_date::timestamp)::date AS first_date",
    ),
    _parties("payee", "funding_payeetotal", "counterparty_id"),
    _parties("project", "funding_projecttotal", "project_id"),
    Comparison(
        """
        SELECT c.reference, t.number, t.state, t.amount, coalesce(e.paid, 0)
        FROM funding_tranche t
        JOIN funding_commitment c ON c.id = t.commitment_id
        LEFT JOIN (
            SELECT tranche_id, sum(CASE kind WHEN 'DISBURSEMENT' THEN amount ELSE -amount END) AS paid
            FROM funding_ledgerentry
            WHERE programme_id = %(programme)s AND tranche_id IS NOT NULL
              AND kind IN ('DISBURSEMENT', 'REFUND')
            GROUP BY 1
        ) e ON e.tranche_id = t.id
        WHERE c.programme_id = %(programme)s
          AND ((t.state = 'PAID') <> (coalesce(e.paid, 0) = t.amount)
            OR coalesce(e.paid, 0) NOT BETWEEN 0 AND t.amount)
        ORDER BY t.id LIMIT 1
        """,
        lambda r: (
            f"tranche {r[1]} of commitment {r[0]} is {r[2]} with an amount of {r[3]}, and the entries "
            f"say that {r[4]} of it is paid."
        ),
    ),
    Comparison(
        """
        SELECT c.reference, coalesce(t.parts, 0), p.promised, p.sent_back
        FROM funding_commitment c
        JOIN (
            SELECT commitment_id,
                sum(CASE kind WHEN 'COMMITMENT' THEN amount WHEN 'DE_COMMITMENT' THEN -amount
                    ELSE 0 END) AS promised,
                coalesce(sum(amount) FILTER (WHERE kind = 'REFUND'), 0) AS sent_back
            FROM funding_ledgerentry WHERE programme_id = %(programme)s GROUP BY 1
        ) p ON p.commitment_id = c.id
        LEFT JOIN (
            SELECT commitment_id, sum(amount) AS parts
            FROM funding_tranche WHERE state <> 'CANCELLED' GROUP BY 1
        ) t ON t.commitment_id = c.id
        WHERE c.programme_id = %(programme)s
          AND coalesce(t.parts, 0) NOT BETWEEN p.promised AND p.promised + p.sent_back
        ORDER BY c.id LIMIT 1
        """,
        lambda r: (
            f"the tranches of commitment {r[0]} are {r[1]} together, and the entries promise {r[2]}."
        ),
    ),
)


def compare_sums(cursor: Cursor[Any], *, programme: int, slug: str) -> None:
    """Compare all that is kept with the entries. Raises: NotTrue with the first row that is wrong."""
    for comparison in COMPARISONS:
        row = cursor.execute(comparison.query.encode(), {"programme": programme}).fetchone()
        if row:
            raise NotTrue(f"{slug}: {comparison.sentence(row)}")
