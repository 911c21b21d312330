"""Lists: the search of the house, a capped count, the same number of queries for 20 rows and 200."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.common import admin_lists
from portfolio.common.admin_lists import CappedPaginator
from portfolio.productions.models import Production
from tests import factories

LISTS = [
    "productions/production",
    "programmes/project",
    "programmes/strand",
    "scholarships/scheme",
    "partners/organisation",
    "partners/person",
    "sources/source",
    "sources/claim",
    "staff/user",
]

# Session, person, superuser needs no permissions; whether a programme is made up, as on each page; then
# the count and the page. What is more is named.
MOST = 5
QUERIES = {
    "sources/source": MOST + 2,  # the ends of the date hierarchy, and its days
    "staff/user": MOST + 2,  # roles of the page, roles to filter by
}


def names(answer: Any) -> list[str]:
    return [str(row) for row in answer.context["cl"].result_list]


def fill(number: int) -> None:
    strand = factories.StrandFactory()
    factories.StrandFactory.create_batch(number, programme=strand.programme)
    factories.ProductionFactory.create_batch(number, strand=strand)
    factories.SchemeFactory.create_batch(number, strand=strand)
    factories.ClaimFactory.create_batch(number, programme=strand.programme)
    factories.SourceFactory.create_batch(number)
    for index in range(number):
        from portfolio.staff.models import User

        User.objects.create(username=f"person.{User.objects.count()}.{index}")


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # the first look moves the session on
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_the_same_queries_for_20_rows_and_for_200(boss: Client, name: str):
    fill(20)
    few = queries_of(boss, f"/admin/{name}/")
    fill(60)
    many = queries_of(boss, f"/admin/{name}/")

    assert few == many
    assert many <= QUERIES.get(name, MOST), many


@pytest.fixture
def catalogue(db: None) -> None:
    factories.OrganisationFactory(name_en="TVB", name_zh_hant="電視廣播有限公司")
    factories.OrganisationFactory(name_en="Youku", name_zh_hant="優酷", name_zh_hans="优酷")
    strand = factories.StrandFactory()
    factories.ProductionFactory(
        strand=strand, name_en="Forensic Heroes VI: Redemption", name_zh_hant="法證先鋒6"
    )
    factories.ProductionFactory(strand=strand, name_en="Golden Era", name_zh_hans="黄金时代")


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("partners/organisation", "電視廣播", "TVB"),
        ("partners/organisation", "电视广播", "TVB"),
        ("partners/organisation", "tvb", "TVB"),
        ("productions/production", "Forensic heros", "Forensic Heroes VI: Redemption"),
        ("productions/production", "法证先锋", "Forensic Heroes VI: Redemption"),
        ("programmes/project", "法證先鋒", "Forensic Heroes VI: Redemption"),
    ],
)
def test_search_finds_by_any_script_and_with_a_typo(
    boss: Client, catalogue: None, path: str, query: str, found: str
):
    answer = boss.get(f"/admin/{path}/", {"q": query})

    assert names(answer) == [found]


def test_autocomplete_searches_as_the_list_does(boss: Client, catalogue: None):
    answer = boss.get(
        "/admin/autocomplete/",
        {
            "app_label": "productions",
            "model_name": "participation",
            "field_name": "organisation",
            "term": "电视广播",
        },
    )

    assert [row["text"] for row in answer.json()["results"]] == ["TVB"]


def test_a_clicked_column_keeps_its_order_while_searching(boss: Client):
    strand = factories.StrandFactory()
    for name, year in (("Dark Chase", 2020), ("Dark Side", 2022), ("Dark Moon", 2021)):
        factories.ProductionFactory(strand=strand, name_en=name, year=year)
    column = list(boss.get("/admin/productions/production/").context["cl"].list_display).index(
        "year"
    )

    answer = boss.get("/admin/productions/production/", {"q": "dark", "o": f"-{column}"})

    assert names(answer) == ["Dark Side", "Dark Moon", "Dark Chase"]


def test_rows_without_a_source_or_a_chinese_name_are_found(boss: Client, rows: Any):
    bare = factories.ProductionFactory(strand=rows.strand, name_en="Bare", name_zh_hant="無")

    unsourced = boss.get("/admin/productions/production/?sourced=no")
    sourced = boss.get("/admin/productions/production/?sourced=yes")
    nameless = boss.get("/admin/productions/production/?lacks=zh")

    assert names(unsourced) == [str(bare)]
    assert names(sourced) == [str(rows.production)]
    assert names(nameless) == [str(rows.production)]


def test_an_unknown_amount_is_not_disclosed_and_never_zero(boss: Client, rows: Any):
    text = boss.get("/admin/productions/production/").content.decode()

    assert "not disclosed" in text
    assert "0.00" not in text


def test_a_viewer_reads_not_disclosed_in_the_form_too(browser_of: Any, rows: Any):
    text = browser_of("Viewer").get(f"/admin/productions/production/{rows.production.pk}/change/")

    assert "not disclosed" in text.content.decode()


def test_the_count_stops_at_the_cap(db: None, monkeypatch: Any):
    monkeypatch.setattr(admin_lists, "MOST_ROWS_COUNTED", 10)
    factories.ProductionFactory.create_batch(12, strand=factories.StrandFactory())

    pages = CappedPaginator(Production.objects.all(), 5)

    assert (pages.count, pages.num_pages, pages.is_capped) == (10, 2, True)


def test_a_later_page_has_the_next_rows_in_order_and_works_nothing_out_for_others(
    db: None, monkeypatch: Any, django_assert_num_queries: Any
):
    monkeypatch.setattr(admin_lists, "MOST_ROWS_COUNTED", 10)
    factories.ProductionFactory.create_batch(12, strand=factories.StrandFactory())
    rows = Production.objects.order_by("-pk").annotate(worked_out=Sum("participations__pk"))
    in_order = list(rows.values_list("pk", flat=True))
    pages = CappedPaginator(rows, 4)
    assert pages.count == 10

    with django_assert_num_queries(2) as asked:
        second = list(pages.page(2).object_list)

    assert [row.pk for row in second] == in_order[4:8]
    assert [row.pk for row in pages.page(1).object_list] == in_order[:4]
    assert [row.pk for row in pages.page(3).object_list] == in_order[8:10]
    assert "SUM" not in asked.captured_queries[0]["sql"]
    assert "SUM" in asked.captured_queries[1]["sql"]


def test_the_page_says_that_there_are_more(boss: Client, monkeypatch: Any):
    monkeypatch.setattr(admin_lists, "MOST_ROWS_COUNTED", 2)
    factories.ProductionFactory.create_batch(3, strand=factories.StrandFactory())

    text = boss.get("/admin/productions/production/").content.decode()

    assert "The first 2 productions; narrow the list to see others." in text


def test_the_count_of_a_short_list_is_exact(db: None):
    factories.ProductionFactory.create_batch(3, strand=factories.StrandFactory())

    pages = CappedPaginator(Production.objects.all(), 5)

    assert (pages.count, pages.is_capped) == (3, False)


def test_an_action_on_everything_is_refused_beyond_the_cap(boss: Client, monkeypatch: Any):
    monkeypatch.setattr(admin_lists, "MOST_ROWS_COUNTED", 2)
    made = factories.ProductionFactory.create_batch(4, strand=factories.StrandFactory())

    boss.post(
        "/admin/productions/production/",
        {"action": "make_draft", "_selected_action": [made[0].pk], "select_across": "1"},
    )

    assert Production.objects.filter(publication="DRAFT").count() == 0
