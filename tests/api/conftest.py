"""What the tests of the API share: a caller without an account, and the facts."""

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portfolio.common.api.throttling import SharedThrottle
from portfolio.productions.models import Release, Result
from tests.api.money import Caller, person
from tests.factories import ProductionFactory, SourceFactory
from tests.live import factories as live
from tests.own_database import own_database

DAY = datetime.date(2026, 6, 1)
ENDPOINTS = [
    "claims", "concerts", "organisations", "people", "productions", "programmes", "projects",
    "scholarship-schemes", "sources", "strands", "venues",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_limit(settings: Any) -> Iterator[None]:
    """No test is throttled but those that test the throttle."""
    settings.API_RATE = 0
    SharedThrottle.counts.clear()
    yield
    SharedThrottle.counts.clear()


@pytest.fixture
def committed(db: None) -> Iterator[str]:
    """What the test writes is really committed, to a database of its own."""
    with own_database() as name:
        yield name


@pytest.fixture
def api(db: None) -> Client:
    """Somebody without an account."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def finance(db: None) -> Caller:
    """The key of one in finance."""
    return Caller(person("Finance", "dora"))


@pytest.fixture
def get(api: Client) -> Callable[..., Any]:
    """The body of an address below /api/v1/, which must answer 200."""

    def fetch(path: str, **parameters: Any) -> Any:
        response = api.get(f"/api/v1/{path}", parameters)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    return fetch


@pytest.fixture
def slugs(get: Callable[..., Any]) -> Callable[..., list[str]]:
    """The addresses of the rows of a list, in its order."""

    def fetch(path: str, **parameters: Any) -> list[str]:
        return [row["slug"] for row in get(path, **parameters)["results"]]

    return fetch


@pytest.fixture
def live_rows(db: None) -> None:
    """A concert with its artist, a show that was reported of, and its venue: the facts name none."""
    venue = live.VenueFactory()
    live.CapacityFactory(venue=venue, space=live.SpaceFactory(venue=venue))
    show = live.ShowFactory(venue=venue)
    live.BillingFactory(concert=show.concert)
    live.ReportFactory(show=show, is_public=True)


@pytest.fixture
def reported_rows(db: None) -> None:
    """A release and a result that anyone may see: the facts name none."""
    title = ProductionFactory()
    Release.objects.create(
        production=title, territory="HK", medium="THEATRICAL", date=DAY, publication="PUBLIC"
    )
    Result.objects.create(
        production=title, territory="HK", medium="THEATRICAL", measure="GROSS", start_date=DAY,
        value=1, currency="HKD", source=SourceFactory(), is_public=True, recorded_at=timezone.now(),
        recorded_by=person("Finance", "reporter"),
    )  # fmt: skip
