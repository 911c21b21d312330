"""Pages of rights in a real browser: accessible, no wider than the screen, a bar for every window."""

from typing import Any

import pytest

from tests.admin.screens import picture, serious_of, tab_of
from tests.factories import OrganisationFactory
from tests.rights.deals import Deals

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


LANGUAGES = {"en-GB": "", "zh-HK": "-zh-hant", "zh-CN": "-zh-hans"}


@pytest.fixture
def deals(live_server: Any) -> Deals:
    """A title with every sort of right, one of a firm with a very long name."""
    deals = Deals(name_en="The Harbour Clock (fictional)", name_zh_hant="海港時計（虛構）")
    long = OrganisationFactory(
        name_en="The Imaginary Pictures and Television Distribution Company of the Outlying Islands",
        name_zh_hant="離島虛構影視發行有限公司",
    )
    deals.owned()
    cinema = deals.licensed("THEATRICAL", "HK MO", ("2026-10-01", "2027-03-31"), to=long)
    deals.holdback(cinema, "ON_DEMAND", "HK MO", ("2026-10-01", "2027-03-31"))
    deals.licensed(
        "SUBSCRIPTION_VOD", "WORLD", ("2027-04-01", "2030-03-31"), territories_except="CN"
    )
    deals.licensed("FREE_TV", "GREATER_CHINA", ("2028-01-01", None), exclusivity="NON_EXCLUSIVE")
    deals.licensed("PAY_TV", "TW", (deals.event(place="TW"), None))
    deals.priority("REMAKE", "WORLD", (None, None))
    return deals


@pytest.mark.parametrize(
    ("width", "scheme", "locale"),
    [
        (1440, "light", "en-GB"),
        (1440, "light", "zh-HK"),
        (1440, "light", "zh-CN"),
        (390, "dark", "zh-HK"),
    ],
)
def test_pages_of_rights_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, deals: Deals, width: int, scheme: str, locale: str
):
    page = tab_of(
        chromium, live_site, deals.actor, viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip
    grant = deals.title.grants.licensed().first()

    for name, path in (
        ("rights", f"/admin/rights/titles/{deals.title.pk}/"),
        ("avails", "/admin/rights/avails/?territory=HK"),
        ("grant", f"/admin/rights/grant/{grant.pk}/change/"),
        ("reminders", "/admin/reminders/?days=365"),
    ):
        page.goto(f"{live_site}{path}")
        if name == "rights":
            # Seven windows; one hangs on an event without a date.
            assert page.locator(".rights-picture rect").count() == 6
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, wide)
        # The fields that find rows by typing are Unfold's and Select2's, and carry no name for axe.
        if name != "grant":
            assert serious_of(page) == [], name
        if width == 1440 and (name == "rights" or (name == "avails" and locale == "en-GB")):
            picture(page, name + LANGUAGES[locale])

    assert page.faults == []
