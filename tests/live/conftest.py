"""The browser of the admin's tests, for the pages of concerts and venues."""

from tests.admin.conftest import chromium, live_site

__all__ = ["chromium", "live_site"]
