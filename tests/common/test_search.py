"""Search finds a name in any of three scripts, with a typo."""

import opencc
import pytest
from django.db import connection

from partners.models import Organisation
from portfolio.common.management.commands.write_search_sql import search_sql
from portfolio.productions.models import Production
from portfolio.programmes.models import Project
from tests.factories import OrganisationFactory, ProductionFactory, SourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tvb():
    for n in range(20):
        OrganisationFactory(name_en=f"Another Firm {n}", name_zh_hant="寰亞傳媒集團")
    return OrganisationFactory(
        slug="tvb",
        name_en="TVB",
        name_zh_hant="電視廣播有限公司",
        aliases=["Television Broadcasts Limited"],
    )


@pytest.mark.parametrize(
    "query",
    [
        "電視廣播",
        "电视广播",
        "電視",
        "电视",
        "tvb",
        "TVB",
        "ＴＶＢ",
        "Televison",
        "television brodcasts",
        "广播电视",
    ],
)
def test_an_organisation_is_found_by_any_name(tvb, query):
    assert list(Organisation.objects.best_match_first(query)) == [tvb]


@pytest.fixture
def heroes():
    ProductionFactory(name_en="Dark Side of the Moon")
    ProductionFactory(name_en="Golden Era", name_zh_hans="黄金时代")
    return ProductionFactory(name_en="Forensic Heroes VI: Redemption", name_zh_hant="法證先鋒6")


@pytest.mark.parametrize(
    "query",
    [
        "Forensic heros",
        "forensic",
        "heroes forensic",
        "法证先锋",
        "法證先鋒",
        "法證先鋒6",
        "法电先鋒",
        "redemtion",
    ],
)
def test_a_title_is_found_with_a_typo_and_in_the_other_script(heroes, query):
    assert list(Production.objects.best_match_first(query)) == [heroes]


@pytest.mark.parametrize("query", ["xyzzy", "足球", "%", "_", "\\", "'", '"', "(", "🎬"])
def test_what_is_nowhere_is_not_found(heroes, tvb, query):
    assert list(Production.objects.best_match_first(query)) == []


def test_the_nearest_comes_first():
    near = ProductionFactory(name_en="Golden Era")
    far = ProductionFactory(name_en="Golden Erase of the Northern Town")

    assert list(Production.objects.best_match_first("golden era")) == [near, far]


def test_a_row_is_found_through_a_relation(heroes):
    SourceFactory()

    assert list(Project.objects.matching("法证")) == [heroes.project_ptr]
    assert list(Production.objects.matching("法证", field="project_ptr__search_text")) == [heroes]


def test_accents_and_width_do_not_matter():
    amelie = ProductionFactory(name_en="Le Fabuleux Destin d'Amélie")

    assert list(Production.objects.matching("amelie")) == [amelie]
    assert list(Production.objects.matching("Ａｍｅｌｉｅ")) == [amelie]


def test_no_stored_name_is_converted(tvb):
    tvb.refresh_from_db()

    assert (tvb.name_zh_hant, tvb.name_zh_hans) == ("電視廣播有限公司", "")


def test_names_changed_by_raw_sql_are_found(heroes):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programmes_project SET name_zh_hans = '鉴证实录' WHERE id = %s", [heroes.pk]
        )

    assert list(Production.objects.matching("鑑證實錄")) == [heroes]


def test_the_functions_in_the_database_are_those_opencc_gives():
    from pathlib import Path

    from django.conf import settings

    file = Path(settings.BASE_DIR) / "portfolio" / "common" / "sql" / "0001_search.sql"

    assert file.read_text(encoding="utf-8") == search_sql()


@pytest.mark.parametrize(
    "text",
    ["電視廣播有限公司", "港藝振興計劃", "寰宇娛樂", "後來的我們", "臺灣", "裏應外合", "衞星"],
)
def test_both_scripts_fold_to_the_same(text):
    simplified = opencc.OpenCC("t2s").convert(text)

    with connection.cursor() as cursor:
        cursor.execute("SELECT topsheet_fold(%s), topsheet_fold(%s)", [text, simplified])
        one, other = cursor.fetchone()

    assert one == other


def test_folding_twice_is_folding_once():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topsheet_fold(x), topsheet_fold(topsheet_fold(x)) FROM (VALUES ('電 É ａ')) v(x)"
        )
        one, twice = cursor.fetchone()

    assert one.split() == twice.split() == ["电", "e", "a"]


def test_the_index_can_answer_the_query():
    OrganisationFactory()
    with connection.cursor() as cursor:
        # On a small table the planner may well read all of it; without that way out it must be
        # able to use the index, which it cannot when query and index differ in the expression.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")

        assert (
            "organisation_search"
            in Organisation.objects.matching("Television").order_by().explain()
        )
