"""What is late and what comes next: the list, the calendar at a secret address, the daily letter."""

import datetime

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from portfolio.productions.models import Deliverable, Milestone
from portfolio.reporting.reminders import reminders
from portfolio.rights import operations
from portfolio.rights.choices import PriorityState
from portfolio.staff.models import CalendarFeed, DigestSent, User
from portfolio.staff.reminders import make_feed, owner_of_feed, revoke_feeds
from tests.admin.people import browser
from tests.refusals import refused
from tests.rights.deals import AT, Deals, at_commit, day
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db

TODAY = day("2026-06-01")


@pytest.fixture
def deals() -> Deals:
    made = Deals(slug="twilight", name_en="Twilight")
    made.owned()
    return made


def found(days=60, may=lambda name: True, on=TODAY):
    return [(str(each.date), each.what) for each in reminders(may=may, day=on, days=days)]


def test_rights_are_told_of_from_today_to_the_last_day_asked_for(deals):
    for end in ("2026-05-31", "2026-06-01", "2026-07-31", "2026-08-01"):
        deals.licensed("FREE_TV", "HK", ("2026-01-01", end), exclusivity="NON_EXCLUSIVE")
    deals.draft("PAY_TV", "HK", ("2026-01-01", "2026-06-15"))
    at_commit()

    assert found() == [("2026-06-01", "A licence ends"), ("2026-07-31", "A licence ends")]


def test_holdbacks_and_reversions_are_told_of(deals):
    grant = deals.acquired(
        "REMAKE", "HK", (None, None),
        fields={"reversion_date": day("2026-05-20"), "reversion_condition": "shooting has begun"},
    )  # fmt: skip
    deals.holdback(grant, "STAGE", "HK", ("2026-01-01", "2026-06-30"))
    at_commit()

    assert found() == [
        ("2026-05-20", "An acquired right reverts"), ("2026-06-30", "A holdback ends"),
    ]  # fmt: skip


def test_an_option_is_told_of_until_it_is_closed(deals):
    option = deals.priority("REMAKE", runs=("2026-01-01", "2026-05-31"))
    look = deals.priority("SEQUEL", kind="FIRST_LOOK", runs=("2026-01-01", "2026-12-31"))
    deals.offer(look, deals.draft("SEQUEL"), on="2026-05-10")

    assert found() == [
        ("2026-05-31", "Option runs out"), ("2026-06-09", "An answer to an offer is due"),
    ]  # fmt: skip
    operations.close_priority(priority=option, state=PriorityState.LAPSED, at=AT, actor=deals.actor)
    assert found() == [("2026-06-09", "An answer to an offer is due")]


def test_milestones_and_deliverables_are_told_of_until_they_are_done(deals):
    Milestone.objects.create(
        production=deals.title, kind="DELIVERY", planned_date=day("2026-03-01"),
        revised_date=day("2026-06-20"),
    )  # fmt: skip
    Milestone.objects.create(
        production=deals.title, kind="RELEASE", planned_date=day("2026-04-01"),
        actual_date=day("2026-04-02"),
    )  # fmt: skip
    Deliverable.objects.create(production=deals.title, kind="DCP", due_date=day("2026-05-01"))

    assert found() == [
        ("2026-05-01", "A deliverable is due"), ("2026-06-20", "A milestone is expected"),
    ]  # fmt: skip


def test_each_part_is_for_those_who_may_see_its_rows(deals):
    deals.licensed("FREE_TV", "HK", ("2026-01-01", "2026-06-15"))
    deals.priority("REMAKE", runs=("2026-01-01", "2026-06-20"))
    Deliverable.objects.create(production=deals.title, kind="DCP", due_date=day("2026-05-01"))
    at_commit()

    assert found(may=lambda name: name == "rights.view_grant") == [("2026-06-15", "A licence ends")]
    assert found(may=lambda name: name == "productions.view_deliverable") == [
        ("2026-05-01", "A deliverable is due")
    ]
    assert found(may=lambda name: False) == []


def test_a_list_costs_the_same_queries_however_long_it_is(deals, django_assert_num_queries):
    for n in range(3):
        deals.licensed(
            "FREE_TV", "HK", (f"202{n}-01-01", "2026-06-15"), exclusivity="NON_EXCLUSIVE"
        )
        deals.priority("REMAKE", runs=("2026-01-01", "2026-06-20"))
    at_commit()

    # Windows, reversions, priorities, offers, milestones, deliverables.
    with django_assert_num_queries(6):
        assert len(found()) == 6


def soon(deals: Deals) -> None:
    today = timezone.localdate()
    deals.licensed(
        "FREE_TV", "HK", ("2020-01-01", str(today + datetime.timedelta(days=5))),
        on=day("2026-01-01"),
    )  # fmt: skip
    at_commit()


