"""What the database refuses of releases and results, and what a file of figures leads to."""

import datetime
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from portfolio.common.grants import append_only_tables
from portfolio.imports.importers import IMPORTERS
from portfolio.imports.operations.checking import check_file
from portfolio.imports.operations.writing import confirm_batch, undo_batch
from portfolio.productions.models import Release, Result, ResultWithdrawal
from tests import factories
from tests.imports.files import AT, TODAY, chief, csv_of, films, movies, reasons, states
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 6, 1)


def release(**given):
    production = given.pop("production", None) or factories.ProductionFactory()
    return Release.objects.create(
        **{"production": production, "territory": "HK", "medium": "THEATRICAL", "date": DAY} | given
    )


def result(**given):
    usual = {
        "territory": "HK", "medium": "THEATRICAL", "measure": "GROSS", "start_date": DAY,
        "value": Decimal("10.50"), "currency": "HKD", "recorded_at": AT, "recorded_by": chief(),
    }  # fmt: skip
    for name, make in (
        ("production", factories.ProductionFactory),
        ("source", factories.SourceFactory),
    ):
        if name not in given:
            given[name] = make()
    return Result.objects.create(**usual | given)


def test_a_release_has_a_known_place_medium_and_state():
    first = release(territory="WORLD", screens=1)

    with refused("release_territory_is_known"):
        release(territory="XX")
    with refused("release_medium_is_known"):
        release(medium="ODD")
    with refused("release_publication_is_known"):
        release(publication="ODD")
    with refused("release_screens_are_counted"):
        release(screens=0)
    with refused("release_is_there_once"):
        release(production=first.production, territory="WORLD")
    release(production=first.production, territory="WORLD", date=DAY.replace(day=2))


def test_a_release_is_public_where_its_production_and_programme_are():
    seen = release(publication="PUBLIC")
    release()
    release(publication="PUBLIC", production=factories.ProductionFactory(publication="DRAFT"))

    assert list(Release.objects.public(Now())) == [seen]


def test_a_result_has_a_known_place_measure_period_and_unit():
    result(measure="ADMISSIONS", currency="", value=3, end_date=DAY)
    result(value=None, currency="")

    for rule, given in (
        ("result_territory_is_known", {"territory": "XX"}),
        ("result_medium_is_known", {"medium": "ODD"}),
        ("result_measure_is_known", {"measure": "ODD", "currency": ""}),
        ("result_period_is_ordered", {"end_date": DAY - datetime.timedelta(days=1)}),
        ("result_currency_is_iso4217", {"currency": "XXX"}),
        ("result_value_has_its_unit", {"currency": ""}),
        ("result_value_has_its_unit", {"measure": "VIEWS"}),
        ("result_value_has_its_unit", {"value": 0}),
        ("result_value_has_its_unit", {"value": None}),
    ):
        with refused(rule):
            result(**given)


def test_a_later_report_counts_and_replaces_none_and_a_withdrawn_one_counts_no_more():
    first = result(is_public=True)
    same = {"production": first.production, "source": first.source}
    later = result(**same, value=12, is_public=True, recorded_at=AT + datetime.timedelta(days=1))

    assert list(Result.objects.counting()) == [later]
    assert list(Result.objects.counting(AT)) == [first]
    with refused("result_withdrawal_has_a_reason"):
        ResultWithdrawal.objects.create(result=later, withdrawn_at=AT, withdrawn_by=chief())
    ResultWithdrawal.objects.create(
        result=later,
        reason="Typo",
        withdrawn_at=AT + datetime.timedelta(days=2),
        withdrawn_by=chief(),
    )
    assert list(Result.objects.counting()) == [first]
    assert list(Result.objects.counting(AT + datetime.timedelta(days=1))) == [later]
    assert list(Result.objects.public(Now())) == [first]
    assert {"productions_result", "productions_resultwithdrawal"} <= set(append_only_tables())


def test_a_number_that_stands_under_another_period_is_marked():
    first = result()
    twin = result(production=first.production, start_date=DAY.replace(day=8))
    result(production=first.production, value=11)

    assert set(Result.objects.with_twins().filter(has_twin=True)) == {first, twin}


