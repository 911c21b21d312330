"""The one real browser of the tests, and what everything that is shown in it is held to."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Where a Chromium is, or nothing."""
    named = os.environ.get("TOPSHEET_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def chromium(one_chromium: Any) -> Iterator[Any]:
    """A real browser; a window that a test leaves open is closed, or it would be drawn for ever."""
    yield one_chromium
    for context in one_chromium.contexts:
        context.close()


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[Any]:
    """The browser of all tests; without one the test is skipped, or fails where CI is set."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail("No Chromium: install Debian's `chromium`, or set TOPSHEET_CHROMIUM.")
        pytest.skip("No Chromium found: set TOPSHEET_CHROMIUM to run the browser tests.")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def settled(page: Any) -> Any:
    """The page, once its typefaces are there, what moves has come to rest and it was drawn.

    Opening a page waits for its files. That nothing was asked for in half a second, as "networkidle"
    does, would say no more of pages that ask for nothing later; it only takes that half second.
    """
    page.wait_for_load_state()
    page.evaluate(
        """async () => {
            const drawn = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
            await document.fonts.ready;
            await drawn();
            const ends = (each) => each.effect?.getComputedTiming().endTime !== Infinity;
            const moves = document.getAnimations().filter(ends);
            const rested = Promise.allSettled(moves.map((each) => each.finished));
            await Promise.race([rested, new Promise((go) => setTimeout(go, 1000))]);
            await drawn();
        }"""
    )
    return page
