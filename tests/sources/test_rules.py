"""What the database refuses of sources and claims, each beside what it accepts."""

import datetime

import pytest

from portfolio.common.publishing import Publication
from portfolio.sources.models import Claim, ClaimCitation, Source
from tests.factories import ClaimFactory, OrganisationFactory, ProductionFactory, SourceFactory
from tests.refusals import refused

MOMENT = datetime.datetime(2026, 3, 11, 2, 0, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slug", ["press-2024-03-14", "a", "9"])
def test_an_address_of_words_and_hyphens_is_accepted(slug):
    SourceFactory(slug=slug)


@pytest.mark.parametrize("slug", ["", "A", "a--b", "-a", "a-", "a_b", "a b", "电"])
def test_another_address_is_refused(slug):
    with refused("source_slug_is_lower_case"):
        SourceFactory(slug=slug)
    with refused("claim_slug_is_lower_case"):
        ClaimFactory(slug=slug)


def test_a_source_has_a_title():
    with refused("source_has_a_title"):
        SourceFactory(title="")


@pytest.mark.parametrize(
    ("field", "rule"), [("kind", "source_kind_is_known"), ("language", "source_language_is_known")]
)
def test_words_outside_the_list_are_refused(field, rule):
    with refused(rule):
        SourceFactory(**{field: "OTHER"})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://x", "//x", "data:text/html,x", " http://x"]
)
def test_a_link_leads_to_the_web(url):
    SourceFactory(url="https://example.org/a")
    with refused("source_link_is_http"):
        SourceFactory(url=url)


@pytest.mark.parametrize("factory", [SourceFactory, ClaimFactory])
def test_exactly_an_embargo_has_a_moment(factory):
    rule = f"{factory._meta.model._meta.model_name}_publication_is_known"
    factory(publication=Publication.EMBARGOED, embargoed_until=MOMENT)

    with refused(rule):
        factory(publication=Publication.EMBARGOED)
    with refused(rule):
        factory(publication=Publication.PUBLIC, embargoed_until=MOMENT)
    with refused(rule):
        factory(publication="WITHDRAWN")


def test_a_claim_has_a_kind_and_a_text_in_any_language():
    ClaimFactory(text_en="", text_zh_hant="將在香港設立第二總部")

    with refused("claim_has_a_text"):
        ClaimFactory(text_en="")
    with refused("claim_kind_is_known"):
        ClaimFactory(kind="RUMOUR")


def test_a_claim_is_about_one_thing():
    ClaimFactory(programme=None, organisation=OrganisationFactory())
    ClaimFactory(programme=None, project=ProductionFactory())

    with refused("claim_is_about_exactly_one"):
        ClaimFactory(programme=None)
    with refused("claim_is_about_exactly_one"):
        ClaimFactory(organisation=OrganisationFactory())


def test_a_source_is_given_once_for_a_claim():
    claim = ClaimFactory(sources=[SourceFactory()])

    with refused("claim_citation_is_made_once"):
        ClaimCitation.objects.create(claim=claim, source=claim.sources.get())


def test_an_embargo_ends_at_its_moment():
    source = SourceFactory(publication=Publication.EMBARGOED, embargoed_until=MOMENT)
    second = datetime.timedelta(seconds=1)

    assert source not in Source.objects.public(MOMENT - second)
    assert source in Source.objects.public(MOMENT)


@pytest.mark.parametrize("hidden", ["claim", "speaker", "programme"])
def test_a_claim_is_as_public_as_its_speaker_and_its_subject(hidden):
    claim = ClaimFactory()
    assert list(Claim.objects.public(MOMENT)) == [claim]
    row = claim if hidden == "claim" else getattr(claim, hidden)
    row.publication = Publication.DRAFT
    row.save()

    assert list(Claim.objects.public(MOMENT)) == []


def test_a_claim_about_a_draft_organisation_or_project_is_hidden():
    draft = Publication.DRAFT
    ClaimFactory(programme=None, organisation=OrganisationFactory(publication=draft))
    ClaimFactory(programme=None, project=ProductionFactory(publication=draft))
    shown = ClaimFactory(programme=None, organisation=OrganisationFactory(), speaker=None)

    assert list(Claim.objects.public(MOMENT)) == [shown]
