"""The browser of the admin's tests, for the pages of concerts and venues."""

from tests.admin.conftest import live_site

__all__ = ["live_site"]
