"""Proving that the ledger is what it was: read afresh, hashed and added up again, row by row."""


class NotTrue(Exception):
    """The first row that is wrong, in one sentence."""
