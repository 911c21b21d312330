"""The second in which a round closes, by the database's own clock and as the role that serves requests."""

import datetime

import pytest
from django.core import mail
from django.db import connection

from scholarships.models import Letter
from tests.conftest import APP_ROLE
from tests.scholarships.applying import Applying
from tests.scholarships.calls import Call
from tests.website.conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ming():
    return Applying(Call(publication="PUBLIC")).inside().fill()


def close(ming, before):
    """The round closes so long before the moment at which the server begins to take it in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_timestamp()")
        at = cursor.fetchone()[0]
        ming.call.round.closes_at = at - before
        ming.call.round.save()
        cursor.execute(f"SET ROLE {APP_ROLE}")
    return at


def test_what_is_handed_in_at_the_very_moment_of_the_closing_is_in_time(ming):
    at = close(ming, datetime.timedelta(0))

    answer = ming.hand_in()

    row = ming.application
    assert answer.status_code == 302
    assert (row.state, row.submitted_at) == ("SUBMITTED", at)
    assert Letter.objects.filter(kind="RECEIPT").count() == 1
    assert mail.outbox[-1].subject.startswith("We received")


@pytest.mark.parametrize(
    "late", [datetime.timedelta(microseconds=1), datetime.timedelta(seconds=1)]
)
def test_what_comes_after_it_is_refused_with_the_moment_of_the_closing(ming, late):
    at = close(ming, late)

    answer = ming.hand_in()

    row = ming.application
    local = (at - late).astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    assert answer.status_code == 409
    assert f"closed at {local.day} {local:%B %Y %H:%M:%S}" in text_of(answer.content.decode())
    assert (row.state, row.submitted_at, row.answers.declares) == ("DRAFT", None, False)
    assert not Letter.objects.filter(kind="RECEIPT").exists()


def test_after_the_closing_nothing_is_changed_opened_again_or_begun(ming):
    ming.hand_in()
    other = Applying(ming.call, "other@example.org").inside()
    close(ming, datetime.timedelta(seconds=1))

    answers = [
        ming.post("reopen/"), other.post("answers/", {"project_title": "Late"}),
        other.post("person/", {"name_en": "Late"}), other.upload(), other.get("check/"),
    ]  # fmt: skip
    begun = ming.client.post("/apply/mine/begin/", {"round": str(ming.call.round.pk)})

    assert [each.status_code for each in answers] == [409] * 5
    assert begun.status_code == 404
    assert ming.application.state == "SUBMITTED"
    assert other.application.answers.project_title == ""
