"""S11, S13: files that are small and want much are refused in five seconds and 200 MB."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from portfolio.imports.reading import Unreadable, read_file
from tests.imports.files import sheet, workbook

CELL = '<c r="A{0}" t="inlineStr"><is><t>x</t></is></c>'
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>title</t></is></c></row>'


def zeros() -> bytes:
    return workbook(sheet=sheet(HEAD + " " * 300_000_000))


def many_rows() -> bytes:
    return workbook(sheet=sheet(HEAD + "<row><c><v>1</v></c></row>" * 400_000))


def one_far_row() -> bytes:
    return workbook(sheet=sheet(HEAD + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'))


def one_far_column() -> bytes:
    return workbook(sheet=sheet(HEAD + '<row r="2"><c r="XFD2"><v>1</v></c></row>'))


def laughs() -> bytes:
    entities = '<!DOCTYPE a [<!ENTITY a "haha">' + "".join(
        f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" if n > 1 else "&a;"}{"&a;" * 9}">'
        for n in range(1, 12)
    )
    return workbook(sheet=f"{entities}]>{sheet(HEAD)}")


def many_texts() -> bytes:
    texts = "<sst>" + "<si><t>a</t></si>" * 1_500_000 + "</sst>"
    return workbook(sheet=sheet(HEAD), **{"xl/sharedStrings.xml": texts})


def long_text() -> bytes:
    return workbook(sheet=sheet(HEAD), **{"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 5_000_000}</t></si></sst>"})  # fmt: skip  # noqa: E501


def lying_size() -> bytes:
    """The archive states a small size of what unpacks to a large one."""
    made = bytearray(zeros())
    large, small = (
        (300_000_000 + len(sheet(HEAD))).to_bytes(4, "little"),
        (1000).to_bytes(4, "little"),
    )
    assert made.count(large) == 2
    return bytes(made.replace(large, small))


def many_members() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        for number in range(2_000):
            book.writestr(f"xl/{number}.xml", "")
    return made.getvalue()


BOMBS: list[Callable[[], bytes]] = [
    zeros, many_rows, one_far_row, one_far_column, laughs, many_texts, long_text, lying_size, many_members,
    lambda: b"title\n" + b"a\n" * 2_400_000,
    lambda: b"title\n" + b"," * 4_900_000,
    lambda: b"title\n" + b"a" * 4_900_000,
    lambda: b'title\n"' + b'""' * 2_400_000,
    lambda: b"[" + b"{}," * 1_600_000 + b"{}]",
    lambda: b"[" + b"1," * 2_400_000 + b"1]",
    lambda: b"[" * 4_900_000,
    lambda: b'[{"a":' + b"9" * 4_900_000 + b"}]",
    lambda: b'[{"a":"' + b"a" * 4_900_000 + b'"}]',
    lambda: b"a" * 5_000_001,
]  # fmt: skip


@pytest.mark.parametrize("make", BOMBS, ids=lambda make: getattr(make, "__name__", ""))
def test_a_bomb_is_refused(make):
    with pytest.raises(Unreadable):
        read_file(make())


def test_the_widest_file_within_the_limits_is_read():
    rows = "".join(
        f"<row>{''.join(f'<c><v>{n * 7919 % 10**5}</v></c>' for n in range(k, k + 30))}</row>"
        for k in range(10_000)
    )
    head = "".join(f'<c t="inlineStr"><is><t>h{n}</t></is></c>' for n in range(64))

    table = read_file(workbook(sheet=sheet(f"<row>{head}</row>{rows}"))).table

    assert len(table.headings) == 64
    assert len(table.lines) == 10_000


MEASURE = """
import resource, sys, time
sys.path.insert(0, ".")
import django
django.setup()
from portfolio.imports.reading import Unreadable, read_file
from tests.imports.test_bombs import BOMBS
data = BOMBS[int(sys.argv[1])]()
size = lambda: int(open("/proc/self/status").read().split("VmRSS:")[1].split()[0])
open("/proc/self/clear_refs", "w").write("5")
before, start = size(), time.process_time()
try:
    read_file(data)
except Unreadable:
    pass
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print(time.process_time() - start, (peak - before) / 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(BOMBS)))
def test_a_bomb_takes_less_than_five_seconds_and_two_hundred_megabytes(number):
    said = subprocess.run(
        [sys.executable, "-c", MEASURE, str(number)], capture_output=True, text=True, check=True
    ).stdout.split()

    seconds, megabytes = map(float, said)
    assert seconds < 5
    assert megabytes < 200