def test_the_page_lists_them_and_makes_an_address_that_can_be_revoked(deals):
    soon(deals)
    desk = browser(deals.actor, "Programme officer")

    assert "A licence ends" in desk.get("/admin/reminders/").content.decode()
    text = desk.post("/admin/reminders/", {"act": "feed"}).content.decode()
    address = text.split("<code")[1].split(">")[1].split("<")[0]
    path = address.removeprefix("http://testserver")
    answer = Client().get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["summary"]) == "A licence ends: Twilight"
    assert event.decoded("dtstart") == timezone.localdate() + datetime.timedelta(days=5)
    assert address not in desk.get("/admin/reminders/").content.decode()

    desk.post("/admin/reminders/", {"act": "revoke"})
    assert Client().get(path).status_code == 404


def test_a_new_address_ends_the_one_before_and_who_left_has_none(deals):
    deals.actor.is_staff = True
    deals.actor.save()
    first = make_feed(user=deals.actor, at=AT)
    second = make_feed(user=deals.actor, at=AT)
    assert owner_of_feed(first) is None
    assert owner_of_feed(second) == deals.actor

    deals.actor.is_active = False
    deals.actor.save()
    assert owner_of_feed(second) is None
    assert owner_of_feed("x" * 1000) is None
    assert Client().get("/calendar/guess.ics").status_code == 404


def test_a_person_has_one_address_and_it_ends_after_it_began(deals):
    make_feed(user=deals.actor, at=AT)

    with refused("calendarfeed_is_one_a_person"):
        CalendarFeed.objects.create(user=deals.actor, digest=b"x" * 32, created_at=AT)
    with refused("calendarfeed_ends_after_it_begins"):
        CalendarFeed.objects.update(revoked_at=AT - datetime.timedelta(seconds=1))
    revoke_feeds(user=deals.actor, at=AT)


def test_the_letter_is_sent_once_a_day_to_those_who_want_it(deals, capsys):
    soon(deals)
    desk = browser(deals.actor, "Programme officer")
    deals.actor.refresh_from_db()
    desk.post("/admin/reminders/", {"act": "digest"})
    deals.actor.refresh_from_db()
    assert not deals.actor.gets_digest
    deals.actor.email = "officer@example.org"
    deals.actor.save()
    desk.post("/admin/reminders/", {"act": "digest"})

    call_command("send_digests", site="https://topsheet.example.org/")
    call_command("send_digests")

    (letter,) = mail.outbox
    assert letter.to == ["officer@example.org"]
    assert letter.subject == "Topsheet: 0 late, 1 to come"
    assert "A licence ends: Twilight" in letter.body
    assert "https://topsheet.example.org/admin/rights/grant/" in letter.body
    assert DigestSent.objects.get().user == deals.actor
    with refused("digestsent_once_a_day"):
        DigestSent.objects.create(user=deals.actor, day=timezone.localdate())
    assert capsys.readouterr().out.split("\n")[:2] == ["1 sent, 0 not.", "0 sent, 0 not."]


def test_a_letter_that_cannot_be_sent_is_sent_by_the_next_run(deals, settings, capsys):
    soon(deals)
    browser(deals.actor, "Programme officer")
    deals.actor.refresh_from_db()
    deals.actor.email, deals.actor.gets_digest = "officer@example.org", True
    deals.actor.save()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }

    call_command("send_digests")

    assert "0 sent, 1 not." in capsys.readouterr().out
    assert not DigestSent.objects.exists()


@pytest.fixture
def post(settings):
    """A mail server that is really spoken to."""
    with mail_server() as server:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": server.port},
            }
        }
        yield server


def test_the_letter_reaches_a_mail_server_in_the_readers_language(deals, post, capsys):
    deals.title.name_zh_hant = "暮光"
    deals.title.save()
    soon(deals)
    browser(deals.actor, "Programme officer")
    deals.actor.refresh_from_db()
    deals.actor.email, deals.actor.gets_digest = "officer@example.org", True
    deals.actor.save()

    call_command("send_digests", site="https://topsheet.example.org", language="zh-hant")
    call_command("send_digests", site="https://topsheet.example.org", language="zh-hant")

    (letter,) = post.letters
    assert letter.recipients == ["officer@example.org"]
    assert letter.message["Subject"].startswith("Topsheet")
    assert "\n" not in letter.message["Subject"]
    text = letter.message.get_content()
    assert "暮光" in text
    assert "https://topsheet.example.org/admin/rights/" in text
    assert "https://topsheet.example.org/admin/reminders/" in text
    assert capsys.readouterr().out.split("\n")[:2] == ["1 sent, 0 not.", "0 sent, 0 not."]


def test_whom_the_mail_server_refuses_keeps_nobody_else_from_their_letter(deals, post, capsys):
    soon(deals)
    for number, name in enumerate(("gone", "here")):
        user = User.objects.create(
            username=name, is_staff=True, email=f"{name}@example.org", gets_digest=True
        )
        browser(user, "Programme officer")
        assert number == list(User.objects.filter(gets_digest=True).order_by("pk")).index(user)
    post.refuses.add("gone@example.org")

    call_command("send_digests")
    post.refuses.clear()
    call_command("send_digests")

    assert [letter.recipients for letter in post.letters] == [
        ["here@example.org"], ["gone@example.org"],
    ]  # fmt: skip
    said = capsys.readouterr()
    assert said.out.split("\n")[:2] == ["1 sent, 1 not.", "1 sent, 0 not."]
    assert "gone: the letter was not sent" in said.err
