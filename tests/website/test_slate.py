"""The slate: the board by stage, and the lines over time with their table."""

import datetime
import re

import pytest
from django.utils import timezone

from portfolio.common.publishing import Publication
from portfolio.productions.choices import MilestoneKind, Stage
from portfolio.programmes.choices import Standing
from portfolio.website.queries.slate import MOST_IN_A_COLUMN
from portfolio.website.slate_chart import Scale
from tests.factories import (
    MilestoneFactory,
    ProductionFactory,
    ProgrammeFactory,
    SourceFactory,
    StrandFactory,
)
from tests.productions.slate import Slate
from tests.website.conftest import text_of

pytestmark = pytest.mark.django_db

# The counts, the first titles of each stage, those titles, their sources, their next milestones;
# the strands offered.
BOARD_QUERIES = 6
# Count, rows, sources, milestones, steps; the strands offered.
TIMELINE_QUERIES = 6
DRAFT = {"publication": Publication.DRAFT}


def columns(client, data=None, path="/slate/"):
    """The titles on the board by stage, in their order; stages without titles left out."""
    html = client.get(path, data).content.decode()
    found = {}
    for stage, rest in re.findall(r'id="stage-([a-z_]+)">(.*?)</section>', html, re.DOTALL):
        titles = re.findall(r'class="board__link"><a[^>]*>(.*?)</a>', rest, re.DOTALL)
        if titles:
            found[stage] = [re.sub(r"<[^>]+>", "", title).strip() for title in titles]
    return found


def table(client, data=None):
    """The table under the lines: of each title its rows of what, planned, expected, was."""
    html = client.get("/slate/timeline/", data).content.decode()
    found = {}
    for body in re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL):
        title, *rows = [
            [text_of(f"<body>{cell}") for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
        ]  # fmt: skip
        found[title[0]] = rows
    return found


def signs(client):
    """What is drawn on the lines: of each sort, the words a pointer shows."""
    html = client.get("/slate/timeline/").content.decode()
    lines = html[html.index("timeline__lines") : html.index("timeline__note")]
    return re.findall(r'class="strip__(\w+)"[^>]*><title>(.*?)</title>', lines)


def test_the_board_has_every_production_of_the_programme_at_its_stage(facts, client, read):
    found = columns(client)

    assert list(found) == ["announced"]
    assert len(found["announced"]) == 18
    assert found["announced"][0] == "Behind the Queen of Yarn"
    assert "A Guilty Conscience" not in found["announced"]
    page = read("/slate/")
    assert "Announced 18" in page
    assert "Principal photography 0" in page
    assert "Abandoned 0" in page


def test_the_board_orders_stages_and_puts_the_abandoned_apart(client):
    for stage in (Stage.ABANDONED, Stage.RELEASED, Stage.GREENLIT, Stage.ANNOUNCED):
        ProductionFactory(name_en=f"A {stage.label} film", stage=stage)
    ProductionFactory(
        name_en="Before",
        standing=Standing.TRACK_RECORD,
        programme=ProgrammeFactory(),
        strand=None,
    )

    assert list(columns(client).items()) == [
        ("announced", ["A Announced film"]),
        ("greenlit", ["A Greenlit film"]),
        ("released", ["A Released film"]),
        ("abandoned", ["A Abandoned film"]),
    ]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"strand": "tv"}, 8),
        ({"format": "FEATURE_FILM"}, 10),
        ({"strand": "tv", "format": "FEATURE_FILM"}, 0),
        ({"strand": "no-such-strand"}, 0),
        ({"format": "no-such-format"}, 0),
        ({"strand": "'; DROP TABLE"}, 0),
    ],
)
def test_both_views_show_exactly_what_fits(facts, client, chosen, count):
    assert sum(len(titles) for titles in columns(client, chosen).values()) == count
    assert len(table(client, chosen)) == count


def test_nothing_fits_or_nothing_is_public_is_said(client, read):
    for path in ("/slate/", "/slate/timeline/"):
        assert "No production is public yet." in read(path)
        page = read(path, {"format": "SHORT_FILM"})
        assert "No production fits." in page
        assert "Show all productions" in page


def test_a_full_column_leads_to_the_list_of_its_stage(client, read):
    strand = StrandFactory(slug="films")
    for number in range(MOST_IN_A_COLUMN + 1):
        ProductionFactory(strand=strand, name_en=f"Title {number:02}")

    html = client.get("/slate/", {"strand": "films"}).content.decode()

    assert columns(client)["announced"] == [f"Title {n:02}" for n in range(MOST_IN_A_COLUMN)]
    assert "Announced 25" in read("/slate/")
    assert 'href="/productions/?strand=films&amp;stage=ANNOUNCED"' in html


