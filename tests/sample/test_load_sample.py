"""The sample: fictional, the same for a seed, true to every rule, and there as a whole or not at all."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    ExchangeRate,
    LedgerEntry,
    Tranche,
)
from portfolio.programmes.models import AllocationRevision, Programme, Project
from portfolio.staff.models import User

ENTRIES = 700


@pytest.fixture(scope="module")
def sample(django_db_setup, django_db_blocker):
    """One sample for all tests of this file, in a transaction that is taken back."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        out = io.StringIO()
        call_command("load_sample", projects=12, entries=ENTRIES, seed=7, stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(sample, db):
    return sample


def test_it_has_exactly_what_was_asked_for_and_says_that_it_is_made_up(loaded):
    programme = Programme.objects.get(is_fictional=True)

    assert LedgerEntry.objects.filter(programme=programme).count() == ENTRIES
    assert Project.objects.filter(programme=programme).count() == 12
    assert "Sample programme (fictional): 12 projects, 700 entries in" in loaded
    assert (programme.name_en, programme.name_zh_hant, programme.name_zh_hans) == (
        "Sample programme (fictional)", "示範計劃（虛構）", "示范计划（虚构）",
    )  # fmt: skip


def test_the_ledger_of_the_sample_is_true(loaded):
    out = io.StringIO()

    call_command("verify_ledger", stdout=out)

    assert out.getvalue().startswith("sample-programme: 700 entries")


def test_it_holds_every_kind_of_thing(loaded):
    kinds = set(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds >= {"COMMITMENT", "DE_COMMITMENT", "DISBURSEMENT", "REFUND", "RECOUPMENT"}
    assert set(LedgerEntry.objects.values_list("currency", flat=True)) >= {"HKD", "USD", "CNY"}
    assert LedgerEntry.objects.filter(reversal_of__isnull=False, amount__lt=0).exists()
    assert set(Commitment.objects.values_list("state", flat=True)) >= {
        "SIGNED", "CLOSED", "CANCELLED", "DRAFT",
    }  # fmt: skip
    assert set(Tranche.objects.values_list("state", flat=True)) >= {"SCHEDULED", "PAID"}
    assert CommitmentAmendment.objects.filter(state="SIGNED").exists()
    assert AllocationRevision.objects.filter(kind="REVISION").exists()
    years = set(LedgerEntry.objects.values_list("fiscal_year", flat=True))
    assert years == {2022, 2023, 2024, 2025, 2026}


def test_the_entries_stand_in_the_order_in_which_they_were_recorded(loaded):
    recorded = list(LedgerEntry.objects.order_by("pk").values_list("recorded_at", flat=True))

    assert recorded == sorted(recorded)
    for entry in LedgerEntry.objects.all():
        assert 0 <= (entry.recorded_at.date() - entry.value_date).days <= 14


def test_nobody_of_the_sample_approves_what_they_asked_for_and_nobody_can_sign_in(loaded):
    for decision in ApprovalDecision.objects.select_related("request"):
        assert decision.decided_by_id != decision.request.requested_by_id
    people = User.objects.filter(username__startswith="sample-")
    assert len(people) == 7
    assert not any(user.has_usable_password() for user in people)


def test_amounts_above_a_limit_have_two_approvers(loaded):
    for request in ApprovalRequest.objects.filter(state="APPROVED", currency="HKD"):
        assert request.decisions.count() == (2 if request.amount > 5_000_000 else 1)


def test_entries_are_converted_at_published_rates(loaded):
    entry = LedgerEntry.objects.filter(currency="USD", kind="DISBURSEMENT").first()
    assert entry is not None
    day = {
        row.currency: row.rate
        for row in ExchangeRate.objects.filter(date=entry.rate_date, currency__in=["HKD", "USD"])
    }

    assert entry.rate == round(day["HKD"] / day["USD"], 12)


def test_public_pages_of_the_sample_say_that_it_is_fictional(loaded):
    project = Project.objects.filter(programme__is_fictional=True).first()
    assert project is not None

    page = Client().get(f"/productions/{project.slug}/").content.decode()
    listed = Client().get("/productions/").content.decode()

    assert "Fictional: made up for trying Topsheet." in page
    assert listed.count('<span class="tag">Fictional sample</span>') == 12


def test_a_second_sample_is_refused_with_what_to_do(loaded):
    with pytest.raises(CommandError, match="use a new database for another"):
        call_command("load_sample", stdout=io.StringIO())


@pytest.mark.django_db
def test_the_role_that_serves_requests_is_told_who_may(settings):
    settings.DATABASE_ROLE = "app"

    with pytest.raises(CommandError, match="set TOPSHEET_DB_ROLE=owner"):
        call_command("load_sample")


@pytest.mark.django_db
@pytest.mark.parametrize("given", [{"projects": 0}, {"entries": 0}])
def test_nothing_is_no_sample(given):
    with pytest.raises(CommandError, match="at least one project and one entry"):
        call_command("load_sample", **given)
