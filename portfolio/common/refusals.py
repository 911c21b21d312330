"""Refusals: what an operation will not do, in words for whoever asked."""


class Refused(Exception):
    """An operation was refused; the text says what to mend. Nothing was written."""
