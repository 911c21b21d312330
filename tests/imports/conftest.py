"""Who sits at the screens of imports."""

from tests.admin.conftest import boss, browser_of, live_site, officer, superuser
from tests.browser import chromium

__all__ = ["boss", "browser_of", "chromium", "live_site", "officer", "superuser"]
