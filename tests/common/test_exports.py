"""Rows as files: what leaves is what the statement gave, and nothing a spreadsheet would run."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from openpyxl import load_workbook

from portfolio.common.exports import sheets
from portfolio.common.exports.answers import Stream, file_answer
from portfolio.common.exports.columns import Column, Holds, harmless
from portfolio.common.exports.copying import copied_csv, copied_json, fetched
from portfolio.common.exports.sheets import TooManyRows, csv_of, xlsx_of

COLUMNS = [
    Column("name"),
    Column("amount", Holds.AMOUNT),
    Column("rows", Holds.NUMBER),
    Column("value_date", Holds.DAY),
    Column("recorded_at", Holds.MOMENT),
]
AT = datetime.datetime(2026, 6, 1, 10, 0, 0, 5, tzinfo=datetime.UTC)
STATEMENT = "SELECT %s, %s::numeric(20,2), 3, DATE '2026-06-01', %s::timestamptz"
WICKED = ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"]


def text_of(pieces):
    return b"".join(pieces).decode()


@pytest.mark.django_db
def test_csv_has_names_and_plain_numbers():
    found = text_of(copied_csv(STATEMENT, ["Film, 電影", Decimal("-12.30"), AT], COLUMNS))

    assert found == (
        "name,amount,rows,value_date,recorded_at\n"
        '"Film, 電影",-12.30,3,2026-06-01,2026-06-01T10:00:00.000005Z\n'
    )


@pytest.mark.django_db
def test_csv_for_people_has_titles_and_the_mark_of_excel():
    found = b"".join(
        copied_csv("SELECT 1", [], [Column("n", Holds.NUMBER, "Number, all")], for_people=True)
    )

    assert found == b'\xef\xbb\xbf"Number, all"\n1\n'


@pytest.mark.django_db
@pytest.mark.parametrize("text", WICKED)
def test_a_formula_is_a_text_in_csv(text):
    copied = text_of(copied_csv("SELECT %s::text", [text], [Column("name")]))
    written = csv_of([[text]], [Column("name")]).decode()

    for found in (copied, written):
        assert list(csv.reader(io.StringIO(found, newline="")))[1] == ["'" + text]


@pytest.mark.parametrize("text", [w for w in WICKED if "\r" not in w])
def test_a_formula_is_a_text_in_xlsx(text):
    file = io.BytesIO(b"".join(xlsx_of([[text]], [Column("name")], title="Sheet")))
    cell = load_workbook(file).active["A2"]

    assert (cell.value, cell.data_type) == ("'" + text, "s")


@pytest.mark.parametrize("text", ["", "Film", "1-1", "a=b", "電影"])
def test_other_texts_stay_as_they_are(text):
    assert harmless(text) == text


@pytest.mark.django_db
def test_json_keeps_every_cent_and_every_sign():
    name = 'back\\slash "quoted" \n line \t tab 電影'
    amount = Decimal("999999999999999999.99")

    found = json.loads(
        text_of(copied_json(STATEMENT, [name, amount, AT], COLUMNS, about={"as_of": "2026-06-01"}))
    )

    assert found == {
        "as_of": "2026-06-01",
        "results": [
            {
                "name": name, "amount": "999999999999999999.99", "rows": 3,
                "value_date": "2026-06-01", "recorded_at": "2026-06-01T10:00:00.000005Z",
            }
        ],
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [0, 1, 2, 20_000])
def test_json_of_any_length_is_one_document(rows):
    statement = "SELECT n, repeat('x\\', 10) FROM generate_series(1, %s) AS n"
    columns = [Column("n", Holds.NUMBER), Column("text")]

    found = json.loads(text_of(copied_json(statement, [rows], columns)))

    assert [row["n"] for row in found["results"]] == list(range(1, rows + 1))


@pytest.mark.django_db
def test_xlsx_holds_numbers_as_numbers_and_longer_ones_as_text():
    rows = fetched("SELECT 1.50::numeric(20,2), 12345678901234567.89::numeric(20,2)", [])
    columns = [Column("small", Holds.AMOUNT), Column("large", Holds.AMOUNT)]

    file = io.BytesIO(b"".join(xlsx_of(rows, columns, title="A/B", notes=[("As of", "=1")])))
    sheet = load_workbook(file).active

    assert [[c.value for c in row] for row in sheet.iter_rows()] == [
        ["As of", "=1"], [None, None], ["small", "large"], [1.5, "12345678901234567.89"],
    ]  # fmt: skip
    assert sheet["B1"].data_type == "s"


def test_a_sheet_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "MOST_SHEET_ROWS", 3)
    columns = [Column("n", Holds.NUMBER)]

    assert list(xlsx_of(([n] for n in range(3)), columns, title="Sheet"))
    with pytest.raises(TooManyRows, match="take CSV"):
        next(xlsx_of(([n] for n in range(4)), columns, title="Sheet"))


@pytest.mark.django_db
def test_what_fails_at_once_fails_before_the_status_is_said():
    with pytest.raises(DatabaseError):
        file_answer(copied_csv("SELECT 1/0", [], [Column("n", Holds.NUMBER)]), name="x", form="csv")


@pytest.mark.django_db
def test_a_caller_who_goes_away_leaves_the_connection_free():
    stream = Stream(
        copied_csv("SELECT generate_series(1, 1000000)", [], [Column("n", Holds.NUMBER)])
    )
    next(stream), next(stream)

    stream.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_file_is_kept_by_no_cache_and_has_its_name():
    response = file_answer(iter([b"a"]), name="top-sheet", form="csv")

    assert b"".join(response.streaming_content) == b"a"
    assert response["Content-Disposition"] == 'attachment; filename="top-sheet.csv"'
    assert response["Cache-Control"] == "private, no-store"
