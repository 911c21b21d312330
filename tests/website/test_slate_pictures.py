"""The board and the timeline of a made-up slate in three languages; TOPSHEET_SCREENSHOTS=1 keeps pictures."""

import datetime
import os
from typing import Any

import pytest
from django.utils import timezone

from portfolio.productions.choices import Stage
from tests.admin.screens import PICTURES, serious_of
from tests.factories import MilestoneFactory, ProductionFactory, ProgrammeFactory, StrandFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLES = (
    ("Harbour of Lanterns", "燈火維港", "灯火维港", Stage.DEVELOPMENT, -60, 300),
    ("The Night Ferry", "夜渡", "夜渡", Stage.GREENLIT, -150, 400),
    ("Forty Storeys", "四十層", "四十层", Stage.PRINCIPAL_PHOTOGRAPHY, -300, 200),
    ("A Clock Unheard", "無聲鐘", "无声钟", Stage.POST_PRODUCTION, -420, 90),
    ("Salt and Bamboo", "鹽與竹", "盐与竹", Stage.DELIVERED, -600, 30),
    ("Paper Umbrellas", "紙傘", "纸伞", Stage.ANNOUNCED, -20, 700),
)


@pytest.fixture
def slate(live_server: Any) -> None:
    """Six titles of a fictional programme on their way."""
    today = timezone.localdate()
    programme = ProgrammeFactory(name_en="A programme that is made up", is_fictional=True)
    strand = StrandFactory(
        programme=programme, name_en="Films", name_zh_hant="電影", name_zh_hans="电影"
    )
    for en, hant, hans, stage, begun, ends in TITLES:
        title = ProductionFactory(
            programme=programme, strand=strand, stage=stage, name_en=en, name_zh_hant=hant,
            name_zh_hans=hans,
        )  # fmt: skip
        first, last = (today + datetime.timedelta(days=days) for days in (begun, ends))
        MilestoneFactory(production=title, kind="GREENLIGHT", planned_date=first, actual_date=first)
        MilestoneFactory(
            production=title, kind="RELEASE", planned_date=last - datetime.timedelta(days=45),
            revised_date=last,
        )  # fmt: skip


@pytest.mark.parametrize("language", ["", "/zh-hant", "/zh-hans"])
def test_the_slate_is_read_in_each_language(
    chromium: Any, live_server: Any, slate: None, language: str
):
    for view in ("", "timeline/"):
        for width, scheme in ((1280, "light"), (390, "dark")):
            context = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(f"{live_server.url}{language}/slate/{view}")
            page.evaluate("document.fonts.ready")

            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious_of(page) == []
            if os.environ.get("TOPSHEET_SCREENSHOTS") and width == 1280:
                name = f"slate{'-timeline' if view else ''}{language.replace('/', '-')}"
                page.screenshot(path=PICTURES / f"{name}.png")
            context.close()
