"""The pages in a real browser: accessibility, the content security policy, widths, pictures."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings

from tests.website.test_languages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OTHERS = ["/no-such-page/", "/productions/?q=zzzzqqqq", "/strands/venues/", "/people/jack-ng/"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is in order is not told node by node; that takes longer than to look for faults.
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
PICTURES = Path(django_settings.BASE_DIR) / "docs" / "images"


class Seen:
    """A browser tab, and what went wrong in it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        # The browser itself remarks on a 404, which is what the error page is.
        if message.type in ("error", "warning") and "404" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.foreign.append(request.url)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        self.page.evaluate("document.fonts.ready")


@pytest.fixture
def open_page(chromium: Any, live_server: Any, facts: None) -> Iterator[Any]:
    """A tab of a given width and colour scheme on the running site."""
    contexts = []

    def tab(*, width: int = 1440, scheme: str = "light", scale: float = 1) -> Seen:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            device_scale_factor=scale,
            reduced_motion="reduce",
        )
        contexts.append(context)
        return Seen(context.new_page(), live_server.url)

    yield tab
    for context in contexts:
        context.close()


def test_axe_finds_nothing_and_nothing_breaks_the_policy(open_page):
    axe = Axe()
    found = []
    every = [*PAGES, *OTHERS, "/zh-hant/", "/zh-hans/productions/golden-era/"]
    # In the quick run each page is looked at by day or by night, and those beside it the other way.
    shares = (every, every) if os.environ.get("TOPSHEET_PROVE") else (every[::2], every[1::2])
    for scheme, paths in zip(("light", "dark"), shares, strict=True):
        seen = open_page(scheme=scheme)
        for path in paths:
            seen.go(path)
            results = axe.run(seen.page, options=AXE)
            found += [
                f"{scheme} {path} {violation['id']}: {violation['nodes'][0]['html'][:120]}"
                for violation in results.response["violations"]
            ]
        found += [f"{scheme}: {complaint}" for complaint in seen.complaints]
        found += [f"{scheme}: asked {address}" for address in seen.foreign]

    assert found == []


@pytest.mark.parametrize("width", [320, 390, 820])
def test_nothing_is_wider_than_the_screen(open_page, width):
    seen = open_page(width=width)
    too_wide = []
    for path in [*PAGES, *OTHERS, "/zh-hant/", "/zh-hans/partners/"]:
        seen.go(path)
        if seen.page.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(path)

    assert too_wide == []


def test_the_keyboard_reaches_the_content_first(open_page):
    seen = open_page()
    seen.go("/")

    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")

    assert seen.page.evaluate("document.activeElement.id") == "content"


def test_both_typefaces_come_from_our_own_host(open_page):
    seen = open_page()
    seen.go("/")

    faces = seen.page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
    )

    assert {face.strip('"') for face in faces} >= {"Text", "Display"}


@pytest.mark.skipif(
    os.environ.get("TOPSHEET_SCREENSHOTS") != "1", reason="TOPSHEET_SCREENSHOTS=1 takes pictures"
)
def test_pictures_for_the_documentation(open_page):
    pictures = {
        "home": ("/", 1280, "light"),
        "home-zh-hant": ("/zh-hant/", 1280, "dark"),
        "productions": ("/productions/", 1280, "light"),
        "production": ("/productions/forensic-heroes-vi/", 1280, "light"),
        "partner": ("/partners/youku/", 1280, "light"),
        "home-phone": ("/", 390, "light"),
    }
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (path, width, scheme) in pictures.items():
        seen = open_page(width=width, scheme=scheme)
        seen.go(path)
        target = PICTURES / f"{name}.png"
        seen.page.screenshot(path=target, full_page=name in ("production", "partner"))

        assert target.stat().st_size <= 300 * 1024
