"""Importing exchange rates: what is published comes in to the last decimal, and what is there stays."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portfolio.funding.models import ExchangeRate, RateSeries
from portfolio.funding.operations import rates
from portfolio.funding.operations.exchange import find_rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes) -> Path:
        path = tmp_path / "rates.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def import_file(path, *, series="hkma", name="Monetary Authority", base="HKD"):
    call_command("import_rates", str(path), series=series, name=name, base=base, verbosity=0)


def stored(series="hkma"):
    rows = ExchangeRate.objects.filter(series__slug=series).order_by("date", "currency")
    return [(str(row.date), row.currency, row.rate) for row in rows]


def test_the_history_of_the_ecb_is_imported_offline_and_a_second_time_changes_nothing(capsys):
    call_command("import_rates")
    call_command("import_rates")

    first, second = capsys.readouterr().out.splitlines()
    count = ExchangeRate.objects.count()
    assert count > 180_000
    assert first.endswith(f"{count} rates added, 0 known before.")
    assert second.endswith(f"0 rates added, {count} known before.")
    series = RateSeries.objects.get()
    assert (series.slug, series.base, series.rank) == ("ecb", "EUR", 100)
    # The published figures themselves, not floats that are near them.
    day = datetime.date(2015, 2, 12)
    published = dict(series.rates.filter(date=day).values_list("currency", "rate"))
    assert published["HKD"] == Decimal("8.7849")
    assert published["IDR"] == Decimal("14518.77")
    assert "HRK" not in published  # a currency that is no more
    assert find_rate(currency="EUR", base="HKD", on=day).rate == Decimal("8.7849")


def test_a_day_without_a_quotation_has_no_rate():
    found = list(rates.read_ecb_history())

    assert ("ISK", datetime.date(2010, 3, 1)) not in {(row.currency, row.date) for row in found}
    assert all(isinstance(row.rate, Decimal) for row in found[:100])


def test_a_file_is_imported_to_the_twelfth_decimal(file):
    import_file(file("date,currency,rate\n2026-10-30,USD,0.128523456789\n2026-10-30,CNY,0.9151\n"))

    assert stored() == [
        ("2026-10-30", "CNY", Decimal("0.915100000000")),
        ("2026-10-30", "USD", Decimal("0.128523456789")),
    ]


def test_a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does(file):
    import_file(file("\ufeffdate,currency,rate\r\n2026-10-30,USD,0.1285\r\n\r\n"))

    assert stored() == [("2026-10-30", "USD", Decimal("0.1285"))]


def test_every_fault_is_named_with_its_line_and_nothing_is_written(file):
    path = file(
        "date,currency,rate\n"
        "2026-10-30,USD,0.1285\n"
        "30.10.2026,USD,0.1285\n"
        "2026-02-30,USD,0.1285\n"
        "2026-10-29,usd,0.1285\n"
        "2026-10-29,XXX,0.1285\n"
        "2026-10-29,USD,-1\n"
        "2026-10-29,USD,0\n"
        "2026-10-29,USD,1e-1\n"
        "2026-10-29,USD,NaN\n"
        "2026-10-29,USD,0.1234567890123\n"
        "2026-10-29,USD\n"
    )

    with pytest.raises(CommandError) as refusal:
        import_file(path)

    lines = str(refusal.value).splitlines()
    assert lines[0].endswith("has 10 faults; nothing was imported.")
    assert [line.split(":")[0].strip() for line in lines[1:]] == [f"line {n}" for n in range(3, 13)]
    assert not RateSeries.objects.exists()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "columns"),
        ("day,currency,rate\n2026-10-30,USD,1\n", "columns"),
        (b"date,currency,rate\n2026-10-30,USD,\xff\n", "line 2: this is no UTF-8"),
        ('date,currency,rate\n2026-10-30,"USD,1\n', "line 2: this is no CSV"),
        ("date,currency,rate\n2026-10-30,USD,1\n2026-10-30,USD,1\n", "line 3: line 2 gives"),
        ("date,currency,rate\n2026-10-30,HKD,1\n", "line 2: HKD is what the series is against"),
        ("date,currency,rate\n2999-10-30,USD,1\n", "line 2: 2999-10-30 is still to come"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(file, text, word):
    with pytest.raises(CommandError) as refusal:
        import_file(file(text))

    assert word in str(refusal.value)
    assert not RateSeries.objects.exists()


def test_a_rate_that_was_imported_is_never_overwritten(file):
    import_file(file("date,currency,rate\n2026-10-29,USD,0.1284\n2026-10-30,USD,0.1285\n"))

    with pytest.raises(CommandError) as refusal:
        import_file(
            file(
                "date,currency,rate\n2026-10-28,USD,0.1283\n2026-10-30,USD,0.1286\n2026-10-29,USD,0.12840\n"
            )
        )

    assert (
        "line 3: USD on 2026-10-30 is 0.1286 here and 0.1285 in the series; a rate that was imported stays."
        in str(refusal.value)
    )
    assert stored() == [
        ("2026-10-29", "USD", Decimal("0.1284")),
        ("2026-10-30", "USD", Decimal("0.1285")),
    ]


def test_a_longer_file_adds_what_is_new(file):
    import_file(file("date,currency,rate\n2026-10-29,USD,0.1284\n"))

    call_command(
        "import_rates",
        str(file("date,currency,rate\n2026-10-29,USD,0.12840\n2026-10-30,USD,0.1285\n")),
        series="hkma",
        verbosity=0,
    )

    assert [row[0] for row in stored()] == ["2026-10-29", "2026-10-30"]


def test_a_series_keeps_the_currency_it_is_against(file):
    import_file(file("date,currency,rate\n2026-10-29,USD,0.1284\n"))

    with pytest.raises(CommandError, match="is against HKD"):
        import_file(file("date,currency,rate\n2026-10-30,HKD,7.8\n"), base="USD")

    assert RateSeries.objects.get().base == "HKD"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "--series SLUG"),
        ({"series": "new"}, "give it --name"),
        ({"series": "new", "name": "New", "base": "ABC"}, "ABC is no currency"),
    ],
)
def test_a_file_without_its_series_is_refused(file, given, word):
    with pytest.raises(CommandError, match=word):
        call_command("import_rates", str(file("date,currency,rate\n")), **given)


def test_the_server_may_import_rates_and_change_none(as_app_role, file):
    import_file(file("date,currency,rate\n2026-10-29,USD,0.1284\n"))

    assert stored() == [("2026-10-29", "USD", Decimal("0.1284"))]


def test_rates_are_imported_once_where_there_are_none_only(file, capsys):
    import_file(file("date,currency,rate\n2026-10-29,USD,0.1284\n"))
    capsys.readouterr()

    call_command("import_rates", if_empty=True)

    assert capsys.readouterr().out == ""
    assert ExchangeRate.objects.count() == 1
