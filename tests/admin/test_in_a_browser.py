"""An officer signs in and looks around, light and dark; with TOPSHEET_SCREENSHOTS=1 the docs get pictures."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from portfolio.productions.models import Production
from portfolio.staff.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FACTS = Path(settings.BASE_DIR, "portfolio", "facts", "revitalisation.json")
PICTURES = Path(settings.BASE_DIR, "docs", "images")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium; without one the test is skipped, or fails where CI is set."""
    path = os.environ.get("TOPSHEET_CHROMIUM") or shutil.which("chromium")
    if not path:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("No Chromium: install Debian's `chromium`, or set TOPSHEET_CHROMIUM.")
        pytest.skip("No Chromium found: set TOPSHEET_CHROMIUM to run the browser tests.")
    # Playwright keeps an event loop running, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of the site while the test lasts."""
    return str(live_server.url)


@pytest.fixture
def pages(superuser: User) -> dict[str, str]:
    """What an officer looks at in the first real programme: addresses by the name of the picture."""
    call_command("load_facts", str(FACTS), verbosity=0)
    production = Production.objects.get(name_en__startswith="Forensic Heroes")
    return {
        "dashboard": "/admin/",
        "productions": "/admin/productions/production/",
        "production": f"/admin/productions/production/{production.pk}/change/",
        "history": f"/admin/productions/production/{production.pk}/history/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_an_officer_signs_in_and_looks_around(
    chromium: Any, live_site: str, pages: dict[str, str], superuser: User, scheme: str, width: int
):
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, locale="en-GB"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_site}/admin/")
    page.fill("[name=login]", "chief")
    page.fill("[name=password]", "a long pass phrase")
    page.click("main form:has([name=password]) button[type=submit]")
    page.wait_for_url(f"{live_site}/admin/")

    for name, path in pages.items():
        page.goto(f"{live_site}{path}")
        page.wait_for_load_state("networkidle")

        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        if os.environ.get("TOPSHEET_SCREENSHOTS") and (scheme, width) == ("light", 1440):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"admin-{name}.png")

    assert faults == []
    context.close()
