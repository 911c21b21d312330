"""What a key reads of waterfalls: amounts as text, to the cent, and only for whom may see them."""

from decimal import Decimal

import pytest

from tests.api.money import Caller, person
from tests.productions.falls import Fall

pytestmark = pytest.mark.django_db


@pytest.fixture
def fall(db):
    found = Fall()
    found.agree()
    found.receive("500.01")
    return found


def path(fall, **more):
    query = "&".join(f"{k}={v}" for k, v in {"title": fall.row.production.slug, **more}.items())
    return f"/api/v1/waterfalls/?{query}"


def test_a_key_reads_the_waterfalls_of_a_title(fall):
    caller = Caller(person("Finance"), "WATERFALLS_READ")

    (row,) = caller.client.get(path(fall)).json()["results"]

    assert (row["currency"], row["version"], row["received"], row["residual"]) == (
        "HKD", 1, "500.01", "0.00",
    )  # fmt: skip
    assert [
        (p["code"], p["tier"], p["received"], p["outstanding"], p["recouped_percent"])
        for p in row["positions"]
    ] == [
        ("fund", 1, "300.01", "299.99", "50.00"),
        ("studio", 1, "200.00", "200.00", "50.00"),
        ("fund-profit", 2, "0.00", None, None),
        ("studio-profit", 2, "0.00", None, None),
    ]
    (receipt,) = row["receipts"]
    assert sum(Decimal(g["amount"]) for g in receipt["given"]) == Decimal(receipt["base_amount"])


def test_before_its_first_day_a_waterfall_has_no_version(fall):
    caller = Caller(person("Finance"), "WATERFALLS_READ")

    (row,) = caller.client.get(path(fall, as_of="2025-02-28")).json()["results"]

    assert (row["version"], row["positions"], row["receipts"]) == (None, [], [])


def test_who_may_not_see_waterfalls_reads_none(fall):
    assert Caller(person("Viewer"), "WATERFALLS_READ").client.get(path(fall)).status_code == 403
    assert Caller(person("Finance"), "RIGHTS_READ").client.get(path(fall)).status_code == 403


def test_every_fault_is_named(fall):
    caller = Caller(person("Finance"), "WATERFALLS_READ")

    for query, name in (
        ("", "title"),
        ("title=nowhere", "title"),
        (f"title={fall.row.production.slug}&as_of=yesterday", "as_of"),
        (f"title={fall.row.production.slug}&day=2025-01-01", "day"),
    ):
        response = caller.client.get(f"/api/v1/waterfalls/?{query}")
        assert response.status_code == 400, query
        assert name in response.content.decode()
