"""What the API says is free: strict questions, answers in periods, reasons where it is not."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.money import Caller, person
from tests.factories import OrganisationFactory
from tests.rights.deals import Deals, at_commit

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals() -> Deals:
    made = Deals(slug="twilight", name_en="Twilight")
    made.owned()
    return made


@pytest.fixture
def caller() -> Caller:
    return Caller(person("Viewer"), "RIGHTS_READ")


def periods(row, name="exclusive"):
    return [(p["from"], p["until"]) for p in row[name]]


def test_a_title_is_free_where_nothing_stands_in_the_way(deals, caller):
    lantern = OrganisationFactory(slug="lantern", name_en="Lantern Pictures")
    grant = deals.licensed("FREE_TV", "HK", ("2026-03-01", "2026-12-31"), to=lantern)
    at_commit()

    (row,) = caller.rows(
        "avails/", title="twilight", territory="HK", medium="FREE_TV", on="2026-03-01"
    )

    assert row["title"]["slug"] == "twilight"
    assert (row["media"], row["territories"]) == (["FREE_TV"], ["HK"])
    assert periods(row) == periods(row, "shared") == [(None, "2026-02-28"), ("2027-01-01", None)]
    assert row["free"] == {"exclusive": False, "shared": False}
    reasons = {r["kind"]: r for r in row["reasons"]}
    assert set(reasons) == {"IN", "OUT"}
    assert reasons["OUT"]["holder"]["slug"] == "lantern"
    assert reasons["OUT"]["agreement"] == grant.agreement.reference
    assert (reasons["OUT"]["from"], reasons["OUT"]["until"]) == ("2026-03-01", "2026-12-31")


def test_beside_a_shared_grant_only_shared_ones_are_free(deals, caller):
    deals.licensed("FREE_TV", "HK", exclusivity="NON_EXCLUSIVE")

    (row,) = caller.rows(
        "avails/", title="twilight", territory="HK", medium="FREE_TV", on="2026-06-01"
    )

    assert row["free"] == {"exclusive": False, "shared": True}
    assert periods(row, "shared") == [(None, None)]


def test_a_language_is_free_that_another_grant_does_not_take(deals, caller):
    deals.licensed("FREE_TV", "HK", languages="yue")

    def free(**more):
        rows = caller.rows(
            "avails/", title="twilight", territory="HK", medium="FREE_TV", on="2026-06-01", **more
        )
        return rows[0]["free"]["exclusive"]

    assert free(language="en") is True
    assert free(language="yue") is False
    assert free() is False


def test_what_hangs_on_an_event_is_told_as_pending(deals, caller):
    release = deals.event()
    deals.licensed("FREE_TV", "HK", (release, (release, 12, 0)))

    (row,) = caller.rows("avails/", title="twilight", territory="HK", medium="FREE_TV")

    assert [r["pending"] for r in row["reasons"] if r["kind"] == "OUT"] == [True]
    assert periods(row) == [(None, None)]


def test_an_answer_for_a_title_says_each_thing_once(deals, caller):
    deals.licensed("FREE_TV", "HK")
    deals.licensed("SUBSCRIPTION_VOD", "GREATER_CHINA")

    rows = caller.rows("avails/", title="twilight")

    cells = [
        (medium, place) for row in rows for medium in row["media"] for place in row["territories"]
    ]
    assert len(cells) == len(set(cells)) == 26 * 249
    taken = {
        (medium, place)
        for row in rows
        if periods(row) != [(None, None)]
        for medium in row["media"]
        for place in row["territories"]
    }
    assert taken == {("FREE_TV", "HK")} | {
        ("SUBSCRIPTION_VOD", place) for place in ("CN", "HK", "MO", "TW")
    }


def test_a_territory_lists_every_title_with_something_free_page_by_page(deals, caller):
    others = [Deals(slug=f"title-{n}") for n in range(3)]
    for other in others:
        other.acquired("FREE_TV PAY_TV", "HK", ("2026-01-01", "2026-12-31"))
    others[0].licensed("FREE_TV", "HK")

    asked = {"territory": "HK", "medium": "TELEVISION", "on": "2026-06-01"}
    found = [(r["title"]["slug"], *r["media"]) for r in caller.rows("avails/", **asked)]
    paged = []
    path = "avails/?territory=HK&medium=TELEVISION&on=2026-06-01&page_size=2"
    while path:
        page = json.loads(caller.client.get(f"/api/v1/{path}").content)
        paged += [(r["title"]["slug"], *r["media"]) for r in page["results"]]
        path = page["next"] and page["next"].removeprefix("/api/v1/")

    assert found == paged
    assert found == [
        ("twilight", "PAY_PER_VIEW"), ("twilight", "PAY_TV"), ("twilight", "FREE_TV"),
        ("twilight", "LINEAR_STREAMING"), ("title-0", "PAY_TV"), ("title-1", "PAY_TV"),
        ("title-1", "FREE_TV"), ("title-2", "PAY_TV"), ("title-2", "FREE_TV"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "territory"),
        ("title=nothing", "title"),
        ("territory=XX", "territory"),
        ("territory=HK&medium=RADIO", "medium"),
        ("territory=HK&on=2026-02-30", "on"),
        ("territory=HK&language=%27", "language"),
        ("territory=HK&teritory=HK", "teritory"),
        ("territory=HK&cursor=1", "cursor"),
        ("territory=HK&page_size=0", "page_size"),
        ("title=twilight&cursor=1-1", "cursor"),
    ],
)
def test_what_cannot_be_understood_is_named(deals, caller, query, parameter):
    response = caller.client.get(f"/api/v1/avails/?{query}")

    assert response.status_code == 400
    assert [e["parameter"] for e in json.loads(response.content)["errors"]] == [parameter]


def test_an_answer_costs_the_same_queries_however_many_rights_there_are(deals, caller):
    def queries(**asked):
        with CaptureQueriesContext(
            connection,
        ) as context:
            caller.rows("avails/", **asked)
        return [q for q in context.captured_queries if "rights_" in q["sql"]]

    deals.licensed("FREE_TV", "HK")
    caller.rows("avails/", title="twilight")
    few = queries(title="twilight"), queries(territory="HK")
    for medium in ("PAY_TV", "FREE_VOD", "STAGE"):
        deals.licensed(medium, "HK")

    # The answer, and what stands in the way by name.
    assert [len(q) for q in few] == [2, 1]
    assert [len(queries(title="twilight")), len(queries(territory="HK"))] == [2, 1]


def test_grants_are_listed_with_the_days_that_they_come_to(deals, caller):
    release = deals.event(on="2026-03-31")
    grant = deals.licensed(
        "TELEVISION", "GREATER_CHINA", ((release, 6, 0), None), territories_except="CN"
    )
    deals.holdback(grant, "ON_DEMAND", "HK", ("2026-01-01", "2026-06-30"))
    at_commit()

    (row,) = caller.rows("grants/", title="twilight", direction="OUT")

    assert row["window"] == {"from": "2026-09-30", "until": None}
    assert (row["media"], row["territories"], row["territories_except"]) == (
        ["TELEVISION"], ["GREATER_CHINA"], ["CN"],
    )  # fmt: skip
    assert row["state"] == "IN_FORCE"
    assert row["minimum_guarantee"] is None
    assert row["holdbacks"] == [
        {
            "binds": "US", "media": ["ON_DEMAND"], "media_except": [], "territories": ["HK"],
            "territories_except": [], "languages": [],
            "window": {"from": "2026-01-01", "until": "2026-06-30"},
        }
    ]  # fmt: skip
    assert caller.rows("grants/", title="twilight", state="DRAFT") == []
