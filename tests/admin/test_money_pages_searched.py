"""What the lists of money find: an exact reference is that one alone, other words are looked for everywhere."""

import pytest
from django.test import Client

from portfolio.funding.models import LedgerEntry
from tests.books import Books


@pytest.fixture
def books(db: None) -> Books:
    """Two commitments, the reference of one of which begins that of the other."""
    books = Books()
    books.payee.name_en = "Imaginary Pictures"
    books.payee.save()
    books.paid("500000")
    books.draft("800000")
    first, second = books.programme.commitments.order_by("pk")
    second.reference = f"{first.reference}0"
    second.save()
    return books


def found(boss: Client, path: str, words: str) -> list[str]:
    rows = boss.get(f"/admin/funding/{path}/", {"q": words}).context["cl"].result_list
    return sorted(str(getattr(row, "commitment", row).reference) for row in rows)


def test_an_exact_reference_finds_that_commitment_alone(boss: Client, books: Books):
    first, second = books.programme.commitments.order_by("pk")

    assert found(boss, "commitment", first.reference.lower()) == [first.reference]
    assert found(boss, "commitment", first.reference[:-1]) == [first.reference, second.reference]
    assert found(boss, "tranche", second.reference) == [second.reference]


def test_tranches_are_found_by_whom_they_are_paid_to(boss: Client, books: Books):
    first, second = books.programme.commitments.order_by("pk")

    assert found(boss, "tranche", "Imaginery") == [first.reference, second.reference]
    assert found(boss, "tranche", "nobody at all") == []


def test_the_ledger_is_found_by_the_reference_of_a_commitment_or_of_the_bank(
    boss: Client, books: Books
):
    first = books.programme.commitments.order_by("pk")[0]
    tranche = books.payable(books.signed("1000"))
    books.pay(tranche, reference="BANK-77")

    assert found(boss, "ledgerentry", first.reference) == [first.reference] * 2
    assert found(boss, "ledgerentry", "bank-77") == [tranche.commitment.reference]
    assert LedgerEntry.objects.filter(reference="BANK-77").count() == 1
