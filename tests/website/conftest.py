"""What the tests of the pages use: the page as a reader reads it, the loaded facts, a browser."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portfolio.website.fiction import fiction_kept

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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


def chromium_path() -> str | None:
    """Where a Chromium is, or nothing."""
    named = os.environ.get("TOPSHEET_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser; skipped where there is none, a failure with CI=true."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("No Chromium found: set TOPSHEET_CHROMIUM or install one.")
        pytest.skip("no Chromium found; set TOPSHEET_CHROMIUM")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the tests' own queries are synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def fiction_is_known() -> None:
    """That nothing is made up, without a question: a test that loads a sample forgets it."""
    fiction_kept.know([])
