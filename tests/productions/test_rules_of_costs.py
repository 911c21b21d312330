"""The rules of cost reports: whole, only ever added, and what follows from them."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.productions.models import CostLine, CostReport
from portfolio.productions.operations.title_money import cost_sheet, reports_of
from tests.productions.purse import AT, DAY, Purse
from tests.refusals import refused

pytestmark = pytest.mark.django_db

JULY = datetime.date(2026, 7, 1)
ROWS = [
    ("1100", "ABOVE_THE_LINE", "200", "0", "0"),
    ("2000", "BELOW_THE_LINE", "100", "250", "270"),
    ("5000", "POST", "0", "0", "150"),
    ("9000", "CONTINGENCY", "0", "0", "30"),
]
MORE = [*ROWS[:3], ("9000", "CONTINGENCY", "0", "0", "0")]


@pytest.fixture
def purse(db):
    return Purse()


@pytest.fixture
def budget(purse):
    return purse.approved()


def test_a_report_is_never_changed_taken_away_or_emptied(purse, budget):
    report = purse.report(budget, ROWS)
    connection.check_constraints()

    reports = CostReport.objects.filter(pk=report.pk)
    with refused("cost_report_never_changes"):
        reports.update(source="X")
    with refused("cost_report_never_changes"):
        reports._raw_delete("default")
    with refused("cost_line_never_changes"):
        report.lines.update(to_date=1)
    with refused("cost_line_never_changes"):
        report.lines.all()._raw_delete("default")
    with refused("cost_report_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE productions_costreport, productions_costline")
    with refused("cost_line_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE productions_costline")


def test_a_report_comes_with_its_lines_and_none_is_added(purse, budget):
    with refused("cost_report_comes_with_its_lines"):
        CostReport.objects.create(
            budget=budget, as_of=DAY, source="X", line_count=4, recorded_by=purse.maker
        )
    report = purse.report(budget, ROWS)
    connection.check_constraints()

    with refused("cost_report_comes_with_its_lines"):
        CostLine.objects.create(
            report=report, code="7000", category="OTHER", name="Legal", to_date=1, committed=0,
            to_complete=0,
        )  # fmt: skip


def test_a_report_covers_every_account_of_the_budget(purse, budget):
    with refused("cost_report_covers_the_budget"):
        purse.report(budget, ROWS[:3])
    with refused("cost_report_covers_the_budget"):
        purse.report(budget, [])
    purse.report(budget, ROWS)
    connection.check_constraints()


def test_a_report_is_held_against_an_approved_budget(purse, budget):
    draft = purse.budget(None, reason="Later")
    rejected = purse.lock(purse.budget(None, reason="Later"))
    purse.decide(rejected, "REJECTED")

    for other in (draft, rejected):
        with refused("cost_report_is_held_against_an_approved_budget"):
            purse.report(other, ROWS)
    purse.report(budget, ROWS)


def test_a_report_is_of_a_day_that_has_come_and_says_why_there_is_another(purse, budget):
    purse.report(budget, ROWS)

    with refused("cost_report_is_of_a_day_that_has_come"):
        purse.report(budget, ROWS, timezone.localdate() + datetime.timedelta(days=2))
    with refused("cost_report_again_says_why"):
        purse.report(budget, ROWS)
    purse.report(budget, ROWS, remarks="An invoice was counted twice")
    with refused("cost_report_has_a_source"):
        purse.report(budget, ROWS, JULY, source="")


def test_cost_report_is_recorded_now(purse, budget, as_app_role):
    report = CostReport.objects.create(
        budget=budget, as_of=DAY, source="X", line_count=4, recorded_at=AT, recorded_by=purse.maker
    )
    CostLine.objects.bulk_create(
        CostLine(report=report, code=c, category=k, to_date=1, committed=0, to_complete=0)
        for c, k, *_amounts in ROWS
    )

    report.refresh_from_db()
    assert abs(report.recorded_at - timezone.now()) < datetime.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("cost_line_has_an_account_of_its_own", ("1100", "ABOVE_THE_LINE", "0", "0", "0")),
        ("cost_line_keeps_the_category_of_its_account", ("9000", "OTHER", "0", "0", "0")),
        ("cost_line_outside_the_budget_has_a_name", ("7000", "OTHER", "0", "0", "0")),
        ("cost_line_amounts_are_not_negative", ("9000", "CONTINGENCY", "-1", "0", "0")),
        ("cost_line_category_is_known", ("7000", "SIDEWAYS", "0", "0", "0", "Legal")),
    ],
)
def test_a_line_is_an_account_with_three_amounts(purse, budget, rule, row):
    with refused(rule):
        report = CostReport.objects.create(
            budget=budget, as_of=DAY, source="X", line_count=5, recorded_by=purse.maker
        )
        for code, category, *figures in [*ROWS[:3], row]:
            CostLine.objects.create(
                report=report, code=code, category=category, to_date=Decimal(figures[0]),
                committed=Decimal(figures[1]), to_complete=Decimal(figures[2]),
                name=figures[3] if figures[3:] else "",
            )  # fmt: skip


def test_amounts_have_the_decimals_of_the_currency():
    purse = Purse(currency="JPY")
    budget = purse.approved()

    with refused("cost_line_amounts_fit_the_currency"):
        purse.report(budget, [*ROWS[:3], ("9000", "CONTINGENCY", "0", "0", "0.50")])
    purse.report(budget, ROWS)


def test_the_final_cost_the_variance_and_the_change_follow_from_the_lines(purse, budget):
    first = purse.report(budget, ROWS)
    second = purse.report(budget, [*MORE, ("7000", "OTHER", "5.01", "0", "4.99", "Lawyer")], JULY)

    sheet = cost_sheet(second, previous=first)

    assert [
        (str(p.category), p.figures.final, p.figures.variance, p.figures.change) for p in sheet.parts
    ] == [
        ("ABOVE_THE_LINE", Decimal(200), Decimal(0), Decimal(0)),
        ("BELOW_THE_LINE", Decimal(620), Decimal(-20), Decimal(0)),
        ("POST", Decimal(150), Decimal(0), Decimal(0)),
        ("OTHER", Decimal(10), Decimal(-10), Decimal(10)),
        ("CONTINGENCY", Decimal(0), Decimal(50), Decimal(-30)),
    ]  # fmt: skip
    assert (sheet.total.final, sheet.total.variance, sheet.total.change) == (980, 20, -20)
    assert cost_sheet(first).total.change is None


def test_of_a_day_the_last_recorded_counts_and_earlier_ones_stay(purse, budget):
    rows = [
        purse.report(budget, ROWS),
        purse.report(budget, MORE, JULY),
        purse.report(budget, MORE, remarks="Corrected"),
    ]
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE productions_costreport DISABLE TRIGGER USER")
    for number, row in enumerate(rows):
        CostReport.objects.filter(pk=row.pk).update(
            recorded_at=AT + datetime.timedelta(days=30 + number)
        )
    first, july, corrected = rows
    then = AT + datetime.timedelta(days=31)

    assert reports_of(purse.film) == [july, corrected]
    assert reports_of(purse.film, known_at=then) == [july, first]
    assert reports_of(purse.film, as_of=DAY) == [corrected]
