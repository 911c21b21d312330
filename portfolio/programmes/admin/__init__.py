"""Programmes, strands, projects and allocations in the staff admin."""

from portfolio.programmes.admin import allocations
from portfolio.programmes.admin.programmes import (
    ProjectAdmin,
    ProjectCitationInline,
    ProjectDetailAdmin,
)

__all__ = ["ProjectAdmin", "ProjectCitationInline", "ProjectDetailAdmin", "allocations"]
