"""What the database says when it refuses a change; the admin's name for it."""

from portfolio.common.refusals import refusal_of

__all__ = ["refusal_of"]
