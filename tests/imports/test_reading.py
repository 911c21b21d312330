"""Files of any kind and encoding become one table; nothing is dropped on the way."""

import datetime
from decimal import Decimal

import pytest

from portfolio.imports.choices import Encoding, FileKind
from portfolio.imports.columns import Fault, day_in, faults_of_text, number_in
from portfolio.imports.reading import Unreadable, read_file
from tests.imports.files import csv_of, json_of, sheet, workbook, xlsx_of

TRADITIONAL = ("片名,票房", "功夫,1", "少林足球,2", "花樣年華,3")
SIMPLIFIED = ("片名,票房", "无间道,1", "霸王别姬,2", "卧虎藏龙,3")
CANTONESE = ("片名,票房", "𨋢嘅故事,1", "佢哋瞓咗喺嗰度 㗎,2")


@pytest.mark.parametrize(
    ("lines", "codec", "encoding"),
    [
        (TRADITIONAL, "utf-8", Encoding.UTF_8),
        (TRADITIONAL, "utf-8-sig", Encoding.UTF_8_BOM),
        (TRADITIONAL, "big5hkscs", Encoding.BIG5_HKSCS),
        (TRADITIONAL, "gb18030", Encoding.GB18030),
        (SIMPLIFIED, "gb18030", Encoding.GB18030),
        (SIMPLIFIED, "utf-8", Encoding.UTF_8),
        (CANTONESE, "big5hkscs", Encoding.BIG5_HKSCS),
        (CANTONESE, "gb18030", Encoding.GB18030),
        (("title", "Chungking Express"), "ascii", Encoding.UTF_8),
    ],
)
def test_the_encoding_is_found_and_every_character_is_there(lines, codec, encoding):
    read = read_file(csv_of(*lines, codec=codec))

    assert (read.kind, read.encoding) == (FileKind.CSV, encoding)
    first = lines[0].split(",")[0]
    assert [line.cells[first] for line in read.table.lines] == [
        line.split(",")[0] for line in lines[1:]
    ]


def test_the_encoding_can_be_chosen_and_a_wrong_choice_is_refused():
    data = csv_of(*TRADITIONAL, codec="big5hkscs")

    assert read_file(data, Encoding.BIG5_HKSCS).table.lines[0].cells["片名"] == "功夫"
    with pytest.raises(Unreadable, match="not written in UTF-8"):
        read_file(data, Encoding.UTF_8)


def test_every_character_of_both_tables_comes_back_as_it_was():
    signs = [chr(number) for number in (*range(0x3400, 0x9FA6), *range(0x20000, 0x2A6D7))]
    for codec, encoding in (("big5hkscs", Encoding.BIG5_HKSCS), ("gb18030", Encoding.GB18030)):
        known = [sign for sign in signs if sign.encode(codec, "ignore")]
        lines = ["".join(known[start : start + 5000]) for start in range(0, len(known), 5000)]
        data = csv_of("title", *lines, codec=codec)

        read = read_file(data, encoding)

        assert [line.cells["title"] for line in read.table.lines] == lines


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_cells_are_parted_by_what_the_headings_are_parted_by(separator):
    data = f'title{separator}year\n"A, B; C|D"{separator}1999\n'.encode()

    assert read_file(data).table.lines[0].cells == {"title": "A, B; C|D", "year": "1999"}


def test_blank_rows_are_left_out_and_numbers_are_those_of_the_sheet():
    table = read_file(b"\n\ntitle,year\n\nA,1\n,\nB,2\n").table

    assert [(line.number, line.cells["title"]) for line in table.lines] == [(5, "A"), (7, "B")]


def test_a_workbook_gives_texts_numbers_days_and_the_text_of_formulas():
    data = xlsx_of(
        ["title", "day", "gross", "sum"],
        ["電影 🎬", datetime.date(2026, 1, 2), 0.1, '=HYPERLINK("http://example.org")'],
        [None, None, 12345678901234, "x"],
    )

    first, second = read_file(data).table.lines

    assert first.cells == {
        "title": "電影 🎬", "day": datetime.date(2026, 1, 2), "gross": Decimal("0.1"),
        "sum": '=HYPERLINK("http://example.org")',
    }  # fmt: skip
    assert second.cells == {
        "title": None, "day": None, "gross": Decimal(12345678901234), "sum": "x",
    }  # fmt: skip


def test_a_formula_with_its_value_is_read_as_the_value():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>gross</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    )

    assert read_file(workbook(sheet=sheet(rows))).table.lines[0].cells == {"gross": Decimal(2)}


def test_a_list_of_objects_is_a_table_and_its_numbers_are_no_floats():
    read = read_file(json_of({"title": "A", "gross": 0.1}, {"title": None, "year": 1999}))

    assert read.kind == FileKind.JSON
    assert read.table.headings == ["title", "gross", "year"]
    assert [line.cells for line in read.table.lines] == [
        {"title": "A", "gross": Decimal("0.1")},
        {"title": None, "year": Decimal(1999)},
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"\xff\xfet\x00i\x00", "no CSV, XLSX or JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", "no CSV, XLSX or JSON"),
        (b'title\n"never closed\n', "quote is opened"),
        (b"title,title\nA,B\n", "Two columns"),
        (b'{"title": "A"}', "one list of objects"),
        (b'["A", "B"]', "one list of objects"),
        (b'[{"title": "A"}', "one list of objects"),
        (b"[" * 20_000, "one list of objects"),
        (b"PK\x03\x04 and nothing more", "no XLSX workbook"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(data, said):
    with pytest.raises(Unreadable, match=said):
        read_file(data)


def test_faults_of_an_object_are_said_of_its_row():
    table = read_file(b'[{"title": "A", "title": "B", "tags": ["x"]}]').table

    assert [code for code, _figures in table.lines[0].faults] == ["name_twice", "list_in_cell"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1234.50", "1234.50"), ("1,234,567", "1234567"), ("1 234", "1234"), ("-3", "-3")],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert number_in(text) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,23", "no_number"),
        ("about 5", "no_number"),
        ("NaN", "no_number"),
        ("Infinity", "no_number"),
        ("1e308", "no_number"),
        ("٣٤", "no_number"),
        (True, "no_number"),
        ("9" * 4000, "number_too_large"),
        (Decimal("1E+999999"), "number_too_large"),
        (Decimal("1E-999999"), "too_many_decimals"),
    ],
)
def test_what_is_no_number_or_a_huge_one_is_refused_at_once(cell, code):
    with pytest.raises(Fault) as refused:
        number_in(cell)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    ["1998-06-12", "1998/6/12", "Jun 12 1998", "12 June 1998", "1998年6月12日", "31/12/1998"],
)
def test_a_day_is_read_as_people_write_it(text):
    assert day_in(text) in (datetime.date(1998, 6, 12), datetime.date(1998, 12, 31))


def test_a_day_that_may_be_two_is_not_guessed():
    with pytest.raises(Fault, match="day_has_two_readings"):
        day_in("06/12/1998")
    assert day_in("12/12/1998") == datetime.date(1998, 12, 12)
    assert day_in("2026-02-30") is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("plain 電影 🎬 two\nlines", []),
        ("a\x00b", ["control_character"]),
        ("a\x1bb", ["control_character"]),
        ("\ud800", ["half_character"]),
        ("a\ufffdb", ["lost_character"]),
        ("a\u202eb", ["turns_direction"]),
    ],
)
def test_characters_that_hide_or_break_are_named(text, codes):
    assert [code for code, _figures in faults_of_text(text)] == codes
