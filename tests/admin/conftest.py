"""Who works in the admin, and one row of everything."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from partners.models import Contact, OrganisationIdentifier
from portfolio.staff.models import User
from portfolio.staff.roles import ROLES
from tests import factories


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
        strand=strand, programme=programme, sources=[source], name_en="Fearless"
    )
    factories.ParticipationFactory(production=production, organisation=organisation)
    factories.CreditFactory(production=production, person=person)
    scheme = factories.SchemeFactory(strand=strand, programme=programme, sources=[source])
    claim = factories.ClaimFactory(programme=programme, speaker=person, sources=[source])
    return SimpleNamespace(
        source=source,
        claim=claim,
        organisation=organisation,
        person=person,
        programme=programme,
        strand=strand,
        production=production,
        scheme=scheme,
    )
