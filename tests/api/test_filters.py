"""Each declared parameter finds exactly the rows it says."""

import datetime

import pytest

from partners.choices import OrganisationKind
from portfolio.productions.choices import Format, ParticipationRole, Stage
from portfolio.sources.choices import ClaimKind, Language, SourceKind
from tests.factories import (
    ClaimFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    ProductionFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)


@pytest.fixture
def titles(db):
    """Four productions: Alpha and Beta in film, Gamma in tv, Delta elsewhere."""
    film = StrandFactory(slug="film", programme=ProgrammeFactory(slug="plan"))
    tv = StrandFactory(slug="tv", programme=film.programme)
    youku = OrganisationFactory(slug="youku")
    tvb = OrganisationFactory(slug="tvb")
    alpha = ProductionFactory(slug="alpha", name_en="Alpha", strand=film, year=2019)
    beta = ProductionFactory(
        slug="beta", name_en="Beta", strand=film, year=2020, format=Format.DOCUMENTARY
    )
    gamma = ProductionFactory(
        slug="gamma", name_en="Gamma", strand=tv, stage=Stage.RELEASED, format=Format.TV_DRAMA
    )
    ProductionFactory(slug="delta", name_en="Delta", year=2021)
    ParticipationFactory(production=alpha, organisation=youku, role=ParticipationRole.BACKER)
    ParticipationFactory(production=alpha, organisation=tvb, role=ParticipationRole.PRODUCER)
    ParticipationFactory(production=beta, organisation=youku, role=ParticipationRole.PRODUCER)
    ParticipationFactory(production=gamma, organisation=tvb, role=ParticipationRole.BROADCASTER)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["alpha", "beta", "delta", "gamma"]),
        ("strand=film", ["alpha", "beta"]),
        ("strand=film&strand=tv", ["alpha", "beta", "gamma"]),
        ("strand=nowhere", []),
        ("strand=nowhere&strand=tv", ["gamma"]),
        ("format=TV_DRAMA", ["gamma"]),
        ("format=TV_DRAMA&format=DOCUMENTARY", ["beta", "gamma"]),
        ("stage=RELEASED", ["gamma"]),
        ("partner=youku", ["alpha", "beta"]),
        ("partner=youku&partner=tvb", ["alpha", "beta", "gamma"]),
        ("partner=youku&role=PRODUCER", ["beta"]),
        ("partner=tvb&role=PRODUCER&role=BROADCASTER", ["alpha", "gamma"]),
        ("role=PRODUCER", ["alpha", "beta"]),
        ("role=SALES_AGENT", []),
        ("year=2020", ["beta"]),
        ("year_from=2020", ["beta", "delta"]),
        ("year_to=2020", ["alpha", "beta"]),
        ("year_from=2020&year_to=2020", ["beta"]),
        ("programme=plan", ["alpha", "beta", "gamma"]),
        ("strand=film&format=DOCUMENTARY&partner=youku&year=2020", ["beta"]),
        ("ordering=-name", ["gamma", "delta", "beta", "alpha"]),
        ("ordering=year", ["gamma", "alpha", "beta", "delta"]),
        ("ordering=-year", ["delta", "beta", "alpha", "gamma"]),
        ("q=gama", ["gamma"]),
        ("q=gama&strand=film", []),
    ],
)
def test_productions_are_filtered(titles, slugs, query, found):
    assert slugs(f"productions/?{query}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=ACADEMY", ["c"]),
        ("kind=ACADEMY&kind=BROADCASTER", ["b", "c"]),
        ("kind=STUDIO", ["a", "b"]),
        ("country=CN", ["b"]),
        ("country=CN&country=HK", ["a", "b"]),
        ("parent=a", ["b"]),
        ("co_initiator_of=plan", ["b"]),
        ("co_initiator_of=other", []),
    ],
)
def test_organisations_are_filtered(db, slugs, query, found):
    a = OrganisationFactory(slug="a", name_en="a", country="HK")
    b = OrganisationFactory(
        slug="b", name_en="b", country="CN", parent=a,
        kinds=[OrganisationKind.STUDIO, OrganisationKind.BROADCASTER],
    )  # fmt: skip
    OrganisationFactory(slug="c", name_en="c", kinds=[OrganisationKind.ACADEMY])
    plan = ProgrammeFactory(slug="plan", sponsor__kinds=["SPONSOR"])
    ProgrammePartnerFactory(programme=plan, organisation=b)
    ProgrammePartnerFactory(programme=plan, organisation=a, role="FUNDER")

    assert slugs(f"organisations/?{query}") == found


def test_people_are_filtered_by_organisation(slugs):
    position = PositionFactory(organisation=OrganisationFactory(slug="firm"))
    PositionFactory()

    assert slugs("people/?organisation=firm") == [position.person.slug]


def test_claims_are_filtered(slugs):
    person = PersonFactory(slug="speaker")
    firm = OrganisationFactory(slug="subject")
    ClaimFactory(slug="a", speaker=person, kind=ClaimKind.PLAN)
    ClaimFactory(slug="b", programme=None, organisation=firm)
    ClaimFactory(slug="c", programme=None, project=ProductionFactory(slug="subject"))

    assert slugs("claims/?speaker=speaker") == ["a"]
    assert slugs("claims/?kind=PLAN") == ["a"]
    assert slugs("claims/?about=subject") == ["b", "c"]


def test_sources_are_filtered_by_days_both_included(slugs):
    day = datetime.date(2024, 3, 12)
    SourceFactory(slug="a", published_date=day, language=Language.ZH_HANT)
    SourceFactory(slug="b", published_date=day + datetime.timedelta(days=1))
    SourceFactory(slug="c", published_date=None, kind=SourceKind.FILING)

    assert slugs("sources/") == ["b", "a", "c"]
    assert slugs("sources/?published_from=2024-03-12&published_to=2024-03-12") == ["a"]
    assert slugs("sources/?published_from=2024-03-13") == ["b"]
    assert slugs("sources/?language=zh-Hant") == ["a"]
    assert slugs("sources/?kind=FILING") == ["c"]


def test_strands_and_schemes_are_filtered(slugs):
    plan = ProgrammeFactory(slug="plan")
    strand = StrandFactory(programme=plan)
    StrandFactory()
    scheme = SchemeFactory(institution=OrganisationFactory(slug="academy"))
    SchemeFactory()

    assert slugs("strands/?programme=plan") == [strand.slug]
    assert slugs("scholarship-schemes/?institution=academy") == [scheme.slug]
    assert slugs("projects/?kind=SCHOLARSHIP_SCHEME&programme=plan") == []


def test_best_match_comes_first_and_another_order_may_be_asked_for(slugs):
    ProductionFactory(slug="far", name_en="Alarms of Dragons")
    ProductionFactory(slug="near", name_en="Dragon")

    assert slugs("productions/?q=dragon")[0] == "near"
    assert slugs("productions/?q=dragon&ordering=name") == ["far", "near"]
