"""movies.json of vega-datasets, whole, with its deliberate errors: what comes in, what does not and why."""

from collections import Counter

import pytest

from portfolio.imports.operations.writing import confirm_batch, undo_batch
from portfolio.productions.models import Production
from tests import factories
from tests.imports.files import AT, chief, films, movies

pytestmark = pytest.mark.django_db

# Two-digit years were read as those to come; which of them were, only a calendar can say.
YEARS_AHEAD = {
    10: ("Duel in the Sun", 2046), 17: ("Wilson", 2044), 34: ("42nd Street", 2033),
    91: ("The Best Years of Our Lives", 2046), 175: ("Charge of the Light Brigade, The", 2036),
    222: ("Cat People", 2042), 338: ("Fantasia", 2040), 383: ("A Guy Named Joe", 2043),
    401: ("Gone with the Wind", 2039), 413: ("How Green Was My Valley", 2041),
    496: ("King Kong (1933)", 2033), 592: ("Modern Times", 2036), 823: ("She Done Him Wrong", 2033),
    925: ("Snow White and the Seven Dwarfs", 2037), 1046: ("The Wizard of Oz", 2039),
}  # fmt: skip
TITLES_THAT_ARE_NUMBERS = {
    22: "1776", 23: "1941", 1069: "1408", 1075: "2012", 1076: "2046", 1078: "21", 1091: "300",
    1113: "9", 1740: "54",
}  # fmt: skip


def test_the_films_come_in_and_the_report_says_exactly_what_does_not():
    batch = films(movies(), programme=factories.ProgrammeFactory())

    assert (batch.kind, batch.encoding, batch.rows.count()) == ("JSON", "UTF_8", 3201)
    assert Counter(batch.rows.values_list("state", flat=True)) == {
        "NEW": 3176, "FLAGGED": 9, "FAULTY": 16,
    }  # fmt: skip
    assert [[row.number, row.state, row.title, row.reasons] for row in batch.rows.exclude(reasons=[])] == sorted(
        [
            *(
                [number, "FAULTY", title, [["year_ahead", {"value": year, "years": 5}]]]
                for number, (title, year) in YEARS_AHEAD.items()
            ),
            *(
                [number, "FLAGGED", title, [["text_is_a_number", {"column": "Title", "value": title}]]]
                for number, title in TITLES_THAT_ARE_NUMBERS.items()
            ),
            [3054, "FAULTY", "2006-11-03", [["no_name", {}]]],
        ]
    )  # fmt: skip
    assert not Production.objects.exists()

    confirm_batch(batch=batch, actor=chief(), at=AT, flagged_too=True)

    assert Production.objects.count() == 3185
    assert Production.objects.filter(publication="DRAFT", standing="TRACK_RECORD").count() == 3185
    film = Production.objects.get(slug="the-shawshank-redemption-1994")
    assert (film.name_en, film.year, film.genre, film.stage) == (
        "The Shawshank Redemption", 1994, "Drama", "RELEASED",
    )  # fmt: skip

    again = films(movies(), programme=film.programme)
    assert Counter(again.rows.values_list("state", flat=True)) == {"UNCHANGED": 3185, "FAULTY": 16}

    undo_batch(batch=batch, actor=chief(), at=AT)
    assert not Production.objects.exists()
