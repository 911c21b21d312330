"""History: who changed what, when, by which request, field by field; also of parts and of the project."""

import datetime
from typing import Any

import pghistory
import pgtrigger
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.common.admin_history import event_models, history_of, latest_moments
from portfolio.productions.models import Participation, Production
from portfolio.staff.models import User
from tests import factories
from tests.admin.forms import save


def url_of(production: Production, page: str = "change") -> str:
    return f"/admin/productions/production/{production.pk}/{page}/"


def test_history_tells_who_what_and_by_which_request(boss: Client, superuser: User, rows: Any):
    save(boss, url_of(rows.production), genre="drama", name_zh_hant="無懼")

    latest = history_of(rows.production)[0]

    assert (latest.by, latest.method, latest.path) == ("chief", "POST", url_of(rows.production))
    assert len(latest.request_id) == 32
    told = {
        (change.act, str(field.label), field.old, field.new)
        for change in latest.changes
        for field in change.fields
    }
    assert told == {
        ("update", "genre as a source has it", "", "drama"),
        ("update", "Traditional Chinese name", "", "無懼"),
    }


def test_the_page_shows_the_same(boss: Client, rows: Any):
    save(boss, url_of(rows.production), format="VARIETY_SHOW")

    text = boss.get(url_of(rows.production, "history")).content.decode()

    assert "chief" in text
    assert "<del>TV drama</del>" in text
    assert "<ins>Variety show</ins>" in text
    assert f"POST {url_of(rows.production)}" in text


def test_parts_and_the_project_behind_are_in_it(boss: Client, rows: Any):
    part = Participation.objects.get(production=rows.production)
    save(boss, url_of(rows.production), **{"participations-0-role": "INVESTOR"})
    part.refresh_from_db()
    part.delete()

    kinds = [
        (change.act, str(change.kind), change.row)
        for moment in history_of(rows.production)
        for change in moment.changes
    ]

    assert ("update", "participation", "Youku") in kinds
    assert ("delete", "participation", "Youku") in kinds
    assert ("insert", "project", "Fearless") in kinds
    assert ("insert", "source of a project", "Article 0") in kinds or any(
        kind == "source of a project" for _act, kind, _row in kinds
    )
    assert ("insert", "credit", "Kevin Yeung") in kinds


def test_another_rows_history_is_not_in_it(boss: Client, rows: Any):
    other = factories.ProductionFactory(name_en="Another film")

    told = [change.row for moment in history_of(rows.production) for change in moment.changes]

    assert str(other) not in told


def test_a_bulk_change_outside_a_request_is_told_as_such(rows: Any):
    Production.objects.filter(pk=rows.production.pk).update(year=2024)

    latest = history_of(rows.production)[0]

    assert (latest.by, latest.path) == ("", "")
    assert [
        (field.old, field.new)
        for change in latest.changes
        for field in change.fields
        if change.act == "update"
    ] == [("", "2024")]


def test_a_command_is_named(rows: Any):
    with pghistory.context(command="load_facts"):
        Production.objects.filter(pk=rows.production.pk).update(year=2025)

    latest = history_of(rows.production)[0]

    assert (latest.by, latest.method, latest.path) == ("", "manage.py", "load_facts")


def test_an_action_names_its_actor(boss: Client, rows: Any):
    boss.post(
        "/admin/productions/production/",
        {"action": "make_draft", "_selected_action": [rows.production.pk]},
    )

    latest = history_of(rows.production)[0]

    assert latest.by == "chief"
    assert [(f.old, f.new) for f in latest.changes[0].fields] == [("Public", "Draft")]


def test_roles_given_and_taken_are_kept(boss: Client, officer: Any):
    person = officer("Viewer")
    save(boss, f"/admin/staff/user/{person.pk}/change/", groups=[], first_name="Vi")

    told = [
        (change.act, str(change.kind), change.row)
        for moment in history_of(person)
        for change in moment.changes
    ]

    assert ("delete", "role of a person", "Viewer") in told


def test_a_password_is_no_part_of_the_history(superuser: User):
    superuser.set_password("something else entirely")
    superuser.save()

    labels = {
        str(field.label)
        for moment in history_of(superuser)
        for change in moment.changes
        for field in change.fields
    }

    assert "password" not in labels
    assert "username" in labels


def test_djangos_own_log_stays_empty(boss: Client, rows: Any):
    save(boss, url_of(rows.production), genre="drama")

    assert LogEntry.objects.count() == 0


def test_a_long_history_takes_no_more_queries(boss: Client, rows: Any):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            history_of(rows.production)
        return len(seen)

    few = queries()
    for year in range(2000, 2040):
        Production.objects.filter(pk=rows.production.pk).update(year=year)

    # One a table of events of the production and its parts, one for the names of people, and one for
    # each sort of row that they refer to.
    assert queries() == few <= 22


def test_the_history_of_everything_pages_back_without_loss(boss: Client, monkeypatch: Any):
    strand = factories.StrandFactory()
    made = [factories.ProductionFactory(strand=strand) for _ in range(5)]
    for number, production in enumerate(made):
        save(boss, url_of(production), genre=f"genre {number}")
    # A test is one transaction, and all its events have one instant; requests have one each.
    tables = event_models()[Production]
    with pgtrigger.ignore(f"{tables._meta.label}:append_only"):
        for second, event in enumerate(tables.objects.order_by("pgh_id")):
            at = event.pgh_created_at + datetime.timedelta(seconds=second)
            tables.objects.filter(pk=event.pk).update(pgh_created_at=at)

    seen: list[str] = []
    before = ""
    for _page in range(10):
        moments, more = latest_moments([Production], before=before, most=3)
        seen += [moment.path for moment in moments if moment.path]
        if not more:
            break
        before = moments[-1].at.isoformat()

    assert seen == [url_of(production) for production in reversed(made)]


@pytest.mark.parametrize("query", ["?kind=nonsense", "?kind=staff.user&before=yesterday"])
def test_the_history_page_takes_nonsense_calmly(boss: Client, query: str):
    assert boss.get(f"/admin/history/{query}").status_code in (200, 404)
