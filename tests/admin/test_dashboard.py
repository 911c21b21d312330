"""The day's top sheet: only what exists, only what one may see, each number leading to its rows."""

import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories


def today(client: Client) -> dict[str, Any]:
    return client.get("/admin/").context["today"]


def rows_of(client: Client, url: str) -> int:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.context["cl"].result_count


def test_it_shows_the_envelope_with_its_qualifier_and_equivalent(boss: Client, rows: Any):
    (sheet,) = today(boss)["sheets"]

    assert sheet["qualifier"] == "at least"
    assert sheet["amount"] == "HK$5,000,000,000.00"
    assert ("Quoted as", "US$640,000,000.00") in sheet["facts"]


def test_an_unknown_envelope_is_not_disclosed(boss: Client):
    factories.ProgrammeFactory(envelope_amount=None, envelope_currency="")

    (sheet,) = today(boss)["sheets"]

    assert (str(sheet["amount"]), sheet["qualifier"]) == ("not disclosed", "")


def test_every_number_leads_to_exactly_its_rows(boss: Client, rows: Any):
    factories.ProductionFactory(strand=rows.strand, stage="RELEASED", publication="DRAFT")
    shown = today(boss)
    numbers = [
        cell for row in shown["productions"]["rows"] for cell in (*row["cells"], row["total"])
    ]
    numbers += shown["productions"]["totals"]
    numbers += [cell for gap in shown["gaps"] for cell in gap["cells"] if cell is not None]

    assert [number.count for number in shown["productions"]["totals"]] == [1, 1, 2]
    for number in numbers:
        assert rows_of(boss, number.url) == number.count, number.url


def test_a_track_record_counts_in_no_stage(boss: Client, rows: Any):
    from portfolio.productions.models import Production

    Production.objects.create(
        slug="old",
        name_en="Old film",
        programme=rows.programme,
        strand=None,
        standing="TRACK_RECORD",
        format="FEATURE_FILM",
    )

    assert today(boss)["productions"]["totals"][-1].count == 1


def test_running_embargoes_come_in_order_and_ended_ones_not(boss: Client, rows: Any):
    now = timezone.now()
    for days in (9, 3, -3):
        factories.ProductionFactory(
            strand=rows.strand,
            name_en=f"In {days} days",
            publication="EMBARGOED",
            embargoed_until=now + datetime.timedelta(days=days),
        )

    assert [row["name"] for row in today(boss)["embargoes"]] == ["In 3 days", "In 9 days"]


def test_one_without_a_role_sees_none_of_it(browser_of: Any, rows: Any):
    shown = today(browser_of("nobody"))

    assert shown == {
        "waiting": [],
        "overdue": [],
        "sheets": [],
        "productions": None,
        "gaps": [],
        "embargoes": [],
        "changes": [],
    }


def test_a_viewer_sees_what_the_table_lets_them(browser_of: Any, rows: Any):
    shown = today(browser_of("Viewer"))

    assert len(shown["sheets"]) == 1
    assert len(shown["gaps"]) == 8


def test_it_takes_a_bounded_number_of_queries_whatever_there_is(boss: Client, rows: Any):
    def queries() -> int:
        today(boss)
        with CaptureQueriesContext(connection) as seen:
            boss.get("/admin/")
        return len(seen)

    few = queries()
    strands = factories.StrandFactory.create_batch(5, programme=rows.programme)
    for strand in strands:
        factories.ProductionFactory.create_batch(8, strand=strand)
    factories.ClaimFactory.create_batch(10, programme=rows.programme)

    # Session and person, waiting and overdue 2, sheets 2, stages 2, gaps 8×3 less those that cannot be, embargoes 7,
    # changes 9 and the names that they refer to.
    assert queries() == few <= 57
