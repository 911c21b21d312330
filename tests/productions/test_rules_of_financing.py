"""The rules of financing plans and of financial close: to the cent, and signed by everybody."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from portfolio.funding.models import Commitment
from portfolio.funding.operations.exchange import NoRate, Rate
from portfolio.productions.choices import Stage
from portfolio.productions.models import (
    FinancingPlan,
    FinancingSource,
    Production,
    WaterfallPosition,
)
from portfolio.productions.operations.gates import what_gate_waits_for
from portfolio.productions.operations.title_money import approved_budget, plan_sheet
from tests.books import Books
from tests.factories import DocumentFactory, OrganisationFactory, ProductionFactory
from tests.productions.falls import Fall
from tests.productions.purse import AT, DAY, PLAIN, Purse
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse(db):
    return Purse()


def changed(source):
    return FinancingSource.objects.filter(pk=source.pk)


def test_a_plan_begins_open_and_its_sources_stay_once_locked(purse):
    plan = purse.plan()
    source, other = purse.source(plan, "600"), purse.source(plan, "400", "TAX_CREDIT")
    row = FinancingPlan.objects.filter(pk=plan.pk)
    row.update(reason="First plan")
    changed(source).update(recoupment_place=1)
    purse.lock_plan(plan)

    with refused("financing_plan_begins_open"):
        FinancingPlan.objects.create(
            production=purse.film, number=9, currency="HKD", reason="Now", made_at=AT,
            made_by=purse.maker, locked_at=AT, locked_by=purse.maker,
        )  # fmt: skip
    for change in ({"reason": "No"}, {"locked_at": None, "locked_by": None}):
        with refused("financing_plan_locked_stays"):
            row.update(**change)
    with refused("financing_plan_locked_stays"):
        row._raw_delete("default")
    with refused("financing_source_of_a_locked_plan_stays"):
        changed(source).update(amount=Decimal(601), base_amount=Decimal(601))
    with refused("financing_source_of_a_locked_plan_stays"):
        changed(other)._raw_delete("default")
    with refused("financing_source_of_a_locked_plan_stays"):
        purse.source(plan, "1")
    with refused("financing_source_of_a_locked_plan_stays"):
        changed(source).update(
            secured="SIGNED", secured_date=DAY, document=DocumentFactory(), kind="LOAN"
        )


def test_in_a_locked_plan_a_source_only_becomes_surer(purse):
    plan = purse.plan()
    source = purse.source(plan, "600")
    purse.sign(source)
    changed(source).update(secured="SOUGHT", secured_date=None, document=None)
    purse.lock_plan(plan)

    purse.sign(source, "LETTER_OF_INTENT")
    for word in ("SOUGHT", "LETTER_OF_INTENT"):
        with refused("financing_source_only_becomes_surer"):
            purse.sign(source, word, secured_date=DAY + datetime.timedelta(days=1))
    purse.sign(source)
    with refused("financing_source_only_becomes_surer"):
        purse.sign(source, "LETTER_OF_INTENT")
    assert changed(source).get().secured == "SIGNED"


def test_a_letter_and_a_signature_have_party_day_and_paper(purse):
    plan = purse.plan()
    source, nobody = purse.source(plan, "600"), purse.source(plan, "600", party=None)
    programme = purse.source(plan, "1", is_programme=True)

    for row, without in ((source, "document"), (source, "secured_date"), (nobody, None)):
        with refused("financing_source_secured_says_by_whom_and_how"):
            purse.sign(row, "LETTER_OF_INTENT", **({without: None} if without else {}))
    purse.sign(source)
    purse.sign(programme)


def test_a_plan_is_locked_with_sources_and_not_behind_a_later_one(purse):
    first, second = purse.plan(), purse.plan()
    with refused("financing_plan_locked_has_sources"):
        purse.lock_plan(first)
    purse.source(first, "1")
    purse.source(second, "1")
    purse.lock_plan(FinancingPlan.objects.get(pk=second.pk))

    with refused("financing_plan_is_not_locked_after_a_later_one"):
        purse.lock_plan(FinancingPlan.objects.get(pk=first.pk))


def test_a_plan_keeps_title_maker_and_with_sources_its_currency(purse):
    plan = purse.plan()
    row = FinancingPlan.objects.filter(pk=plan.pk)
    row.update(currency="USD")
    plan.refresh_from_db()
    purse.source(plan, "1")

    with refused("financing_plan_keeps_its_currency_with_its_sources"):
        row.update(currency="HKD")
    with refused("financing_plan_keeps_its_title_and_maker"):
        row.update(made_by=purse.approver)
    with refused("financing_plan_keeps_its_title_and_maker"):
        row.update(production=ProductionFactory())


def test_a_later_plan_has_a_reason_a_number_and_the_sources_before(purse):
    plan = purse.plan(reason="")
    signed = purse.source(plan, "600", "PRESALE")
    purse.sign(signed)

    second = purse.plan(reason="A broadcaster joins")
    foreign = purse.plan(reason="In dollars", currency="USD")

    assert [(s.kind, s.amount, s.secured) for s in second.sources.all()] == [
        ("PRESALE", Decimal(600), "SIGNED")
    ]
    assert not foreign.sources.exists()
    with refused("financing_plan_after_the_first_has_a_reason"):
        purse.plan(reason="")
    with refused("financing_plan_has_a_number_of_its_own"):
        FinancingPlan.objects.create(
            production=purse.film, number=1, currency="HKD", made_at=AT, made_by=purse.maker
        )
    with refused("financing_plan_currency_is_iso4217"):
        purse.plan(currency="XAU")
    with refused("financing_plan_locked_is_locked_by_somebody"):
        FinancingPlan.objects.filter(pk=second.pk).update(locked_at=AT)


def test_moments_of_a_plan_are_those_of_the_server(purse, as_app_role):
    plan = purse.plan()
    purse.source(plan, "1")
    purse.lock_plan(plan)

    plan.refresh_from_db()
    for moment in (plan.made_at, plan.locked_at):
        assert abs(moment - timezone.now()) < datetime.timedelta(minutes=5)


def test_a_source_is_converted_once_at_its_rate(purse):
    plan = purse.plan()
    bank = Rate(Decimal("7.8153"), DAY, "AGREEMENT")
    source = purse.source(plan, "100.01", currency="USD", rate=bank)

    assert source.base_amount == Decimal("781.61")
    for change in ({"base_amount": Decimal("781.62")}, {"rate": 8}, {"currency": "HKD"}):
        with refused("financing_source_is_converted_at_its_rate"):
            changed(source).update(**change)
    with pytest.raises(NoRate):
        purse.source(plan, "1", currency="USD")


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("financing_source_has_a_number_of_its_own", {"number": 2}),
        ("financing_source_kind_is_known", {"kind": "WISH"}),
        ("financing_source_secured_is_known", {"secured": "MAYBE"}),
        ("financing_source_rate_source_is_known", {"rate_source": "FRIEND", "currency": "USD"}),
        ("financing_source_currency_is_iso4217", {"currency": "XXX", "rate_source": "BANK"}),
        ("financing_source_amount_is_positive", {"amount": 0, "base_amount": 0}),
        ("financing_source_has_a_rate", {"rate": 2, "base_amount": 1200}),
        ("financing_source_is_of_one_party", {"is_programme": True}),
        ("financing_source_recoupment_place_counts_from_one", {"recoupment_place": 0}),
    ],
)
def test_a_source_says_who_pays_what(purse, rule, change):
    plan = purse.plan()
    source = purse.source(plan, "600")
    purse.source(plan, "1")
    changed(source).update(kind="LOAN", recoupment_place=1)

    with refused(rule):
        changed(source).update(**{"secured_date": DAY, "document": DocumentFactory(), **change})


def test_an_amount_has_the_decimals_of_its_currency(purse):
    plan = purse.plan()
    rate = Rate(Decimal("0.05"), DAY, "BANK")
    purse.source(plan, "100", currency="JPY", rate=rate)

    with refused("financing_source_amount_fits_its_currency"):
        purse.source(plan, "100.50", currency="JPY", rate=rate)


def test_a_commitment_is_of_the_title_and_signed_where_the_source_is():
    books = Books()
    purse = Purse(Production.objects.get(pk=books.project.pk))
    plan = purse.plan()
    draft, foreign = books.draft("500"), Books().draft("500")

    with refused("financing_source_commitment_is_of_its_title"):
        purse.source(plan, "500", is_programme=True, commitment=foreign)
    with refused("financing_source_commitment_is_of_the_programme"):
        purse.source(plan, "500", commitment=draft)
    source = purse.source(plan, "500", is_programme=True, commitment=draft)
    with refused("financing_source_signed_commitment_is_signed"):
        purse.sign(source)
    signed = books.signed("400")
    source = purse.source(plan, "500", is_programme=True, commitment=signed)
    purse.sign(source)

    rows = plan_sheet(plan, budget=None).rows
    assert [(row.promised, row.gap) for row in rows] == [
        (Decimal(0), Decimal(-500)), (Decimal(400), Decimal(-100)),
    ]  # fmt: skip


def test_a_position_in_the_waterfall_is_of_the_title_and_the_party():
    fall = Fall()
    purse = Purse(fall.row.production)
    plan = purse.plan()
    position = WaterfallPosition.objects.get(tier__version=fall.version, code="fund")
    fund = fall.parties["fund"]

    purse.source(plan, "600", party=fund, position=position, recoupment_place=1)
    with refused("financing_source_position_is_of_its_title_and_party"):
        purse.source(plan, "600", party=OrganisationFactory(), position=position)
    other = Purse()
    with refused("financing_source_position_is_of_its_title_and_party"):
        other.source(other.plan(), "600", party=fund, position=position)


def test_financial_close_asks_for_budget_plan_equality_and_signatures(slate):
    purse = Purse(slate.film)
    slate.walk_to("GREENLIT")
    paper = {"document": DocumentFactory()}

    with refused("financial_close_has_an_approved_budget"):
        slate.step("FINANCED", **paper)
    purse.lock(purse.budget())
    with refused("financial_close_has_an_approved_budget"):
        slate.step("FINANCED", **paper)
    purse.approved(None)
    with refused("financial_close_has_a_locked_plan"):
        slate.step("FINANCED", **paper)
    plan = purse.plan()
    _first, _second = purse.source(plan, "600"), purse.source(plan, "399.99")
    with refused("financial_close_has_a_locked_plan"):
        slate.step("FINANCED", **paper)
    purse.lock_plan(plan)
    with refused("financial_close_plan_reaches_the_budget(?s:.*)HKD 999.99.*HKD 0.01"):
        slate.step("FINANCED", **paper)
    assert what_gate_waits_for(slate.film, Stage.FINANCED) == (
        "The approved budget is HKD 1,000.00 and the financing plan HKD 999.99: HKD 0.01 is missing"
    )
    second = purse.plan(reason="Rounded up")
    purse.source(second, "0.01", "IN_KIND")
    purse.lock_plan(second)
    with refused("financial_close_sources_are_signed(?s:.*)3, .*HKD 1,000.00"):
        slate.step("FINANCED", **paper)
    for source in second.sources.all():
        purse.sign(source)
    assert what_gate_waits_for(slate.film, Stage.FINANCED) == ""
    slate.step("FINANCED", **paper)


def test_a_plan_beyond_the_budget_or_in_another_currency_does_not_close(slate):
    purse = Purse(slate.film)
    slate.walk_to("GREENLIT")
    paper = {"document": DocumentFactory()}
    purse.approved()

    purse.financed("1000.01")
    with refused("financial_close_plan_stays_within_the_budget(?s:.*)HKD 0.01"):
        slate.step("FINANCED", **paper)
    purse.currency = "USD"
    purse.financed("1000")
    with refused("financial_close_plan_is_in_the_currency_of_the_budget"):
        slate.step("FINANCED", **paper)
    purse.currency = "HKD"
    purse.financed("1000")
    slate.step("FINANCED", **paper)


def test_a_commitment_that_was_cancelled_since_does_not_close():
    books = Books()
    purse = Purse(Production.objects.get(pk=books.project.pk))
    purse.approved()
    plan = purse.plan()
    signed = books.signed("1000")
    purse.sign(purse.source(plan, "1000", is_programme=True, commitment=signed))
    purse.lock_plan(plan)

    assert what_gate_waits_for(purse.film, Stage.FINANCED) == ""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE funding_commitment DISABLE TRIGGER USER")
    Commitment.objects.filter(pk=signed.pk).update(state="CANCELLED")

    assert "HKD 1,000.00 of the financing plan is not signed" in what_gate_waits_for(
        purse.film, Stage.FINANCED
    )


CENTS = st.integers(1, 10**12).map(lambda n: Decimal(n).scaleb(-2))


class RandomPlans(TestCase):
    """Whatever the figures: the gate opens exactly where plan and budget are equal to the cent."""

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(CENTS, min_size=1, max_size=6),
        st.lists(CENTS, min_size=0, max_size=4),
        st.sampled_from(["equal", "0.01", "-0.01", "as it is"]),
    )
    def test_the_gate_opens_exactly_where_they_are_equal(self, lines, sources, how):
        purse = Purse()
        budget = purse.approved([(str(n), "OTHER", str(a), "Costs") for n, a in enumerate(lines)])
        plan = purse.plan()
        total = sum(sources, Decimal(0))
        if how != "as it is":
            rest = sum(lines) - total + (Decimal(0) if how == "equal" else Decimal(how))
            sources = [*sources, rest] if rest > 0 else [*sources, Decimal(1)]
        elif not sources:
            sources = [Decimal(1)]
        for amount in sources:
            purse.sign(purse.source(plan, str(amount)))
        purse.lock_plan(plan)

        waits = what_gate_waits_for(purse.film, Stage.FINANCED)

        assert (waits == "") is (sum(sources) == sum(lines))
        missing = plan_sheet(plan, budget=approved_budget(purse.film)).missing
        assert missing == sum(lines) - sum(sources)
        assert budget.total == sum(lines)


def test_the_shares_of_a_plan_are_derived(purse):
    plan = purse.plan()
    purse.source(plan, "1")
    purse.source(plan, "2", secured="SOUGHT")

    sheet = plan_sheet(plan, budget=purse.approved(PLAIN))

    assert [row.share for row in sheet.rows] == [Decimal("33.33"), Decimal("66.67")]
    assert (sheet.total, sheet.missing) == (3, 997)
    assert sheet.by_secured == {"SOUGHT": 3, "LETTER_OF_INTENT": 0, "SIGNED": 0}
