"""Films and series in the staff admin; each file registers its own pages."""

from portfolio.productions.admin import productions, schedules

__all__ = ["productions", "schedules"]
