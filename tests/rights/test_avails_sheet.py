"""The Avails sheet: written, read back unchanged, and read from others with a report for each row."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from portfolio.imports.importers import IMPORTERS
from portfolio.imports.operations.checking import check_file
from portfolio.imports.operations.writing import ChangedSince, confirm_batch, undo_batch
from portfolio.productions.models import ProductionIdentifier
from portfolio.rights.choices import GrantState
from portfolio.rights.models import Event, Extent, Grant
from portfolio.rights.sheets.columns import COLUMNS, SHEET
from portfolio.rights.sheets.lags import lag_as_text, lag_in
from portfolio.rights.sheets.writing import free, granted, workbook
from tests.factories import OrganisationFactory, ProductionFactory, SeasonFactory
from tests.imports.files import AT, TODAY, chief, reasons, states
from tests.rights.deals import Deals

pytestmark = pytest.mark.django_db


def sheet_of(avails):
    return b"".join(workbook(avails))


def read(data, **context):
    return check_file(
        importer=IMPORTERS["avails"], data=data, file_name="avails.xlsx", actor=chief(), at=AT,
        today=TODAY, context={"direction": "OUT", "agreement": None, "other_side": None} | context,
    )  # fmt: skip


def lines(data):
    """The rows of a sheet with what each says."""
    rows = list(load_workbook(io.BytesIO(data))[SHEET].iter_rows(values_only=True))
    return [
        {
            f"{group}/{name}": cell
            for group, name, cell in zip(rows[0], rows[1], row, strict=True)
            if cell not in (None, "")
        }
        for row in rows[3:]
    ]


def file_of(*rows, columns=None):
    """A sheet as others write it: groups, names, an empty row, then the rows."""
    columns = columns or sorted({name for row in rows for name in row})
    book = Workbook()
    sheet = book.active
    sheet.append([column.split("/")[0] for column in columns])
    sheet.append([column.split("/")[1] for column in columns])
    sheet.append([])
    for row in rows:
        sheet.append([row.get(column) for column in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row_of(title, **given):
    usual = {
        "Avail/DisplayName": "A house", "AvailAsset/WorkType": "Movie", "AvailAsset/AltID": title.slug,
        "AvailTrans/Territory": "HK", "AvailTrans/LicenseType": "SVOD",
        "AvailTrans/FormatProfile": "HD", "AvailTrans/Start": "2026-01-01",
        "AvailTrans/End": "2026-12-31", "Disposition/EntryType": "Full Extract",
    }  # fmt: skip
    short = {name.split("/")[1]: name for name in usual}
    for group, name in COLUMNS:
        short.setdefault(name, f"{group}/{name}")
    return usual | {short[name]: value for name, value in given.items()}


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


def test_new_rows_become_as_few_negotiations_as_there_are_terms_and_are_taken_back():
    deals = Deals(slug="lantern")
    side = OrganisationFactory()
    agreement = deals.agreement(side)
    rows = [
        row_of(deals.title, LicenseType=licence, Territory=territory, Exclusive="TRUE")
        for licence in ("EST", "SVOD")
        for territory in ("HK", "MO, TW")
    ]
    rows += [
        row_of(deals.title, LicenseType="VOD", Start="Theatrical", StartLag="P90D", End="Open"),
        row_of(deals.title, LicenseType="VOD", Start="Immediate", Territory="JP"),
        row_of(deals.title, FormatProfile="SD", Exclusive="TRUE", LicenseType="EST"),
    ]
    batch = read(file_of(*rows), direction="IN", agreement=agreement.pk, other_side=side.pk)

    assert states(batch) == {
        4: "NEW",
        5: "NEW",
        6: "NEW",
        7: "NEW",
        8: "NEW",
        9: "NEW",
        10: "UNCHANGED",
    }
    assert reasons(batch) == {10: ["same_right_again"]}
    confirm_batch(batch=batch, actor=chief(), at=AT)
    found = [
        (g.media, g.territories, g.exclusivity, g.start_kind, g.start_lag_days, g.end_kind, g.state)
        for g in Grant.objects.order_by("pk")
    ]
    assert found == [
        (["ELECTRONIC_SALE", "SUBSCRIPTION_VOD"], ["HK", "MO", "TW"], "EXCLUSIVE", "DATE", 0, "DATE", "DRAFT"),
        (["TRANSACTIONAL_VOD"], ["HK"], "NON_EXCLUSIVE", "EVENT", 90, "OPEN", "DRAFT"),
        (["TRANSACTIONAL_VOD"], ["JP"], "NON_EXCLUSIVE", "DATE", 0, "DATE", "DRAFT"),
    ]  # fmt: skip
    assert Grant.objects.get(territories=["JP"]).start_date == TODAY
    assert list(Event.objects.values_list("kind", "place", "date")) == [
        ("THEATRICAL_RELEASE", "HK", None)
    ]
    assert {(g.agreement_id, g.other_side_id) for g in Grant.objects.all()} == {
        (agreement.pk, side.pk)
    }
    again = read(file_of(*rows), direction="IN", agreement=agreement.pk, other_side=side.pk)
    assert set(states(again).values()) == {"UNCHANGED"}
    undo_batch(batch=batch, actor=chief(), at=AT)
    assert not Grant.objects.exists()
    assert not Extent.objects.exists()


def test_what_was_put_in_force_since_is_not_taken_back():
    deals = Deals(slug="lantern")
    side = OrganisationFactory()
    agreement = deals.agreement(side)
    batch = read(
        file_of(row_of(deals.title)),
        direction="IN",
        agreement=agreement.pk,
        other_side=side.pk,
    )
    confirm_batch(batch=batch, actor=chief(), at=AT)
    deals.force(Grant.objects.get())

    with pytest.raises(ChangedSince):
        undo_batch(batch=batch, actor=chief(), at=AT)
    assert Grant.objects.get().state == GrantState.IN_FORCE


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"AltID": "nobody"}, "title_unknown"),
        ({"LicenseType": "POEST"}, "no_such_word"),
        ({"LicenseType": None}, "licence_missing"),
        ({"Territory": "XX"}, "no_territory"),
        ({"Territory": None}, "territory_missing"),
        ({"Start": "soon"}, "no_bound"),
        ({"Start": None}, "bound_missing"),
        ({"Start": "TBD"}, "condition_not_kept"),
        ({"End": "Completed"}, "condition_not_kept"),
        ({"End": "Immediate"}, "end_immediate"),
        ({"End": "2025-01-01"}, "window_is_turned"),
        ({"Start": "Theatrical", "StartLag": "90"}, "no_lag"),
        ({"WorkType": "Episode"}, "part_of_title"),
        ({"WorkType": "Season"}, "season_missing"),
        ({"WorkType": "Season", "SeasonNumber": 7}, "season_unknown"),
        ({"EntryType": "Full Delete"}, "entry_deletes"),
        ({"ContractID": "X-1"}, "agreement_unknown"),
        ({"AllowedLanguages": "Klingon"}, "no_language"),
        ({"Exclusive": "perhaps"}, "no_such_word"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(given, reason):
    deals = Deals(slug="lantern")
    side = OrganisationFactory()
    agreement = deals.agreement(side)

    batch = read(
        file_of(row_of(deals.title, **given), row_of(deals.title)),
        agreement=agreement.pk, other_side=side.pk,
    )  # fmt: skip

    assert states(batch) == {4: "FAULTY", 5: "NEW"}
    assert reasons(batch) == {4: [reason]}


def test_a_right_needs_its_agreement_and_its_other_side():
    deals = Deals(slug="lantern")
    side = OrganisationFactory()
    agreement = deals.agreement(side)
    rows = file_of(row_of(deals.title, Licensee="Nobody at all"))

    assert reasons(read(rows)) == {4: ["agreement_not_given"]}
    assert reasons(read(rows, agreement=agreement.pk)) == {4: ["other_side_not_given"]}
    named = file_of(row_of(deals.title, Licensee=side.name_en, ContractID=agreement.reference))
    assert states(read(named)) == {4: "NEW"}


def test_a_season_alone_is_refused_and_all_seasons_are_the_series():
    deals = Deals(about=ProductionFactory(format="TV_DRAMA", slug="nights"))
    for number in (1, 2):
        SeasonFactory(production=deals.title, number=number)
    side = OrganisationFactory()
    agreement = deals.agreement(side)
    whole = {"WorkType": "Season", "AltID": None, "SeriesAltID": "nights"}

    def states_with(*numbers):
        rows = [row_of(deals.title, **whole, SeasonNumber=number) for number in numbers]
        batch = read(file_of(*rows), agreement=agreement.pk, other_side=side.pk)
        return states(batch), reasons(batch)

    assert states_with(1) == ({4: "FAULTY"}, {4: ["seasons_apart"]})
    assert states_with(1, 2) == ({4: "NEW", 5: "UNCHANGED"}, {5: ["same_right_again"]})


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


def test_a_number_of_a_register_or_an_exact_name_finds_the_title():
    deals = Deals(slug="lantern", name_zh_hant="燈")
    ProductionIdentifier.objects.create(
        production=deals.title, scheme="EIDR", value="10.5240/7791-8534-2C23-9030-8610-5"
    )
    side = OrganisationFactory()
    agreement = deals.agreement(side)
    by_eidr = row_of(deals.title, AltID=None, TitleID="10.5240/7791-8534-2c23-9030-8610-5")
    by_name = row_of(deals.title, AltID=None, TitleInternalAlias="燈", Territory="MO")

    batch = read(file_of(by_eidr, by_name), agreement=agreement.pk, other_side=side.pk)

    assert states(batch) == {4: "NEW", 5: "NEW"}
    ProductionFactory(name_zh_hant="燈")
    batch = read(file_of(by_name), agreement=agreement.pk, other_side=side.pk)
    assert reasons(batch) == {4: ["title_has_two_meanings"]}


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
