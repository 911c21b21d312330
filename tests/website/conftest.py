"""What the tests of the pages use: the page as a reader reads it, the loaded facts, a browser."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from portfolio.website.fiction import fiction_kept


def text_of(html: str) -> str:
    """The words of a page in reading order, without what no reader sees."""
    body = html[html.index("<body") :]
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
    body = re.sub(r"</?(span|a|time|b|i)\b[^>]*>", "", body)
    words = unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u2060", "")
    return " ".join(words.split())


@pytest.fixture
def read(client: Client) -> Callable[..., str]:
    """The words of the page at an address."""

    def page(path: str, data: dict[str, str] | None = None, *, status: int = 200) -> str:
        response = client.get(path, data)
        assert response.status_code == status, path
        return text_of(response.content.decode())

    return page


@pytest.fixture
def entries(client: Client) -> Callable[..., list[str]]:
    """The titles listed on a page, in their order."""

    def titles(path: str, data: dict[str, str] | None = None) -> list[str]:
        html = client.get(path, data).content.decode()
        found = re.findall(
            r'class="(?:entry__title|name-row__name)[^"]*">\s*<a[^>]*>(.*?)</a>', html, re.DOTALL
        )
        return [unescape(re.sub(r"<[^>]+>", "", title)).strip() for title in found]

    return titles


@pytest.fixture(autouse=True)
def fiction_is_known() -> None:
    """That nothing is made up, without a question: a test that loads a sample forgets it."""
    fiction_kept.know([])
