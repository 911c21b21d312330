"""Strands, scholarships, sources, about the data, and the search over everything."""

import pytest

from portfolio.common.publishing import Publication
from tests.factories import (
    ClaimFactory,
    OrganisationFactory,
    ProductionFactory,
    ProgrammeFactory,
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)

pytestmark = pytest.mark.django_db


def test_a_strand_shows_exactly_its_productions(facts, entries):
    assert entries("/strands/tv/") == [
        "Behind the Queen of Yarn",
        "Dark Chase",
        "Dark Side of the Moon",
        "Fearless",
        "Forensic Heroes VI: Redemption",
        "Golden Era",
        "Prism Breaker",
        "The Heir to the Throne",
    ]
    assert entries("/strands/talent/") == [
        "Scholarships for filmmakers at the HKBU Academy of Film"
    ]


def test_an_empty_strand_says_so(facts, read):
    assert "No project is known in this strand yet." in read("/strands/concerts/")


def test_a_scheme_shows_its_places_and_that_the_amount_is_not_disclosed(facts, read):
    page = read("/scholarships/hkbu-film-2024/")

    assert "20 places" in page
    assert "Institution Academy of Film Hong Kong Baptist University" in page
    assert "Amount per place not disclosed" in page
    assert "20 places · Amount per place not disclosed" in read("/scholarships/")


def test_a_hidden_institution_is_not_named(read):
    hidden = OrganisationFactory(name_en="Ghost school", publication=Publication.DRAFT)
    SchemeFactory(slug="scheme", institution=hidden)

    assert "Ghost" not in read("/scholarships/scheme/")
    assert "Ghost" not in read("/scholarships/")


def test_sources_are_listed_the_newest_first(facts, entries):
    assert entries("/sources/") == [
        "China's Alibaba commits $640 million to Hong Kong film and television development",
        "阿里娛界合作 5年耗50億「振港藝」",
        "5年投入50亿 阿里大文娱联合香港文化娱乐界发布“港艺振兴计划”",
    ]


def test_a_source_shows_everything_it_states(facts, read):
    page = read("/sources/press-2024-03-14/")

    assert "at least HK$5,000,000,000.00" in page
    assert "Strands 6" in page
    assert "Projects 19" in page
    assert "Track record 1" in page
    assert "Organisations 19" in page
    assert "People 5" in page
    assert page.count("About Hong Kong Cultural") == 4
    assert "Strands" not in read("/sources/mingpao-2024-03-12/").split("What it states")[1]


def test_a_source_does_not_show_hidden_things(read):
    source = SourceFactory(slug="paper")
    hidden = Publication.DRAFT
    ProgrammeFactory(name_en="Ghost programme", publication=hidden, sources=[source])
    ProductionFactory(name_en="Ghost film", publication=hidden, sources=[source])
    secret = ProgrammeFactory(name_en="Ghost two", publication=hidden)
    StrandFactory(name_en="Ghost strand", programme=secret, sources=[source])
    ClaimFactory(programme=secret, text_en="Ghost claim", sources=[source])

    page = read("/sources/paper/")

    assert "Ghost" not in page
    assert "Nothing that is public here cites it yet." in page


def test_search_goes_over_everything_in_any_script(facts, entries, read):
    assert "TVB" in entries("/search/", {"q": "电视广播"})
    assert "Jie Li" in entries("/search/", {"q": "jie li"})
    assert entries("/search/", {"q": "Guilty Consience"})[0] == "A Guilty Conscience"
    assert "Nothing found." in read("/search/", {"q": "zzzzqqqq"})


def test_search_finds_no_draft(entries):
    ProductionFactory(name_en="Ghost film", publication=Publication.DRAFT)
    OrganisationFactory(name_en="Ghost firm", publication=Publication.DRAFT)

    assert entries("/search/", {"q": "ghost"}) == []


def test_about_the_data_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/about-the-data/")

    assert b"Where no document gives an amount" in response.content


@pytest.mark.parametrize("rows", [20, 200])
def test_these_pages_take_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    source = SourceFactory(slug="paper")
    programme = ProgrammeFactory(sources=[source])
    strand = StrandFactory(slug="strand", programme=programme, sources=[source])
    for _ in range(rows):
        ProductionFactory(strand=strand, sources=[source])
        ClaimFactory(programme=programme, sources=[source])
    SchemeFactory(slug="scheme", strand=strand, sources=[source])

    # The strand and its sources; count, rows, participations, sources; its schemes, their
    # institutions, the owners of those (none here), sources; the other strands and their sources; its
    # concerts and venue collaborations (none here).
    with django_assert_num_queries(13):
        client.get("/strands/strand/")
    # Count, rows, institutions, sources; whether awards are open data.
    with django_assert_num_queries(5):
        client.get("/scholarships/")
    # The row, institution, sources; its rounds (none here); claims.
    with django_assert_num_queries(5):
        client.get("/scholarships/scheme/")
    # The row; six sorts of what it states and the track record; what claims carry.
    with django_assert_num_queries(10):
        client.get("/sources/paper/")
    with django_assert_num_queries(1):
        client.get("/sources/")
    # Eight sorts of thing.
    with django_assert_num_queries(8):
        client.get("/search/", {"q": "nothing like it"})
