"""Measures the admin's lists of money beside stock ones of the same tables in the same run.

    python -m benchmarks.money_lists [--rounds 5] [--json FILE]

DATABASE_URL names a database with a sample in it (manage.py load_sample --projects N --entries M).
The stock list is Unfold's ModelAdmin with the same columns, filters and search as Django's documentation
would write them. Times are of the whole answer, in milliseconds; nothing is written.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.messages.storage.fallback import FallbackStorage  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from unfold.admin import ModelAdmin  # noqa: E402

from portfolio.funding.models import Commitment, LedgerEntry, Tranche  # noqa: E402

# Per table: columns, filters and search of the stock list; then what both are asked.
STOCK: Mapping[type[Any], dict[str, Any]] = {
    LedgerEntry: {
        "list_display": ("value_date", "kind", "amount", "base_amount", "project", "counterparty",
                         "commitment", "allocation"),
        "list_select_related": True,
        "list_filter": ("kind",),
        "search_fields": ("commitment__reference", "reference"),
    },
    Commitment: {
        "list_display": ("reference", "project", "payee", "amount", "state"),
        "list_select_related": True,
        "list_filter": ("state",),
        "search_fields": ("reference", "title", "project__name_en", "payee__name_en"),
    },
    Tranche: {
        "list_display": ("due_date", "commitment", "title", "amount", "state"),
        "list_select_related": True,
        "list_filter": ("state",),
        "search_fields": ("commitment__reference", "commitment__title", "title"),
    },
}  # fmt: skip
FILTERS = {
    LedgerEntry: "kind__exact=DISBURSEMENT",
    Commitment: "state__exact=SIGNED",
    Tranche: "state__exact=SCHEDULED",
}


def questions(model: type[Any], some: Commitment) -> dict[str, str]:
    """What a list is asked: its first page, one filter, a reference, the last page it has."""
    return {
        "page 1": "",
        "filter": FILTERS[model],
        "search": f"q={some.reference}",
        "deepest page of ours": "p=200",
    }


def milliseconds(call: Callable[[], Any], rounds: int) -> float:
    """The median of some calls, after one that warms up."""
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times[1:]), 1)


def open_list(model_admin: Any, query: str) -> None:
    """The whole page, rendered."""
    request = RequestFactory().get(f"/admin/list/?{query}")
    request.user = get_user_model()(username="benchmark", is_staff=True, is_superuser=True, pk=0)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    response = model_admin.changelist_view(request)
    if response.status_code != 200:
        raise SystemExit(f"The list answers {response.status_code} to {query!r}.")
    response.render()


def main() -> None:
    """Measure every list and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    some = Commitment.objects.filter(state="SIGNED").order_by("-pk").first()
    if some is None:
        raise SystemExit("There is no sample: manage.py load_sample --projects N --entries M.")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    found: dict[str, Any] = {}
    print(f"load {os.getloadavg()[0]:.1f}\n\n| list | rows | ours, ms | stock, ms | ratio |")
    print("|---|---|---|---|---|")
    for model, terms in STOCK.items():
        ours = admin.site.get_model_admin(model)
        stock = type("StockAdmin", (ModelAdmin,), terms)(model, admin.site)
        rows = model._default_manager.count()
        for name, query in questions(model, some).items():
            mine = milliseconds(lambda q=query, a=ours: open_list(a, q), given.rounds)
            theirs = milliseconds(lambda q=query, a=stock: open_list(a, q), given.rounds)
            label = f"{model._meta.model_name}: {name}"
            found[label] = {"rows": rows, "ours": mine, "stock": theirs}
            print(f"| {label} | {rows} | {mine} | {theirs} | {mine / theirs:.2f} |", flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