def test_a_title_on_the_board_names_the_milestone_it_waits_for(read):
    film = ProductionFactory(name_en="Two Cooks")
    MilestoneFactory(production=film, kind=MilestoneKind.RELEASE)
    MilestoneFactory(
        production=film, kind=MilestoneKind.DELIVERY,
        planned_date=datetime.date(2026, 1, 1), revised_date=datetime.date(2026, 5, 3),
    )  # fmt: skip
    MilestoneFactory(
        production=film, kind=MilestoneKind.GREENLIGHT, planned_date=None,
        actual_date=datetime.date(2025, 1, 1),
    )  # fmt: skip
    over = ProductionFactory(name_en="Lost Reel", stage=Stage.ABANDONED)
    MilestoneFactory(production=over, kind=MilestoneKind.PICTURE_LOCK)

    page = read("/slate/")

    assert "Two Cooks Feature film Delivery · expected 3 May 2026" in page
    assert "Greenlight" not in page
    assert "Picture lock" not in page


def test_without_dates_the_timeline_shows_the_first_sources_and_says_so(facts, client, read):
    rows = table(client)
    page = read("/slate/timeline/")

    assert len(rows) == 18
    assert rows["Golden Era Announced"] == [["First named by a source2", "–", "–", "11 Mar 2024"]]
    assert "No milestone of these titles is public yet" in page
    assert {sort for sort, _words in signs(client)} == {"thread", "source"}


def test_a_title_of_which_no_date_is_known_says_so(client):
    ProductionFactory(name_en="Two Cooks")

    assert table(client) == {"Two Cooks Announced": [["No date is public."]]}
    assert signs(client) == []


def test_the_lines_and_the_table_say_the_same_dates(client):
    film = ProductionFactory(name_en="Two Cooks")
    MilestoneFactory(
        production=film, kind=MilestoneKind.PHOTOGRAPHY_START,
        planned_date=datetime.date(2026, 1, 5), revised_date=datetime.date(2026, 2, 1),
        actual_date=datetime.date(2026, 2, 3),
    )  # fmt: skip
    MilestoneFactory(
        production=film, kind=MilestoneKind.RELEASE, planned_date=datetime.date(2026, 6, 1),
        revised_date=datetime.date(2026, 9, 1),
    )  # fmt: skip
    MilestoneFactory(
        production=film, kind=MilestoneKind.OTHER, title_en="Table read",
        planned_date=datetime.date(2026, 1, 2),
    )  # fmt: skip

    assert table(client)["Two Cooks Announced"] == [
        ["Table read", "2 Jan 2026", "–", "–"],
        ["Start of principal photography", "5 Jan 2026", "1 Feb 2026", "3 Feb 2026"],
        ["Release", "1 Jun 2026", "1 Sept 2026", "–"],
    ]
    assert signs(client) == [
        ("thread", "Announced"),
        ("moved", "Start of principal photography"),
        ("moved", "Release"),
        ("expected", "Table read: 2 Jan 2026"),
        ("planned", "Start of principal photography · First planned for: 5 Jan 2026"),
        ("was", "Start of principal photography: 3 Feb 2026"),
        ("planned", "Release · First planned for: 1 Jun 2026"),
        ("expected", "Release: 1 Sept 2026"),
    ]


def test_a_stage_lasts_from_its_step_to_the_next_and_its_papers_stay_inside(client, read):
    slate = Slate(name_en="Two Cooks")
    slate.step(Stage.DEVELOPMENT, effective_date=datetime.date(2026, 3, 1))
    slate.step(
        Stage.ABANDONED, effective_date=datetime.date(2026, 4, 1), reason="The lead went home."
    )
    MilestoneFactory(production=slate.film)

    assert table(client)["Two Cooks Abandoned"] == [
        ["Stage: Development", "–", "–", "1 Mar 2026"],
        ["Stage: Abandoned", "–", "–", "1 Apr 2026"],
        ["Release", "1 Jun 2026", "–", "–"],
    ]
    assert signs(client) == [
        ("thread", "Abandoned"),
        ("early", "Development: 1 Mar 2026 – 1 Apr 2026"),
        ("end", "Abandoned: 1 Apr 2026"),
        # It is over: what was planned is no longer expected.
        ("planned", "Release: 1 Jun 2026"),
    ]
    page = read("/slate/timeline/")
    assert "went home" not in page
    assert slate.officer.username not in page


