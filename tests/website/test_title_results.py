"""Releases and results on the page of a production."""

import datetime
import os
from decimal import Decimal

import pytest

from portfolio.common.publishing import Publication
from portfolio.productions.models import Release, Result, ResultWithdrawal
from tests.admin.screens import PICTURES, serious_of
from tests.factories import OrganisationFactory, ProductionFactory, SourceFactory
from tests.imports.files import AT, chief

FIRST = datetime.date(2026, 6, 4)
pytestmark = pytest.mark.django_db


def report(production, source, **given):
    usual = {
        "territory": "HK", "medium": "THEATRICAL", "measure": "GROSS", "start_date": FIRST,
        "end_date": FIRST + datetime.timedelta(days=6), "value": Decimal("1234567.80"),
        "currency": "HKD", "recorded_at": AT, "recorded_by": chief(), "is_public": True,
    }  # fmt: skip
    return Result.objects.create(production=production, source=source, **usual | given)


def a_title():
    """A fictional title that came out in three places, with what two sources reported of it."""
    title = ProductionFactory(
        slug="title", name_en="Harbour of Lanterns", name_zh_hant="燈火維港", name_zh_hans="灯火维港",
        stage="RELEASED", year=2026, runtime_minutes=108,
    )  # fmt: skip
    firm = OrganisationFactory(name_en="Lantern Pictures", name_zh_hant="燈火影業", slug="lantern")
    for territory, day, given in (
        ("HK", FIRST, {"distributor": firm, "screens": 86}),
        ("MO", FIRST, {"distributor_name": "A house of Macao", "screens": 1}),
        ("CN", FIRST.replace(day=12), {}),
        ("WORLD", FIRST.replace(month=12), {"medium": "ON_DEMAND"}),
    ):
        Release.objects.create(
            production=title, territory=territory, date=day,
            **{"medium": "THEATRICAL", "publication": "PUBLIC"} | given,
        )  # fmt: skip
    press = SourceFactory(title="Weekly figures of the box office", slug="weekly")
    for week, value in enumerate(("18250400.00", "11020310.00", "6405120.50", "6405120.50")):
        start = FIRST + datetime.timedelta(weeks=week)
        report(title, press, start_date=start, end_date=start + datetime.timedelta(days=6),
               value=Decimal(value))  # fmt: skip
    report(title, press, territory="CN", start_date=FIRST.replace(day=12), value=Decimal("88300000"),
           currency="CNY", end_date=None)  # fmt: skip
    report(title, press, territory="MO", value=None, currency="")
    report(title, SourceFactory(title="A ghost", publication=Publication.DRAFT), measure="ADMISSIONS",
           value=Decimal(190400), currency="")  # fmt: skip
    return title


def test_a_title_shows_its_releases_and_each_figure_with_its_source_and_currency(read):
    a_title()

    page = read("/productions/title/")

    assert "4 June 2026 Hong Kong Theatrical Lantern Pictures 86 screens" in page
    assert "4 June 2026 Macao Theatrical A house of Macao 1 screen " in page
    assert "4 December 2026 planned Worldwide On demand" in page
    assert "Gross · CNY Where Period Figure Mainland China Theatrical 12 Jun 2026 –" in page
    assert "CN¥88,300,000.00" in page
    assert "Gross · HKD" in page
    assert "4 Jun 2026 – 10 Jun 2026 HK$18,250,400.00" in page
    assert page.count("HK$6,405,120.501 stands twice") == 2
    assert "Admissions Where Period Figure Hong Kong Theatrical" in page
    assert "190,400" in page
    assert "ghost" not in page
    assert "Weekly figures of the box office" in page
    # Nothing is added up.
    assert "42,0" not in page


def test_what_is_not_disclosed_is_no_0_and_what_is_not_public_is_nowhere(read):
    title = ProductionFactory(slug="title")
    press = SourceFactory()
    report(title, press, value=None, currency="")
    report(title, press, territory="MO", is_public=False, value=7_654_321)
    gone = report(title, press, territory="TW", value=88)
    ResultWithdrawal.objects.create(result=gone, reason="No", withdrawn_at=AT, withdrawn_by=chief())
    Release.objects.create(production=title, territory="JP", medium="FESTIVAL", date=FIRST)

    page = read("/productions/title/")

    assert "not disclosed" in page.split("Results")[1]
    for hidden in ("7,654,321", "88.00", "Macao", "Taiwan", "Japan", "Releases"):
        assert hidden not in page


def test_a_later_report_takes_the_place_of_an_earlier(read):
    title = ProductionFactory(slug="title")
    press = SourceFactory()
    report(title, press)
    report(title, press, value=Decimal("1300000"), recorded_at=AT + datetime.timedelta(days=7))

    page = read("/productions/title/")

    assert "HK$1,300,000.00" in page
    assert "1,234,567" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-hant",
            ("發行", "成績", "不作加總", "全球", "86 塊銀幕", "數字重複", "燈火影業"),
        ),
        ("zh-hans", ("发行", "成绩", "不作加总", "全球", "86 块银幕", "数字重复")),
    ],
)
def test_they_are_read_in_chinese(read, language, words):
    a_title()

    page = read(f"/{language}/productions/title/")

    for word in words:
        assert word in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_is_read_in_a_browser_on_a_phone_and_on_paper(chromium, live_server):
    a_title()
    for language in ("", "/zh-hant", "/zh-hans"):
        for width, scheme in ((1280, "light"), (390, "dark")):
            context = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(f"{live_server.url}{language}/productions/title/")
            page.evaluate("document.fonts.ready")

            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert serious_of(page) == []
            if os.environ.get("TOPSHEET_SCREENSHOTS"):
                name = "title" + language.replace("/", "-") + ("-phone" if width == 390 else "")
                page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
            if not language and width == 1280:
                page.emulate_media(media="print")
                assert page.locator("#results-heading").is_visible()
            context.close()
