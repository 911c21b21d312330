"""The rules of waterfalls: what a version must be before it is in force, and that it then stays."""

import copy
import datetime
from decimal import Decimal

import pytest

from partners.models import Agreement, AgreementAmendment
from portfolio.productions.models import (
    Waterfall,
    WaterfallPosition,
    WaterfallTier,
    WaterfallVersion,
)
from tests.factories import OrganisationFactory, ProductionFactory
from tests.productions.falls import AT, DAY, PLAIN, Fall
from tests.refusals import refused

pytestmark = pytest.mark.django_db

APRIL = datetime.date(2025, 4, 1)
PROFIT = ("all", "fund", "PROFIT", {"share": Decimal(100)})
LAST = ("Profit", "PRO_RATA", [PROFIT])


def recoups(code="a", party="fund", **words):
    return (code, party, "RECOUPMENT", {"amount": Decimal(100), **words})


@pytest.mark.parametrize(
    ("rule", "tiers", "accepted"),
    [
        ("waterfall_version_has_tiers", [], [LAST]),
        ("waterfall_tier_has_positions", [
            ("Top", "PARI_PASSU", [("c", "fund", "CORRIDOR", {"rate": Decimal(5)})]), LAST],
         [("Top", "PARI_PASSU", [("c", "fund", "CORRIDOR", {"rate": Decimal(5)}), recoups()]), LAST]),
        ("waterfall_position_has_a_code_of_its_own",
         [("Top", "PARI_PASSU", [recoups("all")]), LAST], [("Top", "PARI_PASSU", [recoups()]), LAST]),
        ("waterfall_recoupment_amount_is_known",
         [("Top", "PARI_PASSU", [recoups(amount=None)]), LAST],
         [("Top", "PARI_PASSU", [recoups(premium=Decimal(20))]), LAST]),
        ("waterfall_pari_passu_tier_only_recoups",
         [("Top", "PARI_PASSU", [("f", "fund", "FEE", {"rate": Decimal(15)})]), LAST],
         [("Top", "PRO_RATA", [("f", "fund", "FEE", {"rate": Decimal(15), "share": Decimal(100)})]), LAST]),
        ("waterfall_pari_passu_tier_only_recoups",
         [("Top", "PARI_PASSU", [recoups(share=Decimal(100))]), LAST],
         [("Top", "PRO_RATA", [recoups(share=Decimal(100))]), LAST]),
        ("waterfall_tier_shares_add_up_to_100",
         [("Profit", "PRO_RATA", [("a", "fund", "PROFIT", {"share": Decimal("99.9999")})])],
         [("Profit", "PRO_RATA", [("a", "fund", "PROFIT", {"share": Decimal("99.9999")}),
                                  ("b", "studio", "PROFIT", {"share": Decimal("0.0001")})])]),
        ("waterfall_tier_shares_add_up_to_100",
         [("Top", "PRO_RATA", [recoups(share=Decimal(100)), recoups("b")]), LAST],
         [("Top", "PRO_RATA", [recoups(share=Decimal(60)), recoups("b", share=Decimal(40))]), LAST]),
        ("waterfall_corridors_stay_within_the_whole",
         [("Top", "PARI_PASSU", [("c", "fund", "CORRIDOR", {"rate": Decimal(60)}),
                                 ("d", "fund", "CORRIDOR", {"rate": Decimal("40.0001")}), recoups()]), LAST],
         [("Top", "PARI_PASSU", [("c", "fund", "CORRIDOR", {"rate": Decimal(60)}),
                                 ("d", "fund", "CORRIDOR", {"rate": Decimal(40)}), recoups()]), LAST]),
        ("waterfall_profit_before_the_last_tier_has_a_cap",
         [("Top", "PRO_RATA", [("a", "fund", "PROFIT", {"share": Decimal(100)})]), LAST],
         [("Top", "PRO_RATA", [("a", "fund", "PROFIT", {"share": Decimal(100), "cap": Decimal(9)})]), LAST]),
        ("waterfall_last_tier_shares_profit",
         [("Top", "PARI_PASSU", [recoups()])], [("Top", "PARI_PASSU", [recoups()]), LAST]),
        ("waterfall_last_tier_shares_profit",
         [("Profit", "PRO_RATA", [("a", "fund", "PROFIT", {"share": Decimal(100), "cap": Decimal(9)})])],
         [("Profit", "PRO_RATA", [("c", "fund", "CORRIDOR", {"rate": Decimal(5)}), PROFIT])]),
    ],
)  # fmt: skip
def test_a_version_is_whole_before_it_is_in_force(rule, tiers, accepted):
    wrong = Fall(tiers)

    Fall(accepted).agree()
    with refused(rule):
        wrong.agree()


