"""The list of productions, one production, and the track record."""

import pytest

from portfolio.common.publishing import Publication
from portfolio.productions.choices import Format, ParticipationRole, Stage
from portfolio.programmes.choices import Standing
from tests.factories import (
    CreditFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    ProductionFactory,
    ProgrammeFactory,
    SourceFactory,
    StrandFactory,
)

pytestmark = pytest.mark.django_db

# Count, rows, who takes part, sources, posters; first works; the strands and the partners offered
# as filters.
LIST_QUERIES = 8
# The row with its strand, who takes part, sources, credits, numbers, seasons, milestones, images;
# claims; releases and results. Episodes are one more where there are seasons.
DETAIL_QUERIES = 11


def test_list_shows_exactly_the_productions_of_the_programme(facts, entries):
    assert entries("/productions/") == [
        "Behind the Queen of Yarn",
        "Behind the Scene",
        "Customs Frontline",
        "Dark Chase",
        "Dark Side of the Moon",
        "Endless Battle 2",
        "Fearless",
        "Forensic Heroes VI: Redemption",
        "Golden Era",
        "In the Light of Dark",
        "Invincible Swordsman",
        "My Date With a Vampire",
        "Prism Breaker",
        "The Grey Men 2",
        "The Heir to the Throne",
        "The Last Dance",
        "The Trier of Fact",
        "Without Remorse",
    ]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"strand": "tv"}, 8),
        ({"strand": "film"}, 10),
        ({"strand": "rights"}, 0),
        ({"format": "TV_DRAMA"}, 8),
        ({"format": "feature-film"}, 10),
        ({"stage": "ANNOUNCED"}, 18),
        ({"stage": "RELEASED"}, 0),
        ({"partner": "youku"}, 8),
        ({"partner": "one-cool-film"}, 2),
        ({"partner": "one-cool-film", "strand": "tv"}, 0),
        ({"strand": "no-such-strand"}, 0),
        ({"format": "no-such-format"}, 0),
        ({"partner": "'; DROP TABLE"}, 0),
        ({"misspelt": "x"}, 18),
    ],
)
def test_filters_show_exactly_what_fits(facts, entries, chosen, count):
    assert len(entries("/productions/", chosen)) == count


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Forensic heros", "Forensic Heroes VI: Redemption"),
        ("法证先锋", "Forensic Heroes VI: Redemption"),
        ("法證先鋒", "Forensic Heroes VI: Redemption"),
        ("黃金時代", "Golden Era"),
    ],
)
def test_search_finds_a_title_in_any_script_and_with_a_typo(facts, entries, query, found):
    assert entries("/productions/", {"q": query})[0] == found


def test_nothing_found_is_said_kindly(facts, read):
    page = read("/productions/", {"q": "zzzzqqqq"})

    assert "No production fits." in page
    assert "Show all productions" in page


def test_a_long_list_goes_on_where_it_stopped(entries, client):
    strand = StrandFactory()
    for number in range(60):
        ProductionFactory(strand=strand, name_en=f"Title {number:03}", slug=f"title-{number:03}")

    first = entries("/productions/")
    second = entries("/productions/", {"after": "title-049"})

    assert first == [f"Title {number:03}" for number in range(50)]
    assert second == [f"Title {number:03}" for number in range(50, 60)]
    assert b'href="?after=title-049"' in client.get("/productions/").content


def test_going_on_after_what_is_not_there_is_not_found(client):
    ProductionFactory(slug="hidden", publication=Publication.DRAFT)

    assert client.get("/productions/", {"after": "nothing"}).status_code == 404
    assert client.get("/productions/", {"after": "hidden"}).status_code == 404
    assert client.get("/productions/", {"after": "\x00"}).status_code == 200


def test_production_shows_who_takes_part_and_no_amount(facts, read):
    page = read("/productions/the-last-dance/", status=404)
    page = read("/productions/last-dance/")

    assert "The Last Dance" in page
    assert "Format Feature film" in page
    assert "Strand Film production and distribution" in page
    assert "Amount from the programme not disclosed" in page
    assert "Financier Alibaba Pictures" in page
    assert "Producer One Cool Film" in page
    assert "$0" not in page


def test_production_shows_names_in_the_readers_script_first(facts, read, client):
    assert "Forensic Heroes VI: Redemption" in read("/productions/forensic-heroes-vi/")
    hant = client.get("/zh-hant/productions/forensic-heroes-vi/").content.decode()

    assert "<title>法證先鋒6 · Topsheet</title>" in hant
    assert '<span lang="en">Forensic Heroes VI: Redemption</span>' in hant


def test_a_disclosed_amount_is_shown_in_full(read):
    ProductionFactory(slug="film", announced_amount="12345678.90", announced_currency="HKD")

    assert "HK$12,345,678.90" in read("/productions/film/")
    assert "HK$12,345,678.90" in read("/productions/")


def test_track_record_stands_apart_and_its_result_is_a_claim(facts, read, entries):
    page = read("/track-record/")

    assert entries("/track-record/") == ["A Guilty Conscience"]
    assert "counts in no total" in page
    assert "Director Jack Ng" in page
    assert "Claimed result No speaker named Became Hong Kong's highest-grossing" in page
    assert "A Guilty Conscience" not in entries("/productions/")
    assert "It counts in no total." in read("/productions/a-guilty-conscience/")


def test_hidden_ends_of_a_production_are_not_shown(read):
    film = ProductionFactory(slug="film")
    hidden = Publication.DRAFT
    ParticipationFactory(
        production=film, organisation=OrganisationFactory(name_en="Ghost Ltd", publication=hidden)
    )
    CreditFactory(production=film, person=PersonFactory(name_en="Ghost Person", publication=hidden))
    film.sources.add(SourceFactory(title="Ghost article", publication=hidden))

    page = read("/productions/film/")

    assert "Ghost" not in page


@pytest.mark.parametrize("rows", [20, 200])
def test_lists_take_the_same_queries_for_20_and_200_rows(rows, client, django_assert_num_queries):
    strand = StrandFactory()
    source = SourceFactory()
    for _ in range(rows):
        film = ProductionFactory(strand=strand, sources=[source], format=Format.TV_DRAMA)
        ParticipationFactory(production=film, role=ParticipationRole.PRODUCER)

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/productions/")


@pytest.mark.parametrize("rows", [20, 200])
def test_a_production_takes_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    film = ProductionFactory(slug="film", stage=Stage.RELEASED, sources=[SourceFactory()])
    for _ in range(rows):
        ParticipationFactory(production=film)
        CreditFactory(production=film)

    with django_assert_num_queries(DETAIL_QUERIES):
        client.get("/productions/film/")


@pytest.mark.parametrize("rows", [20, 200])
def test_the_track_record_takes_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    programme = ProgrammeFactory()
    for _ in range(rows):
        film = ProductionFactory(programme=programme, strand=None, standing=Standing.TRACK_RECORD)
        CreditFactory(production=film)

    # Count, rows, who takes part, sources, credits.
    with django_assert_num_queries(5):
        client.get("/track-record/")
