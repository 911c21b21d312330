"""Pages of a title's money in a real browser: accessible, no wider than the screen, in the dark and in Chinese."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from portfolio.funding.operations.exchange import Rate
from tests.admin.screens import picture, serious_of, tab_of
from tests.factories import OrganisationFactory, ProductionFactory
from tests.productions.falls import DAY as FIRST
from tests.productions.falls import Fall
from tests.productions.purse import DAY, Purse
from tests.productions.test_worked_waterfall import TERMS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

BUDGET = [
    ("1100", "ABOVE_THE_LINE", "2400000", "Story and rights"),
    ("1200", "ABOVE_THE_LINE", "5600000", "Director and cast"),
    ("2000", "BELOW_THE_LINE", "11250000.50", "Crew"),
    ("2900", "BELOW_THE_LINE", "6400000", "Locations, sets, costumes and everything that is hired for them"),
    ("5000", "POST", "3800000", "Picture editing and visual effects"),
    ("7000", "OTHER", "1350000", "Insurance and legal"),
    ("9000", "CONTINGENCY", "3200000", "Contingency"),
]  # fmt: skip


@pytest.fixture
def purse(live_server: Any) -> Purse:
    """A film with two budgets, two cost reports and a plan that lacks something."""
    film = ProductionFactory(
        name_en="Harbour Lights (fictional)", name_zh_hant="海港燈火（虛構）", stage="GREENLIT"
    )
    purse = Purse(film)
    purse.approved([*BUDGET[:-1], ("9000", "CONTINGENCY", "2000000", "Contingency")])
    budget = purse.approved(BUDGET, reason="A second unit in the typhoon season")
    started = [(c, k, "0", "0", a) for c, k, a, _name in BUDGET]
    purse.report(budget, started, DAY)
    later = [
        ("1100", "ABOVE_THE_LINE", "2400000", "0", "0"),
        ("1200", "ABOVE_THE_LINE", "1800000", "3900000", "0"),
        ("2000", "BELOW_THE_LINE", "2750000.25", "6100000", "3150000.75"),
        ("2900", "BELOW_THE_LINE", "910000", "2200000", "3290000"),
        ("5000", "POST", "0", "250000", "3550000"),
        ("7000", "OTHER", "610000", "0", "740000"),
        ("9000", "CONTINGENCY", "0", "0", "2400000"),
        ("7900", "OTHER", "88000", "0", "12000", "Storm damage"),
    ]
    purse.report(budget, later, DAY + datetime.timedelta(days=30))
    plan = purse.plan()
    studio = OrganisationFactory(
        name_en="The Imaginary Pictures and Television Distribution Company of the Outlying Islands",
        name_zh_hant="離島虛構影視發行有限公司",
    )
    purse.sign(purse.source(plan, "14000000", is_programme=True, recoupment_place=1))
    purse.sign(purse.source(plan, "9000000", party=studio, recoupment_place=1), "LETTER_OF_INTENT")
    purse.source(
        plan, "600000", "PRESALE", currency="USD", party=studio,
        rate=Rate(Decimal("7.8153"), DAY, "AGREEMENT"), recoupment_place=2,
    )  # fmt: skip
    purse.sign(purse.source(plan, "2500000.50", "TAX_CREDIT"))
    purse.source(plan, "1500000", "LOAN", party=None)
    purse.lock_plan(plan)
    purse.budget(None, reason="Once more")
    purse.plan(reason="Once more")
    purse.share("60", "25.5", "14.5")
    return purse


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_pages_of_money_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, purse: Purse, width: int, scheme: str, locale: str
):
    page = tab_of(
        chromium, live_site, purse.maker, viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip
    film = purse.film.pk
    version = purse.film.budgets.get(number=2).pk
    start = f"/admin/productions/money/{film}"

    for name, path in (
        ("budget", f"{start}/budget/?version=2&against=1"),
        ("costs", f"{start}/costs/"),
        ("financing", f"{start}/financing/"),
        ("money-production", f"/admin/productions/production/{film}/change/"),
        ("record-costs", f"{start}/record-costs/{version}/"),
        ("begin-budget", f"{start}/begin-budget/0/"),
    ):
        page.goto(f"{live_site}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, wide)
        # The fields that find rows by typing are Unfold's and Select2's, and carry no name for axe.
        if name in ("budget", "costs", "financing"):
            assert serious_of(page) == [], name
        if width == 1440 and name in ("budget", "costs", "financing"):
            picture(page, name)

    assert page.faults == []


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_the_page_of_a_waterfall_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, live_server: Any, width: int, scheme: str, locale: str
):
    fall = Fall(TERMS)
    title = fall.row.production
    title.name_en, title.name_zh_hant = "Harbour Lights (fictional)", "海港燈火（虛構）"
    title.save()
    fall.agree()
    fall.receive("9000000")
    fall.reverse(fall.receive("120000.50"))
    fall.open(FIRST, reason="Amendment 1: the commission is 8 %")
    page = tab_of(
        chromium, live_site, fall.officer, viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip

    page.goto(f"{live_site}/admin/productions/waterfall/{fall.row.pk}/change/")

    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, wide
    assert serious_of(page) == []
    if width == 1440:
        picture(page, "waterfall")
    assert page.faults == []
