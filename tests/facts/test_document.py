"""A facts file is read with the line of everything in it."""

import json

import pytest

from portfolio.facts.document import read_document


def test_each_value_has_the_line_it_stands_on():
    document = read_document(b'{\n "a": [\n  1,\n  {"b": "x"}\n ]\n}')

    assert document.faults == []
    assert document.line_of(("a", 0)) == 3
    assert document.line_of(("a", 1, "b")) == 4


def test_what_is_missing_has_the_line_of_what_is_around_it():
    document = read_document(b'{\n "a": {"b": 1}\n}')

    assert document.line_of(("a", "c", "d")) == 2


def test_numbers_stay_the_text_they_were():
    document = read_document(b'{"amount": 5000000000.10}')

    assert document.value == {"amount": "5000000000.10"}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2.5, -3e2, true, false, null, "x\\u4e2d\\n"], "b": {}}',
        "[]",
        '"x"',
        '[[[{"a": []}]]]',
    ],
)
def test_reads_what_the_standard_library_reads(text):
    document = read_document(text.encode())

    assert document.faults == []
    assert document.value == json.loads(text, parse_float=str, parse_int=str)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1, the file: not JSON at column 1: Expected a value."),
        (
            b'{"a": 1,\n}',
            "line 2, the file: not JSON at column 1: Expected a name in double quotes.",
        ),
        (b'{"a" 1}', "line 1, the file: not JSON at column 6: Expected ':'."),
        (b"[1] 2", "line 1, the file: not JSON at column 5: Something follows after the end."),
        (b'{"a": "\n"}', "line 1, the file: not JSON at column 8: Invalid control character at."),
        (b"\xb9\xea", "line 1, the file: the file is not UTF-8; save it as UTF-8."),
        (b"[" * 100, "line 1, the file: not JSON at column 52: Nested too deeply."),
    ],
)
def test_a_file_that_cannot_be_read_says_where(data, message):
    document = read_document(data)

    assert [str(fault) for fault in document.faults] == [message]


def test_a_name_that_stands_twice_is_a_fault():
    document = read_document(b'{"a": 1,\n "a": 2}')

    assert [str(fault) for fault in document.faults] == [
        "line 2, a: this name stands twice in the same object; keep one."
    ]
