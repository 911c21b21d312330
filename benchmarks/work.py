"""What the benchmark asks: the same questions of the API and of the limit, in the same order."""

import itertools
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from benchmarks.addresses import database_parameters
from portfolio.sample.words import FIRST, PLACE, SECOND

SEED = 11
STRANDS = ["film", "rights", "tv", "concerts", "venues", "talent"]
FORMATS = ["FEATURE_FILM", "TV_DRAMA", "DOCUMENTARY", "ANIMATION"]
STAGES = ["ANNOUNCED", "DEVELOPMENT", "RELEASED"]
PAGE = 50


@dataclass
class Work:
    """One sort of question, by the paths that ask the API and the limit."""

    name: str
    ours: list[str]
    limit: list[str]
    goal: str


def lists() -> Work:
    """First pages, filtered and ordered in many ways."""
    questions: list[dict[str, str]] = []
    for strand, ordering in itertools.product(STRANDS, ["name", "-name"]):
        questions.append({"strand": strand, "ordering": ordering})
        questions += [{"strand": strand, "ordering": ordering, "format": f} for f in FORMATS]
        questions += [{"strand": strand, "ordering": ordering, "stage": s} for s in STAGES]
    random.Random(SEED).shuffle(questions)
    queries = [urlencode(question) for question in questions]
    ours = [f"/api/v1/productions/?{query}" for query in queries]
    return Work("list, 50 rows", ours, [f"/list?{query}" for query in queries], "≥ 0.70")


def deep_pages(pg: psycopg.Connection[Any]) -> tuple[Work, Work]:
    """Page 1 and pages about number 1000 of the whole list."""
    from portfolio.common.api.ordering import Place, write_cursor

    rows = pg.execute(
        "SELECT p.sort_name, p.id FROM programmes_project p WHERE p.publication = 'PUBLIC' "
        "ORDER BY p.sort_name, p.id OFFSET %s LIMIT 200",
        [PAGE * 950],
    ).fetchall()
    places = [Place("name", False, key, str(row)) for key, row in rows]
    ours = [f"/api/v1/productions/?cursor={write_cursor(place)}" for place in places]
    limit = ["/list?" + urlencode({"key": place.key, "row": place.row}) for place in places]
    first = Work("page 1 of all", ["/api/v1/productions/"], ["/list"], "")
    return first, Work("page 1000 of all", ours, limit, "≥ 0.80 of page 1")


def details(pg: psycopg.Connection[Any]) -> Work:
    """Five thousand different rows."""
    rows = pg.execute(
        "SELECT slug FROM programmes_project WHERE publication = 'PUBLIC' "
        "ORDER BY md5(id::text) LIMIT 5000"
    ).fetchall()
    ours = [f"/api/v1/productions/{slug}/" for (slug,) in rows]
    return Work("detail", ours, [f"/row?slug={slug}" for (slug,) in rows], "≥ 0.45")


def misspelt(chance: random.Random, text: str) -> str:
    """The text with two neighbouring letters exchanged."""
    n = chance.randrange(1, len(text) - 2)
    return text[:n] + text[n + 1] + text[n] + text[n + 2 :]


def searches() -> Work:
    """Three hundred different texts in three scripts, the English ones with a typing error."""
    chance = random.Random(SEED)
    texts = []
    for _ in range(100):
        first, second, place = chance.choice(FIRST), chance.choice(SECOND), chance.choice(PLACE)
        texts.append(misspelt(chance, f"{first[0]} {second[0]} {place[0]}"))
        texts.append(f"{place[1]}{second[1]}{first[1]}")
        texts.append(f"{place[2]}{second[2]}")
    queries = [f"q={quote(text)}" for text in texts]
    ours = [f"/api/v1/productions/?{query}" for query in queries]
    return Work(
        "search, 3 scripts, typing errors", ours, [f"/search?{q}" for q in queries], "≥ 0.80"
    )


def all_work() -> list[Work]:
    """Everything that is asked over HTTP."""
    with psycopg.connect(**database_parameters()) as pg:
        return [lists(), *deep_pages(pg), details(pg), searches()]
