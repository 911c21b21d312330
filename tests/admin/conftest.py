"""Who works in the admin, and one row of everything."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from partners.models import (
    Block,
    Contact,
    Document,
    Interest,
    OrganisationIdentifier,
    Ownership,
)
from portfolio.funding.models import Delegation, ExchangeRate, PeriodClosing, RateSeries
from portfolio.imports.models import ImportBatch
from portfolio.productions.models import Release, Result, ScheduleVersion
from portfolio.staff.models import User
from portfolio.staff.roles import ROLES
from portfolio.staff.tokens import make_token
from scholarships.models import Erasure, PersonalRead
from tests import factories
from tests.admin.people import browser
from tests.books import AT, DAY, Books
from tests.live import factories as live
from tests.productions.falls import Fall
from tests.rights.deals import Deals
from tests.scholarships.calls import Call


@pytest.fixture
def live_site(live_server: Any) -> str:
    """The address of the site while the test lasts."""
    return str(live_server.url)


@pytest.fixture
def officer(db: None) -> Callable[[str], User]:
    """A staff account in one role."""

    def make(role: str) -> User:
        name = role.lower().replace(" ", ".")
        person, _made = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        person.groups.set([Group.objects.get(name=role)] if role in ROLES else [])
        return person

    return make


@pytest.fixture
def browser_of(officer: Callable[[str], User]) -> Callable[[str], Client]:
    """A signed-in browser of somebody in one role."""

    def make(role: str) -> Client:
        client = Client()
        client.force_login(officer(role))
        return client

    return make


@pytest.fixture
def desk(books: Books) -> Client:
    """The browser of the officer who drafts and asks."""
    return browser(books.officer, "Programme officer")


@pytest.fixture
def till(books: Books) -> Client:
    """The browser of finance, who pays."""
    return browser(books.second_officer, "Finance")


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("chief", "", "a long pass phrase")


@pytest.fixture
def boss(superuser: User) -> Client:
    """A signed-in browser of the superuser."""
    client = Client()
    client.force_login(superuser)
    return client


@pytest.fixture
def rows(db: None) -> SimpleNamespace:
    """One row of everything that staff look after, each with a source."""
    source = factories.SourceFactory()
    organisation = factories.OrganisationFactory(name_en="Youku", sources=[source])
    OrganisationIdentifier.objects.create(organisation=organisation, scheme="LEI", value="549300X")
    Contact.objects.create(organisation=organisation, name="Mei Lam", email="mei@example.org")
    person = factories.PersonFactory(name_en="Kevin Yeung", sources=[source])
    factories.PositionFactory(person=person, organisation=organisation)
    programme = factories.ProgrammeFactory(sources=[source], sponsor=organisation)
    factories.QuotedEquivalentFactory(programme=programme)
    factories.ProgrammePartnerFactory(programme=programme, organisation=organisation)
    strand = factories.StrandFactory(programme=programme, sources=[source])
    production = factories.ProductionFactory(
        strand=strand,
        programme=programme,
        sources=[source],
        name_en="Fearless",
        format="TV_DRAMA",
    )
    factories.ParticipationFactory(production=production, organisation=organisation)
    factories.CreditFactory(production=production, person=person)
    factories.DeliverableFactory(production=production)
    factories.ProductionImageFactory(production=production)
    milestone = factories.MilestoneFactory(production=production)
    factories.SeasonFactory(production=production)
    version = ScheduleVersion.objects.create(production=production, number=1, name="Greenlight")
    version.dates.create(milestone=milestone, planned_date=milestone.planned_date)
    scheme = factories.SchemeFactory(strand=strand, programme=programme, sources=[source])
    venue = live.VenueFactory(name_en="City Hall", sources=[source])
    hall = live.SpaceFactory(venue=venue)
    live.CapacityFactory(venue=venue, space=hall)
    act = live.ActFactory(name_en="The Amber Band")
    concert = live.ConcertFactory(
        strand=strand, programme=programme, sources=[source], name_en="Amber Nights"
    )
    live.BillingFactory(concert=concert, act=act)
    collaboration = live.CollaborationFactory(
        strand=strand, programme=programme, venue=venue, sources=[source]
    )
    live.SeasonFactory(collaboration=collaboration)
    live.RevenueShareFactory(collaboration=collaboration, organisation=organisation)
    show = live.ShowFactory(concert=concert, venue=venue, space=hall, collaboration=collaboration)
    live.ReportFactory(show=show)
    booking = live.BookingFactory(
        venue=venue, space=hall, show=show, collaboration=collaboration, rank=1
    )
    claim = factories.ClaimFactory(programme=programme, speaker=person, sources=[source])
    ImportBatch.objects.create(
        target="productions", file_name="films.csv", sha256="0" * 64, kind="CSV", encoding="UTF_8",
        read_at=AT, read_by=User.objects.get_or_create(username="reader")[0],
    )  # fmt: skip
    Release.objects.create(production=production, territory="HK", medium="THEATRICAL", date=DAY)
    Result.objects.create(
        production=production, territory="HK", medium="THEATRICAL", measure="ADMISSIONS",
        start_date=DAY, value=1, source=source, recorded_at=AT,
        recorded_by=User.objects.get(username="reader"),
    )  # fmt: skip
    return SimpleNamespace(
        source=source,
        claim=claim,
        organisation=organisation,
        person=person,
        programme=programme,
        strand=strand,
        production=production,
        scheme=scheme,
        venue=venue,
        act=act,
        concert=concert,
        collaboration=collaboration,
        show=show,
        booking=booking,
    )


@pytest.fixture
def money(db: None) -> Books:
    """One row of everything about money and rights: a commitment that is paid, and what stands around it."""
    deals = Deals()
    deals.draft("FREE_TV", "HK")
    deals.priority("REMAKE", "WORLD")
    deals.event()
    fall = Fall()
    fall.agree()
    fall.receive("100")
    fall.open(DAY)
    call = Call(places=1)
    scholar = call.accepted().application.applicant
    call.meeting()
    PersonalRead.objects.create(applicant=scholar, kind="RECORD", read_by=call.officer)
    Erasure.objects.create(applicant=scholar, basis="REQUEST", asked_by=call.officer)
    books = Books()
    books.paid("500000")
    books.draft("800000")
    Document.objects.create(title="Minutes", kind="DECISION", reference="Shelf 4")
    Block.objects.create(organisation=books.funder, start_date=DAY, reason="Accounts overdue")
    Ownership.objects.create(owner=books.funder, owned=books.payee, share=Decimal(25))
    Interest.objects.create(person=books.officer, organisation=books.funder, nature="Shareholder")
    Delegation.objects.create(
        principal=books.approver, deputy=books.second_approver, start_date=DAY, end_date=DAY,
        reason="Leave",
    )  # fmt: skip
    PeriodClosing.objects.create(
        programme=books.programme, through_date=DAY.replace(year=2025), reason="Audited",
        recorded_by=books.officer,
    )  # fmt: skip
    series = RateSeries.objects.create(slug="sample", name="Sample rates", base="EUR")
    ExchangeRate.objects.create(series=series, currency="HKD", date=DAY, rate=Decimal("8.5"))
    make_token(
        user=books.officer, name="Finance system", scopes=["FUNDING_READ"],
        expires_at=AT.replace(year=2027), created_by=books.officer, at=AT,
    )  # fmt: skip
    return books
