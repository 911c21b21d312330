"""Concerts, venues and calendars in the staff admin: pages, steps, and what they refuse in words."""

import datetime
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from portfolio.live.models import Booking, Show, ShowReport
from portfolio.staff.models import User
from tests.books import Books
from tests.live.factories import (
    BookingFactory,
    CollaborationFactory,
    ConcertFactory,
    ReportFactory,
    RevenueShareFactory,
    SeasonFactory,
    ShowFactory,
    SpaceFactory,
    VenueFactory,
    hk,
)

pytestmark = pytest.mark.django_db


def browser(role: str) -> Client:
    person = User.objects.create(username=role.lower().replace(" ", "."), is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def staff() -> Client:
    return browser("Programme officer")


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def booked(venue, **given):
    return {
        "title": "Amber Nights", "purpose": "SHOW", "space": "", "first_day": "2026-05-02",
        "firmness": "confirmed", **given,
    }  # fmt: skip


def test_the_calendar_shows_a_month_with_what_is_held_confirmed_and_forgotten(staff):
    venue = VenueFactory(name_en="City Hall")
    BookingFactory(venue=venue, title="Confirmed one")
    BookingFactory(venue=venue, title="Held one", rank=2)
    BookingFactory(venue=venue, title="Other month", day=datetime.date(2026, 8, 2))
    ShowFactory(venue=venue, concert__name_en="Forgotten show", date=datetime.date(2026, 5, 9))
    ShowFactory(venue=venue, concert__name_en="Lies in booked time")
    released = BookingFactory(venue=venue, title="Given back", rank=1)
    Booking.objects.filter(pk=released.pk).update(state="RELEASED", state_reason="Off")
    url = f"/admin/live/venue/{venue.pk}/calendar/"

    month, listed = staff.get(f"{url}?month=2026-05"), staff.get(f"{url}?month=2026-05&view=list")

    for page in (text(month), text(listed)):
        assert "Confirmed one" in page
        assert "Second option" in page
        assert "Forgotten show" in page
        assert "Other month" not in page
        assert "Lies in booked time" not in page
    assert "Given back" not in text(month)
    assert "Given back" in text(listed)
    assert f"/admin/live/venue/{venue.pk}/book/?day=2026-05-02" in text(month)


@pytest.mark.parametrize(
    "query", ["month=nonsense", "month=%00", "view=x&space=x", "month=0001-01"]
)
def test_a_calendar_asked_for_nonsense_is_no_error(staff, query):
    venue = VenueFactory()

    assert staff.get(f"/admin/live/venue/{venue.pk}/calendar/?{query}").status_code == 200


def test_dates_are_booked_and_a_second_booking_is_refused_in_words(staff):
    hall = SpaceFactory(name_en="Main hall", venue__name_en="City Hall")
    url = f"/admin/live/venue/{hall.venue.pk}/book/"

    first = staff.post(url, booked(hall.venue, last_day="2026-05-04"))
    second = staff.post(url, booked(hall.venue, space=hall.pk, first_day="2026-05-04"))

    booking = Booking.objects.get()
    assert first.status_code == 302
    assert first.url == f"/admin/live/venue/{hall.venue.pk}/calendar/?month=2026-05"
    assert (booking.starts_at, booking.ends_at) == (hk("2026-05-02T00:00"), hk("2026-05-05T00:00"))
    assert second.status_code == 200
    assert "“Amber Nights”, City Hall, whole venue, 2 May 2026 to 4 May 2026" in text(second)


def test_hours_are_those_of_the_venue_and_may_pass_midnight(staff):
    venue = VenueFactory(time_zone="Europe/London")
    url = f"/admin/live/venue/{venue.pk}/book/"

    staff.post(url, booked(venue, from_time="20:00", until_time="01:00", firmness="1"))

    booking = Booking.objects.get()
    assert booking.rank == 1
    assert booking.starts_at.isoformat() == "2026-05-02T19:00:00+00:00"
    assert booking.ends_at - booking.starts_at == datetime.timedelta(hours=5)


def test_the_hour_that_comes_twice_is_asked_about_and_the_skipped_one_refused(staff):
    venue = VenueFactory(time_zone="Europe/London")
    url = f"/admin/live/venue/{venue.pk}/book/"
    night = {"from_time": "01:30", "until_time": "06:00"}

    plain = staff.get(url)
    asked = staff.post(url, booked(venue, first_day="2026-10-25", **night))
    skipped = staff.post(url, booked(venue, first_day="2026-03-29", **night))
    said = staff.post(url, booked(venue, first_day="2026-10-25", which="second", **night))

    assert "Which of the two hours" not in text(plain)
    assert "Which of the two hours" in text(asked)
    assert "The clocks skip 01:30" in text(skipped)
    assert said.status_code == 302
    assert Booking.objects.get().starts_at.isoformat() == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize(
    "changed",
    [
        {"last_day": "2026-05-01"},
        {"from_time": "20:00"},
        {"lapses_date": "2026-04-01"},
        {"title": ""},
        {"firmness": "10"},
        {"space": "99999"},
        {"first_day": "2026-02-30"},
    ],
)
def test_a_faulty_booking_comes_back_and_nothing_is_written(staff, changed):
    venue = VenueFactory()

    answer = staff.post(f"/admin/live/venue/{venue.pk}/book/", booked(venue, **changed))

    assert answer.status_code == 200
    assert not Booking.objects.exists()


def test_a_booking_is_confirmed_moved_and_released_by_buttons(staff):
    booking = BookingFactory(rank=1)
    page = f"/admin/live/booking/{booking.pk}"

    assert "Confirm" in text(staff.get(f"{page}/change/"))
    staff.post(f"{page}/step/confirm/", {})
    staff.post(
        f"{page}/step/move/",
        {"first_day": "2026-05-03", "from_time": "18:00", "until_time": "23:00", "reason": "Later"},
    )
    refused = staff.post(f"{page}/step/release/", {"reason": ""})
    staff.post(f"{page}/step/release/", {"reason": "Called off"})
    again = staff.post(f"{page}/step/confirm/", {}, follow=True)

    booking.refresh_from_db()
    assert refused.status_code == 200
    assert (booking.state, booking.state_reason) == ("RELEASED", "Called off")
    assert booking.starts_at == hk("2026-05-03T18:00")
    assert booking.state_by.username == "programme.officer"
    assert "not possible any more" in text(again)


def test_who_may_only_look_books_and_steps_nothing():
    booking = BookingFactory(rank=1)
    venue = booking.venue_id
    finance, viewer = browser("Finance"), browser("Viewer")

    assert finance.get(f"/admin/live/venue/{venue}/calendar/").status_code == 200
    assert finance.get(f"/admin/live/venue/{venue}/book/").status_code == 403
    assert finance.post(f"/admin/live/booking/{booking.pk}/step/confirm/").status_code == 403
    assert viewer.get(f"/admin/live/venue/{venue}/calendar/").status_code == 403
    assert viewer.get(f"/admin/live/booking/{booking.pk}/change/").status_code == 403
    assert viewer.get("/admin/live/venue/99999999999999999999/calendar/").status_code == 403
    assert finance.get("/admin/live/venue/99999999999999999999/calendar/").status_code == 404


def test_a_show_is_entered_with_times_of_its_venue(staff):
    concert, venue = ConcertFactory(), VenueFactory(time_zone="Asia/Tokyo")

    answer = staff.post(
        "/admin/live/show/add/",
        {
            "concert": concert.pk, "venue": venue.pk, "date": "2026-05-02", "doors": "18:00",
            "start": "19:00", "end": "00:30", "space": "", "collaboration": "", "which": "",
        },
    )  # fmt: skip

    show = Show.objects.get()
    assert answer.status_code == 302
    assert show.starts_at.isoformat() == "2026-05-02T10:00:00+00:00"
    assert show.ends_at.isoformat() == "2026-05-02T15:30:00+00:00"
    assert show.status_by.username == "programme.officer"


def test_a_broken_rule_of_a_show_is_said_in_the_form(staff):
    concert = ConcertFactory()
    hall = SpaceFactory()
    given = {
        "concert": concert.pk, "venue": VenueFactory().pk, "date": "2026-05-02", "doors": "20:00",
        "start": "19:00", "end": "", "space": "", "collaboration": "", "which": "",
    }  # fmt: skip

    doors = staff.post("/admin/live/show/add/", given)
    space = staff.post("/admin/live/show/add/", {**given, "doors": "", "space": hall.pk})

    assert "Doors open before the start" in text(doors)
    assert "Choose a space of this venue" in text(space)
    assert not Show.objects.exists()


def test_the_page_of_a_concert_has_its_shows_with_steps_and_break_even(staff):
    concert = ConcertFactory(
        name_en="Amber Nights", break_even_amount=Decimal(3_000_000), break_even_currency="HKD"
    )
    one, two = (ShowFactory(concert=concert, date=datetime.date(2026, 5, n)) for n in (2, 3))
    ReportFactory(show=one, gross_amount=Decimal(2_000_000), gross_currency="HKD")

    page = text(staff.get(f"/admin/live/concert/{concert.pk}/shows/"))

    assert "HK$2,000,000.00 of HK$3,000,000.00" in page
    assert "short of it by HK$1,000,000.00" in page
    assert "Not all shows are disclosed" in page
    assert f"/admin/live/show/{two.pk}/step/on-sale/" in page
    assert f"/admin/live/show/{two.pk}/report/" in page


def test_figures_are_shown_as_they_stood_and_as_they_were_known(staff):
    show = ShowFactory()
    may, june = datetime.date(2026, 5, 3), datetime.date(2026, 6, 1)
    given = {"show": show, "gross_currency": "HKD"}
    ReportFactory(as_of_date=may, gross_amount=100, recorded_at=hk("2026-05-04T10:00"), **given)
    ReportFactory(as_of_date=may, gross_amount=200, recorded_at=hk("2026-05-20T10:00"), **given)
    ReportFactory(as_of_date=june, gross_amount=300, recorded_at=hk("2026-06-02T10:00"), **given)
    url = f"/admin/live/concert/{show.concert_id}/shows/"

    def gross(query=""):
        return re.search(r"Gross</dt><dd>HK\$([0-9.]+)", text(staff.get(f"{url}?{query}"))).group(1)

    assert gross() == "300.00"
    assert gross("as_of=2026-05-31") == "200.00"
    assert gross("as_of=2026-05-31&known_at=2026-05-19") == "100.00"
    assert gross("known_at=2026-05-20") == "200.00"
    assert gross("as_of=nonsense&known_at=%00") == "300.00"


def test_what_the_programme_puts_in_is_that_of_its_books(staff):
    books = Books()
    concert = ConcertFactory(strand=books.strand, programme=books.programme)
    books.project = concert.project_ptr
    books.signed("500000")

    page = text(staff.get(f"/admin/live/concert/{concert.pk}/shows/"))

    assert "Promised by the programme" in page
    assert "HK$500,000.00" in page


def test_a_show_is_said_to_be_on_sale_held_cancelled_with_a_reason(staff):
    show = ShowFactory()
    page = f"/admin/live/show/{show.pk}/step"

    staff.post(f"{page}/on-sale/", {"reason": ""})
    refused = staff.post(f"{page}/cancelled/", {"reason": ""})
    staff.post(f"{page}/held/", {"reason": ""})

    show.refresh_from_db()
    assert refused.status_code == 200
    assert show.status == "HELD"
    assert staff.get(f"{page}/nonsense/").status_code == 404
    assert staff.get(f"{page}/on-sale/").status_code == 302


def test_figures_are_reported_and_earlier_ones_stay(staff):
    show = ShowFactory()
    url = f"/admin/live/show/{show.pk}/report/"
    given = {"as_of_date": "2026-05-03", "reported_by": "The promoter", "gross_currency": "hkd"}

    empty = staff.post(url, given)
    staff.post(url, {**given, "tickets_sold": "900", "gross_amount": "1,000,000.00"})
    prefilled = staff.get(url)
    staff.post(url, {**given, "tickets_sold": "950"})

    first, second = ShowReport.objects.order_by("pk")
    assert "Give at least one figure." in text(empty)
    assert 'value="900"' in text(prefilled)
    assert (first.gross_amount, first.gross_currency) == (Decimal("1000000.00"), "HKD")
    # What the later report leaves open is not disclosed, and never 0.
    assert (second.tickets_sold, second.gross_amount, second.gross_currency) == (950, None, "")


def test_who_may_not_see_figures_sees_the_shows_without_them():
    report = ReportFactory(gross_amount=Decimal(2_000_000), gross_currency="HKD")
    scholar = browser("Scholarship officer")

    page = text(scholar.get(f"/admin/live/concert/{report.show.concert_id}/shows/"))

    assert str(report.show.venue) in page
    assert "2,000,000" not in page
    assert scholar.get(f"/admin/live/show/{report.show_id}/report/").status_code == 403


def test_a_collaboration_counts_its_shows_its_dates_and_its_shares(staff):
    row = CollaborationFactory(minimum_shows=3)
    SeasonFactory(collaboration=row, minimum_shows=2, title="Spring")
    RevenueShareFactory(collaboration=row, percentage=Decimal("12.5"))
    held = ShowFactory(venue=row.venue, collaboration=row, status="HELD")
    ShowFactory(venue=row.venue, collaboration=row, date=datetime.date(2026, 6, 1))
    ReportFactory(show=held, gross_amount=Decimal("1000000.10"), gross_currency="HKD")
    BookingFactory(venue=row.venue, collaboration=row)
    gone = BookingFactory(venue=row.venue, collaboration=row, rank=1)
    Booking.objects.filter(pk=gone.pk).update(state="RELEASED", state_reason="Off")

    page = text(staff.get(f"/admin/live/venuecollaboration/{row.pk}/progress/"))

    assert "Altogether</th><td>1</td><td>1</td><td>3</td><td>2</td>" in page
    assert "0 held, 1 released" in page
    assert "HK$125,000.01" in page
