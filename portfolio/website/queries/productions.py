"""What the pages about productions and the track record ask."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, Prefetch

from partners.models import Organisation
from portfolio.common.publishing import is_public
from portfolio.productions.choices import ImageKind
from portfolio.productions.models import (
    Credit,
    Milestone,
    Participation,
    Production,
    ProductionImage,
    ProductionQuerySet,
    Season,
)
from portfolio.programmes.choices import Standing
from portfolio.website.queries.common import public_citations

# A select with more lines than this helps nobody; a partner's own page links to its productions.
MOST_PARTNERS_OFFERED = 100


@dataclass(frozen=True)
class Chosen:
    """What the reader filters by; "" is everything, None is nothing that there is."""

    strand: str | None = ""
    format: str | None = ""
    stage: str | None = ""
    partner: str | None = ""


def public_productions(at: datetime.datetime) -> ProductionQuerySet:
    """Productions that anyone may see, with their strand, who takes part, and their sources.

    Queries: three.
    """
    return (
        Production.objects.public(at)
        .select_related("strand", "programme")
        .prefetch_related(
            Prefetch(
                "participations",
                queryset=Participation.objects.public(at)
                .select_related("organisation")
                .order_by("pk"),
            ),
            public_citations(Production, at),
        )
    )


def with_posters(productions: ProductionQuerySet, at: datetime.datetime) -> ProductionQuerySet:
    """The same productions with their `posters`, the first one first.  Queries: one more."""
    posters = ProductionImage.objects.public(at).filter(kind=ImageKind.POSTER)
    return productions.prefetch_related(
        Prefetch("images", queryset=posters.order_by("position", "pk"), to_attr="posters")
    )


def with_everything(productions: ProductionQuerySet, at: datetime.datetime) -> ProductionQuerySet:
    """The same productions with all that is public of them.  Queries: six more."""
    return with_credits(productions, at).prefetch_related(
        "identifiers",
        Prefetch(
            "seasons",
            queryset=Season.objects.public(at).prefetch_related("episodes").order_by("number"),
        ),
        Prefetch("milestones", queryset=Milestone.objects.public(at).with_slip().in_order()),
        Prefetch(
            "images",
            queryset=ProductionImage.objects.public(at).order_by("kind", "position", "pk"),
        ),
    )


def first_works(at: datetime.datetime) -> dict[str, int]:
    """How many people had their first work in the programme, by what it was.  Queries: one."""
    counted = (
        Credit.objects.public(at)
        .filter(production__standing=Standing.IN_PROGRAMME)
        .exclude(debut="")
        .order_by()
        .values_list("debut")
        .annotate(number=Count("person", distinct=True))
    )
    return dict(counted)


def with_credits(productions: ProductionQuerySet, at: datetime.datetime) -> ProductionQuerySet:
    """The same productions with the people who make them.  Queries: one more."""
    return productions.prefetch_related(
        Prefetch(
            "credits",
            queryset=Credit.objects.public(at)
            .select_related("person")
            .order_by(F("position").asc(nulls_last=True), "pk"),
        )
    )


def chosen_productions(
    productions: ProductionQuerySet, chosen: Chosen, at: datetime.datetime
) -> ProductionQuerySet:
    """The productions that fit every choice; a choice that is nothing fits none."""
    if None in (chosen.strand, chosen.format, chosen.stage, chosen.partner):
        return productions.none()
    if chosen.strand:
        productions = productions.filter(strand__slug=chosen.strand)
    if chosen.format:
        productions = productions.filter(format=chosen.format)
    if chosen.stage:
        productions = productions.filter(stage=chosen.stage)
    if chosen.partner:
        # A draft partner must not be found by what it takes part in.
        partner = Organisation.objects.public(at).filter(slug=chosen.partner)
        taking_part = Participation.objects.filter(organisation__in=partner)
        productions = productions.filter(pk__in=taking_part.values("production"))
    return productions


def participating_partners(at: datetime.datetime) -> list[Organisation]:
    """The organisations a reader may filter productions by; none where they would be too many.

    Queries: one.
    """
    taking_part = (
        Participation.objects.filter(
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
            production__standing=Standing.IN_PROGRAMME,
        )
        .order_by()
        .values("organisation")
    )
    partners = list(
        Organisation.objects.public(at)
        .filter(pk__in=taking_part)
        .order_by("sort_name", "pk")[: MOST_PARTNERS_OFFERED + 1]
    )
    return partners if len(partners) <= MOST_PARTNERS_OFFERED else []
