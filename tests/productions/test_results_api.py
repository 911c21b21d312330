"""Releases and results in the API: exactly what is public, the last report of each figure, by two clocks."""

import datetime

import pytest

from portfolio.common.publishing import Publication
from portfolio.productions.models import ResultWithdrawal
from portfolio.productions.operations.results import publish_results
from tests import factories
from tests.api.conftest import api, get  # noqa: F401
from tests.imports.files import AT, chief
from tests.productions.test_rules_of_results import DAY, release, result

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=30)


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_RATE = 0


def named(row):
    return {"slug": row.slug, "name": {"en": row.name_en, "zh-hant": None, "zh-hans": None}}


def slugs(page):
    return [row["slug"] for row in page["results"]]


def test_a_release_has_exactly_its_declared_fields(get):  # noqa: F811
    distributor = factories.OrganisationFactory()
    row = release(publication="PUBLIC", screens=80, distributor=distributor)
    row.refresh_from_db()

    assert get(f"releases/{row.slug}/") == {
        "slug": row.slug, "production": named(row.production), "territory": "HK",
        "medium": "THEATRICAL", "date": "2026-06-01", "distributor": named(distributor),
        "distributor_name": None, "screens": 80,
    }  # fmt: skip


def test_releases_are_found_by_production_place_medium_and_day_and_drafts_by_nothing(get):  # noqa: F811
    title = factories.ProductionFactory(slug="title")
    one = release(publication="PUBLIC", production=title)
    two = release(
        publication="PUBLIC", territory="WORLD", medium="ON_DEMAND", date=DAY.replace(day=9)
    )
    release(production=title, territory="MO")
    release(
        publication="PUBLIC",
        production=factories.ProductionFactory(slug="draft", publication=Publication.DRAFT),
    )
    for row in (one, two):
        row.refresh_from_db()

    assert slugs(get("releases/")) == [two.slug, one.slug]
    assert slugs(get("releases/?ordering=date")) == [one.slug, two.slug]
    assert slugs(get("releases/?production=title")) == [one.slug]
    assert slugs(get("releases/?production=draft")) == []
    assert slugs(get("releases/?territory=WORLD")) == [two.slug]
    assert slugs(get("releases/?territory=MO")) == []
    assert slugs(get("releases/?medium=ON_DEMAND&medium=PAY_TV")) == [two.slug]
    assert slugs(get("releases/?date_from=2026-06-02")) == [two.slug]
    assert slugs(get("releases/?date_to=2026-06-01")) == [one.slug]


def test_a_result_has_its_source_and_its_currency_or_is_a_count(get):  # noqa: F811
    source = factories.SourceFactory(slug="press", title="An article")
    money = result(is_public=True, source=source, end_date=DAY)
    same = {"is_public": True, "production": money.production}
    seats = result(**same, measure="ADMISSIONS", value=1200, currency="", source=source)
    silent = result(
        **same, territory="MO", value=None, currency="",
        source=factories.SourceFactory(publication=Publication.DRAFT),
    )  # fmt: skip
    for row in (money, seats, silent):
        row.refresh_from_db()

    assert get(f"results/{money.slug}/") == {
        "slug": money.slug, "production": named(money.production), "territory": "HK",
        "medium": "THEATRICAL", "measure": "GROSS", "start_date": "2026-06-01",
        "end_date": "2026-06-01", "amount": {"amount": "10.50", "currency": "HKD"}, "count": None,
        "stands_twice": False, "source": {"slug": "press", "title": "An article"},
        "recorded_at": AT.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }  # fmt: skip
    seen = get(f"results/{seats.slug}/")
    assert (seen["amount"], seen["count"]) == (None, "1200")
    seen = get(f"results/{silent.slug}/")
    assert (seen["amount"], seen["count"], seen["source"]) == (None, None, None)


