"""What the database refuses of venues, concerts and collaborations, each beside what it accepts."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models.functions import Now

from portfolio.common.grants import append_only_tables
from portfolio.common.publishing import Publication
from portfolio.live.models import Act, Billing, Show, ShowReport, Space, Venue
from tests.factories import PersonFactory, ProductionFactory
from tests.live.factories import (
    AT,
    ActFactory,
    BillingFactory,
    CapacityFactory,
    CollaborationFactory,
    ConcertFactory,
    ReportFactory,
    RevenueShareFactory,
    SeasonFactory,
    ShowFactory,
    SpaceFactory,
    VenueFactory,
    hk,
    officer,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 2)


@pytest.mark.parametrize(("model", "make"), [("venue", VenueFactory), ("act", ActFactory)])
def test_what_is_named_has_a_name_an_address_and_a_state(model, make):
    make(name_en="", name_zh_hant="某處")

    with refused(f"{model}_has_a_name"):
        make(name_en="")
    with refused(f"{model}_slug_is_lower_case"):
        make(slug="Not-So")
    with refused(f"{model}_publication_is_known"):
        make(publication=Publication.EMBARGOED)


def test_a_space_has_a_name_and_stays_in_its_venue():
    space = SpaceFactory(name_en="", name_zh_hans="大厅")

    with refused("space_has_a_name"):
        SpaceFactory(name_en="")
    with refused("space_venue_never_changes"):
        Space.objects.filter(pk=space.pk).update(venue=VenueFactory())
    Space.objects.filter(pk=space.pk).update(position=2)


@pytest.mark.parametrize(("lat", "lon"), [(None, None), ("-90", "180"), ("22.304", "114.182")])
def test_a_venue_may_stand_anywhere_on_the_globe_or_nowhere_stated(lat, lon):
    VenueFactory(latitude=lat, longitude=lon)


@pytest.mark.parametrize(
    ("lat", "lon"), [("22.3", None), (None, "114"), ("90.000001", "0"), ("0", "-180.000001")]
)
def test_a_venue_off_the_globe_is_refused(lat, lon):
    with refused("venue_place_is_on_the_globe"):
        VenueFactory(latitude=lat, longitude=lon)


def test_a_venue_is_in_a_country_and_has_a_website_of_the_web():
    VenueFactory(country="", website="https://example.org/")

    with refused("venue_country_is_iso3166"):
        VenueFactory(country="XX")
    with refused("venue_website_is_http"):
        VenueFactory(website="javascript:alert(1)")


@pytest.mark.parametrize("zone", ["Asia/Hong_Kong", "Europe/London", "America/Argentina/Salta"])
def test_a_venue_keeps_the_time_of_its_zone(zone):
    VenueFactory(time_zone=zone)


@pytest.mark.parametrize("zone", ["", "UTC+8", "Asia/Atlantis", "EST5EDT", "asia/hong_kong "])
def test_a_time_zone_that_is_none_is_refused(zone):
    with refused("venue_time_zone_is_known"):
        VenueFactory(time_zone=zone)


def test_the_clock_of_a_venue_stays_once_its_shows_have_times():
    venue = VenueFactory()
    show = ShowFactory(venue=venue)

    with refused("venue_time_zone_stays_once_shows_have_times"):
        Venue.objects.filter(pk=venue.pk).update(time_zone="Asia/Tokyo")
    Show.objects.filter(pk=show.pk).update(starts_at=None)
    Venue.objects.filter(pk=venue.pk).update(time_zone="Asia/Tokyo")


def test_a_capacity_is_given_once_a_set_up():
    venue = VenueFactory()
    hall = SpaceFactory(venue=venue)
    CapacityFactory(venue=venue)
    CapacityFactory(venue=venue, configuration="STANDING")
    CapacityFactory(venue=venue, space=hall, people=1)

    with refused("capacity_is_given_once"):
        CapacityFactory(venue=venue)
    with refused("capacity_is_given_once"):
        CapacityFactory(venue=venue, space=hall)
    with refused("capacity_configuration_is_known"):
        CapacityFactory(configuration="FLOATING")
    with refused("capacity_is_of_someone"):
        CapacityFactory(people=0)
    with refused("capacity_space_is_of_its_venue"):
        CapacityFactory(space=hall)


def test_a_venue_names_a_source_once():
    from tests.factories import SourceFactory

    source = SourceFactory()
    venue = VenueFactory(sources=[source])

    with refused("venue_citation_is_made_once"):
        venue.citations.create(source=source)


def test_the_project_of_a_concert_is_no_production():
    ConcertFactory()
    production = ProductionFactory()

    with refused("concert_is_a_concert"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_concert (project_ptr_id, form, budget_currency, break_even_currency) "
            "VALUES (%s, 'CONCERT', '', '')",
            [production.pk],
        )
    with refused("venue_collaboration_is_one"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO live_venuecollaboration (project_ptr_id, venue_id, terms) VALUES (%s, %s, '')",
            [production.pk, VenueFactory().pk],
        )


def test_a_project_is_of_a_known_kind():
    with refused("project_kind_is_known"):
        ConcertFactory(kind="CIRCUS")


@pytest.mark.parametrize(
    ("of", "rule"),
    [
        ("budget", "concert_budget_has_its_currency"),
        ("break_even", "concert_break_even_has_its_currency"),
    ],
)
def test_the_money_of_a_concert_has_its_currency_and_is_never_0(of, rule):
    ConcertFactory(**{f"{of}_amount": Decimal("0.01"), f"{of}_currency": "HKD"})

    for amount, currency in ((Decimal(1), ""), (None, "HKD"), (Decimal(0), "HKD")):
        with refused(rule):
            ConcertFactory(**{f"{of}_amount": amount, f"{of}_currency": currency})


def test_the_currencies_of_a_concert_are_of_iso_4217():
    with refused("concert_budget_currency_is_iso4217"):
        ConcertFactory(budget_amount=1, budget_currency="XXX")
    with refused("concert_break_even_currency_is_iso4217"):
        ConcertFactory(break_even_amount=1, break_even_currency="XXX")
    with refused("concert_form_is_known"):
        ConcertFactory(form="OPERA")


def test_a_billing_is_of_one_artist_once():
    billing = BillingFactory()
    BillingFactory(concert=billing.concert, act=billing.act, role="SUPPORT")
    BillingFactory(concert=billing.concert, act=None, person=PersonFactory())

    with refused("billing_is_of_one_artist"):
        BillingFactory(person=PersonFactory())
    with refused("billing_is_of_one_artist"):
        BillingFactory(act=None)
    with refused("billing_is_given_once"):
        BillingFactory(concert=billing.concert, act=billing.act)
    with refused("billing_role_is_known"):
        BillingFactory(role="FAN")


def test_billings_and_shows_are_public_when_both_ends_are():
    draft = Publication.DRAFT
    billing, show = BillingFactory(), ShowFactory()
    BillingFactory(act=ActFactory(publication=draft))
    BillingFactory(act=None, person=PersonFactory(publication=draft))
    BillingFactory(concert=ConcertFactory(publication=draft))
    ShowFactory(venue=VenueFactory(publication=draft))
    ShowFactory(concert=ConcertFactory(publication=draft))
    hidden = ShowFactory()
    hidden.concert.programme.publication = draft
    hidden.concert.programme.save()

    assert list(Billing.objects.public(Now())) == [billing]
    assert list(Show.objects.public(Now())) == [show]
    assert Act.objects.public(Now()).count() == Act.objects.count() - 1


def test_a_show_starts_on_its_date_by_the_clocks_of_its_venue():
    tokyo = VenueFactory(time_zone="Asia/Tokyo")
    late = hk("2026-05-02T23:30")
    ShowFactory(date=DAY, starts_at=None)
    ShowFactory(date=DAY, starts_at=late)
    ShowFactory(venue=tokyo, date=DAY + datetime.timedelta(days=1), starts_at=late)

    with refused("show_starts_on_its_date"):
        ShowFactory(venue=tokyo, date=DAY, starts_at=late)


def test_doors_open_before_the_start_and_the_end_comes_after_it():
    start = hk("2026-05-02T20:00")
    hour = datetime.timedelta(hours=1)
    ShowFactory(starts_at=start, doors_at=start, ends_at=start + 24 * hour)
    ShowFactory(starts_at=start, doors_at=start - 12 * hour, ends_at=start + hour / 60)

    for doors, begins in ((start + hour, start), (start - 13 * hour, start), (start, None)):
        with refused("show_doors_open_before_it_starts"):
            ShowFactory(starts_at=begins, doors_at=doors)
    for end, begins in ((start, start), (start + 25 * hour, start), (start, None)):
        with refused("show_ends_after_it_starts"):
            ShowFactory(starts_at=begins, ends_at=end)


def test_a_show_is_in_a_space_and_under_a_collaboration_of_its_venue():
    collaboration = CollaborationFactory()
    hall = SpaceFactory(venue=collaboration.venue)
    ShowFactory(venue=collaboration.venue, space=hall, collaboration=collaboration)

    with refused("show_space_is_of_its_venue"):
        ShowFactory(space=hall)
    with refused("show_collaboration_is_of_its_venue"):
        ShowFactory(collaboration=collaboration)
    with refused("show_status_is_known"):
        ShowFactory(status="SOLD_OUT")


def test_a_show_stays_in_its_concert():
    show = ShowFactory()

    with refused("show_concert_never_changes"):
        Show.objects.filter(pk=show.pk).update(concert=ConcertFactory())


def test_a_report_says_something_and_who_said_so():
    ReportFactory(tickets_sold=None, tickets_free=0)
    ReportFactory(tickets_sold=None, tickets_offered=1)
    ReportFactory(gross_amount=0, gross_currency="HKD")

    with refused("show_report_says_something"):
        ReportFactory(tickets_sold=None)
    with refused("show_report_has_a_source"):
        ReportFactory(reported_by="")
    for amount, currency in ((Decimal(1), ""), (None, "HKD"), (Decimal(-1), "HKD")):
        with refused("show_report_gross_has_its_currency"):
            ReportFactory(gross_amount=amount, gross_currency=currency)
    with refused("show_report_currency_is_iso4217"):
        ReportFactory(gross_amount=1, gross_currency="XXX")
    with refused("show_report_gross_fits_its_currency"):
        ReportFactory(gross_amount=Decimal("1.50"), gross_currency="JPY")


def test_no_more_is_sold_than_is_on_offer():
    ReportFactory(tickets_offered=1000, tickets_sold=1000)

    with refused("show_report_sells_what_is_on_offer"):
        ReportFactory(tickets_offered=999, tickets_sold=1000)


def test_what_was_reported_never_changes():
    report = ReportFactory()

    with refused("show_report_never_changes"):
        ShowReport.objects.filter(pk=report.pk).update(tickets_sold=1)
    with refused("show_report_never_changes"):
        ShowReport.objects.filter(pk=report.pk).delete()
    with refused("show_report_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE live_showreport")
    assert "live_showreport" in append_only_tables()


def test_a_report_is_recorded_now_whatever_the_server_says(as_app_role):
    """The trigger show_report_is_recorded_now: nobody dates a report back."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    show = ShowFactory()
    who = officer()
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {as_app_role}")

    report = ReportFactory(show=show, recorded_by=who, recorded_at=AT.replace(year=2001))

    assert ShowReport.objects.values_list("recorded_at", flat=True).get(pk=report.pk).year > 2001


