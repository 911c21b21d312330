"""A made-up programme says so on every page of the admin, and in the forms of all that belongs to it."""

import io

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from portfolio.funding.models import LedgerEntry
from portfolio.programmes.models import Programme
from tests.books import Books
from tests.factories import ProductionFactory, ProgrammeFactory, StrandFactory

pytestmark = pytest.mark.django_db

EVERYWHERE = "Rows of this programme are made up:"


@pytest.mark.parametrize("fictional", [True, False])
def test_forms_and_list_of_a_fictional_programme_say_that_it_is_one(boss: Client, fictional: bool):
    programme = ProgrammeFactory(is_fictional=fictional)
    strand = StrandFactory(programme=programme)
    production = ProductionFactory(strand=strand)
    pages = [
        reverse("admin:programmes_programme_changelist"),
        reverse("admin:programmes_programme_change", args=[programme.pk]),
        reverse("admin:programmes_strand_change", args=[strand.pk]),
        reverse("admin:productions_production_change", args=[production.pk]),
    ]

    said = ["Fictional sample" in boss.get(page).content.decode() for page in pages]

    assert said == [fictional] * 4


def pages_of_money(books: Books) -> list[str]:
    """Every page that may show rows of the programme: lists, forms, steps, the inbox, reports."""
    commitment = books.paid("500000")
    draft = books.draft("800000")
    entry = LedgerEntry.objects.get(commitment=commitment, kind="DISBURSEMENT")
    [tranche] = commitment.tranches.all()
    return [
        reverse("admin:index"),
        reverse("admin:approvals"),
        reverse("admin:history"),
        *(
            reverse(f"admin:{name}_changelist")
            for name in (
                "funding_commitment", "funding_tranche", "funding_ledgerentry",
                "funding_approvalrequest", "funding_periodclosing", "funding_exchangerate",
                "funding_approvallimit", "funding_delegation", "programmes_allocation",
                "partners_agreement", "partners_organisation", "productions_production",
            )
        ),
        reverse("admin:funding_commitment_add"),
        reverse("admin:funding_commitment_change", args=[draft.pk]),
        reverse("admin:funding_commitment_change", args=[commitment.pk]),
        reverse("admin:funding_commitment_history", args=[commitment.pk]),
        reverse("admin:funding_tranche_change", args=[tranche.pk]),
        reverse("admin:funding_ledgerentry_change", args=[entry.pk]),
        reverse("admin:funding_commitment_edit", args=[draft.pk]),
        reverse("admin:funding_commitment_step", args=[draft.pk, "submit", 0]),
        reverse("admin:funding_commitment_step", args=[commitment.pk, "refund", 0]),
        reverse("admin:report_top_sheet"),
        reverse("admin:report_cash_flow"),
        reverse("admin:report_due"),
        reverse("admin:report_watch"),
        reverse("admin:report_entries"),
        reverse("admin:report_tranches"),
        reverse("admin:programmes_allocation_change", args=[books.first.pk]),
    ]  # fmt: skip


@pytest.mark.parametrize("fictional", [True, False])
def test_every_page_of_money_says_that_a_programme_is_made_up(boss: Client, fictional: bool):
    books = Books()
    Programme.objects.filter(pk=books.programme.pk).update(is_fictional=fictional)
    pages = pages_of_money(books)

    for page in pages:
        response = boss.get(page)
        words = response.content.decode()
        assert response.status_code == 200, page
        assert (EVERYWHERE in words) is fictional, page
        assert words.count(EVERYWHERE) <= 1, page
        assert not fictional or str(books.programme) in words, page


def test_the_page_after_the_sample_came_says_it_and_the_one_after_it_went_does_not(boss: Client):
    page = reverse("admin:funding_ledgerentry_changelist")

    def says() -> bool:
        return EVERYWHERE in boss.get(page).content.decode()

    before = says()
    with transaction.atomic():
        call_command("load_sample", projects=2, entries=40, seed=1, stdout=io.StringIO())
        while_it_is_there = says()
        transaction.set_rollback(True)

    assert (before, while_it_is_there, says()) == (False, True, False)


def test_a_draft_of_a_made_up_programme_is_told_to_staff_as_well(boss: Client):
    ProgrammeFactory(is_fictional=True, publication="DRAFT", name_en="Made-up fund")

    words = boss.get(reverse("admin:index")).content.decode()

    assert EVERYWHERE in words
    assert "Made-up fund" in words


@pytest.mark.parametrize(("prefix", "words"), [("zh-hant", "均屬虛構"), ("zh-hans", "均属虚构")])
def test_it_is_said_in_the_language_of_the_reader(boss: Client, prefix: str, words: str):
    ProgrammeFactory(is_fictional=True)
    boss.cookies["django_language"] = prefix

    assert words in boss.get(reverse("admin:funding_commitment_changelist")).content.decode()


def test_who_is_not_signed_in_is_told_nothing(client: Client):
    ProgrammeFactory(is_fictional=True)

    assert EVERYWHERE not in client.get(reverse("account_login")).content.decode()
