"""Rows for tests: everything is public unless a test says otherwise."""

import datetime
from decimal import Decimal
from typing import Any

import factory

from partners.choices import DocumentKind, OrganisationKind
from partners.models import Document, Organisation, Person, Position
from portfolio.common.publishing import Publication
from portfolio.productions.choices import (
    CreditRole,
    DeliverableKind,
    Format,
    ImageKind,
    Licence,
    MilestoneKind,
    ParticipationRole,
)
from portfolio.productions.models import (
    Credit,
    Deliverable,
    Episode,
    Milestone,
    Participation,
    Production,
    ProductionImage,
    Season,
)
from portfolio.programmes.choices import ProgrammeRole, Qualifier
from portfolio.programmes.models import Programme, ProgrammePartner, QuotedEquivalent, Strand
from portfolio.sources.choices import ClaimKind, Language, SourceKind
from portfolio.sources.models import Claim, Source
from portfolio.staff.models import User
from scholarships.models import Scheme


class CitedFactory(factory.django.DjangoModelFactory):
    """A row that may be given its sources: `ProgrammeFactory(sources=[source])`."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @factory.post_generation
    def sources(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.sources.add(*extracted)


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    slug = factory.Sequence(lambda n: f"source-{n}")
    title = factory.Sequence(lambda n: f"Article {n}")
    kind = SourceKind.PRESS_ARTICLE
    language = Language.EN
    published_date = datetime.date(2024, 3, 14)
    publication = Publication.PUBLIC


class OrganisationFactory(CitedFactory):
    class Meta:
        model = Organisation

    slug = factory.Sequence(lambda n: f"organisation-{n}")
    name_en = factory.Sequence(lambda n: f"Organisation {n}")
    kinds = factory.LazyFunction(lambda: [OrganisationKind.STUDIO])
    publication = Publication.PUBLIC


class PersonFactory(CitedFactory):
    class Meta:
        model = Person

    slug = factory.Sequence(lambda n: f"person-{n}")
    name_en = factory.Sequence(lambda n: f"Person {n}")
    publication = Publication.PUBLIC


class PositionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Position

    person = factory.SubFactory(PersonFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    title_en = "Chairman"


class ProgrammeFactory(CitedFactory):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"programme-{n}")
    name_en = factory.Sequence(lambda n: f"Programme {n}")
    sponsor = factory.SubFactory(OrganisationFactory)
    envelope_amount = Decimal("5000000000.00")
    envelope_currency = "HKD"
    envelope_qualifier = Qualifier.AT_LEAST
    years = 5
    announced_date = datetime.date(2024, 3, 11)
    announced_where = "FilMart"
    publication = Publication.PUBLIC


class QuotedEquivalentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuotedEquivalent

    programme = factory.SubFactory(ProgrammeFactory)
    amount = Decimal("640000000.00")
    currency = "USD"


class ProgrammePartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProgrammePartner

    programme = factory.SubFactory(ProgrammeFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = ProgrammeRole.CO_INITIATOR


class StrandFactory(CitedFactory):
    class Meta:
        model = Strand

    programme = factory.SubFactory(ProgrammeFactory)
    slug = factory.Sequence(lambda n: f"strand-{n}")
    name_en = factory.Sequence(lambda n: f"Strand {n}")
    position = factory.Sequence(lambda n: n + 1)


class ProductionFactory(CitedFactory):
    """A production in a strand; for a track record pass `standing` and `strand=None`."""

    class Meta:
        model = Production

    slug = factory.Sequence(lambda n: f"production-{n}")
    name_en = factory.Sequence(lambda n: f"Production {n}")
    strand = factory.SubFactory(StrandFactory)
    programme = factory.LazyAttribute(
        lambda o: o.strand.programme if o.strand else o.home.programme
    )
    format = Format.FEATURE_FILM
    publication = Publication.PUBLIC


class SchemeFactory(CitedFactory):
    class Meta:
        model = Scheme

    slug = factory.Sequence(lambda n: f"scheme-{n}")
    name_en = factory.Sequence(lambda n: f"Scheme {n}")
    strand = factory.SubFactory(StrandFactory)
    programme = factory.LazyAttribute(
        lambda o: o.strand.programme if o.strand else o.home.programme
    )
    institution = factory.SubFactory(OrganisationFactory, kinds=[OrganisationKind.ACADEMY])
    places = 20
    publication = Publication.PUBLIC


class ParticipationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participation

    production = factory.SubFactory(ProductionFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = ParticipationRole.BACKER


class CreditFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Credit

    production = factory.SubFactory(ProductionFactory)
    person = factory.SubFactory(PersonFactory)
    role = CreditRole.DIRECTOR


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"Decision {n}")
    kind = DocumentKind.DECISION
    reference = "Shelf 4"


class SeasonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Season

    production = factory.SubFactory(ProductionFactory, format=Format.TV_DRAMA)
    number = 1
    publication = Publication.PUBLIC


class EpisodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Episode

    season = factory.SubFactory(SeasonFactory)
    number = factory.Sequence(lambda n: n + 1)


class MilestoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Milestone

    production = factory.SubFactory(ProductionFactory)
    kind = MilestoneKind.RELEASE
    planned_date = datetime.date(2026, 6, 1)
    publication = Publication.PUBLIC


class DeliverableFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Deliverable

    production = factory.SubFactory(ProductionFactory)
    kind = DeliverableKind.DCP


class ProductionImageFactory(factory.django.DjangoModelFactory):
    """A poster whose files are not there."""

    class Meta:
        model = ProductionImage

    production = factory.SubFactory(ProductionFactory)
    kind = ImageKind.POSTER
    licence = Licence.OWNED
    credit_line = "Photograph: nobody"
    alt_en = "Two cooks at one stove"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    width, height, widths = 640, 960, (320, 640)
    uploaded_at = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    uploaded_by = factory.LazyFunction(
        lambda: User.objects.get_or_create(username="picture.editor")[0]
    )
    publication = Publication.PUBLIC


class ClaimFactory(CitedFactory):
    """A claim about a programme; pass `programme=None` and another subject for the others."""

    class Meta:
        model = Claim

    slug = factory.Sequence(lambda n: f"claim-{n}")
    kind = ClaimKind.EXPECTATION
    speaker = factory.SubFactory(PersonFactory)
    programme = factory.SubFactory(ProgrammeFactory)
    text_en = factory.Sequence(lambda n: f"Something will happen {n}.")
    publication = Publication.PUBLIC
