"""The Avails sheet of others, read into grants in negotiation, with a report for each row."""

import pytest

from portfolio.imports.operations.writing import ChangedSince, confirm_batch, undo_batch
from portfolio.productions.models import ProductionIdentifier
from portfolio.rights.choices import GrantState
from portfolio.rights.models import Event, Extent, Grant
from tests.factories import OrganisationFactory, ProductionFactory, SeasonFactory
from tests.imports.files import AT, TODAY, chief, reasons, states
from tests.rights.deals import Deals
from tests.rights.sheets import file_of, read, row_of

pytestmark = pytest.mark.django_db


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
