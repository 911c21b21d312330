"""The money of a title in the admin: a budget by two people, a cost report, a plan, and what is refused in words."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from portfolio.productions.models import (
    BudgetVersion,
    CoproductionTerms,
    CostReport,
    FinancingPlan,
    FinancingSource,
)
from tests.factories import DocumentFactory, OrganisationFactory, ProductionFactory
from tests.productions.purse import DAY, Purse

pytestmark = pytest.mark.django_db

PASTED = (
    "Account\tCategory\tName\tAmount\n"
    "1100\tAbove the line\tStory and rights\t200,000.00\n"
    "2000\tBTL\tCrew\t600000\n"
    "5000\t後期製作\tPicture editing\t150000.00\n"
    "9000\tCONTINGENCY\tContingency\t50000\n"
)


@pytest.fixture
def desk(browser_of: Any) -> Client:
    return browser_of("Programme officer")


@pytest.fixture
def board(browser_of: Any) -> Client:
    return browser_of("Approver")


def step(film: Any, name: str, key: int = 0) -> str:
    return reverse("admin:title_money_step", args=[film.pk, name, key])


def page(client: Client, film: Any, name: str, query: str = "") -> str:
    return client.get(reverse(f"admin:title_{name}", args=[film.pk]) + query).content.decode()


def test_a_budget_is_pasted_locked_and_approved_by_another(desk: Client, board: Client):
    film = ProductionFactory()

    desk.post(step(film, "begin-budget"), {"currency": "hkd", "pasted": PASTED})
    version = BudgetVersion.objects.with_total().get()
    assert (version.currency, version.total) == ("HKD", Decimal(1_000_000))
    assert [(row.code, row.category) for row in version.lines.all()] == [
        ("1100", "ABOVE_THE_LINE"), ("2000", "BELOW_THE_LINE"), ("5000", "POST"),
        ("9000", "CONTINGENCY"),
    ]  # fmt: skip
    shown = page(desk, film, "budget")
    assert step(film, "lock-budget", version.pk) in shown
    assert "HK$1,000,000.00" in shown
    desk.post(step(film, "lock-budget", version.pk))
    assert step(film, "approve-budget", version.pk) not in page(desk, film, "budget")
    assert desk.get(step(film, "approve-budget", version.pk)).status_code == 403
    assert step(film, "approve-budget", version.pk) in page(board, film, "budget")
    board.post(step(film, "approve-budget", version.pk), {"reason": "Board of 1 June"})
    version.refresh_from_db()
    assert version.decision.decided_by.username == "approver"


def test_a_later_version_is_entered_anew_and_compared(boss: Client):
    purse = Purse()
    first = purse.approved()
    boss.post(step(purse.film, "begin-budget"), {"currency": "HKD", "reason": "Second unit"})
    second = BudgetVersion.objects.get(number=2)
    asked = boss.get(step(purse.film, "enter-accounts", second.pk)).content.decode()
    assert "Picture editing" in asked

    boss.post(
        step(purse.film, "enter-accounts", second.pk),
        {"pasted": "account,category,name,amount\n1100,ATL,Story,250\n7000,OTHER,Legal,10\n"},
    )

    assert [row.code for row in second.lines.all()] == ["1100", "7000"]
    shown = page(boss, purse.film, "budget", f"?version=2&against={first.number}")
    assert "HK$50.00" in shown
    assert "-HK$600.00" in shown
    assert "-HK$740.00" in shown


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("account,category,name,amount\n", "The file is empty"),
        ("category,name,amount\nPOST,Cut,5\n", "Row 2 has no account"),
        ("account,category,name,amount\n1100,POST,Cut,\n", "Row 2 has no amount"),
        ("account,category,name,amount\n1100,POST,Cut,about 5\n", "Row 2 has no amount"),
        ("account,category,name,amount\n1100,Sideways,Cut,5\n", "Row 2 needs one of these"),
        ("account,category,name,amount\n1100,POST,,5\n", "Give at least one name"),
        ("account,category,name,amount\n1100,POST,Cut,5.001\n", "two decimals"),
        ("account,category,name,amount\n1100,POST,A,5\n1100,POST,B,5\n", "Another line has this"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_understood_is_named_and_nothing_is_written(boss: Client, pasted, said):
    film = ProductionFactory()

    answer = boss.post(step(film, "begin-budget"), {"currency": "HKD", "pasted": pasted})

    assert said in answer.content.decode()
    assert pasted.split("\n")[0] in answer.content.decode()
    assert not BudgetVersion.objects.exists()


def test_a_cost_report_is_recorded_in_the_table_or_from_a_file(boss: Client):
    purse = Purse()
    budget = purse.approved()
    address = step(purse.film, "record-costs", budget.pk)
    first = {
        f"costs-{code}-{key}": amount
        for code, amounts in {
            "1100": ("200", "0", "0"), "2000": ("100.00", "250", "270"),
            "5000": ("0", "0", "150"), "9000": ("0", "0", "30"),
        }.items()
        for key, amount in zip(("to_date", "committed", "to_complete"), amounts, strict=True)
    }  # fmt: skip
    said = {"as_of": "2026-06-30", "source": "Line producer"}

    empty = boss.post(address, {**said, **first, "costs-9000-to_date": ""}).content.decode()
    assert "9000, To date" in empty
    boss.post(address, {**said, **first})
    file = SimpleUploadedFile(
        "costs.csv",
        b"account,to date,on order,to complete,category,name\n1100,200,0,0,,\n2000,400,0,220,,\n"
        b"5000,0,0,150,,\n9000,0,0,0,,\n7000,5,0,5,Other costs,Lawyer\n",
    )
    boss.post(address, {"as_of": "2026-07-31", "source": "Line producer", "table": file})

    june, july = CostReport.objects.order_by("pk")
    assert (june.line_count, july.line_count) == (4, 5)
    shown = page(boss, purse.film, "costs")
    assert "HK$980.00" in shown
    assert "not in the budget" in shown
    assert "-HK$20.00" in shown
    again = boss.post(address, {**said, **first}).content.decode()
    assert "There is a report as of" in again
    assert 'value="270' in boss.get(address).content.decode() or "220" in again
    assert f"?report={june.pk}" in shown


def test_a_plan_is_filled_locked_and_signed_until_financial_close_is_open(boss: Client):
    purse = Purse(ProductionFactory(stage="GREENLIT"))
    film = purse.film
    purse.approved()
    firm, paper = OrganisationFactory(name_en="Imaginary Pictures"), DocumentFactory()

    assert "No financing plan is locked yet" in page(boss, film, "financing")
    boss.post(step(film, "begin-plan"), {"currency": "HKD"})
    plan = FinancingPlan.objects.get()
    for kind, amount, more in (
        ("EQUITY", "600", {"is_programme": "on", "recoupment_place": "1"}),
        ("PRESALE", "399.99", {"party": firm.pk}),
        ("IN_KIND", "9", {"party": firm.pk}),
    ):
        boss.post(
            step(film, "add-source", plan.pk),
            {"kind": kind, "amount": amount, "currency": "HKD", **more},
        )
    sources = list(FinancingSource.objects.order_by("number"))
    boss.post(step(film, "remove-source", sources.pop().pk))
    boss.post(step(film, "lock-plan", plan.pk))
    shown = page(boss, film, "financing")
    assert "HK$0.01" in shown
    assert "HKD 0.01 is missing" in shown
    production = boss.get(f"/admin/productions/production/{film.pk}/change/").content.decode()
    assert "HKD 0.01 is missing" in production
    assert reverse("admin:title_financing", args=[film.pk]) in production

    boss.post(step(film, "begin-plan"), {"currency": "HKD", "reason": "Rounded up"})
    second = FinancingPlan.objects.get(number=2)
    boss.post(
        step(film, "add-source", second.pk),
        {"kind": "IN_KIND", "amount": "0.01", "currency": "HKD", "party": firm.pk},
    )
    boss.post(step(film, "lock-plan", second.pk))
    for source in second.sources.all():
        boss.post(
            step(film, "secure-source", source.pk),
            {"secured": "SIGNED", "secured_date": "2026-06-01", "document": paper.pk},
        )
    shown = page(boss, film, "financing")
    assert "Financial close waits" not in shown
    assert step(film, "secure-source", source.pk) not in shown


def test_a_commitment_that_differs_from_the_plan_is_shown(boss: Client, money: Any):
    film = money.project.production
    purse = Purse(film)
    plan = purse.plan()
    commitment = money.signed("400")
    purse.source(plan, "500", is_programme=True, commitment=commitment)

    shown = page(boss, film, "financing")

    assert commitment.reference in shown
    assert "differs from the plan by -HK$100.00" in shown


def test_shares_are_recorded_all_at_once(boss: Client):
    film = ProductionFactory()
    first, second = OrganisationFactory(), OrganisationFactory()
    said = {
        "effective_date": DAY.isoformat(), "reason": "Letter", "party_1": first.pk, "share_1": "60",
        "party_2": second.pk,
    }  # fmt: skip

    answer = boss.post(step(film, "record-shares"), {**said, "share_2": "39.9999"})
    assert "The shares make 99.9999 % and not 100 per cent" in answer.content.decode()
    lone = boss.post(step(film, "record-shares"), said)
    assert "Give both the co-producer and the share" in lone.content.decode()
    assert not CoproductionTerms.objects.exists()
    boss.post(step(film, "record-shares"), {**said, "share_2": "40"})
    connection.check_constraints()
    assert [s.share for s in CoproductionTerms.objects.get().shares.all()] == [60, 40]
    assert "60 %" in page(boss, film, "financing")


@pytest.mark.parametrize(
    ("role", "opens", "takes"),
    [
        ("Viewer", set(), set()),
        ("Scholarship officer", set(), set()),
        ("Auditor", {"budget", "costs", "financing"}, set()),
        ("Approver", {"budget", "costs", "financing"}, {"approve-budget"}),
        ("Finance", {"budget", "costs", "financing"},
         {"begin-budget", "lock-budget", "record-costs", "add-source", "record-shares"}),
        ("Programme officer", {"budget", "costs", "financing"},
         {"begin-budget", "lock-budget", "record-costs", "add-source", "record-shares"}),
    ],
)  # fmt: skip
def test_pages_and_steps_open_as_the_roles_say(browser_of: Any, role: str, opens: Any, takes: Any):
    purse = Purse()
    version, plan = purse.lock(purse.budget()), purse.plan()
    keys = {
        "begin-budget": 0, "lock-budget": version.pk, "approve-budget": version.pk,
        "record-costs": version.pk, "add-source": plan.pk, "record-shares": 0,
    }  # fmt: skip
    client = browser_of(role)

    for name in ("budget", "costs", "financing"):
        status = client.get(reverse(f"admin:title_{name}", args=[purse.film.pk])).status_code
        assert status == (200 if name in opens else 403), name
    for name, key in keys.items():
        status = client.get(step(purse.film, name, key)).status_code
        assert status == (200 if name in takes else 403), name


def test_what_is_not_there_is_not_found(boss: Client):
    purse, other = Purse(), Purse()
    version, plan = purse.budget(), purse.plan()
    source = purse.source(plan, "1")
    huge = 10**30

    for path in (
        step(other.film, "lock-budget", version.pk),
        step(other.film, "add-source", plan.pk),
        step(other.film, "secure-source", source.pk),
        step(purse.film, "no-such-step"),
        step(purse.film, "lock-budget", huge),
        f"/admin/productions/money/{huge}/budget/",
        f"/admin/productions/money/{huge}/begin-budget/0/",
    ):
        assert boss.get(path).status_code == 404, path
    assert "Top sheet of version 1" in page(boss, purse.film, "budget", "?version=99&against=x")


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_pages_open_in_each_language(boss: Client, settings: Any, language: str):
    purse = Purse()
    purse.report(purse.approved(), [
        ("1100", "ABOVE_THE_LINE", "200", "0", "0"), ("2000", "BELOW_THE_LINE", "0", "0", "600"),
        ("5000", "POST", "0", "0", "150"), ("9000", "CONTINGENCY", "0", "0", "50"),
    ])  # fmt: skip
    purse.financed("999")
    boss.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    for name, word in (("budget", "應急費"), ("costs", "成本報告"), ("financing", "融資計劃")):
        shown = page(boss, purse.film, name)
        assert language == "zh-hans" or word in shown


def test_a_page_asks_as_often_however_much_is_on_it(boss: Client, django_assert_num_queries: Any):
    purse = Purse(ProductionFactory(stage="GREENLIT"))
    rows = [
        ("1100", "ABOVE_THE_LINE", "200", "0", "0"), ("2000", "BELOW_THE_LINE", "0", "0", "600"),
        ("5000", "POST", "0", "0", "150"), ("9000", "CONTINGENCY", "0", "0", "50"),
    ]  # fmt: skip
    for month in range(1, 6):
        budget = purse.approved(reason="Once more")
        purse.report(budget, rows, DAY.replace(month=month))
        plan = purse.plan()
        for amount in ("100", "200", "699.99"):
            purse.source(plan, amount)
        purse.lock_plan(plan)
    purse.share("60", "40")
    # What the admin itself keeps after its first page is no part of it.
    page(boss, purse.film, "budget")

    # The session, the person, the title and whether a programme is made up, as on each page; then the
    # versions, and the lines of the one shown.
    with django_assert_num_queries(6):
        page(boss, purse.film, "budget")
    # The reports that count, all reports, the budget that counts, its lines, and those of two reports.
    with django_assert_num_queries(10):
        page(boss, purse.film, "costs")
    # Plans, budget, sources; the gate within a savepoint (4); shares with their organisations (3).
    with django_assert_num_queries(14):
        page(boss, purse.film, "financing")
