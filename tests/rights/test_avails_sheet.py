"""The Avails sheet: what is licensed on or free, written as the standard says, and read back unchanged."""

import io

import pytest
from openpyxl import load_workbook

from portfolio.productions.models import ProductionIdentifier
from portfolio.rights.sheets.columns import COLUMNS, SHEET
from portfolio.rights.sheets.lags import lag_as_text, lag_in
from portfolio.rights.sheets.writing import free, granted
from tests.factories import ProductionFactory, SeasonFactory
from tests.imports.files import TODAY, chief, states
from tests.rights.deals import Deals
from tests.rights.sheets import lines, read, sheet_of

pytestmark = pytest.mark.django_db


def test_the_sheet_has_the_groups_and_names_of_the_standard_in_rows_1_and_2():
    data = sheet_of(granted(None, profile="HD"))

    rows = list(load_workbook(io.BytesIO(data))[SHEET].iter_rows(values_only=True))

    assert list(zip(rows[0], rows[1], strict=True)) == list(COLUMNS)
    assert ("AvailTrans", "LicenseType") in COLUMNS
    assert ("Disposition", "EntryType") in COLUMNS
    assert len(set(COLUMNS)) == 102


def test_a_licence_is_a_row_for_each_medium_and_territory_of_the_sheet():
    deals = Deals(name_en="Last Lantern", slug="last-lantern", year=2026, runtime_minutes=95)
    ProductionIdentifier.objects.create(
        production=deals.title, scheme="EIDR", value="10.5240/7791-8534-2C23-9030-8610-5"
    )
    deals.owned()
    grant = deals.licensed(
        "SUBSCRIPTION_VOD ELECTRONIC_SALE FREE_TV", "HK MO", languages="yue zh-Hant",
        exclusivity="CO_EXCLUSIVE",
    )  # fmt: skip
    deals.draft("TRANSACTIONAL_VOD", "TW")

    avails = granted({deals.title.pk}, profile="UHD")
    found = lines(sheet_of(avails))

    assert [
        (r["AvailTrans/LicenseType"], r["AvailTrans/Territory"]) for r in found if len(r) > 1
    ] == [("EST", "HK"), ("SVOD", "HK"), ("EST", "MO"), ("SVOD", "MO")]
    assert found[0] == {
        "Avail/DisplayName": deals.title.programme.sponsor.name_en,
        "Avail/Licensee": grant.other_side.name_en,
        "Avail/ALID": "md:alid:eidr-s:7791-8534-2C23-9030-8610-5",
        "Disposition/EntryType": "Full Extract",
        "AvailAsset/WorkType": "Movie",
        "AvailAsset/TitleID": "10.5240/7791-8534-2C23-9030-8610-5",
        "AvailAsset/AltID": "last-lantern",
        "AvailAsset/ContentID": "md:cid:eidr-s:7791-8534-2C23-9030-8610-5",
        "AvailMetadata/TitleInternalAlias": "Last Lantern",
        "AvailMetadata/TitleDisplayUnlimited": "Last Lantern",
        "AvailMetadata/ReleaseYear": 2026,
        "AvailMetadata/TotalRunTime": "01:35:00",
        "AvailTrans/Territory": "HK",
        "AvailTrans/LicenseType": "EST",
        "AvailTrans/FormatProfile": "UHD",
        "AvailTrans/Start": "2026-01-01",
        "AvailTrans/End": "2026-12-31",
        "AvailTrans/AllowedLanguages": "yue, zh-Hant",
        "AvailTrans/Exclusive": "FALSE",
        "AvailTrans/ExclusiveAttributes": "Co-exclusive",
        "AvailTrans/PriceType": "NA",
        "AvailTrans/ContractID": grant.agreement.reference,
    }
    assert found[-1] == {"Avail/DisplayName": "// Last Lantern: the sheet has no word for FREE_TV"}


def test_conditions_are_the_words_of_the_standard():
    deals = Deals()
    deals.owned()
    here = deals.event("THEATRICAL_RELEASE", place="HK")
    anywhere = deals.event("FIRST_BROADCAST", place="")
    festival = deals.event("FESTIVAL_PREMIERE", place="HK")
    dated = deals.event("DELIVERY", place="", on="2026-02-01")
    deals.licensed("SUBSCRIPTION_VOD", "HK", window=((here, 3, 0), (anywhere, 0, -30)))
    deals.licensed("TRANSACTIONAL_VOD", "HK", window=((festival, 1, 0), None))
    deals.licensed("ELECTRONIC_SALE", "HK", window=((dated, 1, 5), None))
    deals.licensed("FREE_VOD", "TW", window=((here, 0, 0), None))

    avails = granted({deals.title.pk}, profile="HD")

    told = [
        tuple(r.get(f"AvailTrans/{n}", "") for n in ("LicenseType", "Start", "StartLag", "End", "EndLag"))
        for r in avails.rows
    ]  # fmt: skip
    assert told == [
        ("SVOD", "Theatrical", "P3M", "Broadcast", "-P30D"),
        ("EST", "2026-03-06", "", "Open", ""),
    ]
    assert len(avails.left_out) == 2
    assert all("no date" in said for said in avails.left_out)