def test_amounts_have_the_decimals_of_the_currency():
    tiers = copy.deepcopy(PLAIN)
    Fall(tiers, currency="JPY").agree()
    tiers[0][2][0][3]["amount"] = Decimal("600.50")
    Fall(tiers).agree()

    with refused("waterfall_amounts_fit_its_currency"):
        Fall(tiers, currency="JPY").agree()


def test_a_version_in_force_never_changes():
    fall = Fall()
    version = WaterfallVersion.objects.filter(pk=fall.version.pk)
    tier = WaterfallTier.objects.filter(version=fall.version)
    position = WaterfallPosition.objects.filter(tier__version=fall.version)
    version.update(reason="As agreed")
    fall.agree()

    for change in ({"effective_date": APRIL}, {"locked_at": None, "locked_by": None}):
        with refused("waterfall_version_in_force_stays"):
            version.update(**change)
    with refused("waterfall_version_in_force_stays"):
        version._raw_delete("default")
    with refused("waterfall_tier_of_a_version_in_force_stays"):
        tier.update(name="Others")
    with refused("waterfall_tier_of_a_version_in_force_stays"):
        WaterfallTier.objects.create(version=fall.version, number=9, name="X", sharing="PRO_RATA")
    with refused("waterfall_position_of_a_version_in_force_stays"):
        position.update(cap=Decimal(1))
    with refused("waterfall_position_of_a_version_in_force_stays"):
        position.filter(code="fund")._raw_delete("default")


def test_versions_begin_open_and_go_in_force_in_their_order():
    fall = Fall()
    second = fall.open(APRIL, reason="Amendment 1")

    assert (fall.version.number, second.number) == (1, 2)
    assert [p.code for p in WaterfallPosition.objects.filter(tier__version=second)] == [
        "fund", "studio", "fund-profit", "studio-profit",
    ]  # fmt: skip
    with refused("waterfall_versions_go_in_force_in_their_order"):
        fall.agree(second)
    with refused("waterfall_version_begins_open"):
        WaterfallVersion.objects.create(
            waterfall=fall.row, number=3, effective_date=DAY, reason="Now",
            locked_at=AT, locked_by=fall.officer,
        )  # fmt: skip
    fall.agree()
    fall.agree(second)
    early = fall.open(DAY - datetime.timedelta(days=1))
    with refused("waterfall_version_is_not_before_the_first"):
        fall.agree(early)
    WaterfallVersion.objects.filter(pk=early.pk).update(effective_date=DAY)
    early.refresh_from_db()
    fall.agree(early)


def test_a_position_keeps_its_party_from_version_to_version():
    fall = Fall()
    fall.agree()
    second = fall.open(APRIL)
    mine = WaterfallPosition.objects.filter(tier__version=second, code="fund")
    mine.update(party=OrganisationFactory())

    with refused("waterfall_position_keeps_its_party"):
        fall.agree(second)
    mine.update(code="assigned")
    fall.agree(second)


