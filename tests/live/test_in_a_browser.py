"""Calendars, concerts and venues in a real browser: accessible, no wider than the screen, by keyboard."""

import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from portfolio.staff.models import User
from tests.admin.screens import picture
from tests.browser import settled
from tests.live.factories import (
    BillingFactory,
    BookingFactory,
    CapacityFactory,
    CollaborationFactory,
    ConcertFactory,
    ReportFactory,
    SeasonFactory,
    ShowFactory,
    SpaceFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What is in order is not told node by node; that takes longer than to look for faults.
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


@pytest.fixture
def pages(transactional_db: None) -> dict[str, Any]:
    """A venue with a busy May, a concert with figures, and their addresses."""
    hall = SpaceFactory(
        name_en="Main hall", venue__slug="hall", venue__name_en="City Hall",
        venue__name_zh_hant="大會堂",
    )  # fmt: skip
    venue = hall.venue
    CapacityFactory(venue=venue, people=5000)
    concert = ConcertFactory(
        slug="nights", name_en="Amber Nights", break_even_amount=9, break_even_currency="HKD"
    )
    BillingFactory(concert=concert)
    collaboration = CollaborationFactory(venue=venue, slug="seasons")
    SeasonFactory(collaboration=collaboration)
    show = ShowFactory(concert=concert, venue=venue, space=hall, collaboration=collaboration)
    ReportFactory(show=show, gross_amount=5, gross_currency="HKD", is_public=True)
    ShowFactory(concert=concert, venue=venue, date=datetime.date(2026, 5, 20), starts_at=None)
    booking = BookingFactory(venue=venue, space=hall, show=show, collaboration=collaboration)
    BookingFactory(
        venue=venue,
        rank=1,
        day=datetime.date(2026, 5, 9),
        title="Lichtspielhausorchesterprobenwochenende",
    )
    BookingFactory(
        venue=venue, rank=2, day=datetime.date(2026, 5, 9), lapses_date=datetime.date(2026, 5, 1)
    )
    calendar = f"/admin/live/venue/{venue.pk}/calendar/?month=2026-05"
    return {
        "venue": venue,
        "staff": [
            calendar,
            f"{calendar}&view=list",
            f"/admin/live/venue/{venue.pk}/book/?day=2026-05-03",
            f"/admin/live/booking/{booking.pk}/change/",
            f"/admin/live/concert/{concert.pk}/shows/",
            f"/admin/live/show/{show.pk}/report/",
            f"/admin/live/venuecollaboration/{collaboration.pk}/progress/",
        ],
        "public": [
            "/concerts/", "/concerts/nights/", "/zh-hant/concerts/nights/", "/venues/",
            "/venues/hall/", "/zh-hans/venues/hall/", "/venue-collaborations/seasons/",
        ],
    }  # fmt: skip


def signed_in(chromium: Any, live_site: str, **given: Any) -> tuple[Any, list[str]]:
    """A page of a browser in which the superuser is signed in, and what it complains of."""
    chief = User.objects.filter(username="chief").first() or User.objects.create_superuser("chief")
    client = Client()
    client.force_login(chief)
    context = chromium.new_context(reduced_motion="reduce", **given)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"),
        (390, "dark"),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(390, "light", marks=pytest.mark.slow),
    ],
)
def test_pages_are_accessible_and_fit(chromium, live_site, pages, scheme, width):
    page, faults = signed_in(
        chromium, live_site, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    axe = Axe()
    found = []
    for path in [*pages["staff"], *pages["public"]]:
        page.goto(f"{live_site}{path}")
        settled(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{path} is wider than the screen")
        # Of a staff page only what we wrote; Django's box for typing stands in many forms.
        where: Any = {"exclude": [[".select2-container"]]}
        if "/admin/" in path:
            ours = (".live-page", ".house-step", ".house-dossier")
            where["include"] = [[name] for name in ours if page.locator(name).count()]
        results = axe.run(page, context=where, options=AXE)
        found += [
            f"{path} {violation['id']}: {violation['nodes'][0]['html'][:150]}"
            for violation in results.response["violations"]
        ]

    assert found == []
    assert faults == []


@pytest.mark.parametrize(
    ("locale", "name", "word"),
    [
        ("en-GB", "", "May 2026"), ("zh-HK", "-zh-hant", "2026年5月"), ("zh-CN", "-zh-hans", "2026年5月"),
    ],
)  # fmt: skip
def test_the_calendar_is_read_in_each_language(chromium, live_site, pages, locale, name, word):
    page, faults = signed_in(
        chromium, live_site, viewport={"width": 1280, "height": 900}, locale=locale
    )
    page.goto(f"{live_site}{pages['staff'][0]}")

    assert word in page.locator(".live-page").inner_text()
    assert faults == []
    picture(page, f"venue-calendar{name}")


def test_a_day_is_booked_by_keyboard_alone(chromium, live_site, pages):
    page, _faults = signed_in(chromium, live_site, viewport={"width": 1280, "height": 900})
    page.goto(f"{live_site}{pages['staff'][0]}")
    page.locator(".live-choices .house-button").focus()

    page.keyboard.press("Tab")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/?day=*")
    page.fill("[name=title]", "By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/?month=*")

    assert label.startswith("Book ")
    assert page.locator("text=By keyboard").count() == 1


def test_the_calendar_prints_without_its_buttons(chromium, live_site, pages):
    page, _faults = signed_in(chromium, live_site, viewport={"width": 1280, "height": 900})
    page.goto(f"{live_site}{pages['staff'][0]}")
    page.emulate_media(media="print")

    assert not page.locator(".live-turn").is_visible()
    assert page.locator(".live-month").is_visible()
