"""The books computed again from nothing but the entries, in the plainest way there is."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from portfolio.funding.choices import Span
from portfolio.funding.models import (
    Commitment,
    CommitmentPosition,
    DayTotal,
    LedgerDelta,
    LedgerEntry,
    LedgerLink,
    MonthTotal,
    PayeeTotal,
    ProjectTotal,
    SpanTotal,
)
from portfolio.programmes.models import AllocationBalance, AllocationRevision

FIELDS = {
    "COMMITMENT": ("committed", "committed_base"),
    "DE_COMMITMENT": ("de_committed", "de_committed_base"),
    "DISBURSEMENT": ("disbursed", "disbursed_base"),
    "REFUND": ("refunded", "refunded_base"),
    "RECOUPMENT": ("recouped", "recouped_base"),
    "WRITE_OFF": ("written_off", "written_off_base"),
}


def at_commit() -> None:
    """Look at the rules that hold when a transaction ends, as if it ended here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def assert_the_books_are_right() -> None:
    """Every limit holds, and every total that the database keeps is the sum of its entries."""
    entries = list(LedgerEntry.objects.order_by("pk"))
    positions: dict[tuple[int, int], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    committed: dict[int, Decimal] = defaultdict(Decimal)
    totals: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for entry in entries:
        place = positions[entry.commitment_id, entry.allocation_id]
        plain, base = FIELDS[entry.kind]
        place[plain] += entry.amount
        place[base] += entry.promised_base_amount
        if entry.kind in ("DISBURSEMENT", "REFUND"):
            place[f"{plain}_paid_base"] += entry.base_amount
        sign = {"COMMITMENT": 1, "DE_COMMITMENT": -1}.get(entry.kind, 0)
        committed[entry.allocation_id] += sign * entry.promised_base_amount
        totals[entry.allocation_id, entry.kind, entry.currency] += entry.base_amount
        if entry.kind == "DISBURSEMENT":
            assert entry.tranche_id is not None
            paid[entry.tranche_id] += entry.amount

    stored = {
        (row.commitment_id, row.allocation_id): row for row in CommitmentPosition.objects.all()
    }
    assert stored.keys() == positions.keys()
    for key, place in positions.items():
        row = stored[key]
        for name in (*(n for pair in FIELDS.values() for n in pair), "disbursed_paid_base"):
            assert getattr(row, name) == place[name], (key, name)
        net_promised = place["committed"] - place["de_committed"]
        net_paid = place["disbursed"] - place["refunded"]
        assert 0 <= net_paid <= net_promised
        assert place["refunded"] + place["written_off"] <= place["disbursed"]
        if net_paid == net_promised:
            assert (
                place["committed_base"] - place["de_committed_base"]
                == place["disbursed_base"] - place["refunded_base"]
            )

    allocated = dict(
        AllocationRevision.objects.order_by()
        .values_list("allocation")
        .annotate(total=Sum("change_amount"))
    )
    for balance in AllocationBalance.objects.all():
        assert balance.allocated == allocated[balance.allocation_id]
        assert balance.committed == committed[balance.allocation_id]
        assert balance.committed <= balance.allocated

    for grain in (
        DayTotal.objects.all(),
        MonthTotal.objects.all(),
        *(SpanTotal.objects.filter(span=span) for span in Span.values),
    ):
        kept: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        for row in (*grain, *LedgerDelta.objects.all()):
            kept[row.allocation_id, row.kind, row.currency] += row.base_amount
        assert {k: v for k, v in kept.items() if v} == {k: v for k, v in totals.items() if v}

    for model, of in ((PayeeTotal, "counterparty_id"), (ProjectTotal, "project_id")):
        parties: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        for sign, rows in ((1, entries), (-1, list(LedgerDelta.objects.all()))):
            for row in rows:
                promised = row.kind in ("COMMITMENT", "DE_COMMITMENT")
                base = row.promised_base_amount if promised else row.base_amount
                parties[getattr(row, of), row.kind, row.currency] += sign * row.amount
                parties[getattr(row, of), row.kind, ""] += sign * base
        for total in model.objects.all():
            for kind, (column, _base) in FIELDS.items():
                parties[total.party_id, kind, total.currency] -= getattr(total, column)
        assert not any(parties.values())

    for commitment in Commitment.objects.filter(state__in=["SIGNED", "CLOSED", "CANCELLED"]):
        rows = [row for (of, _), row in stored.items() if of == commitment.pk]
        promised = sum((r.committed - r.de_committed for r in rows), Decimal(0))
        back = sum((r.refunded for r in rows), Decimal(0))
        tranches = commitment.tranches.exclude(state="CANCELLED")
        scheduled = sum((t.amount for t in tranches), Decimal(0))
        assert promised <= scheduled <= promised + back
        for tranche in commitment.tranches.all():
            assert paid[tranche.pk] <= tranche.amount
            assert (tranche.state == "PAID") == (paid[tranche.pk] == tranche.amount)

    links = list(LedgerLink.objects.order_by("programme", "sequence").values_list("sequence"))
    assert len(links) == len(entries)
