"""Pages of the admin in a real browser: a tab of somebody, what axe says, a picture for the docs."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from portfolio.staff.models import User

PICTURES = Path(settings.BASE_DIR, "docs", "images")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What is in order is not told node by node; that takes longer than to look for faults.
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


def tab_of(chromium: Any, site: str, person: User, **how: Any) -> Any:
    """A tab of a person who may see everything and has signed in; `faults` are what its console says."""
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(person)
    context = chromium.new_context(**how)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()
    page.faults = []
    page.on("console", lambda s: page.faults.append(s.text) if s.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def serious_of(page: Any) -> list[str]:
    """What axe finds that keeps somebody from reading or using the page."""
    found = Axe().run(page, options=AXE)
    return [
        f"{v['id']}: {node['html'][:160]}"
        for v in found.response["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


def picture(page: Any, name: str) -> None:
    """Keep what is seen for the docs."""
    if os.environ.get("TOPSHEET_SCREENSHOTS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"admin-{name}.png", full_page=True)
