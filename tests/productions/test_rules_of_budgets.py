"""The rules of budgets: open until locked, decided by somebody else, and then for good."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.common.grants import ONLY_ADD, rights_of
from portfolio.productions.models import BudgetDecision, BudgetLine, BudgetVersion
from portfolio.productions.operations import budgets
from portfolio.productions.operations.title_money import approved_budget, states_of, top_sheet
from tests.factories import ProductionFactory
from tests.productions.purse import AT, PLAIN, Purse, accounts
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse(db):
    return Purse()


def test_a_version_begins_open_and_never_changes_once_locked(purse):
    version = purse.budget()
    row = BudgetVersion.objects.filter(pk=version.pk)
    line = BudgetLine.objects.filter(version=version, code="2000")
    line.update(amount=Decimal(601))
    row.update(reason="First plan")
    purse.lock(version)

    with refused("budget_version_begins_open"):
        BudgetVersion.objects.create(
            production=purse.film, number=9, currency="HKD", reason="Now", made_at=AT,
            made_by=purse.maker, locked_at=AT, locked_by=purse.maker,
        )  # fmt: skip
    for change in ({"currency": "USD"}, {"locked_at": None, "locked_by": None}):
        with refused("budget_version_locked_stays"):
            row.update(**change)
    with refused("budget_version_locked_stays"):
        row._raw_delete("default")
    with refused("budget_line_of_a_locked_version_stays"):
        line.update(amount=Decimal(1))
    with refused("budget_line_of_a_locked_version_stays"):
        line._raw_delete("default")
    with refused("budget_line_of_a_locked_version_stays"):
        BudgetLine.objects.create(
            version=version, code="7000", category="OTHER", name_en="Legal", amount=Decimal(1)
        )
    with refused("budget_line_of_a_locked_version_stays"):
        BudgetLine.objects.filter(version=purse.budget(), code="1100").update(
            version=version, code="1101"
        )


def test_an_open_version_can_be_removed(purse):
    version = purse.budget()

    version.delete()

    assert not BudgetLine.objects.exists()


def test_a_version_is_locked_with_lines_that_cost_something(purse):
    empty = purse.budget([])
    free = purse.budget([("1100", "OTHER", "0", "Nothing")])

    for version in (empty, free):
        with refused("budget_version_locked_has_lines"):
            purse.lock(version)
    BudgetLine.objects.filter(version=free).update(amount=Decimal("0.01"))
    free.refresh_from_db()
    purse.lock(free)


def test_amounts_have_the_decimals_of_the_currency(purse):
    half = [("1100", "OTHER", "10.50", "Legal")]
    purse.lock(purse.budget(half))
    purse.lock(purse.budget(currency="JPY"))

    with refused("budget_version_amounts_fit_its_currency"):
        purse.lock(purse.budget(half, currency="JPY"))


def test_a_version_keeps_its_title_and_who_made_it(purse):
    row = BudgetVersion.objects.filter(pk=purse.budget().pk)

    with refused("budget_version_keeps_its_title_and_maker"):
        row.update(made_by=purse.approver)
    with refused("budget_version_keeps_its_title_and_maker"):
        row.update(production=ProductionFactory())


def test_somebody_else_decides(purse):
    version = purse.budget()
    with refused("budget_decision_is_of_a_locked_version"):
        purse.decide(version)
    budgets.lock_budget(version=version, actor=purse.approver, at=AT)

    for person in (purse.maker, purse.approver):
        with refused("budget_decision_is_by_another"):
            purse.decide(version, actor=person)
    third = Purse().approver
    purse.decide(version, actor=third)
    with refused("version_id"):
        purse.decide(version, actor=third)


def test_a_rejected_budget_is_followed_by_another(purse):
    first = purse.lock(purse.budget())
    with refused("budget_decision_to_reject_has_a_reason"):
        purse.decide(first, "REJECTED", reason="")
    with refused("budget_decision_verdict_is_known"):
        BudgetDecision.objects.create(
            version=first, verdict="PERHAPS", decided_at=AT, decided_by=purse.approver
        )
    purse.decide(first, "REJECTED", reason="Too much for the crew")
    second = purse.approved([("1100", "ABOVE_THE_LINE", "900", "Story")], reason="Less crew")

    assert approved_budget(purse.film).pk == second.pk
    assert states_of(BudgetVersion.objects.all()) == {first.pk: "REJECTED", second.pk: "APPROVED"}


def test_one_approved_version_counts_and_none_before_it_is_approved_any_more(purse):
    first, late = purse.approved(), purse.lock(purse.budget(None, reason="Second unit"))
    third = purse.approved(None, reason="Inflation")

    with refused("budget_decision_approves_no_superseded_version"):
        purse.decide(late)
    assert states_of(BudgetVersion.objects.select_related("decision")) == {
        first.pk: "SUPERSEDED", late.pk: "LOCKED", third.pk: "APPROVED",
    }  # fmt: skip
    purse.decide(late, "REJECTED")
    assert approved_budget(purse.film).pk == third.pk


def test_a_decision_is_never_changed_taken_away_or_emptied(purse):
    purse.approved()
    row = BudgetDecision.objects.all()

    with refused("budget_decision_never_changes"):
        row.update(verdict="REJECTED")
    with refused("budget_decision_never_changes"):
        row._raw_delete("default")
    with refused("budget_decision_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE productions_budgetdecision")
    assert rights_of(BudgetDecision) == ONLY_ADD


def test_budget_decision_is_decided_now_and_so_are_its_other_moments(purse, as_app_role):
    version = purse.lock(purse.budget())
    decision = purse.decide(version)

    version.refresh_from_db()
    decision.refresh_from_db()
    for moment in (version.made_at, version.locked_at, decision.decided_at):
        assert abs(moment - timezone.now()) < datetime.timedelta(minutes=5)


def test_a_later_version_has_a_reason_and_a_number_of_its_own(purse):
    purse.budget(reason="")

    with refused("budget_version_after_the_first_has_a_reason"):
        purse.budget(reason="")
    with refused("budget_version_has_a_number_of_its_own"):
        BudgetVersion.objects.create(
            production=purse.film, number=1, currency="HKD", made_at=AT, made_by=purse.maker
        )
    with refused("budget_version_currency_is_iso4217"):
        purse.budget(currency="XXX")
    with refused("budget_version_locked_is_locked_by_somebody"):
        BudgetVersion.objects.filter(production=purse.film).update(locked_at=AT)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("budget_line_has_an_account_of_its_own", {"code": "2000"}),
        ("budget_line_names_its_account", {"code": ""}),
        ("budget_line_names_its_account", {"code": "11 00"}),
        ("budget_line_category_is_known", {"category": "SIDEWAYS"}),
        ("budget_line_has_a_name", {"name_en": ""}),
        ("budget_line_amount_is_not_negative", {"amount": Decimal("-0.01")}),
    ],
)
def test_a_line_is_an_account_with_a_name_and_an_amount(purse, rule, change):
    line = BudgetLine.objects.filter(pk=purse.budget().lines.get(code="1100").pk)
    line.update(code="11.00-A", amount=0, name_zh_hant="故事")
    line.update(name_zh_hant="")

    with refused(rule):
        line.update(**change)


def test_a_top_sheet_sums_categories_and_compares_two_versions(purse):
    first = purse.budget()
    second = purse.budget([
        ("1100", "ABOVE_THE_LINE", "250", "Story and rights"),
        ("2000", "POST", "600", "Crew, now of post"),
        ("6000", "OTHER", "10.01", "Legal"),
    ], reason="Another plan")  # fmt: skip

    sheet = top_sheet(second, against=first)

    assert [(str(p.category), p.amount, p.change, [r.line.code for r in p.rows]) for p in sheet.parts] == [
        ("ABOVE_THE_LINE", Decimal(250), Decimal(50), ["1100"]),
        ("BELOW_THE_LINE", Decimal(0), Decimal(-600), ["2000"]),
        ("POST", Decimal(600), Decimal(450), ["2000", "5000"]),
        ("OTHER", Decimal("10.01"), Decimal("10.01"), ["6000"]),
        ("CONTINGENCY", Decimal(0), Decimal(-50), ["9000"]),
    ]  # fmt: skip
    assert (sheet.total, sheet.change) == (Decimal("860.01"), Decimal("-139.99"))
    assert top_sheet(first).total == 1000


def test_entered_accounts_take_the_place_of_those_before(purse):
    version = purse.budget()

    budgets.enter_accounts(version=version, accounts=accounts(PLAIN[:1]), actor=purse.maker)

    assert [line.code for line in version.lines.all()] == ["1100"]
