"""What a key reads of the money of a title: derived figures as text, and only for whom may see them."""

import datetime

import pytest
from django.db import connection

from portfolio.productions.models import CostReport
from tests.api.money import Caller, person
from tests.factories import OrganisationFactory
from tests.productions.falls import Fall
from tests.productions.purse import AT, DAY, Purse
from tests.productions.test_rules_of_costs import JULY, MORE, ROWS

pytestmark = pytest.mark.django_db

PATHS = ("budgets", "cost-reports", "financing-plans")


@pytest.fixture
def purse(db):
    return Purse()


def read(purse, name, caller=None, **more):
    caller = caller or Caller(person("Finance"), "TITLE_MONEY_READ")
    query = "&".join(f"{k}={v}" for k, v in {"title": purse.film.slug, **more}.items())
    return caller.client.get(f"/api/v1/{name}/?{query}")


def test_a_key_reads_every_version_of_a_budget(purse):
    purse.approved()
    purse.approved(None, reason="As the board asked")
    purse.budget(None, reason="Perhaps")

    rows = read(purse, "budgets").json()["results"]

    assert [(r["version"], r["state"], r["total"]) for r in rows] == [
        (3, "OPEN", "1000.00"), (2, "APPROVED", "1000.00"), (1, "SUPERSEDED", "1000.00"),
    ]  # fmt: skip
    assert [(c["category"], c["amount"], c["share_percent"]) for c in rows[1]["categories"]] == [
        ("ABOVE_THE_LINE", "200.00", "20.00"),
        ("BELOW_THE_LINE", "600.00", "60.00"),
        ("POST", "150.00", "15.00"),
        ("OTHER", "0.00", "0.00"),
        ("CONTINGENCY", "50.00", "5.00"),
    ]
    assert rows[1]["lines"][0] == {
        "account": "1100", "category": "ABOVE_THE_LINE", "amount": "200.00",
        "name": {"en": "Story and rights", "zh-Hant": None, "zh-Hans": None},
    }  # fmt: skip


def test_a_key_reads_cost_reports_as_they_were_known(purse):
    budget = purse.approved()
    reports = [purse.report(budget, ROWS, DAY), purse.report(budget, MORE, JULY)]
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE productions_costreport DISABLE TRIGGER USER")
    for number, report in enumerate(reports):
        CostReport.objects.filter(pk=report.pk).update(
            recorded_at=AT + datetime.timedelta(days=40 + number)
        )

    july, june = read(purse, "cost-reports").json()["results"]
    earlier = read(purse, "cost-reports", known_at="2026-07-11T10:00:00Z").json()["results"]
    in_june = read(purse, "cost-reports", as_of="2026-06-30").json()["results"]

    assert [june[k] for k in ("budget", "final", "variance", "change")] == [
        "1000.00", "1000.00", "0.00", None,
    ]  # fmt: skip
    assert [july[k] for k in ("as_of", "final", "variance", "change")] == [
        "2026-07-01", "970.00", "30.00", "-30.00",
    ]  # fmt: skip
    assert earlier == in_june == [june]
    assert july["lines"][1]["to_complete"] == "270.00"


def test_a_key_reads_financing_plans_with_what_is_missing(purse):
    purse.approved()
    plan = purse.plan()
    fund = OrganisationFactory(slug="a-fund")
    purse.sign(purse.source(plan, "600", party=fund, recoupment_place=1))
    purse.lock_plan(plan)
    purse.plan(reason="Another")
    purse.share("60", "40")

    body = read(purse, "financing-plans").json()
    second, first = body["results"]

    assert [(r["version"], r["counts"], r["missing"]) for r in (first, second)] == [
        (1, True, "400.00"), (2, False, "400.00"),
    ]  # fmt: skip
    (source,) = first["sources"]
    assert (source["party"]["slug"], source["secured"], source["share_percent"]) == (
        "a-fund", "SIGNED", "100.00",
    )  # fmt: skip
    assert [s["share"] for s in body["co_producers"]["shares"]] == ["60.0000", "40.0000"]


@pytest.mark.parametrize("name", PATHS)
def test_who_may_not_see_money_of_titles_reads_none(purse, name):
    for role, scope in (("Viewer", "TITLE_MONEY_READ"), ("Finance", "WATERFALLS_READ")):
        assert read(purse, name, Caller(person(role), scope)).status_code == 403


@pytest.mark.parametrize("name", PATHS)
def test_every_fault_is_named(purse, name):
    answers = [
        read(purse, name, title="nowhere"),
        read(purse, name, day="2026-06-01"),
        read(purse, name, known_at="yesterday"),
    ]

    assert [a.status_code for a in answers] == [400] * 3
    assert all(
        word in a.content.decode()
        for word, a in zip(("title", "day", "known_at"), answers, strict=True)
    )


def test_a_run_of_an_earlier_moment_is_reproduced():
    fall = Fall()
    fall.agree()
    first, second = fall.receive("500"), fall.receive("700")
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE productions_receipt DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE productions_receipt SET recorded_at = %s + (id - %s) * interval '1 day'",
            [AT, first.pk],
        )
    caller = Caller(person("Finance"), "WATERFALLS_READ")
    path = f"/api/v1/waterfalls/?title={fall.row.production.slug}"

    def received(query=""):
        return caller.client.get(path + query).json()["results"][0]["received"]

    assert second.pk == first.pk + 1
    assert (received(), received("&known_at=2026-06-01T12:00:00Z")) == ("1200.00", "500.00")
    assert caller.client.get(f"{path}&known_at=then").status_code == 400
