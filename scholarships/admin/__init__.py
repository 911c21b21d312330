"""Scholarships in the staff admin: schemes, rounds, applications, reviews, panels, awards."""

from scholarships.admin import schemes

__all__ = ["schemes"]
