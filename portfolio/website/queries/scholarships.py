"""What the pages about scholarships ask."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from partners.models import Organisation
from portfolio.productions.models import Credit
from portfolio.website.queries.common import public_citations
from scholarships.choices import ConsentUse
from scholarships.models import Applicant, Award, Consent, Outcome, Round, Scheme


def public_schemes(at: datetime.datetime) -> QuerySet[Scheme]:
    """Schemes that anyone may see, with their institution, its owner, and their sources.

    Queries: four.
    """
    institutions = Organisation.objects.public(at).prefetch_related(
        Prefetch("parent", queryset=Organisation.objects.public(at))
    )
    return (
        Scheme.objects.public(at)
        .select_related("strand", "programme")
        .prefetch_related(
            Prefetch("institution", queryset=institutions), public_citations(Scheme, at)
        )
    )


def consenting(use: ConsentUse) -> QuerySet[Applicant]:
    """Those whose last word about a use is yes; who was erased is not among them."""
    last = (
        Consent.objects.filter(applicant=OuterRef("pk"), use=use)
        .order_by("-pk")
        .values("is_given")[:1]
    )
    return Applicant.objects.known().annotate(agrees=Subquery(last)).filter(agrees=True)


@dataclass
class Scholar:
    """Somebody who agreed to be named, and what came of it as far as they agreed to that as well."""

    person: Applicant
    outcomes: list[Outcome] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)


def scholars_of(rounds: Sequence[Round], at: datetime.datetime) -> dict[int, list[Scholar]]:
    """Scholars who agreed to be named, by round and name. Queries: four."""
    awards = Award.objects.taken_up().filter(
        round__in=rounds, application__applicant__in=consenting(ConsentUse.PUBLIC_NAME)
    )
    found = {
        award.pk: (award.round_id, Scholar(award.application.applicant))
        for award in awards.select_related("application__applicant__person")
    }
    showing = set(
        consenting(ConsentUse.PUBLIC_WORK)
        .filter(applications__award__in=found)
        .values_list("pk", flat=True)
    )
    for outcome in Outcome.objects.public(at).filter(award__in=found):
        scholar = found[outcome.award_id][1]
        if scholar.person.pk in showing:
            scholar.outcomes.append(outcome)
    by_person: dict[int, list[Scholar]] = {}
    for _round, scholar in found.values():
        if scholar.person.person_id and scholar.person.pk in showing:
            by_person.setdefault(scholar.person.person_id, []).append(scholar)
    credits = Credit.objects.public(at).filter(person__in=by_person).select_related("production")
    for credit in credits.order_by("production__sort_name", "pk"):
        for scholar in by_person[credit.person_id]:
            scholar.credits.append(credit)
    listed: dict[int, list[Scholar]] = {}
    for key, scholar in sorted(found.values(), key=lambda each: each[1].person.name):
        listed.setdefault(key, []).append(scholar)
    return listed


def rounds_with_open_data(at: datetime.datetime) -> QuerySet[Round]:
    """Public rounds whose awards are in the open data: how many there are is told, and how much."""
    return Round.objects.public(at).filter(figures__awarded__gt=0, amount_per_place__isnull=False)


def public_rounds(scheme: Scheme, at: datetime.datetime) -> QuerySet[Round]:
    """Rounds of a scheme that anyone may see, the newest first, with the figures that are told."""
    return Round.objects.public(at).filter(scheme=scheme).select_related("figures")
