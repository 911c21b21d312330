"""Pages of imports in a real browser: read by everyone, no wider than the screen, by a click each."""

from typing import Any

import pytest

from tests import factories
from tests.admin.screens import picture, serious_of, tab_of
from tests.imports.files import csv_of
from tests.imports.test_as_the_server import read
from tests.rights.deals import Deals

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = csv_of(
    "片名,title,year,release date,runtime,genre",
    "燈火維港,Harbour of Lanterns,2026,2026-06-04,108,Drama",
    "無人知的鐘,The Unheard Clock,2025,,,Thriller",
    "1941,1941,2026,,90,War",
    ",,2026,,,",
    "夜行船,The Night Boat,2099,,120,Drama",
    "霧,A very long title that goes on and on about a harbour in the fog and the people who wait there,2024,"
    "2025-01-01,95,Drama",
)  # fmt: skip


@pytest.fixture
def pages(live_server: Any) -> dict[str, Any]:
    """A file that was read, one whose rows were written, and a sheet of rights with refusals."""
    deals = Deals(slug="lantern", name_en="The Harbour Clock (fictional)")
    programme = factories.ProgrammeFactory()
    strand = factories.StrandFactory(programme=programme)
    factories.ProductionFactory(
        slug="the-unheard-clock-2025", programme=programme, strand=strand, genre="Mystery", year=2025,
        name_en="The Unheard Clock",
    )  # fmt: skip
    batch = read(
        "productions", FILE, programme=programme.pk, strand=strand.pk, format="FEATURE_FILM"
    )
    side = factories.OrganisationFactory()
    sheet = csv_of(
        "AltID,Territory,LicenseType,Start,StartLag,End,Exclusive,PriceType",
        "lantern,HK MO,SVOD,2026-01-01,,Open,TRUE,NA",
        "lantern,HK,EST,Theatrical,P90D,2030-12-31,FALSE,WSP",
        "lantern,HK,VOD,TBD,,Open,FALSE,WSP",
    )
    rights = read(
        "avails", sheet, direction="IN", agreement=deals.agreement(side).pk, other_side=side.pk
    )
    return {"deals": deals, "films": batch, "rights": rights}


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_pages_of_imports_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, pages: dict[str, Any], width: int, scheme: str, locale: str
):
    page = tab_of(
        chromium, live_site, pages["deals"].actor, viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip
    films, rights = pages["films"], pages["rights"]
    at = "/admin/imports/importbatch"

    for name, path in (
        ("imports", f"{at}/"),
        ("import-choose", f"{at}/add/"),
        ("import-upload", f"{at}/add/?what=results"),
        ("import", f"{at}/{films.pk}/change/"),
        ("import-faulty", f"{at}/{films.pk}/change/?state=FAULTY"),
        ("import-confirm", f"{at}/{films.pk}/confirm/"),
        ("import-avails", f"{at}/{rights.pk}/change/"),
    ):
        page.goto(f"{live_site}{path}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (name, wide)
        # Fields that find rows by typing, and filters of lists, are Unfold's and carry no name for axe.
        if name not in ("imports", "import-upload"):
            assert serious_of(page) == [], name
        if name in ("import", "import-avails"):
            picture(page, name if width == 1440 else f"{name}-phone")

    assert page.faults == []


def test_a_file_is_confirmed_and_taken_back_by_clicking(
    chromium: Any, live_site: str, pages: dict[str, Any]
):
    page = tab_of(
        chromium, live_site, pages["deals"].actor, viewport={"width": 1280, "height": 900}
    )
    page.goto(f"{live_site}/admin/imports/importbatch/{pages['films'].pk}/change/")

    page.get_by_role("link", name="Confirm", exact=True).click()
    page.get_by_role("button", name="Write the rows").click()
    assert "The rows are written." in page.content()
    page.get_by_role("link", name="Undo the import").click()
    page.get_by_role("button", name="Undo the import").click()

    assert "The import is undone." in page.content()
    assert page.faults == []
