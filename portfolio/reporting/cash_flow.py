"""Cash flow: what was to be paid in each month, what was paid, and what is still to come."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portfolio.reporting.statements import cells, parts_now, parts_then, signed, tranches
from portfolio.reporting.terms import NOTHING, Terms, rows_of


@dataclass(frozen=True)
class Month:
    """One month of a cash flow.

    `due` are all tranches of the month that were not cancelled, `unpaid` what of them is left to pay,
    `paid` and `refunded` what moved in the month, whenever it was due; `net` is the difference.
    """

    month: datetime.date
    due: Decimal
    unpaid: Decimal
    paid: Decimal
    refunded: Decimal
    due_so_far: Decimal = NOTHING
    net_so_far: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        """What went out and did not come back."""
        return self.paid - self.refunded


@dataclass(frozen=True)
class CashFlow:
    """A cash flow: its months without a gap, and all of them together."""

    terms: Terms
    months: Sequence[Month]

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


def cash_flow(terms: Terms) -> CashFlow:
    """The months of a programme, what was scheduled against what was paid.

    Shape: one row per month from the first in which something is due or moved to the last.
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
    return CashFlow(terms, list(_without_gaps([Month(**row) for row in rows])))


def _without_gaps(months: Sequence[Month]) -> Iterator[Month]:
    """Each month from the first to the last, with what was due and paid up to its end."""
    found = {row.month: row for row in months}
    if not found:
        return
    month, last = min(found), max(found)
    due = net = NOTHING
    while month <= last:
        row = found.get(month, Month(month, NOTHING, NOTHING, NOTHING, NOTHING))
        due, net = due + row.due, net + row.net
        yield Month(month, row.due, row.unpaid, row.paid, row.refunded, due, net)
        month = (month + datetime.timedelta(days=31)).replace(day=1)
