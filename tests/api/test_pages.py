"""Pages by keyset: every row exactly once, forward and back, in one query each."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.conftest import ENDPOINTS
from tests.factories import (
    CreditFactory,
    OrganisationFactory,
    ParticipationFactory,
    ProductionFactory,
    StrandFactory,
)


@pytest.fixture
def walk(api):
    """All rows of a list, page by page, and the address of the last page."""

    def follow(address, way="next"):
        pages = []
        while address:
            response = api.get(address)
            assert response.status_code == 200, response.content
            body = json.loads(response.content)
            pages.append([row["slug"] for row in body["results"]])
            last, address = address, body[way]
            assert len(pages) < 100, "The pages lead round in a circle."
        return pages, last

    return follow


@pytest.fixture
def strand(db):
    return StrandFactory()


ORDERINGS = ["name", "-name", "year", "-year"]


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_hold_every_row_once_also_with_equal_keys(strand, walk, ordering, size):
    # Three names over ten rows, and years of which half are missing: most keys are equal.
    made = [
        ProductionFactory(
            strand=strand, name_en=f"Name {n % 3}", year=2000 + n % 2 if n % 4 else None
        )
        for n in range(10)
    ]
    first = f"/api/v1/productions/?ordering={ordering}&page_size={size}"

    pages, last = walk(first)
    forward = [slug for page in pages for slug in page]
    back, first_again = walk(last, way="previous")

    assert sorted(forward) == sorted(row.slug for row in made)
    assert [slug for page in reversed(back) for slug in page] == forward
    assert back[-1] == pages[0]
    assert walk(first_again)[0][0] == pages[0]


def test_search_is_paged_by_its_rank(strand, walk):
    made = [
        ProductionFactory(strand=strand, name_en=f"Dragon {'and more ' * (n % 3)}{n % 2}").slug
        for n in range(11)
    ]

    pages, last = walk("/api/v1/productions/?q=dragon&page_size=4")
    back, _ = walk(last, way="previous")

    assert [len(page) for page in pages] == [4, 4, 3]
    assert sorted(slug for page in pages for slug in page) == sorted(made)
    assert list(reversed(back)) == pages


def test_every_list_can_be_walked_by_every_ordering(facts, walk, get):
    from portfolio.api_router import ENDPOINTS as VIEWS

    for name, view in VIEWS.items():
        whole = len(get(f"{name}/?page_size=200")["results"])
        for ordering in [*view.orders, *(f"-{key}" for key in view.orders)]:
            pages, last = walk(f"/api/v1/{name}/?ordering={ordering}&page_size=2")
            rows = [slug for page in pages for slug in page]
            assert len(rows) == len(set(rows)) == whole, (name, ordering)
            assert list(reversed(walk(last, way="previous")[0])) == pages


def test_rows_that_come_and_go_while_one_reads_move_no_other(strand, api):
    rows = [ProductionFactory(strand=strand, name_en=f"M {n}") for n in range(6)]
    first = json.loads(api.get("/api/v1/productions/?page_size=3").content)
    ProductionFactory(strand=strand, name_en="A before all")
    ProductionFactory(strand=strand, name_en="M 2 b", slug="new")
    rows[1].delete()
    rows[2].delete()

    second = json.loads(api.get(first["next"]).content)
    back = json.loads(api.get(second["previous"]).content)

    assert [row["slug"] for row in second["results"]] == ["new", rows[3].slug, rows[4].slug]
    assert [row["name"]["en"] for row in back["results"]] == ["A before all", "M 0"]
    assert back["previous"] is None


def test_page_beyond_rows_that_are_gone_leads_back(strand, api):
    rows = [ProductionFactory(strand=strand, name_en=f"M {n}") for n in range(4)]
    first = json.loads(api.get("/api/v1/productions/?page_size=2").content)
    for row in rows[2:]:
        row.delete()

    empty = json.loads(api.get(first["next"]).content)

    assert empty["results"] == []
    assert empty["next"] is None
    assert json.loads(api.get(empty["previous"]).content)["results"]


def test_links_keep_the_question(strand, api):
    for n in range(3):
        ProductionFactory(strand=strand, name_en=f"龍 {n}")
    query = f"q=龍&strand={strand.slug}&page_size=1&format=FEATURE_FILM&format=DOCUMENTARY"

    link = json.loads(api.get(f"/api/v1/productions/?{query}").content)["next"]

    asked = parse_qs(urlsplit(link).query)
    assert asked.pop("cursor")
    assert asked == {
        "q": ["龍"],
        "strand": [strand.slug],
        "page_size": ["1"],
        "format": ["FEATURE_FILM", "DOCUMENTARY"],
    }
    assert link.startswith("/api/v1/productions/?")


@pytest.mark.parametrize("rows", [20, 200])
def test_a_page_is_one_query_however_long(db, api, django_assert_num_queries, rows):
    firms = [OrganisationFactory() for _ in range(5)]
    strand = StrandFactory()
    for n in range(rows):
        title = ProductionFactory(strand=strand)
        ParticipationFactory(production=title, organisation=firms[n % 5])
        CreditFactory(production=title)

    # One: the rows with all that they hold. None for a session, a user or a count.
    with django_assert_num_queries(1):
        response = api.get(f"/api/v1/productions/?page_size={rows}")

    assert len(json.loads(response.content)["results"]) == rows


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_list_and_every_detail_is_one_query_and_a_count_one_more(
    facts, live_rows, api, django_assert_num_queries, endpoint
):
    with django_assert_num_queries(1):
        body = json.loads(api.get(f"/api/v1/{endpoint}/").content)
    with django_assert_num_queries(1):
        api.get(f"/api/v1/{endpoint}/{body['results'][0]['slug']}/")
    with django_assert_num_queries(2):
        api.get(f"/api/v1/{endpoint}/?count=true")
