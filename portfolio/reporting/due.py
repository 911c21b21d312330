"""What is to be paid: tranches that are overdue, those that come next, and those behind a figure."""
# ruff: noqa: S608

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.figures import Figures, Line
from portfolio.reporting.statements import cells, signed
from portfolio.reporting.terms import NOTHING, Terms, rows_of
from portfolio.reporting.tranche_statements import chosen, is_blocked, open_conditions, tranches

ONE_DAY = datetime.timedelta(days=1)
# What a figure of tranches counts: the whole of each, or what is left to pay of it.
COUNTS = ("due", "unpaid")


@dataclass(frozen=True)
class Slice:
    """A tranche as it stood under the terms, with what an officer has to know before it is paid.

    Units: `amount` and `left_to_pay` in the `currency` of its commitment; `due` and `unpaid` are the
    same in that of the terms, at the `rate` of the commitment.
    """

    id: int
    commitment_id: int
    reference: str
    number: int
    title: str
    due_date: datetime.date
    state: str
    currency: str
    rate: Decimal
    amount: Decimal
    left_to_pay: Decimal
    due: Decimal
    unpaid: Decimal
    open_conditions: int
    is_blocked: bool
    payee: Line
    project: Line


@dataclass(frozen=True)
class Whole:
    """What tranches come to, in the currency of the terms, and `left_to_pay` in each of their own."""

    count: int
    due: Decimal
    unpaid: Decimal
    left_to_pay: Mapping[str, Decimal]


@dataclass(frozen=True)
class Slices:
    """A page of tranches, where the next begins, and what all of them come to where that is known."""

    rows: Sequence[Slice]
    following: tuple[datetime.date, int] | None
    whole: Whole | None


def overdue_tranches(terms: Terms, *, most: int) -> Slices:
    """Tranches that were due before the day and not paid on it, the longest overdue first."""
    last = terms.as_of - ONE_DAY
    return tranches_behind("unpaid", terms, last=last, most=most, with_whole=False)


def upcoming_tranches(terms: Terms, *, days: int, most: int) -> Slices:
    """Unpaid tranches that were due from the day on and within `days`, both ends included."""
    first, last = terms.as_of, terms.as_of + datetime.timedelta(days=days)
    return tranches_behind("unpaid", terms, first=first, last=last, most=most, with_whole=False)


def tranches_behind(
    counts: str,
    terms: Terms,
    *,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    after: tuple[datetime.date, int] | None = None,
    most: int,
    with_whole: bool = True,
) -> Slices:
    """The tranches due from `first` to `last`, both ends included, by due date; a page of them.

    Shape: all that were not cancelled, or with "unpaid" those with something left to pay. Without
    `with_whole` what they come to is only said where they are one page, and no more than that is read.
    Time: tranches of commitments signed by `as_of`, with the dates and states that they had at
    `known_at`, less what the ledger shows paid of them under the terms; conditions and blocks that
    stood in the way on that day, as known then.
    Queries: one.
    """
    only_unpaid = counts == "unpaid"
    within = _within(first, last)
    begins = "AND (t.due_date, t.id) > (%(after_date)s, %(after_id)s)" if after else ""
    named = ", ".join(
        f"{table}.{part} AS {table}_{part}"
        for table in ("payee", "project")
        for part in NAME_FIELDS
    )
    # To choose nearly all of them first would only cost: then `chosen` is not asked for, and not run.
    nearly_all = not only_unpaid and first is None
    few = chosen(
        terms, only_unpaid=only_unpaid, within=f"{within} {'' if with_whole else begins}",
        first_few=not with_whole,
    )  # fmt: skip
    whole = """SELECT count(*) AS all_count, coalesce(sum(due), 0.00) AS all_due,
            coalesce(sum(unpaid), 0.00) AS all_unpaid, (
                SELECT json_object_agg(currency, left_to_pay::text) FROM (
                    SELECT currency, sum(left_to_pay) AS left_to_pay FROM slice GROUP BY currency
                ) AS apart) AS apart
        FROM slice"""
    rows = rows_of(
        f"""
    WITH cell AS MATERIALIZED ({cells()}), own AS NOT MATERIALIZED ({signed(terms)}),
    chosen AS MATERIALIZED ({few}),
    slice AS MATERIALIZED (
        SELECT * FROM ({tranches(terms, chosen=not nearly_all)}) AS t
        WHERE true {within} {"AND left_to_pay > 0" if only_unpaid else ""}
    ), shown AS MATERIALIZED (
        SELECT * FROM slice t WHERE true {begins} ORDER BY due_date, id LIMIT %(limit)s
    ), whole AS ({whole if with_whole else "SELECT NULL AS all_count"})
    SELECT whole.*, s.*, c.reference, {named},
        {open_conditions(terms, "s.id")} AS open_conditions,
        {is_blocked(terms, "c.payee_id")} AS is_blocked
    FROM whole
    LEFT JOIN shown s ON true
    LEFT JOIN funding_commitment c ON c.id = s.commitment_id
    LEFT JOIN partners_organisation payee ON payee.id = c.payee_id
    LEFT JOIN programmes_project project ON project.id = c.project_id
    ORDER BY s.due_date, s.id""",
        {
            **terms.values, "first": first, "last": last, "limit": most + 1,
            "after_date": after and after[0], "after_id": after and after[1],
        },
    )  # fmt: skip
    found = [_slice(row) for row in rows[:most] if row["id"] is not None]
    following = (found[-1].due_date, found[-1].id) if len(rows) > most else None
    if with_whole:
        return Slices(found, following, _whole(rows[0]))
    return Slices(found, following, None if following or after else _together(found))


def _within(first: datetime.date | None, last: datetime.date | None) -> str:
    """The condition in SQL that `t` is due from `first` to `last`."""
    return " ".join(
        f"AND t.due_date {sign} %({name})s"
        for sign, name, day in ((">=", "first", first), ("<=", "last", last))
        if day is not None
    )


def _whole(row: Mapping[str, Any]) -> Whole:
    apart = {c: Decimal(text) for c, text in sorted((row["apart"] or {}).items())}
    left = {c: amount for c, amount in apart.items() if amount != NOTHING}
    return Whole(row["all_count"], row["all_due"], row["all_unpaid"], left)


def _together(found: Sequence[Slice]) -> Whole:
    left: dict[str, Decimal] = {}
    for row in sorted(found, key=lambda row: row.currency):
        left[row.currency] = left.get(row.currency, NOTHING) + row.left_to_pay
    due, unpaid = (sum((getattr(r, name) for r in found), NOTHING) for name in COUNTS)
    return Whole(len(found), due, unpaid, {c: x for c, x in left.items() if x != NOTHING})


def _slice(row: Mapping[str, Any]) -> Slice:
    def named(of: str) -> Line:
        return Line({}, Figures(), {part: row[f"{of}_{part}"] for part in NAME_FIELDS})

    own = {name: row[name] for name in Slice.__dataclass_fields__ if name in row}
    return Slice(**own, payee=named("payee"), project=named("project"))