def test_drafts_leak_into_neither_view(client, read):
    film = ProductionFactory(name_en="Two Cooks")
    MilestoneFactory(
        production=film, kind=MilestoneKind.OTHER, title_en="Ghost read",
        planned_date=datetime.date(2019, 1, 1), **DRAFT,
    )  # fmt: skip
    soon = {"publication": Publication.EMBARGOED, "embargoed_until": "2999-01-01T00:00Z"}
    MilestoneFactory(production=film, kind=MilestoneKind.DELIVERY, **soon)
    film.sources.add(
        SourceFactory(title="Ghost article", published_date=datetime.date(2018, 1, 1), **DRAFT)
    )
    ghosts = [
        ProductionFactory(name_en="Ghost film", **DRAFT),
        ProductionFactory(name_en="Ghost film to come", **soon),
        ProductionFactory(
            name_en="Ghost of a programme",
            strand=StrandFactory(slug="ghost", programme=ProgrammeFactory(**DRAFT)),
        ),
    ]
    for ghost in ghosts:
        MilestoneFactory(production=ghost)

    for path in ("/slate/", "/slate/timeline/"):
        for data in ({}, {"strand": ghosts[0].strand.slug}, {"strand": "ghost"}):
            page = read(path, data)
            assert "Ghost" not in page
            assert "Delivery" not in page
            assert "2018" not in page
            assert "2019" not in page
    assert list(table(client)) == ["Two Cooks Announced"]
    assert columns(client) == {"announced": ["Two Cooks"]}
    assert "Announced 1 " in read("/slate/")


def test_going_on_after_a_hidden_title_is_not_found(client):
    ProductionFactory(slug="hidden", **DRAFT)

    assert client.get("/slate/timeline/", {"after": "hidden"}).status_code == 404


def test_a_long_timeline_goes_on_where_it_stopped(client):
    strand = StrandFactory()
    for number in range(52):
        ProductionFactory(strand=strand, name_en=f"Title {number:02}", slug=f"title-{number:02}")

    first, second = table(client), table(client, {"after": "title-49"})

    assert list(first) == [f"Title {number:02} Announced" for number in range(50)]
    assert list(second) == ["Title 50 Announced", "Title 51 Announced"]


def test_one_date_far_away_does_not_press_the_others_together(client, read):
    year = timezone.localdate().year
    film = ProductionFactory(name_en="Two Cooks")
    MilestoneFactory(production=film, planned_date=datetime.date(year, 6, 1))
    MilestoneFactory(
        production=film, kind=MilestoneKind.DELIVERY, planned_date=datetime.date(2999, 1, 1)
    )

    page = read("/slate/timeline/")

    assert f"From {year} to the end of {year};" in page
    assert "Dates outside these years are in the table only." in page
    assert "1 Jan 2999" in page
    assert "Delivery: 1 Jan 2999" not in [words for _sort, words in signs(client)]


def test_a_scale_ends_with_its_last_day_and_holds_the_days_beyond_at_its_ends():
    scale = Scale(2025, 2026)

    assert scale.place(datetime.date(2025, 1, 1)) == 0
    assert scale.place(datetime.date(2026, 1, 1)) == 50
    assert scale.place(datetime.date(2026, 12, 31)) == pytest.approx(99.86, abs=0.01)
    assert scale.place(datetime.date(2027, 5, 1)) == 100
    assert scale.place(datetime.date(2020, 5, 1)) == 0
    assert scale.holds(datetime.date(2026, 12, 31))
    assert not scale.holds(datetime.date(2027, 1, 1))
    assert not scale.holds(datetime.date(2024, 12, 31))


def test_both_views_lead_to_each_other_and_keep_what_was_chosen(facts, client):
    html = client.get("/zh-hant/slate/", {"strand": "tv"}).content.decode()
    back = client.get("/slate/timeline/", {"strand": "tv"}).content.decode()

    assert 'href="/zh-hant/slate/timeline/?strand=tv"' in html
    assert 'href="/slate/?strand=tv"' in back


@pytest.mark.parametrize("rows", [20, 200])
def test_both_views_take_the_same_queries_for_20_and_200_rows(
    rows, client, django_assert_num_queries
):
    strand, source = StrandFactory(), SourceFactory()
    for number in range(rows):
        stage = list(Stage)[number % len(Stage)]
        film = ProductionFactory(strand=strand, sources=[source], stage=stage)
        MilestoneFactory(production=film)

    with django_assert_num_queries(BOARD_QUERIES):
        client.get("/slate/")
    with django_assert_num_queries(TIMELINE_QUERIES):
        client.get("/slate/timeline/")
