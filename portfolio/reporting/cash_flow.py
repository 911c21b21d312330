"""Cash flow: what was to be paid in each month, what was paid, and what is still to come."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portfolio.reporting.statements import cells, parts_now, parts_then, signed
from portfolio.reporting.terms import NOTHING, Terms, rows_of
from portfolio.reporting.tranche_statements import tranches

# What a row may be of, with how many months it has.
PERIODS = {"month": 1, "quarter": 3, "fiscal_year": 12}


@dataclass(frozen=True)
class Period:
    """A month of a cash flow, or several that follow each other.

    `due` are all tranches of it that were not cancelled, `unpaid` what of them is left to pay,
    `paid` and `refunded` what moved in it, whenever it was due; `net` is the difference.
    """

    month: datetime.date
    due: Decimal
    unpaid: Decimal
    paid: Decimal
    refunded: Decimal
    due_so_far: Decimal = NOTHING
    net_so_far: Decimal = NOTHING
    months: int = 1

    @property
    def net(self) -> Decimal:
        """What went out and did not come back."""
        return self.paid - self.refunded

    @property
    def last_month(self) -> datetime.date:
        """The first day of its last month."""
        return _later(self.month, self.months - 1)

    @property
    def last_date(self) -> datetime.date:
        """Its last day."""
        return _later(self.month, self.months) - datetime.timedelta(days=1)


@dataclass(frozen=True)
class CashFlow:
    """A cash flow: its periods without a gap, and all of them together."""

    terms: Terms
    months: Sequence[Period]
    group_by: str = "month"

    @property
    def due(self) -> Decimal:
        """Everything that was to be paid."""
        return sum((m.due for m in self.months), NOTHING)

    @property
    def unpaid(self) -> Decimal:
        """Everything that is left to pay."""
        return sum((m.unpaid for m in self.months), NOTHING)

    @property
    def paid(self) -> Decimal:
        """Everything that was paid."""
        return sum((m.paid for m in self.months), NOTHING)

    @property
    def refunded(self) -> Decimal:
        """Everything that came back."""
        return sum((m.refunded for m in self.months), NOTHING)

    @property
    def net(self) -> Decimal:
        """Everything that went out and did not come back."""
        return self.paid - self.refunded


def cash_flow(terms: Terms, *, group_by: str = "month") -> CashFlow:
    """The months of a programme, what was scheduled against what was paid.

    Shape: one row per month from the first in which something is due or moved to the last; or per
    fiscal year of the programme, or quarter of it, in which such a month is.
    Units: payments at the rates of their days, as in the top sheet; tranches, which are promises, at
    the rates of their commitments, rounded one by one.
    Time: tranches of commitments signed by `as_of`, with the dates and states that they had at
    `known_at`; what is unpaid is the tranche less what the ledger shows paid of it under the terms.
    Queries: one.
    """
    moved = parts_then(terms) if terms.known_at is not None else parts_now(terms, years=False)
    amount = "amount" if terms.currency else "base_amount"
    rows = rows_of(
        f"""
    WITH cell AS MATERIALIZED ({cells()}), own AS NOT MATERIALIZED ({signed(terms)}),
    part AS ({moved}), moved AS (
        SELECT date_trunc('month', month::timestamp)::date AS month,
            sum({amount}) FILTER (WHERE kind = 'DISBURSEMENT') AS paid,
            sum({amount}) FILTER (WHERE kind = 'REFUND') AS refunded
        FROM part WHERE kind IN ('DISBURSEMENT', 'REFUND') GROUP BY 1
    ), planned AS (
        SELECT date_trunc('month', due_date::timestamp)::date AS month, sum(due) AS due, sum(unpaid) AS unpaid
        FROM ({tranches(terms)}) AS slice GROUP BY 1
    )
    SELECT coalesce(m.month, p.month) AS month, coalesce(p.due, 0.00) AS due,
        coalesce(p.unpaid, 0.00) AS unpaid, coalesce(m.paid, 0.00) AS paid,
        coalesce(m.refunded, 0.00) AS refunded
    FROM moved m FULL JOIN planned p ON p.month = m.month
    ORDER BY 1""",  # noqa: S608
        terms.values,
    )
    months = list(_without_gaps([Period(**row) for row in rows]))
    if group_by != "month":
        months = _together(months, PERIODS[group_by], terms.programme.fiscal_year_start_month)
    return CashFlow(terms, months, group_by)


def _later(month: datetime.date, months: int) -> datetime.date:
    """The first day of the month that comes so many months after one."""
    count = month.year * 12 + month.month - 1 + months
    return datetime.date(count // 12, count % 12 + 1, 1)


def _together(months: Sequence[Period], size: int, start_month: int) -> list[Period]:
    """Months by the periods of `size` months in which they are, counted from the fiscal year's first."""
    found: dict[datetime.date, Period] = {}
    for row in months:
        first = _later(row.month, -((row.month.month - start_month) % size))
        before = found.get(first) or Period(first, NOTHING, NOTHING, NOTHING, NOTHING)
        found[first] = Period(
            first, before.due + row.due, before.unpaid + row.unpaid, before.paid + row.paid,
            before.refunded + row.refunded, row.due_so_far, row.net_so_far, size,
        )  # fmt: skip
    return list(found.values())


def _without_gaps(months: Sequence[Period]) -> Iterator[Period]:
    """Each month from the first to the last, with what was due and paid up to its end."""
    found = {row.month: row for row in months}
    if not found:
        return
    month, last = min(found), max(found)
    due = net = NOTHING
    while month <= last:
        row = found.get(month, Period(month, NOTHING, NOTHING, NOTHING, NOTHING))
        due, net = due + row.due, net + row.net
        yield Period(month, row.due, row.unpaid, row.paid, row.refunded, due, net)
        month = _later(month, 1)
