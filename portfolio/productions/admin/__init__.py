"""Films and series in the staff admin; each file registers its own pages."""

from portfolio.productions.admin import (
    credits,
    images,
    productions,
    results,
    schedules,
    waterfalls,
)

__all__ = ["credits", "images", "productions", "results", "schedules", "waterfalls"]