def test_what_was_written_reads_back_unchanged():
    deals = Deals(slug="lantern")
    deals.owned()
    here = deals.event("THEATRICAL_RELEASE", place="HK", on="2026-03-01")
    other = deals.event("DELIVERY", place="", on="2026-02-01")
    deals.licensed("ON_DEMAND", "GREATER_CHINA", window=((here, 1, 0), None))
    deals.licensed(
        "SUBSCRIPTION_VOD", "JP KR", languages="ja", window=((other, 0, 3), "2027-01-31")
    )
    series = Deals(about=ProductionFactory(format="TV_DRAMA", slug="nights"))
    SeasonFactory(production=series.title, number=1)
    SeasonFactory(production=series.title, number=2)
    series.owned()
    series.licensed("SUBSCRIPTION_VOD", "HK", exclusivity="NON_EXCLUSIVE")

    data = sheet_of(granted(None, profile="HD"))
    batch = read(data)

    assert len(lines(data)) == 4 * 5 + 2 + 2
    assert set(states(batch).values()) == {"UNCHANGED"}
    assert set(states(batch)) == set(range(4, 28))
    assert [row["AvailMetadata/SeasonNumber"] for row in lines(data)[-2:]] == [1, 2]
    assert {row["AvailAsset/WorkType"] for row in lines(data)[-2:]} == {"Season"}


def test_what_is_free_is_told_apart_for_one_alone_and_beside_others():
    deals = Deals()
    deals.owned("SUBSCRIPTION_VOD FREE_TV", "HK MO", window=("2026-01-01", None))
    deals.licensed(
        "SUBSCRIPTION_VOD", "HK", window=("2026-07-01", "2026-12-31"), exclusivity="NON_EXCLUSIVE"
    )

    found = free(deals.title.pk, today=TODAY, territories=("WORLD",), profile="HD")

    told = {
        tuple(r[f"AvailTrans/{name}"] for name in ("Territory", "LicenseType", "Exclusive", "Start", "End"))
        for r in found.rows
    }  # fmt: skip
    assert told == {
        ("MO", "SVOD", "TRUE", "2026-01-01", "Open"),
        ("HK", "SVOD", "TRUE", "2026-01-01", "2026-06-30"),
        ("HK", "SVOD", "TRUE", "2027-01-01", "Open"),
        ("HK", "SVOD", "FALSE", "2026-01-01", "Open"),
    }


@pytest.mark.parametrize(
    ("text", "lag"),
    [
        ("P3M", (3, 0)),
        ("-P30D", (0, -30)),
        ("P1Y2M", (14, 0)),
        ("P", None),
        ("PT5H", None),
        ("3M", None),
    ],
)
def test_lags_are_durations_of_months_and_days(text, lag):
    assert lag_in(text) == lag


def test_a_lag_that_goes_both_ways_has_no_duration():
    assert lag_as_text(1, -3) is None
    assert lag_as_text(0, 0) == ""
    assert lag_as_text(-2, -3) == "-P2M3D"


def test_staff_take_the_sheet_from_the_page_of_a_title_and_others_do_not(client):
    deals = Deals(slug="lantern")
    deals.owned()
    deals.licensed("SUBSCRIPTION_VOD", "HK")
    assert client.get("/admin/rights/avails/sheet/").status_code == 302
    client.force_login(chief())

    page = client.get(f"/admin/rights/titles/{deals.title.pk}/").content.decode()
    assert f"/admin/rights/avails/sheet/?what=free&amp;title={deals.title.pk}" in page
    answer = client.get("/admin/rights/avails/sheet/", {"title": deals.title.pk})
    found = lines(b"".join(answer.streaming_content))
    assert [row["AvailTrans/Territory"] for row in found] == ["HK"]
    assert "no-store" in answer["Cache-Control"]
    assert 'filename="avails-lantern-2' in answer["Content-Disposition"]
    for query in ("title=x", "title=999999999", "format=4D", "what=free"):
        assert client.get(f"/admin/rights/avails/sheet/?{query}").status_code == 404


def test_the_form_of_a_production_leads_to_its_rights(client):
    title = ProductionFactory()
    client.force_login(chief())

    page = client.get(f"/admin/productions/production/{title.pk}/change/").content.decode()

    assert f'href="/admin/rights/titles/{title.pk}/"' in page
