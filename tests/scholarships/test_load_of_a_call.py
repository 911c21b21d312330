"""Many hand in at the last moment: who was told "received" is in the database, with a receipt.

`make test` takes a small call; `make prove` 5,000 applications, 200 of them in the last minute.
"""

import datetime
import random
import time

import pytest
from django.core.management import call_command
from django.db import connection

from scholarships.models import Application, Letter
from tests.own_database import own_database
from tests.scholarships.calls import Call
from tests.scholarships.catcher import catching
from tests.scholarships.load import at_moments, drafts, steadily, workers


def popular_call(*, before: int, last: int, too_late: int, seconds: float, folder, settings):
    """Run a call to its end; what was told to whom, and a line of figures."""
    settings.STORAGES = settings.STORAGES | {
        "papers": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder / "papers", "base_url": None},
        }
    }
    with own_database() as database, catching() as catcher:
        settings.MAILERS = catcher.mailers()
        call = Call(
            publication="PUBLIC", closes_at=datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)
        )
        people = drafts(call, before + last + too_late)
        with workers(database, catcher.port, folder) as port:
            began = time.time()
            told = steadily(port, people[:before])
            pace = before / (time.time() - began)
            closes_at = time.time() + seconds + 1
            call.round.closes_at = datetime.datetime.fromtimestamp(closes_at, datetime.UTC)
            call.round.save(update_fields=["closes_at"])
            lot = random.Random(5)  # noqa: S311 - the same each time
            moments = [closes_at - lot.uniform(0, seconds) for _n in range(last)]
            moments += [closes_at + lot.uniform(0.01, 2) for _n in range(too_late)]
            rush = at_moments(port, people[before:], moments)
        told += rush
        waiting = Letter.objects.filter(sent_at=None).count()
        while Letter.objects.filter(sent_at=None).exists():
            call_command("send_letters", site="http://localhost")
        check(told, call.round.closes_at, catcher)
        in_time = [each for each in rush if each.sent_at <= closes_at]
        waits = sorted(each.seconds for each in rush)
        line = (
            f"{before + last} applications; before the rush {pace:.0f}/s; in the last {seconds:.0f} s "
            f"{last}: longest wait {waits[-1]:.2f} s, half within {waits[len(waits) // 2]:.2f} s; "
            f"sent in time and refused: {sum(each.status != 302 for each in in_time)}; "
            f"sent late and refused: {sum(each.status == 409 for each in rush if each.sent_at > closes_at)}"
            f" of {too_late}; receipts left to the command: {waiting}"
        )
        connection.close()
    return line


def check(told, closes_at, catcher):
    """What people were told is what the database holds, and what their letters say."""
    rows = {row.number: row for row in Application.objects.all()}
    received = {each.number for each in told if each.status == 302}
    assert {each.status for each in told} <= {302, 409}
    assert received == {number for number, row in rows.items() if row.state == "SUBMITTED"}
    for each in told:
        row = rows[each.number]
        if each.status == 302:
            assert row.submitted_at <= closes_at
        else:
            assert row.state == "DRAFT"
            assert "The round closed at" in each.body
            assert each.answered_at > closes_at.timestamp()
    receipts = Letter.objects.filter(kind="RECEIPT")
    assert sorted(receipts.values_list("application__number", flat=True)) == sorted(received)
    sent = sorted(str(letter["Subject"]).rpartition(" ")[2] for _to, letter in catcher.letters)
    assert sent == sorted(received)


@pytest.mark.django_db
def test_nothing_is_lost_when_many_hand_in_at_the_last_moment(tmp_path, settings):
    line = popular_call(
        before=20, last=40, too_late=5, seconds=3, folder=tmp_path, settings=settings
    )

    assert "60 applications" in line


@pytest.mark.slow
@pytest.mark.django_db
def test_five_thousand_applications_two_hundred_in_the_last_minute(tmp_path, settings, capsys):
    line = popular_call(
        before=4_800, last=200, too_late=20, seconds=60, folder=tmp_path, settings=settings
    )

    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201 - the figures of the proof
    assert "sent in time and refused: 0" in line


@pytest.mark.slow
@pytest.mark.django_db
def test_two_hundred_in_the_last_two_seconds(tmp_path, settings, capsys):
    line = popular_call(
        before=200, last=200, too_late=20, seconds=2, folder=tmp_path, settings=settings
    )

    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201 - the figures of the proof