def figures(data, source, **given):
    return check_file(
        importer=IMPORTERS["results"], data=data, file_name="figures.csv", actor=chief(), at=AT,
        today=TODAY, context={"source": source.pk, "is_public": False} | given,
    )  # fmt: skip


def test_figures_of_a_file_are_added_flagged_or_refused_and_withdrawn_when_undone():
    factories.ProductionFactory(slug="a")
    source = factories.SourceFactory()
    head = "address,from,to,territory,measure,value,currency"
    batch = figures(
        csv_of(
            head,
            "a,2026-06-01,2026-06-07,HK,GROSS,1000,HKD",
            "a,2026-06-01,2026-06-07,HK,ADMISSIONS,20,",
            "a,2026-06-08,2026-06-14,HK,GROSS,,",
            "b,2026-06-01,,HK,GROSS,5,HKD",
            "a,2026-06-01,,MO,GROSS,0,MOP",
            "a,2027-06-01,,MO,GROSS,1,MOP",
            "a,2026-06-02,2026-06-01,MO,GROSS,1,MOP",
            "a,2026-06-02,,MO,GROSS,1,",
            "a,2026-06-02,,MO,VIEWS,1,MOP",
            "a,2026-06-02,,,,,",
            "a,2026-06-01,2026-06-07,CN,GROSS,77,CNY",
            "a,2026-06-08,2026-06-14,CN,GROSS,77,CNY",
        ),
        source,
    )

    assert states(batch) == {
        2: "NEW", 3: "NEW", 4: "NEW", 5: "FAULTY", 6: "FAULTY", 7: "FAULTY", 8: "FAULTY",
        9: "FAULTY", 10: "FAULTY", 11: "FAULTY", 12: "FLAGGED", 13: "FLAGGED",
    }  # fmt: skip
    assert reasons(batch) == {
        5: ["no_production"], 6: ["zero_is_no_figure"], 7: ["day_to_come"], 8: ["period_is_turned"],
        9: ["currency_missing"], 10: ["currency_odd"], 11: ["no_figure"],
        12: ["figure_stands_twice"], 13: ["figure_stands_twice"],
    }  # fmt: skip
    confirm_batch(batch=batch, actor=chief(), at=AT)
    assert list(Result.objects.order_by("pk").values_list("measure", "value")) == [
        ("GROSS", Decimal(1000)), ("ADMISSIONS", Decimal(20)), ("GROSS", None),
    ]  # fmt: skip

    later = figures(csv_of(head, "a,2026-06-01,2026-06-07,HK,GROSS,1100,HKD"), source)
    assert states(later) == {2: "CHANGED"}
    confirm_batch(batch=later, actor=chief(), at=AT + datetime.timedelta(days=1))
    assert Result.objects.count() == 4
    undo_batch(batch=later, actor=chief(), at=AT + datetime.timedelta(days=2))
    assert Result.objects.count() == 4
    assert Result.objects.counting().get(measure="GROSS", value__isnull=False).value == 1000


def test_the_grosses_of_movies_json_come_in_but_zeros_and_days_to_come():
    programme = factories.ProgrammeFactory()
    source = factories.SourceFactory()
    confirm_batch(
        batch=films(movies(), programme=programme), actor=chief(), at=AT, flagged_too=True
    )

    batch = figures(movies(), source)

    assert Counter(batch.rows.values_list("state", flat=True)) == {
        "NEW": 3106, "FAULTY": 87, "FLAGGED": 8,
    }  # fmt: skip
    assert Counter(code for row in batch.rows.all() for code, _figures in row.reasons) == {
        "zero_is_no_figure": 109, "no_production": 16, "text_is_a_number": 9, "no_figure": 6,
        "day_to_come": 1,
    }  # fmt: skip
    assert batch.rows.get(number=1029).reasons == [["day_to_come", {"value": "2027-08-12"}]]
    confirm_batch(batch=batch, actor=chief(), at=AT)
    assert Counter(Result.objects.values_list("territory", "medium")) == {
        ("WORLD", "THEATRICAL"): 3106, ("US", "THEATRICAL"): 3106, ("US", "HOME_VIDEO"): 555,
    }  # fmt: skip


