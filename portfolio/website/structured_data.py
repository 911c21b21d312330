"""The same facts for machines, in the words of schema.org; nothing that the page does not say."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from partners.choices import OrganisationKind
from partners.models import Organisation, Person
from portfolio.common.alternates import path_in
from portfolio.common.names import LANGUAGE_OF_NAME, NAME_FIELDS
from portfolio.productions.choices import SERIES_FORMATS, CreditRole, ParticipationRole
from portfolio.productions.models import Production
from portfolio.programmes.models import Programme
from portfolio.sources.models import Source
from scholarships.models import Scheme

Data = dict[str, Any]

# A name may hold </script>: these three never appear as they are inside a script element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

SCHOOLS = {OrganisationKind.UNIVERSITY.value, OrganisationKind.ACADEMY.value}
MADE_BY = {
    CreditRole.DIRECTOR: "director",
    CreditRole.WRITER: "author",
    CreditRole.PRODUCER: "producer",
    CreditRole.EXECUTIVE_PRODUCER: "producer",
    CreditRole.CAST: "actor",
    CreditRole.VOICE_CAST: "actor",
    CreditRole.EDITOR: "editor",
    CreditRole.COMPOSER: "musicBy",
}
PAID_BY = {
    ParticipationRole.FINANCIER,
    ParticipationRole.BACKER,
    ParticipationRole.INVESTOR,
}
SERIES = set(SERIES_FORMATS)


def as_script(data: list[Data]) -> SafeString:
    """The data as a block that no browser executes and no name can break out of."""
    text = json.dumps({"@context": "https://schema.org", "@graph": data}, ensure_ascii=False)
    text = text.translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above


def address(origin: str, page: str, *args: str) -> str:
    """The one address of a thing, whatever language the reader has chosen."""
    return origin + path_in(settings.LANGUAGE_CODE, reverse(f"website:{page}", args=args))


def names(row: Any) -> Data:
    """A name and its other scripts."""
    found: list[tuple[str, str]] = []
    for field in NAME_FIELDS:
        text = getattr(row, field)
        if text and text not in [name for _tag, name in found]:
            found.append((LANGUAGE_OF_NAME[field], text))
    data: Data = {"name": found[0][1]}
    others = [{"@language": tag, "@value": name} for tag, name in found[1:]]
    if others:
        data["alternateName"] = others
    return data


def organisation(row: Organisation, origin: str) -> Data:
    """An organisation by its name and address."""
    school = SCHOOLS.intersection(row.kinds)
    return {
        "@type": "CollegeOrUniversity" if school else "Organization",
        "@id": address(origin, "partner", row.slug),
        "url": address(origin, "partner", row.slug),
        **names(row),
    }


def person(row: Person, origin: str) -> Data:
    """A person by name and address."""
    return {
        "@type": "Person",
        "@id": address(origin, "person", row.slug),
        "url": address(origin, "person", row.slug),
        **names(row),
    }


def citations(sources: Iterable[Source], origin: str) -> list[Data]:
    """The documents that state it."""
    return [
        {
            "@type": "CreativeWork",
            "@id": address(origin, "source", source.slug),
            "name": source.title,
            "inLanguage": source.language,
        }
        for source in sources
    ]


def cited(row: Any, origin: str) -> Data:
    """The sources of a row, where it has public ones."""
    found = citations((citation.source for citation in row.citations.all()), origin)
    return {"citation": found} if found else {}


def production(row: Production, origin: str) -> Data:
    """A film or a series with those who pay for it and those who make it."""
    data: Data = {
        "@type": "TVSeries" if row.format in SERIES else "Movie",
        "@id": address(origin, "production", row.slug),
        "url": address(origin, "production", row.slug),
        **names(row),
        **cited(row, origin),
    }
    if row.genre:
        data["genre"] = row.genre
    if row.year:
        data["datePublished"] = str(row.year)
    for participation in row.participations.all():
        paid = participation.role in PAID_BY
        data.setdefault("funder" if paid else "productionCompany", []).append(
            organisation(participation.organisation, origin)
        )
    for credit in row.credits.all():
        known = MADE_BY.get(CreditRole(credit.role), "contributor")
        data.setdefault(known, []).append(person(credit.person, origin))
    return data


def programme(row: Programme, origin: str) -> Data:
    """The announced envelope, as a grant; an amount that is not disclosed is left out."""
    data: Data = {
        "@type": "MonetaryGrant",
        "@id": address(origin, "programme", row.slug),
        "url": address(origin, "programme", row.slug),
        **names(row),
    }
    sponsor = getattr(row, "sponsor", None)
    if sponsor:
        data["funder"] = organisation(sponsor, origin)
    if row.envelope_amount is not None:
        bound = "minValue" if row.envelope_qualifier == "AT_LEAST" else "value"
        bound = "maxValue" if row.envelope_qualifier == "UP_TO" else bound
        data["amount"] = {
            "@type": "MonetaryAmount",
            "currency": row.envelope_currency,
            bound: str(row.envelope_amount),
        }
    return data


def scheme(row: Scheme, origin: str) -> Data:
    """A scholarship scheme, as a grant with its institution."""
    data: Data = {
        "@type": "MonetaryGrant",
        "@id": address(origin, "scheme", row.slug),
        "url": address(origin, "scheme", row.slug),
        **names(row),
    }
    institution = getattr(row, "institution", None)
    if institution:
        data["sponsor"] = organisation(institution, origin)
    if row.amount_per_place is not None:
        data["amount"] = {
            "@type": "MonetaryAmount",
            "currency": row.amount_currency,
            "value": str(row.amount_per_place),
        }
    return data


def document(row: Source, origin: str) -> Data:
    """A source: a document that others may look up."""
    data: Data = {
        "@type": "NewsArticle" if row.kind == "PRESS_ARTICLE" else "CreativeWork",
        "@id": address(origin, "source", row.slug),
        "name": row.title,
        "inLanguage": row.language,
    }
    if row.publisher:
        data["publisher"] = {"@type": "Organization", "name": row.publisher}
    if row.published_date:
        data["datePublished"] = row.published_date.isoformat()
    if row.url:
        data["url"] = row.url
    return data


def breadcrumbs(origin: str, *steps: tuple[str, str]) -> Data:
    """Where the page stands, from the front page down: (name, path) pairs."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": origin + path}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }
