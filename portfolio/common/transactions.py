"""Transactions that try again by themselves where two of them stood in each other's way."""

import functools
import random
import time
from collections.abc import Callable

import psycopg
from django.db import OperationalError, connection, transaction

ATTEMPTS = 5


def atomic_retrying[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run a write in one transaction; a deadlock starts it anew, unless somebody else's holds it.

    PostgreSQL ends one of two transactions that wait for each other; nothing of it was written, so
    that it can simply be done again. Inside a transaction of the caller only the caller can.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                again = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
                if attempt == ATTEMPTS or not isinstance(error.__cause__, again):
                    raise
                time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - no secret
        raise AssertionError("unreachable")

    return run
