"""Each endpoint says exactly its declared fields of exactly the rows that were asked for."""

import datetime
from decimal import Decimal

from partners.choices import IdentifierScheme, OrganisationKind
from partners.models import Contact, OrganisationIdentifier
from portfolio.api_router import ENDPOINTS, PRIVATE
from portfolio.productions.choices import CreditRole, Format, ParticipationRole, Stage
from portfolio.programmes.choices import Standing
from tests.factories import (
    ClaimFactory,
    CreditFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    ProductionFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    QuotedEquivalentFactory,
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)


def named(row):
    """The small object that stands for a row elsewhere."""
    name = {
        "en": row.name_en or None,
        "zh-hant": row.name_zh_hant or None,
        "zh-hans": row.name_zh_hans or None,
    }
    return {"slug": row.slug, "name": name}


NOTHING = {"en": None, "zh-hant": None, "zh-hans": None}
OF_DETAIL = {"synopsis", "identifiers", "seasons", "milestones", "images"}


def test_production_has_exactly_its_declared_fields(get):
    source = SourceFactory(slug="press", title="An article")
    firm = OrganisationFactory(name_en="", name_zh_hant="優酷", name_zh_hans="优酷")
    person = PersonFactory()
    production = ProductionFactory(
        slug="last-dance", name_en="The Last Dance", name_zh_hant="破·地獄", aliases=["TLD"],
        format=Format.FEATURE_FILM, stage=Stage.RELEASED, genre="drama", year=2024,
        announced_amount=Decimal("12345678901234567.89"), announced_currency="HKD",
        claimed_result="Many came.", remarks="A remark.", notes="Never public.", sources=[source],
    )  # fmt: skip
    ParticipationFactory(production=production, organisation=firm, role=ParticipationRole.BACKER)
    CreditFactory(production=production, person=person, role=CreditRole.DIRECTOR)

    row = get("productions/last-dance/")

    assert row == {
        "slug": "last-dance",
        "name": {"en": "The Last Dance", "zh-hant": "破·地獄", "zh-hans": None},
        "aliases": ["TLD"],
        "format": "FEATURE_FILM",
        "stage": "RELEASED",
        "genre": "drama",
        "genres": [],
        "year": 2024,
        "runtime_minutes": None,
        "spoken_languages": [],
        "subtitle_languages": [],
        "countries": [],
        "logline": NOTHING,
        "programme": named(production.programme),
        "standing": "IN_PROGRAMME",
        "strand": named(production.strand),
        "participations": [{"organisation": named(firm), "role": "BACKER"}],
        "credits": [
            {
                "person": named(person),
                "role": "DIRECTOR",
                "position": None,
                "character": NOTHING,
                "credited_as": None,
                "debut": None,
            }
        ],
        "announced_amount": {"amount": "12345678901234567.89", "currency": "HKD"},
        "claimed_result": "Many came.",
        "remarks": "A remark.",
        "sources": [{"slug": "press", "title": "An article"}],
        "synopsis": NOTHING,
        "identifiers": [],
        "seasons": [],
        "milestones": [],
        "images": [],
    }
    assert get("productions/")["results"] == [
        {name: value for name, value in row.items() if name not in OF_DETAIL}
    ]


def test_what_is_not_stated_is_null(get):
    ProductionFactory(slug="bare")

    row = get("productions/bare/")

    assert row["genre"] is row["year"] is row["announced_amount"] is None
    assert row["claimed_result"] is row["remarks"] is None
    assert row["aliases"] == row["participations"] == row["credits"] == row["sources"] == []


def test_organisation_has_its_group_its_people_and_its_work_and_no_contacts(get):
    parent = OrganisationFactory(name_en="A parent")
    firm = OrganisationFactory(
        slug="firm", name_en="Firm", parent=parent, country="HK", listed_on="HKEX",
        kinds=[OrganisationKind.STUDIO, OrganisationKind.INVESTOR], notes="Never public.",
    )  # fmt: skip
    child = OrganisationFactory(parent=firm)
    Contact.objects.create(organisation=firm, name="Somebody", email="somebody@example.org")
    OrganisationIdentifier.objects.create(
        organisation=firm, scheme=IdentifierScheme.HKEX, value="1060"
    )
    position = PositionFactory(organisation=firm, start_date=datetime.date(2020, 1, 1))
    partner = ProgrammePartnerFactory(organisation=firm)
    participation = ParticipationFactory(organisation=firm)
    scheme = SchemeFactory(institution=firm)

    row = get("organisations/firm/")

    assert row == {
        "slug": "firm",
        "name": {"en": "Firm", "zh-hant": None, "zh-hans": None},
        "aliases": [],
        "kinds": ["STUDIO", "INVESTOR"],
        "country": "HK",
        "parent": named(parent),
        "listed_on": "HKEX",
        "remarks": None,
        "sources": [],
        "children": [named(child)],
        "identifiers": [{"scheme": "HKEX", "value": "1060"}],
        "positions": [
            {
                "person": named(position.person),
                "title": {"en": "Chairman", "zh-hant": None, "zh-hans": None},
                "start_date": "2020-01-01",
                "end_date": None,
            }
        ],
        "programme_roles": [{"programme": named(partner.programme), "role": "CO_INITIATOR"}],
        "participations": [{"production": named(participation.production), "role": "BACKER"}],
        "scholarship_schemes": [named(scheme)],
    }
    listed = next(r for r in get("organisations/")["results"] if r["slug"] == "firm")
    assert listed.items() <= row.items()
    assert "participations" not in listed


