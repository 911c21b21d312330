"""Small random books for tests of the reports, and every figure again, the slow and plain way."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import connection
from hypothesis import strategies as st

from portfolio.common.money import converted
from portfolio.funding.choices import RequestKind
from portfolio.funding.models import ApprovalRequest, LedgerEntry, Tranche
from portfolio.funding.operations import commitments
from portfolio.funding.operations.exchange import Rate
from portfolio.programmes.models import AllocationRevision
from portfolio.reporting.terms import Terms
from tests.books import DAY, Books
from tests.factories import OrganisationFactory, ProductionFactory, StrandFactory

FIRST = datetime.date(2026, 6, 1)
SPAN = 430
KINDS = ("COMMITMENT", "DE_COMMITMENT", "DISBURSEMENT", "REFUND", "RECOUPMENT", "WRITE_OFF")
NAMES = (
    "committed", "de_committed", "disbursed", "refunded", "recouped", "written_off",
)  # fmt: skip


def at(minutes: int) -> datetime.datetime:
    """A moment so many minutes after the books begin; midnight of UTC is one of them."""
    return datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC) + datetime.timedelta(minutes=minutes)


days = st.integers(0, SPAN).map(lambda n: FIRST + datetime.timedelta(days=n))
moments = st.integers(0, SPAN * 24).map(lambda n: at(n * 60))
# What is done to which commitment, with how much of what there is room for, when, and known when.
steps = st.tuples(
    st.integers(0, 2), st.sampled_from(KINDS), st.integers(1, 100), days, moments,
    st.decimals("0.5", "12", places=4), st.booleans(),
)  # fmt: skip
histories = st.lists(steps, max_size=12)
# How tranches once stood: which, for how many minutes, due when, how much of what it is now, and how.
pasts = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(1, 60), days, st.integers(1, 150),
        st.sampled_from(["SCHEDULED", "REQUESTED", "APPROVED", "CANCELLED"]),
    ),
    max_size=5,
)  # fmt: skip


class History:
    """Books with two strands, three years and three commitments in three currencies."""

    def __init__(self) -> None:
        self.books = books = Books(allocated="1000000000")
        other = StrandFactory(programme=books.programme)
        third = books.allocate("300000000", strand=other)
        project = ProductionFactory(strand=other).project_ptr
        share = commitments.Share
        terms: list[dict[str, Any]] = [
            {"shares": [share(books.first, percentage=Decimal(60)), share(third, percentage=Decimal(40))]},
            {"currency": "USD", "rate": Rate(Decimal("7.8"), DAY, "AGREEMENT"), "project": project},
            {"currency": "JPY", "rate": Rate(Decimal("0.052"), DAY, "AGREEMENT"),
             "shares": [share(books.second, percentage=Decimal(100))]},
        ]  # fmt: skip
        self.commitments = []
        for n, more in enumerate(terms):
            if n:
                books.payee = OrganisationFactory()
            self.commitments.append(books.signed("500000", **more))
        for commitment in self.commitments:
            # Only an approved tranche is paid, and may be in part.
            books.payable(commitment)
        self.approval = ApprovalRequest.objects.filter(kind=RequestKind.COMMITMENT).first()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT now()")
            # When its tranches came to be, by the history.
            self.made_at: datetime.datetime = cursor.fetchone()[0]
            # What happens here is random and approved by nobody; limits and totals are kept.
            cursor.execute("ALTER TABLE funding_ledgerentry DISABLE TRIGGER ledger_entry_1_agrees")

    def add(self, step: Any) -> None:
        """Post what a step says, as far as there is room for it."""
        which, kind, share, day, known, rate, reverses = step
        commitment = self.commitments[which]
        position = commitment.positions.order_by("pk").first()
        if reverses:
            self.reverse(commitment, day, known)
            return
        open_amount = (
            position.committed - position.de_committed - position.disbursed + position.refunded
        )
        room = {
            "COMMITMENT": Decimal(100000),
            "DE_COMMITMENT": open_amount,
            "DISBURSEMENT": open_amount,
            "REFUND": position.disbursed - position.refunded - position.written_off,
            "RECOUPMENT": position.disbursed,
            "WRITE_OFF": position.disbursed - position.refunded - position.written_off,
        }[kind]
        # Never the last of it: that would have to take every cent in base currency too.
        amount = (room * share / Decimal(200)).quantize(Decimal(1))
        if amount <= 0:
            return
        own = commitment.rate
        moved = own if kind in ("COMMITMENT", "DE_COMMITMENT") else rate
        if commitment.currency == "HKD":
            moved = own
        base = converted(amount, moved, "HKD")
        promised = converted(amount, own, "HKD")
        if kind in ("RECOUPMENT", "WRITE_OFF"):
            promised = base
        self.post(
            commitment, position.allocation, kind=kind, amount=amount, base_amount=base,
            promised_base_amount=promised, rate=moved, value_date=day, recorded_at=known,
        )  # fmt: skip

    def reverse(self, commitment: Any, day: datetime.date, known: datetime.datetime) -> None:
        """Take back the commitment's last payment that was not taken back."""
        entry = LedgerEntry.objects.filter(
            commitment=commitment, kind="DISBURSEMENT", reversal_of=None, reversal=None
        ).last()
        position = entry and commitment.positions.get(allocation=entry.allocation)
        if (
            entry is None
            or position.disbursed - entry.amount < position.refunded + position.written_off
        ):
            return
        self.post(
            commitment, entry.allocation, kind=entry.kind, amount=-entry.amount,
            base_amount=-entry.base_amount, promised_base_amount=-entry.promised_base_amount,
            rate=entry.rate, value_date=max(day, entry.value_date), recorded_at=known,
            reversal_of=entry,
        )  # fmt: skip

    def stood(self, steps: Any) -> datetime.datetime:
        """Tell how the tranches stood one after the other, from when they were made until they are as now.

        The moment at which the last of it is over.
        """
        table = Tranche.pgh_event_model
        now = self.made_at
        with pgtrigger.ignore(f"{table._meta.label}:append_only"):
            table.objects.update(pgh_created_at=now)
        for which, minutes, due_date, share, state in steps:
            now += datetime.timedelta(minutes=minutes)
            tranche = self.commitments[which].tranches.get()
            then = {
                "due_date": due_date, "state": state,
                "amount": (tranche.amount * share / 100).quantize(Decimal(1)),
            }  # fmt: skip
            self.remember(tranche, now, **then)
        for commitment in self.commitments:
            self.remember(commitment.tranches.get(), now + datetime.timedelta(minutes=1))
        return now

    def remember(self, tranche: Tranche, at: datetime.datetime, **then: Any) -> None:
        """A row of the history of a tranche."""
        table = Tranche.pgh_event_model
        own = {f.attname: getattr(tranche, f.attname) for f in Tranche._meta.local_fields}
        row = {**own, **then, "pgh_obj_id": tranche.pk, "pgh_label": "update", "pgh_created_at": at}
        event = table.objects.create(**row)
        with pgtrigger.ignore(f"{table._meta.label}:append_only"):
            table.objects.filter(pk=event.pk).update(pgh_created_at=at)

    def post(self, commitment: Any, allocation: Any, **terms: Any) -> LedgerEntry:
        """One entry of the ledger."""
        same = commitment.currency == "HKD"
        return LedgerEntry.objects.create(
            posting=uuid.uuid4(), programme=commitment.programme, strand=allocation.strand,
            fiscal_year=allocation.fiscal_year, allocation=allocation, project=commitment.project,
            counterparty=commitment.payee, commitment=commitment, currency=commitment.currency,
            rate_date=terms["value_date"], rate_source="SAME_CURRENCY" if same else "BANK",
            recorded_by=self.books.officer, approval=self.approval,
            tranche=commitment.tranches.first() if terms["kind"] == "DISBURSEMENT" else None,
            **terms,
        )  # fmt: skip


def fold() -> None:
    """Fold what was posted into the totals, as a commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT topsheet_fold_ledger()")


def entries_under(terms: Terms) -> list[LedgerEntry]:
    """The entries that count under the terms, by looking at each."""
    return [
        entry
        for entry in LedgerEntry.objects.select_related(
            "strand", "counterparty", "project", "commitment"
        )
        if entry.programme_id == terms.programme.pk
        and entry.value_date <= terms.as_of
        and (terms.known_at is None or entry.recorded_at <= terms.known_at)
        and (terms.currency is None or entry.currency == terms.currency)
    ]


def slices_under(entries: Iterable[LedgerEntry], terms: Terms) -> list[dict[str, Any]]:
    """The tranches under the terms, of the commitments that `entries` promise, by looking at each.

    Shape: one dict a tranche (id, of which commitment, due_date, due, unpaid), by due date and number.
    """
    entries = list(entries)
    signed = {e.commitment_id for e in entries if e.kind == "COMMITMENT"}
    found = []
    for tranche in Tranche.objects.select_related("commitment"):
        then: Any = tranche
        if terms.known_at is not None:
            events = Tranche.pgh_event_model.objects.filter(pgh_obj_id=tranche.pk)
            known = events.filter(pgh_created_at__lte=terms.known_at)
            then = known.order_by("pgh_id").last()
        if tranche.commitment_id not in signed or then is None or then.state == "CANCELLED":
            continue
        paid = sum((e.amount for e in entries if e.tranche_id == tranche.pk), Decimal("0.00"))
        due, unpaid = then.amount, max(then.amount - paid, Decimal("0.00"))
        if terms.currency is None:
            due, unpaid = (converted(x, tranche.commitment.rate, "HKD") for x in (due, unpaid))
        found.append(
            {
                "id": tranche.pk, "of": tranche.commitment_id, "due_date": then.due_date, "due": due,
                "unpaid": unpaid,
            }
        )  # fmt: skip
    return sorted(found, key=lambda row: (row["due_date"], row["id"]))


def figures_of(entries: Iterable[LedgerEntry], terms: Terms) -> dict[str, Decimal | None]:
    """The figures of entries, added up one by one; without what is allocated."""
    found: dict[str, Decimal] = defaultdict(lambda: Decimal("0.00"))
    paid = promised = Decimal("0.00")
    for entry in entries:
        name = NAMES[KINDS.index(entry.kind)]
        amount = entry.amount
        if terms.currency is None:
            is_promise = entry.kind in ("COMMITMENT", "DE_COMMITMENT")
            amount = entry.promised_base_amount if is_promise else entry.base_amount
        found[name] += amount
        sign = {"DISBURSEMENT": 1, "REFUND": -1}.get(entry.kind, 0)
        paid += sign * entry.base_amount
        promised += sign * entry.promised_base_amount
    fx = paid - promised if terms.currency is None else None
    own = found["disbursed"] - found["refunded"]
    outstanding = (
        found["committed"] - found["de_committed"] - (promised if terms.currency is None else own)
    )
    return {**{name: found[name] for name in NAMES}, "fx_effect": fx, "outstanding": outstanding}


def allocated_under(terms: Terms) -> dict[tuple[str, int], Decimal]:
    """What each strand has in each year, by looking at each revision."""
    found: dict[tuple[str, int], Decimal] = defaultdict(lambda: Decimal("0.00"))
    for row in AllocationRevision.objects.select_related("allocation__strand"):
        if row.effective_date <= terms.as_of and (
            terms.known_at is None or row.recorded_at <= terms.known_at
        ):
            found[row.allocation.strand.slug, row.allocation.fiscal_year] += row.change_amount
    return found