def test_a_collaboration_stays_with_its_venue_and_its_minimum_is_a_number():
    collaboration = CollaborationFactory(minimum_shows=1)
    CollaborationFactory(minimum_shows=None)

    with refused("venue_collaboration_venue_never_changes"):
        type(collaboration).objects.filter(pk=collaboration.pk).update(venue=VenueFactory())
    with refused("venue_collaboration_minimum_is_a_number"):
        CollaborationFactory(minimum_shows=0)


def test_seasons_of_a_collaboration_do_not_overlap():
    first = SeasonFactory(end_date=DAY)
    SeasonFactory(collaboration=first.collaboration, start_date=DAY + datetime.timedelta(days=1))
    SeasonFactory(start_date=DAY, end_date=DAY, minimum_shows=1)

    with refused("seasons_do_not_overlap"):
        SeasonFactory(collaboration=first.collaboration, start_date=DAY, end_date=DAY)
    with refused("season_period_is_ordered"):
        SeasonFactory(start_date=DAY, end_date=DAY - datetime.timedelta(days=1))
    with refused("season_minimum_is_a_number"):
        SeasonFactory(minimum_shows=0)


def test_shares_of_revenue_are_parts_of_one_whole():
    share = RevenueShareFactory(percentage=Decimal("60.5"))
    at = share.collaboration
    RevenueShareFactory(collaboration=at, percentage=Decimal("39.5"))
    RevenueShareFactory(collaboration=at, basis="PROFIT", percentage=100)

    with refused("revenue_shares_stay_within_the_whole"):
        RevenueShareFactory(collaboration=at, percentage=Decimal("0.0001"))
    with refused("revenue_share_is_a_part"):
        RevenueShareFactory(percentage=0)
    with refused("revenue_share_is_a_part"):
        RevenueShareFactory(percentage=Decimal("100.0001"))
    with refused("revenue_share_is_given_once"):
        RevenueShareFactory(
            collaboration=at, organisation=share.organisation, percentage=Decimal("0.0001")
        )
    with refused("revenue_share_basis_is_known"):
        RevenueShareFactory(basis="LUCK")