def test_a_version_has_a_reason_a_number_and_an_amendment_of_its_agreement():
    fall = Fall()
    other = Agreement.objects.create(reference="X-1", title="Other", kind="OTHER", start_date=DAY)
    foreign, own = (
        AgreementAmendment.objects.create(agreement=a, number=1, kind="TERMS", summary="Terms")
        for a in (other, fall.agreement)
    )

    fall.open(APRIL, amendment=own)
    with refused("waterfall_version_amendment_is_of_its_agreement"):
        fall.open(APRIL, amendment=foreign)
    with refused("waterfall_version_has_a_reason"):
        fall.open(APRIL, reason="")
    with refused("waterfall_version_has_a_number_of_its_own"):
        WaterfallVersion.objects.create(
            waterfall=fall.row, number=1, effective_date=DAY, reason="Again"
        )
    with refused("waterfall_version_in_force_is_put_so_by_somebody"):
        WaterfallVersion.objects.filter(pk=fall.version.pk).update(locked_at=AT)
    with refused("waterfall_version_stays_with_its_waterfall"):
        WaterfallVersion.objects.filter(pk=fall.version.pk).update(waterfall=Fall().row)


def test_a_waterfall_is_one_of_an_agreement_and_stays_what_it_is():
    fall = Fall()
    Waterfall.objects.create(
        production=ProductionFactory(), agreement=fall.agreement, currency="HKD"
    )

    with refused("waterfall_is_one_of_an_agreement"):
        Waterfall.objects.create(
            production=fall.row.production, agreement=fall.agreement, currency="HKD"
        )
    with refused("waterfall_currency_is_iso4217"):
        Waterfall.objects.create(
            production=ProductionFactory(), agreement=fall.agreement, currency="XXX"
        )
    with refused("waterfall_stays_what_it_is"):
        Waterfall.objects.filter(pk=fall.row.pk).update(currency="USD")


def test_tiers_and_positions_are_told_apart():
    fall = Fall()
    tier = WaterfallTier.objects.get(version=fall.version, number=1)

    for rule, words in (
        ("waterfall_tier_has_a_number_of_its_own", {"number": 1}),
        ("waterfall_tier_has_a_name", {"name": ""}),
        ("waterfall_tier_sharing_is_known", {"sharing": "LOTTERY"}),
    ):
        with refused(rule):
            WaterfallTier.objects.create(
                version=fall.version,
                **{"number": 7, "name": "Seventh", "sharing": "PRO_RATA", **words},
            )
    with refused("waterfall_position_has_a_number_of_its_own"):
        WaterfallPosition.objects.filter(tier=tier, number=2).update(number=1)


@pytest.mark.parametrize(
    ("rule", "accepted", "wrong"),
    [
        ("waterfall_position_kind_is_known", {}, {"kind": "GIFT"}),
        ("waterfall_position_fits_its_kind", {"kind": "CORRIDOR", "rate": 5, "amount": None},
         {"kind": "CORRIDOR", "amount": None}),
        ("waterfall_position_fits_its_kind", {"kind": "FEE", "rate": 5, "amount": None}, {"kind": "FEE"}),
        ("waterfall_position_fits_its_kind", {"amount": None}, {"rate": 5}),
        ("waterfall_position_fits_its_kind", {"kind": "PROFIT", "amount": None, "share": 1},
         {"kind": "PROFIT", "amount": None}),
        ("waterfall_position_percentages_are_in_range", {"share": 100}, {"share": Decimal("100.0001")}),
        ("waterfall_position_percentages_are_in_range", {"premium": 1000}, {"premium": Decimal("1000.0001")}),
        ("waterfall_position_percentages_are_in_range", {"premium": Decimal("0.0001")}, {"premium": 0}),
        ("waterfall_position_amounts_are_positive", {"cap": Decimal("0.01")}, {"cap": 0}),
        ("waterfall_position_amounts_are_positive", {"amount": Decimal("0.01")}, {"amount": -1}),
    ],
)  # fmt: skip
def test_a_position_has_what_its_kind_needs(rule, accepted, wrong):
    fall = Fall()
    tier = WaterfallTier.objects.get(version=fall.version, number=1)
    words = {
        "tier": tier, "number": 9, "code": "nine", "party": OrganisationFactory(),
        "kind": "RECOUPMENT", "amount": Decimal(100),
    }  # fmt: skip

    WaterfallPosition.objects.create(**{**words, **accepted}).delete()
    with refused(rule):
        WaterfallPosition.objects.create(**{**words, **wrong})