def releases(data, **given):
    return check_file(
        importer=IMPORTERS["releases"], data=data, file_name="releases.csv", actor=chief(), at=AT,
        today=TODAY, context={"is_public": False} | given,
    )  # fmt: skip


def test_releases_of_a_file_are_added_changed_flagged_or_refused_and_taken_back():
    title = factories.ProductionFactory(slug="a")
    firm = factories.OrganisationFactory(slug="firm")
    head = "address,release date,territory,medium,distributor,address of the distributor,screens"
    batch = releases(
        csv_of(
            head,
            "a,2026-06-01,HK,Theatrical,A house,firm,80",
            "a,2026-12-01,,On demand,,,",
            "a,2026-07-01,MO,,,,",
            "a,2026-07-08,MO,,,,",
            "b,2026-06-01,HK,,,,",
            "a,2026-06-01,XX,,,,",
            "a,2026-06-01,TW,,,nobody,",
            "a,2026-06-01,CN,,,,0",
        )
    )

    assert states(batch) == {
        2: "NEW", 3: "NEW", 4: "FLAGGED", 5: "FLAGGED", 6: "FAULTY", 7: "FAULTY", 8: "FAULTY", 9: "FAULTY",
    }  # fmt: skip
    assert reasons(batch) == {
        4: ["date_in_the_same_place"], 5: ["date_in_the_same_place"], 6: ["no_production"],
        7: ["no_such_word"], 8: ["no_organisation"], 9: ["out_of_range"],
    }  # fmt: skip
    confirm_batch(batch=batch, actor=chief(), at=AT)
    assert list(Release.objects.values_list("territory", "medium", "distributor", "screens", "publication")) == [
        ("HK", "THEATRICAL", firm.pk, 80, "DRAFT"), ("WORLD", "ON_DEMAND", None, None, "DRAFT"),
    ]  # fmt: skip

    later = releases(csv_of(head, "a,2026-06-01,HK,,,,91", "a,2026-12-01,,ON_DEMAND,,,"))
    assert states(later) == {2: "CHANGED", 3: "UNCHANGED"}
    confirm_batch(batch=later, actor=chief(), at=AT)
    assert Release.objects.get(territory="HK").screens == 91
    undo_batch(batch=later, actor=chief(), at=AT)
    assert Release.objects.get(territory="HK").screens == 80
    undo_batch(batch=batch, actor=chief(), at=AT)
    assert not Release.objects.filter(production=title).exists()


def test_releases_are_public_where_that_is_said_with_the_file():
    factories.ProductionFactory(slug="a")
    batch = releases(csv_of("address,date", "a,2026-06-01"), is_public=True)

    confirm_batch(batch=batch, actor=chief(), at=AT)

    assert [row.territory for row in Release.objects.public(Now())] == ["WORLD"]


def test_staff_withdraw_a_figure_with_a_reason_and_publish_others(client):
    client.force_login(chief())
    row, other = result(), result(value=11)
    page = f"/admin/productions/result/{row.pk}/"

    assert "Withdraw" in client.get(f"{page}change/").content.decode()
    assert client.get(f"{page}withdraw/").status_code == 200
    assert client.post(f"{page}withdraw/", {"reason": ""}).status_code == 200
    assert not ResultWithdrawal.objects.exists()
    client.post(f"{page}withdraw/", {"reason": "Of another title"})
    client.post(f"{page}withdraw/", {"reason": "Twice"})
    assert list(ResultWithdrawal.objects.values_list("result", "reason")) == [
        (row.pk, "Of another title")
    ]
    assert "Of another title" in client.get(f"{page}change/").content.decode()
    client.post(
        "/admin/productions/result/",
        {"action": "publish", "_selected_action": [row.pk, other.pk]},
    )
    assert list(Result.objects.filter(is_public=True).values_list("production", "value")) == [
        (other.production_id, 11)
    ]