def test_the_last_report_of_a_figure_counts_by_what_was_known(get):  # noqa: F811
    first = result(is_public=True)
    same = {"production": first.production, "source": first.source, "is_public": True}
    later = result(**same, value=12, recorded_at=LATER)
    result(production=first.production, source=first.source, value=99, recorded_at=LATER)
    for row in (first, later):
        row.refresh_from_db()

    assert slugs(get("results/")) == [later.slug]
    assert slugs(get("results/", known_at=AT.isoformat())) == [first.slug]
    assert slugs(get("results/", known_at="2020-01-01T00:00:00Z")) == []
    ResultWithdrawal.objects.create(
        result=later, reason="Typo", withdrawn_at=LATER, withdrawn_by=chief()
    )
    assert slugs(get("results/")) == [first.slug]
    assert slugs(get("results/", known_at=LATER.isoformat())) == [first.slug]


def test_as_of_asks_for_periods_that_had_ended(get):  # noqa: F811
    week = result(is_public=True, end_date=DAY.replace(day=7))
    running = result(is_public=True, recorded_at=LATER)
    again = result(
        is_public=True, production=running.production, source=running.source, value=2,
        recorded_at=LATER + datetime.timedelta(days=9),
    )  # fmt: skip
    for row in (week, running, again):
        row.refresh_from_db()

    assert set(slugs(get("results/"))) == {week.slug, again.slug}
    assert slugs(get("results/?as_of=2026-06-07")) == [week.slug]
    assert slugs(get("results/?as_of=2026-06-06")) == []
    day = LATER.date() + datetime.timedelta(days=1)
    assert set(slugs(get(f"results/?as_of={day}"))) == {week.slug, running.slug}


def test_results_are_found_by_what_they_are_of(get):  # noqa: F811
    source = factories.SourceFactory(slug="press")
    one = result(is_public=True, production=factories.ProductionFactory(slug="title"))
    two = result(
        is_public=True, territory="CN", medium="ON_DEMAND", measure="VIEWS", currency="", value=3,
        start_date=DAY.replace(day=5), source=source,
    )  # fmt: skip
    for row in (one, two):
        row.refresh_from_db()

    for query, found in {
        "": [two, one], "ordering=start_date": [one, two], "production=title": [one],
        "territory=CN": [two], "medium=ON_DEMAND": [two], "measure=VIEWS": [two],
        "currency=HKD": [one], "source=press": [two], "period_from=2026-06-02": [two],
        "period_to=2026-06-01": [one],
    }.items():  # fmt: skip
        assert slugs(get(f"results/?{query}")) == [row.slug for row in found], query


def test_a_number_that_is_public_twice_is_flagged_and_neither_is_left_out(get):  # noqa: F811
    one = result(is_public=True)
    same = {"production": one.production, "source": one.source}
    result(**same, is_public=True, start_date=DAY.replace(day=8))
    result(**same, is_public=True, value=5)
    result(**same, value=5, start_date=DAY.replace(day=9))

    flags = {row["start_date"]: row["stands_twice"] for row in get("results/")["results"]}

    # The last report of the first day is of 5, which stands for staff only a second time.
    assert flags == {"2026-06-01": False, "2026-06-08": False}
    result(**same, is_public=True, start_date=DAY.replace(day=9), value=5)
    flags = {row["start_date"]: row["stands_twice"] for row in get("results/")["results"]}
    assert flags == {"2026-06-01": True, "2026-06-08": False, "2026-06-09": True}


def test_a_figure_for_staff_becomes_public_by_being_recorded_once_more(get):  # noqa: F811
    row = result()
    assert get("results/")["results"] == []

    (made,) = publish_results(results=[row.pk], at=LATER, actor=chief())

    assert [seen["amount"]["amount"] for seen in get("results/")["results"]] == ["10.50"]
    assert get("results/")["results"][0]["stands_twice"] is False
    row.refresh_from_db()
    assert not row.is_public
    assert publish_results(results=[row.pk, made.pk], at=LATER, actor=chief()) == []
