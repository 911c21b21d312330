"""S3: what is not public leaks by no path: not as a row, a reference, a filter, a count, a search."""

import datetime
import json

import pytest
from django.utils import timezone

from partners.models import Organisation
from portfolio.common.publishing import Publication
from portfolio.productions.models import Production
from tests.api.conftest import ENDPOINTS
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
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)

SECRET = "Zanzibar"
LATER = datetime.timedelta(hours=1)


def hidden(kind):
    """How a row may be hidden."""
    if kind == "draft":
        return {"publication": Publication.DRAFT}
    return {"publication": Publication.EMBARGOED, "embargoed_until": timezone.now() + LATER}


@pytest.fixture(params=["draft", "embargoed"])
def secrets(request, db):
    """A hidden row of every sort, with its name in everything, beside public rows that point to it."""
    hide = {"slug": "zanzibar", **hidden(request.param)}
    named = {"name_en": SECRET, **hide}
    source = SourceFactory(title=SECRET, **hide)
    parent = OrganisationFactory(**named)
    person = PersonFactory(**named)
    programme = ProgrammeFactory(**named)
    strand = StrandFactory(programme=programme, name_en=SECRET, slug="zanzibar-strand")
    production = ProductionFactory(**named)
    firm = OrganisationFactory(slug="firm", parent=parent, sources=[source])
    OrganisationFactory(**{**named, "slug": "zanzibar-child"}, parent=firm)
    title = ProductionFactory(slug="title", sources=[source])
    ParticipationFactory(production=title, organisation=parent)
    ParticipationFactory(production=production, organisation=firm)
    ParticipationFactory(
        production=ProductionFactory(strand=strand, name_en=SECRET), organisation=firm
    )
    CreditFactory(production=title, person=person)
    CreditFactory(production=production, person=PersonFactory(slug="somebody"))
    PositionFactory(person=PersonFactory(slug="holder"), organisation=parent, title_en=SECRET)
    PositionFactory(person=person, organisation=firm, title_en=SECRET)
    plan = ProgrammeFactory(slug="plan", sponsor=parent, sources=[source])
    StrandFactory(slug="strand", programme=plan, sources=[source])
    ProgrammePartnerFactory(programme=plan, organisation=parent)
    ProgrammePartnerFactory(programme=programme, organisation=firm)
    SchemeFactory(slug="scheme", institution=parent, sources=[source])
    SchemeFactory(**{**named, "slug": "zanzibar-scheme"}, institution=firm)
    ClaimFactory(text_en=SECRET, **hide)
    ClaimFactory(text_en=SECRET, slug="of-hidden-speaker", speaker=person)
    ClaimFactory(text_en=SECRET, slug="of-hidden-programme", programme=programme)
    ClaimFactory(text_en=SECRET, slug="of-hidden-firm", programme=None, organisation=parent)
    ClaimFactory(text_en=SECRET, slug="of-hidden-title", programme=None, project=production)
    ClaimFactory(slug="claim", sources=[source])


def test_no_list_and_no_detail_tells_of_a_hidden_row(secrets, api, get):
    for endpoint in ENDPOINTS:
        for query in (
            ("", "standing=ALL&") if "pro" in endpoint and endpoint != "programmes" else ("",)
        ):
            body = get(f"{endpoint}/?{query}count=true&page_size=200")
            assert SECRET not in json.dumps(body), endpoint
            assert "zanzibar" not in json.dumps(body), endpoint
            assert body["count"] == len(body["results"])
            for row in body["results"]:
                detail = api.get(f"/api/v1/{endpoint}/{row['slug']}/")
                assert detail.status_code == 200
                assert SECRET.lower() not in detail.content.decode().lower(), row["slug"]


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_hidden_row_and_no_row_are_one_answer(secrets, api, endpoint):
    slugs = ["zanzibar", "zanzibar-strand", "zanzibar-scheme", "nobody-knows"]

    answers = [api.get(f"/api/v1/{endpoint}/{slug}/") for slug in slugs]

    bodies = {a.content.decode().replace(slug, "") for a, slug in zip(answers, slugs, strict=True)}
    assert {a.status_code for a in answers} == {404}
    assert len(bodies) == 1
    assert len({tuple(sorted(a.headers.items()))[:3] for a in answers}) <= 4


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_search_finds_no_hidden_row(secrets, slugs, endpoint):
    assert slugs(f"{endpoint}/?q={SECRET}") == []


@pytest.mark.parametrize(
    "query",
    [
        "productions/?partner=SLUG",
        "productions/?partner=SLUG&role=BACKER",
        "productions/?programme=SLUG",
        "productions/?strand=SLUG-strand",
        "organisations/?parent=SLUG",
        "organisations/?co_initiator_of=SLUG",
        "people/?organisation=SLUG",
        "claims/?speaker=SLUG",
        "claims/?about=SLUG",
        "strands/?programme=SLUG",
        "scholarship-schemes/?institution=SLUG",
        "projects/?programme=SLUG",
    ],
)
def test_filter_by_a_hidden_address_answers_as_for_one_that_is_not(secrets, get, query):
    real = get(query.replace("SLUG", "zanzibar") + "&count=true")
    unreal = get(query.replace("SLUG", "nobody") + "&count=true")

    assert real == unreal
    assert real["results"] == []


def test_role_of_a_hidden_organisation_filters_nothing(secrets, slugs):
    # `title` has a backer, whom nobody may know of.
    assert "title" not in slugs("productions/?role=BACKER")


def test_reference_to_a_hidden_row_is_null(secrets, get):
    assert get("organisations/firm/")["parent"] is None
    assert get("programmes/plan/")["sponsor"] is None
    assert get("scholarship-schemes/scheme/")["institution"] is None


def test_row_becomes_public_when_its_embargo_ends(get, slugs):
    past = timezone.now() - datetime.timedelta(seconds=1)
    ProductionFactory(slug="released", publication=Publication.EMBARGOED, embargoed_until=past)

    assert slugs("productions/") == ["released"]


def test_order_does_not_tell_of_a_hidden_row(db, get):
    for n in range(4):
        ProductionFactory(slug=f"title-{n}", name_en=f"Title {n}")
    page = get("productions/?page_size=2")
    Production.objects.filter(slug__in=["title-0", "title-3"]).update(publication="DRAFT")

    body = get("productions/?page_size=2")

    assert [row["slug"] for row in body["results"]] == ["title-1", "title-2"]
    assert body["next"] is None
    assert page["next"] is not None


def test_withdrawn_row_is_gone_at_once(db, api):
    OrganisationFactory(slug="firm")
    before = api.get("/api/v1/organisations/firm/")
    Organisation.objects.update(publication=Publication.DRAFT)

    after = api.get("/api/v1/organisations/firm/", headers={"if-none-match": before["ETag"]})

    assert after.status_code == 404
