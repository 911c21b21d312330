"""Public pages and the admin's changelist, measured inside one process; prints JSON.

    python -m benchmarks.pages

The stock admin is Django's own ModelAdmin of the same model with the same columns, filters and search
as Django's documentation would write them.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

ROUNDS = 15
PAGES = {
    "home": "/",
    "productions": "/productions/",
    "productions, searched": "/productions/?q=Televison",
    "production": "/productions/fictional-title-500/",
    "partner with thousands of titles": "/partners/fictional-firm-2/",
}
LISTS = {"page 1": "", "filter": "format__exact=ANIMATION", "search": "q=lantren of kowloon"}


def milliseconds(call: Callable[[], Any]) -> float:
    """The median of some calls, after two that warm up."""
    times = []
    for n in range(ROUNDS + 2):
        started = time.perf_counter()
        call()
        if n > 1:
            times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def pages() -> dict[str, Any]:
    """Server time and size of public pages."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    found: dict[str, Any] = {}
    for name, address in PAGES.items():
        response = client.get(address)
        if response.status_code != 200:
            found[name] = {"status": response.status_code}
            continue
        size = len(response.content)
        found[name] = {"ms": milliseconds(lambda at=address: client.get(at)), "bytes": size}
    return found


def changelists() -> dict[str, Any]:
    """Our changelist beside the stock one."""
    from django.contrib import admin
    from django.contrib.auth import get_user_model
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.test import RequestFactory

    from portfolio.productions.models import Production

    class StockAdmin(admin.ModelAdmin):
        list_display = ("__str__", "format", "stage", "strand", "year")
        list_filter = ("format", "stage", "standing")
        search_fields = ("name_en", "name_zh_hant", "name_zh_hans")

    officer = get_user_model()(username="benchmark", is_staff=True, is_superuser=True, pk=0)

    def open_list(model_admin: Any, query: str) -> None:
        request = RequestFactory().get(f"/admin/productions/production/?{query}")
        request.user = officer
        request.session = {}  # type: ignore[assignment]
        request._messages = FallbackStorage(request)
        response = model_admin.changelist_view(request)
        if response.status_code != 200:
            raise SystemExit(f"The changelist answers {response.status_code} to {query!r}.")
        response.render()

    ours, stock = admin.site.get_model_admin(Production), StockAdmin(Production, admin.AdminSite())
    found: dict[str, Any] = {}
    for name, query in LISTS.items():
        found[name] = {
            "ours": milliseconds(lambda q=query: open_list(ours, q)),
            "stock": milliseconds(lambda q=query: open_list(stock, q)),
        }
    return found


def main() -> None:
    """Print what was measured."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    django.setup()
    measured: dict[str, Any] = {}
    for name, part in (("pages", pages), ("changelists", changelists)):
        try:
            measured[name] = part()
        except Exception as exc:
            measured[name] = {"fault": f"{type(exc).__name__}: {exc}"[:300]}
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
