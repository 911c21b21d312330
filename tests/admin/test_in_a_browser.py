"""An officer signs in and looks around, light and dark; with TOPSHEET_SCREENSHOTS=1 the docs get pictures."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from portfolio.productions.models import Production
from portfolio.staff.models import User
from tests.browser import settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FACTS = Path(settings.BASE_DIR, "portfolio", "facts", "revitalisation.json")
PICTURES = Path(settings.BASE_DIR, "docs", "images")


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


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.slow),
        pytest.param(390, "light", marks=pytest.mark.slow),
    ],
)
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
        settled(page)

        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        if os.environ.get("TOPSHEET_SCREENSHOTS") and (scheme, width) == ("light", 1440):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"admin-{name}.png")

    assert faults == []
    context.close()
