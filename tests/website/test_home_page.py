"""The front page: what was announced, what is known, what is only claimed."""

import re

import pytest

from portfolio.common.publishing import Publication
from tests.factories import (
    ClaimFactory,
    OrganisationFactory,
    ProductionFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)

pytestmark = pytest.mark.django_db

# Programme, its sponsor, its equivalents, its citations; two counts; catalogue's three; strands and
# their citations; co-initiators and theirs; claims, their citations and their speakers' positions;
# the sources of the productions and of the schemes.
QUERIES = 18


def test_home_says_what_was_announced(facts, read):
    page = read("/")

    assert "Hong Kong Cultural and Art Industry Revitalization Program" in page
    assert "港藝振興計劃 / 港艺振兴计划" in page
    assert "Announced on 11 March 2024" in page
    assert "FilMart (Hong Kong International Film & TV Market), first day" in page
    assert "at least HK$5 billion" in page
    assert "HK$5,000,000,000.00" in page
    assert "Quoted by the press as US$640,000,000.00" in page
    assert re.search(r"Over 5 years", page)
    assert "Sponsor Alibaba Digital Media and Entertainment" in page


def test_home_counts_what_is_known(facts, read):
    page = read("/")

    assert re.search(r"18 productions", page)
    assert "Feature film 10 · TV drama 8" in page
    assert re.search(r"11 co-initiators", page)
    assert "19 organisations in all · 5 people" in page
    assert re.search(r"20 scholarship places", page)
    assert "1 scheme" in page
    assert "19 amounts not disclosed" in page
    assert "1 earlier work stands apart as a track record" in page
    assert "Only claimed so far 5" in page


def test_home_lists_the_six_strands_in_the_order_of_the_announcement(facts, client):
    html = client.get("/").content.decode()
    rows = re.findall(r'href="/strands/([a-z]+)/"', html)

    assert rows == ["film", "rights", "tv", "concerts", "venues", "talent"]


def test_home_draws_one_frame_for_each_known_project(facts, client):
    html = client.get("/").content.decode()

    assert html.count('class="frames__production"') == 18
    assert html.count('class="frames__scheme"') == 1


def test_a_claim_is_shown_with_its_speaker(facts, read):
    page = read("/")

    assert "Plan Kevin Yeung" in page
    assert "Establishes a second headquarters in Hong Kong." in page
    assert "Expectation No speaker named Deals with a few Hong Kong companies" in page


def test_every_figure_leads_to_its_sources(facts, client):
    html = client.get("/").content.decode()
    marks = set(re.findall(r'class="mark" href="#(source-\d+)"', html))

    assert marks == {"source-1", "source-2", "source-3"}
    for mark in marks:
        assert f'id="{mark}"' in html


def test_home_without_a_public_programme_says_so(read):
    ProgrammeFactory(publication=Publication.DRAFT, name_en="Secret plan")

    page = read("/")

    assert "No programme is public yet." in page
    assert "Secret plan" not in page


def test_several_programmes_are_listed_and_each_has_its_page(read, client):
    ProgrammeFactory(slug="one", name_en="First programme")
    ProgrammeFactory(slug="two", name_en="Second programme")

    page = read("/")

    assert "First programme" in page
    assert "Second programme" in page
    assert "First programme" in read("/programmes/one/")
    canonical = 'rel="canonical" href="http://testserver/programmes/two/"'
    assert canonical in client.get("/programmes/two/").content.decode()


def test_the_only_programme_has_the_front_page_as_its_address(client):
    ProgrammeFactory(slug="one")

    html = client.get("/programmes/one/").content.decode()

    assert 'rel="canonical" href="http://testserver/"' in html


def test_an_envelope_that_is_not_disclosed_is_never_zero(read):
    ProgrammeFactory(envelope_amount=None, envelope_currency="", envelope_qualifier="EXACT")

    page = read("/")

    assert "Envelope not disclosed" in page
    assert "$0" not in page


def test_a_draft_sponsor_is_not_named(read):
    sponsor = OrganisationFactory(name_en="Hidden sponsor", publication=Publication.DRAFT)
    ProgrammeFactory(sponsor=sponsor)

    assert "Hidden sponsor" not in read("/")


@pytest.mark.parametrize("rows", [20, 200])
def test_home_takes_the_same_queries_for_20_and_200_rows(rows, client, django_assert_num_queries):
    source = SourceFactory()
    programme = ProgrammeFactory(sources=[source])
    strand = StrandFactory(programme=programme, sources=[source])
    for _ in range(rows):
        ProductionFactory(strand=strand, sources=[source])
    for _ in range(rows // 10):
        ProgrammePartnerFactory(programme=programme)
        ClaimFactory(programme=programme, sources=[source])
        SchemeFactory(strand=strand, sources=[source])

    with django_assert_num_queries(QUERIES):
        assert client.get("/").status_code == 200
