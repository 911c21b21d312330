"""Made-up data says so on every page, in each language, and on no page where there is none."""

import pytest

from portfolio.common.publishing import Publication
from portfolio.website.fiction import fiction_kept
from tests.factories import ProductionFactory, ProgrammeFactory, StrandFactory

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/productions/",
    "/partners/",
    "/people/",
    "/sources/",
    "/search/",
    "/about-the-data/",
)
WORDS = {"/": "Fictional sample", "/zh-hant/": "虛構樣本", "/zh-hans/": "虚构样本"}


@pytest.mark.parametrize("prefix", WORDS)
def test_every_page_says_that_a_sample_is_made_up(read, prefix):
    sample = ProgrammeFactory(name_en="Made-up fund", is_fictional=True, slug="made-up")
    production = ProductionFactory(strand=StrandFactory(programme=sample))
    fiction_kept.forget()

    for page in (*PAGES, "/programmes/made-up/", f"/productions/{production.slug}/"):
        words = read(prefix + page.lstrip("/"))
        assert WORDS[prefix] in words, page
        assert "Made-up fund" in words, page


def test_a_real_programme_and_a_draft_sample_say_nothing_of_the_kind(read):
    ProgrammeFactory()
    ProgrammeFactory(is_fictional=True, publication=Publication.DRAFT)
    fiction_kept.forget()

    assert all("Fictional sample" not in read(page) for page in PAGES)


def test_a_long_figure_stays_on_its_line(client):
    ProgrammeFactory(envelope_amount="500000000.00", envelope_qualifier="EXACT", slug="long")

    assert "cover__amount--long" in client.get("/programmes/long/").content.decode()
