"""Every page speaks three languages, each at its own address."""

import re

import pytest
from django.core.management import call_command

from portfolio.website import messages
from tests.factories import OrganisationFactory

PAGES = [
    "/",
    "/productions/",
    "/slate/",
    "/slate/timeline/",
    "/concerts/",
    "/venues/",
    "/productions/forensic-heroes-vi/",
    "/partners/",
    "/partners/alibaba-dme/",
    "/people/",
    "/people/kevin-yeung/",
    "/scholarships/",
    "/scholarships/hkbu-film-2024/",
    "/track-record/",
    "/sources/",
    "/sources/press-2024-03-14/",
    "/strands/tv/",
    "/about-the-data/",
    "/search/?q=tvb",
    "/programmes/",
    "/programmes/hk-revitalisation/",
]
# Words of the data, of names, and of the language switch; everything else must be Chinese.
INTERFACE = re.compile(
    r"\b(the|of|and|Productions|Partners|People|Sources|Search|Format|Stage|Announced|"
    r"Studio|Backer|Press article|Claims?|places?|years?|disclosed|Hong Kong)\b"
)


@pytest.mark.django_db
def test_every_page_speaks_three_languages(facts, client):
    for page in PAGES:
        answers = [client.get(prefix + page) for prefix in ("", "/zh-hant", "/zh-hans")]

        assert [answer.status_code for answer in answers] == [200, 200, 200], page
        tags = [re.search(r'<html lang="([^"]+)"', a.content.decode())[1] for a in answers]
        assert tags == ["en", "zh-Hant-HK", "zh-Hans"], page
        assert [a["Content-Language"] for a in answers] == ["en", "zh-hant", "zh-hans"], page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_no_english_word_of_the_interface_stands_on_a_chinese_page(facts, client, language):
    for page in PAGES:
        html = client.get(f"/{language}{page}").content.decode()
        body = re.sub(r"<script\b.*?</script>", " ", html[html.index("<body") :], flags=re.DOTALL)
        # What the data says in English is marked as English.
        body = re.sub(r'<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', " ", body, flags=re.DOTALL)
        # An option cannot mark a part of itself: the names of strands are the data's.
        body = re.sub(r"<option value=\"[a-z][^>]*>.*?</option>", " ", body, flags=re.DOTALL)
        words = re.sub(r"<[^>]+>", " ", body)

        assert INTERFACE.findall(words) == [], page


@pytest.mark.django_db
def test_the_language_switch_keeps_the_page_and_what_was_asked(facts, client):
    html = client.get("/zh-hant/productions/", {"strand": "tv"}).content.decode()

    assert 'href="/productions/?strand=tv" lang="en"' in html
    assert 'href="/zh-hans/productions/?strand=tv" lang="zh-Hans"' in html


@pytest.mark.django_db
def test_a_page_names_itself_in_the_other_languages(facts, client):
    html = client.get("/zh-hans/people/").content.decode()

    assert 'rel="canonical" href="http://testserver/zh-hans/people/"' in html
    assert 'hreflang="en" href="http://testserver/people/"' in html
    assert 'hreflang="zh-Hant-HK" href="http://testserver/zh-hant/people/"' in html
    assert 'hreflang="x-default" href="http://testserver/people/"' in html


@pytest.mark.django_db
def test_the_address_alone_decides_the_language(client):
    plain = client.get("/about-the-data/")
    asked = client.get("/about-the-data/", headers={"accept-language": "zh-hant"})
    client.cookies["django_language"] = "zh-hans"
    kept = client.get("/about-the-data/")

    assert plain.content == asked.content == kept.content


@pytest.mark.django_db
def test_amounts_and_dates_are_written_as_the_reader_writes_them(facts, read):
    hant, hans = read("/zh-hant/"), read("/zh-hans/")

    assert "不少於 50億港元" in hant
    assert "公布於 2024年3月11日" in hant
    assert "不少于 50亿港元" in hans
    assert "HK$5,000,000,000.00" in hant
    assert "US$640,000,000.00" in hans


@pytest.mark.django_db
def test_undisclosed_is_said_in_each_language(facts, read):
    assert "未披露" in read("/zh-hant/productions/golden-era/")
    assert "未披露" in read("/zh-hans/productions/golden-era/")


@pytest.mark.django_db
def test_each_name_carries_its_own_language(client):
    OrganisationFactory(slug="three", name_en="Three", name_zh_hant="三間", name_zh_hans="三间")

    html = client.get("/zh-hans/partners/three/").content.decode()

    assert re.search(r"<h1[^>]*>三间", html)
    assert '<span lang="zh-Hant-HK">三間</span>' in html
    assert '<span lang="en">Three</span>' in html


def test_every_text_is_translated_and_compiled():
    said = {str(message.id) for message in messages.said() if message.id}
    for language in messages.LANGUAGES:
        catalog = messages.translated(language)
        kept = {str(message.id) for message in catalog if message.id}
        empty = [m.id for m in catalog if m.id and not messages.all_said(m.string)]
        fuzzy = [m.id for m in catalog if m.id and m.fuzzy]
        mo = (messages.folder(language) / "django.mo").read_bytes()

        assert said - kept == set(), f"{language}: run manage.py collect_page_messages"
        assert empty == []
        assert fuzzy == []
        assert mo == messages.compiled(catalog), f"{language}: run manage.py collect_page_messages"


def test_a_translation_names_the_same_placeholders():
    for language in messages.LANGUAGES:
        for message in messages.translated(language):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = {name for text in ids for name in re.findall(r"%\((\w+)\)s", text)}
            for text in texts:
                assert set(re.findall(r"%\((\w+)\)s", text)) == wanted, message.id


def test_collecting_again_changes_nothing(tmp_path, monkeypatch):
    for language in messages.LANGUAGES:
        source = messages.folder(language) / "django.po"
        target = tmp_path / language
        target.mkdir()
        (target / "django.po").write_bytes(source.read_bytes())
    before = {x: (tmp_path / x / "django.po").read_bytes() for x in messages.LANGUAGES}
    monkeypatch.setattr(messages, "folder", lambda language: tmp_path / language)

    call_command("collect_page_messages", verbosity=0)

    assert {x: (tmp_path / x / "django.po").read_bytes() for x in messages.LANGUAGES} == before