def test_person_has_positions_credits_and_claims(get):
    person = PersonFactory(slug="somebody", notes="Never public.")
    position = PositionFactory(person=person)
    credit = CreditFactory(person=person)
    ClaimFactory(slug="said", speaker=person, text_en="Said so.")

    row = get("people/somebody/")

    title = {"en": "Chairman", "zh-hant": None, "zh-hans": None}
    held = {"organisation": named(position.organisation), "title": title}
    assert row == {
        **named(person),
        "aliases": [],
        "positions": [{**held, "start_date": None, "end_date": None}],
        "sources": [],
        "credits": [
            {
                "production": named(credit.production),
                "role": "DIRECTOR",
                "character": NOTHING,
                "credited_as": None,
                "debut": None,
            }
        ],
        "claims": [
            {
                "slug": "said",
                "kind": "EXPECTATION",
                "text": {"en": "Said so.", "zh-hant": None, "zh-hans": None},
            }
        ],
    }


def test_programme_has_its_envelope_its_partners_and_its_strands(get):
    programme = ProgrammeFactory(slug="plan", remarks="At least.", notes="Never public.")
    QuotedEquivalentFactory(programme=programme)
    partner = ProgrammePartnerFactory(programme=programme)
    ProgrammePartnerFactory(programme=programme, role="FUNDER")
    second = StrandFactory(programme=programme, position=2)
    first = StrandFactory(programme=programme, position=1)

    assert get("programmes/plan/") == {
        **named(programme),
        "is_fictional": False,
        "sponsor": named(programme.sponsor),
        "envelope": {"amount": "5000000000.00", "currency": "HKD", "qualifier": "AT_LEAST"},
        "quoted_equivalents": [{"amount": "640000000.00", "currency": "USD"}],
        "co_initiators": [named(partner.organisation)],
        "strands": [named(first), named(second)],
        "announced_date": "2024-03-11",
        "announced_where": "FilMart",
        "years": 5,
        "remarks": "At least.",
        "sources": [],
    }


def test_strand_belongs_to_its_programme(get):
    strand = StrandFactory(slug="film", position=3)

    assert get("strands/film/") == {
        **named(strand),
        "programme": named(strand.programme),
        "position": 3,
        "sources": [],
    }


def test_projects_cover_every_sort_of_work(get):
    production = ProductionFactory(name_en="A film")
    scheme = SchemeFactory(name_en="B scheme")

    rows = get("projects/")["results"]

    assert [(row["slug"], row["kind"]) for row in rows] == [
        (production.slug, "PRODUCTION"),
        (scheme.slug, "SCHOLARSHIP_SCHEME"),
    ]
    assert rows[0] == {
        **named(production),
        "aliases": [],
        "kind": "PRODUCTION",
        "programme": named(production.programme),
        "standing": "IN_PROGRAMME",
        "strand": named(production.strand),
        "announced_amount": None,
        "claimed_result": None,
        "remarks": None,
        "sources": [],
    }


def test_scheme_has_its_institution_and_its_places(get):
    scheme = SchemeFactory(
        slug="film-2024", amount_per_place=Decimal("50000.00"), amount_currency="HKD"
    )

    assert get("scholarship-schemes/film-2024/") == {
        **named(scheme),
        "aliases": [],
        "programme": named(scheme.programme),
        "standing": "IN_PROGRAMME",
        "strand": named(scheme.strand),
        "institution": named(scheme.institution),
        "places": 20,
        "amount_per_place": {"amount": "50000.00", "currency": "HKD"},
        "announced_amount": None,
        "claimed_result": None,
        "remarks": None,
        "rounds": [],
        "sources": [],
    }


def test_source_has_its_publisher_its_date_and_its_link(get):
    SourceFactory(
        slug="press", title="An article", publisher="A paper", url="https://example.org/a",
        notes="Never public.",
    )  # fmt: skip

    assert get("sources/press/") == {
        "slug": "press",
        "title": "An article",
        "kind": "PRESS_ARTICLE",
        "language": "en",
        "publisher": "A paper",
        "published_date": "2024-03-14",
        "url": "https://example.org/a",
    }


def test_claim_names_its_speaker_and_what_it_is_about(get):
    programme = ProgrammeFactory()
    firm = OrganisationFactory()
    production = ProductionFactory()
    ClaimFactory(slug="a", programme=programme, text_zh_hant="會有。")
    ClaimFactory(slug="b", programme=None, organisation=firm, speaker=None)
    ClaimFactory(slug="c", programme=None, project=production)

    a, b, c = get("claims/")["results"]

    assert list(a) == ["slug", "kind", "speaker", "about", "text", "sources"]
    assert a["about"] == {"type": "PROGRAMME", **named(programme)}
    assert a["text"]["zh-hant"] == "會有。"
    assert a["text"]["zh-hans"] is None
    assert b["about"] == {"type": "ORGANISATION", **named(firm)}
    assert b["speaker"] is None
    assert c["about"] == {"type": "PROJECT", **named(production)}


def test_track_record_is_apart(slugs):
    now = ProductionFactory(slug="now")
    ProductionFactory(
        slug="before", standing=Standing.TRACK_RECORD, strand=None, programme=now.programme
    )

    assert slugs("productions/") == ["now"]
    assert slugs("productions/?standing=TRACK_RECORD") == ["before"]
    assert sorted(slugs("productions/?standing=ALL")) == ["before", "now"]
    assert slugs("projects/") == ["now"]


def test_index_names_every_endpoint(get):
    index = get("")

    assert index["productions"] == "/api/v1/productions/"
    assert index["ledger-entries"] == "/api/v1/ledger-entries/"
    assert set(index) >= {*ENDPOINTS, *PRIVATE, "schema", "docs"}
    for address in index.values():
        assert address.startswith("/api/v1/")
