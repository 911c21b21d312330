"""What holds of every page: headers, caches, garbage in addresses, drafts, faults."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError

from portfolio.common.publishing import Publication
from portfolio.website.views import programmes
from tests.factories import (
    ClaimFactory,
    OrganisationFactory,
    PersonFactory,
    ProductionFactory,
    ProgrammeFactory,
    SchemeFactory,
    SourceFactory,
    StrandFactory,
)
from tests.website.test_languages import PAGES

pytestmark = pytest.mark.django_db

FEEDS = ["/feeds/productions.atom", "/feeds/claims.atom", "/feeds/sources.atom"]
LISTS = [
    "/productions/",
    "/slate/",
    "/slate/timeline/",
    "/partners/",
    "/people/",
    "/scholarships/",
    "/sources/",
    "/search/",
]
GARBAGE = [
    "\x00",
    "%00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "9" * 400,
    "-1",
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe",
    "𠮷野家" * 50,
    "x" * 10_000,
    "%",
    "_" * 50,
    "\u202e\u200b",
    "{{ 7*7 }}",
    "../../etc/passwd",
]


def test_every_answer_carries_the_strict_headers(facts, client):
    for page in [*PAGES, "/no-such-page/", "/robots.txt", "/sitemap.xml", *FEEDS]:
        response = client.get(page)
        policy = response["Content-Security-Policy"]

        assert "unsafe" not in policy, page
        assert "default-src 'none'" in policy, page
        assert "frame-ancestors 'none'" in policy, page
        assert "camera=()" in response["Permissions-Policy"], page
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", page
        assert response["X-Content-Type-Options"] == "nosniff", page
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin", page
        assert response["X-Frame-Options"] == "DENY", page


def test_a_page_is_the_same_for_all_and_kept_for_a_minute(facts, client):
    for page in PAGES:
        response = client.get(page)

        assert response["Cache-Control"] == "public, max-age=60", page
        assert response["Vary"] == "Accept-Encoding", page
        assert not response.cookies, page
        again = client.get(page, headers={"if-none-match": response["ETag"]})
        assert again.status_code == 304, page
        assert again.content == b"", page


def test_a_page_holds_no_inline_script_style_or_foreign_address(facts, client):
    for page in PAGES:
        html = client.get(page).content.decode()

        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html), page
        assert re.findall(r"<script(?! type=\"application/ld\+json\")", html) == [], page
        for address in re.findall(r'<(?:link|img|script)[^>]*(?:href|src)="([^"]+)"', html):
            assert address.startswith(("/", "http://testserver/")), address


def test_a_page_only_answers_reading(client):
    assert client.post("/productions/").status_code == 405
    assert client.head("/productions/").status_code == 200


@pytest.mark.parametrize("page", LISTS)
@pytest.mark.parametrize(
    "name", ["q", "after", "strand", "format", "stage", "partner", "kind", "x"]
)
def test_garbage_in_an_address_is_never_a_fault(client, page, name):
    for value in GARBAGE:
        response = client.get(page, {name: value})

        assert response.status_code in (200, 400, 404), (page, name, value)


def test_what_was_searched_is_shown_as_text_only(client):
    html = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in html


def test_a_name_cannot_break_out_of_the_data_block(client):
    name = "</script><script>alert(1)</script>&<!--"
    OrganisationFactory(slug="bad", name_en=name)

    html = client.get("/partners/bad/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1]

    assert "<" not in block
    assert json.loads(block)["@graph"][0]["name"] == name
    assert "<script>alert" not in html


def test_pages_carry_their_facts_for_machines(facts, client):
    def graph(path):
        html = client.get(path).content.decode()
        block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        return json.loads(block[1])["@graph"]

    film = graph("/zh-hant/productions/last-dance/")[0]
    series = graph("/productions/golden-era/")[0]
    grant = graph("/")[0]
    scheme = graph("/scholarships/hkbu-film-2024/")[0]

    assert film["@type"] == "Movie"
    assert film["url"] == "http://testserver/productions/last-dance/"
    assert [o["name"] for o in film["funder"]] == ["Alibaba Pictures"]
    assert [o["name"] for o in film["productionCompany"]] == ["One Cool Film"]
    assert series["@type"] == "TVSeries"
    assert series["alternateName"] == [{"@language": "zh-Hans", "@value": "黄金时代"}]
    assert grant["@type"] == "MonetaryGrant"
    assert grant["amount"]["minValue"] == "5000000000.00"
    assert "amount" not in scheme
    assert graph("/partners/youku/")[0]["parentOrganization"]["name"].startswith("Alibaba Digital")
    assert graph("/people/jack-ng/")[0]["@type"] == "Person"


@pytest.fixture
def drafts():
    """One hidden row of every sort, in a public programme, and everything in a hidden one."""
    hidden = {"publication": Publication.DRAFT}
    strand = StrandFactory(programme=ProgrammeFactory(slug="open", name_en="Open programme"))
    secret = StrandFactory(
        slug="ghost-strand",
        name_en="Ghost strand",
        programme=ProgrammeFactory(slug="ghost-programme", name_en="Ghost programme", **hidden),
    )
    ProductionFactory(slug="ghost-film", name_en="Ghost film", strand=strand, **hidden)
    ProductionFactory(slug="ghost-two", name_en="Ghost two", strand=secret)
    SchemeFactory(slug="ghost-scheme", name_en="Ghost scheme", strand=strand, **hidden)
    firm = OrganisationFactory(slug="ghost-firm", name_en="Ghost firm", **hidden)
    person = PersonFactory(slug="ghost-person", name_en="Ghost person", **hidden)
    SourceFactory(slug="ghost-source", title="Ghost source", **hidden)
    ClaimFactory(slug="ghost-claim", programme=strand.programme, text_en="Ghost claim", **hidden)
    ClaimFactory(programme=strand.programme, speaker=person, text_en="Ghost said so")
    ClaimFactory(programme=None, organisation=firm, text_en="Ghost claim of a firm")
    ClaimFactory(programme=secret.programme, text_en="Ghost claim of a programme")


HIDDEN = [
    "/programmes/ghost-programme/",
    "/strands/ghost-strand/",
    "/productions/ghost-film/",
    "/productions/ghost-two/",
    "/scholarships/ghost-scheme/",
    "/partners/ghost-firm/",
    "/people/ghost-person/",
    "/sources/ghost-source/",
]


@pytest.mark.parametrize("path", HIDDEN)
@pytest.mark.parametrize("prefix", ["", "/zh-hant"])
def test_a_draft_answers_as_what_does_not_exist(drafts, client, path, prefix):
    hidden = client.get(prefix + path)
    missing = client.get(prefix + re.sub("ghost-[a-z]+", "never-was", path))

    assert hidden.status_code == missing.status_code == 404
    assert hidden.content == missing.content
    assert dict(hidden.items()).keys() == dict(missing.items()).keys()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/programmes/",
        "/programmes/open/",
        "/productions/",
        "/productions/?q=ghost",
        "/slate/",
        "/slate/?strand=ghost-strand",
        "/slate/timeline/",
        "/productions/?partner=ghost-firm",
        "/productions/?strand=ghost-strand",
        "/partners/",
        "/partners/?q=ghost",
        "/people/",
        "/people/?q=ghost",
        "/scholarships/",
        "/track-record/",
        "/sources/",
        "/sources/?q=ghost",
        "/search/?q=ghost",
        "/sitemap.xml",
        "/sitemap-pages.xml",
        "/sitemap-programmes.xml",
        "/sitemap-strands.xml",
        "/sitemap-productions.xml",
        "/sitemap-partners.xml",
        "/sitemap-people.xml",
        "/sitemap-scholarships.xml",
        "/sitemap-sources.xml",
        *FEEDS,
    ],
)
def test_a_draft_leaks_on_no_page(drafts, client, path):
    html = client.get(path).content.decode()

    # What the reader typed may stand in the search box and in the language switch.
    html = re.sub(r'value="ghost[a-z-]*"|\?\w+=ghost[a-z-]*', "", html)
    assert "ghost" not in html.lower()


def test_an_embargo_ends_at_its_moment(client):
    ProductionFactory(
        slug="soon", publication=Publication.EMBARGOED, embargoed_until="2999-01-01T00:00Z"
    )
    ProductionFactory(
        slug="now", publication=Publication.EMBARGOED, embargoed_until="2020-01-01T00:00Z"
    )

    assert client.get("/productions/soon/").status_code == 404
    assert client.get("/productions/now/").status_code == 200


def test_the_sitemap_lists_every_page_in_three_languages(facts, client):
    index = client.get("/sitemap.xml").content.decode()
    productions = client.get("/sitemap-productions.xml").content.decode()

    assert "http://testserver/sitemap-productions.xml" in index
    # 18 in the programme and the track record, in three languages.
    assert productions.count("<url>") == 19 * 3
    assert "<loc>http://testserver/zh-hant/productions/golden-era/</loc>" in productions
    assert 'hreflang="x-default"' in productions


@pytest.mark.parametrize(("feed", "count"), list(zip(FEEDS, [18, 5, 3], strict=True)))
def test_feeds_list_exactly_what_is_public_and_stay_the_same(facts, client, feed, count):
    first, second = client.get(feed), client.get("/zh-hant" + feed)
    feed_of = ElementTree.fromstring(first.content)  # noqa: S314 - our own
    entries = feed_of.findall("{http://www.w3.org/2005/Atom}entry")

    assert first["Content-Type"].startswith("application/atom+xml")
    assert len(entries) == count
    assert b'xml:lang="zh-Hant-HK"' in second.content
    assert client.get(feed).content == first.content


def test_robots_are_told_where_the_sitemap_is(client):
    text = client.get("/robots.txt").content.decode()

    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /admin/" in text


def test_a_foreign_host_is_refused(client):
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
    assert "無法讀取這個請求" in response.content.decode()


def test_a_missing_page_says_so_in_the_language_of_its_address(read):
    assert "No such page" in read("/never-was/", status=404)
    assert "沒有這一頁" in read("/zh-hant/never-was/", status=404)
    assert "没有这一页" in read("/zh-hans/never-was/", status=404)


def test_a_fault_of_ours_shows_no_trace_and_asks_no_database(
    client, monkeypatch, django_assert_num_queries
):
    def broken(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(programmes, "public_programmes", broken)
    client.raise_request_exception = False

    with django_assert_num_queries(0):
        response = client.get("/zh-hant/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong here" in page
    assert "系統出現錯誤" in page
    assert "系统出现错误" in page
    assert "secret detail" not in page
    assert "RuntimeError" not in page
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_while_the_database_is_away_a_page_says_so(client, monkeypatch, caplog):
    def away(*_args):
        raise OperationalError("connection refused: host 10.0.0.1")

    monkeypatch.setattr(programmes, "public_programmes", away)

    response = client.get("/")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "10.0.0.1" not in response.content.decode()
    assert "The database does not answer" in caplog.text


def test_pages_write_nothing(facts, as_app_role, client, django_capture_on_commit_callbacks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        for page in PAGES:
            client.get(page)

    verbs = {query["sql"].lstrip(" \n(").split()[0].upper() for query in asked}
    assert verbs <= {"SELECT", "WITH"}


def test_the_pages_first_load_is_small(facts, client):
    from pathlib import Path

    static = Path(django_settings.BASE_DIR) / "portfolio/website/static/website"
    fonts = sum(path.stat().st_size for path in (static / "fonts").glob("*.woff2"))
    style = (static / "catalogue.css").stat().st_size
    html = len(client.get("/").content)

    assert fonts <= 60 * 1024
    assert fonts + style + html <= 100 * 1024


def test_a_page_is_written_once_in_its_seconds_and_gone_after_a_minute(
    client, settings, django_assert_num_queries
):
    settings.PAGE_SECONDS = 20
    ProductionFactory(slug="kept-for-seconds", name_en="Kept")
    first = client.get("/productions/kept-for-seconds/")

    with django_assert_num_queries(0):
        again = client.get("/productions/kept-for-seconds/")

    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    # 20 seconds here and 40 in a cache.
    assert again["Cache-Control"] == "public, max-age=40"
    other = client.get("/productions/kept-for-seconds/", headers={"host": "127.0.0.1"})
    assert b"http://127.0.0.1/productions/" in other.content
    assert b"Kept" in client.get("/zh-hant/productions/kept-for-seconds/").content


def test_a_question_is_answered_anew_each_time(client, settings):
    settings.PAGE_SECONDS = 20
    client.get("/productions/", {"format": "TV_DRAMA"})
    ProductionFactory(name_en="Just in", format="TV_DRAMA")

    assert b"Just in" in client.get("/productions/", {"format": "TV_DRAMA"}).content
