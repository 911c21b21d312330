"""Letters go out once, to a real mail server on loopback, and wait where it does not take them."""

import threading
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from scholarships.models import Applicant, Letter, SecretLink
from scholarships.operations import applications, sending
from scholarships.operations.addresses import ask_for_address
from scholarships.operations.letters import write_letter
from tests.own_database import own_database
from tests.scholarships.applying import Applying
from tests.scholarships.calls import Call
from tests.scholarships.catcher import catching
from tests.scholarships.test_portal import erase

SITE = "https://topsheet.example.org"


@pytest.fixture
def catcher(settings):
    with catching() as server:
        settings.MAILERS = server.mailers()
        yield server


def somebody(name, language="en"):
    person = Applicant.objects.create(email=f"{name}@example.org", name_en=name, language=language)
    return write_letter(applicant=person, kind="LINK")


@pytest.mark.django_db
def test_a_letter_goes_out_once_with_a_link_that_opens(catcher, capsys):
    call = Call(publication="PUBLIC")
    ask_for_address(email=" Ming@Example.org ", language="zh-hant", at=call.now, round=call.round)

    call_command("send_letters", site=f"{SITE}/")
    call_command("send_letters", site=SITE)

    ((to, letter),) = catcher.letters
    words = letter.get_content()
    secret = words.partition(f"{SITE}/zh-hant/apply/open/")[2].partition("/")[0]
    assert to == "ming@example.org"
    assert letter["Subject"] == "你的申請連結"
    assert capsys.readouterr().out.splitlines() == [
        "0 written, 1 sent, 0 not.", "0 written, 0 sent, 0 not.",
    ]  # fmt: skip
    ming = Applying(call, "ming@example.org")
    assert ming.enter(secret).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM scholarships_secretlink WHERE sha256 LIKE %s", [secret]
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_letter_that_is_refused_waits_and_keeps_no_other_back(catcher):
    refused, other = somebody("refused"), somebody("other")
    catcher.refused = {"refused@example.org"}

    call_command("send_letters", site=SITE)
    refused.refresh_from_db()
    other.refresh_from_db()

    assert catcher.to() == ["other@example.org"]
    assert (refused.sent_at, refused.attempts) == (None, 1)
    assert other.sent_at is not None
    # The link of a letter that nobody got is gone with it.
    assert [link.applicant.name_en for link in SecretLink.objects.all()] == ["other"]

    catcher.refused = set()
    call_command("send_letters", site=SITE)
    assert catcher.to() == ["other@example.org", "refused@example.org"]


@pytest.mark.django_db
def test_while_the_mail_server_is_away_everything_waits(settings, capsys):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }
    letter = somebody("waiting")

    call_command("send_letters", site=SITE)

    letter.refresh_from_db()
    assert (letter.sent_at, letter.attempts) == (None, 0)
    assert "0 sent, 1 not." in capsys.readouterr().out


@pytest.mark.django_db
def test_a_request_tries_at_once_and_a_slow_server_is_then_left_alone(catcher, monkeypatch):
    call = Call(publication="PUBLIC")
    monkeypatch.setattr(sending, "PATIENCE", 0.2)
    Applying(call, "first@example.org").ask()
    catcher.silence = 5

    began = time.monotonic()
    second = Applying(call, "second@example.org").ask()
    third = Applying(call, "third@example.org").ask()

    assert (second.status_code, third.status_code) == (200, 200)
    assert time.monotonic() - began < 3
    assert catcher.to() == ["first@example.org"]
    assert [each.attempts for each in Letter.objects.order_by("pk")] == [1, 1, 0]
    catcher.silence = 0
    call_command("send_letters", site=SITE)
    assert catcher.to() == ["first@example.org", "third@example.org", "second@example.org"]


@pytest.mark.django_db
def test_who_was_erased_gets_no_letter(catcher):
    letter = somebody("gone")
    erase(letter.applicant, letter.written_at)

    call_command("send_letters", site=SITE)

    assert catcher.letters == []
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_without_an_address_of_the_site_no_letter_is_sent():
    with pytest.raises(CommandError):
        call_command("send_letters")


@pytest.mark.django_db
def test_two_runs_at_once_send_each_letter_once(catcher):
    with own_database():
        for number in range(40):
            somebody(f"n{number}")
        start = threading.Barrier(3)

        def run():
            start.wait()
            try:
                call_command("send_letters", site=SITE)
            finally:
                connections["default"].close()

        threads = [threading.Thread(target=run) for _n in range(2)]
        for thread in threads:
            thread.start()
        start.wait()
        for thread in threads:
            thread.join()

        assert sorted(catcher.to()) == sorted(f"n{number}@example.org" for number in range(40))
        assert not Letter.objects.filter(sent_at=None).exists()


@pytest.mark.django_db
def test_who_is_not_eligible_is_told_so_and_told_again_when_that_changes(catcher):
    call = Call(publication="PUBLIC")
    application = call.submitted(year_of_study=1)
    applications.judge_application(application=application, at=call.now, actor=call.officer)
    call_command("send_letters", site=SITE)
    applications.judge_application(
        application=application, at=call.now, actor=call.officer, is_eligible=True,
        reason="Two years at another school.",
    )  # fmt: skip
    call_command("send_letters", site=SITE)

    results = [
        letter.get_content() for _, letter in catcher.letters if "About your" in letter["Subject"]
    ]
    assert len(results) == 2
    assert "does not meet all of them" in results[0]
    assert "eligible after all" in results[1]
