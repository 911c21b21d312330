"""When several save at once, a right still goes to one of them alone."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connections

from portfolio.common.refusals import rule_of
from tests.own_database import own_database
from tests.rights.deals import Deals, day

CLIENTS = 8
ROUNDS = 5


@pytest.fixture
def deals(db: None) -> Iterator[Deals]:
    with own_database():
        made = Deals()
        made.owned()
        yield made


def test_of_eight_who_save_at_once_one_has_the_right(deals):
    for round_ in range(ROUNDS):
        year = 2026 + round_
        drafts = [
            deals.draft("FREE_TV", "HK", (f"{year}-01-01", f"{year}-12-31"))
            for _n in range(CLIENTS)
        ]
        outcomes: Counter[str] = Counter()
        start = threading.Barrier(CLIENTS)

        def save(number: int, drafts=drafts, outcomes=outcomes, start=start) -> None:
            start.wait()
            try:
                deals.force(drafts[number], on=day("2026-01-01"))
                outcomes["accepted"] += 1
            except DatabaseError as error:
                outcomes[rule_of(error)] += 1
            finally:
                connections.close_all()

        threads = [threading.Thread(target=save, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert outcomes == {"accepted": 1, "grant_is_exclusive_as_it_says": CLIENTS - 1}


def test_what_one_gives_back_another_cannot_license_meanwhile(deals):
    """One ends what was acquired while another licenses it: whoever is second is refused."""
    from portfolio.rights import operations
    from portfolio.rights.choices import EndReason
    from tests.rights.deals import AT

    root = deals.title.grants.acquired().get()
    draft = deals.draft("FREE_TV", "HK", ("2026-01-01", "2026-12-31"))
    outcomes: Counter[str] = Counter()
    start = threading.Barrier(2)

    def attempt(write) -> None:
        start.wait()
        try:
            write()
            outcomes["accepted"] += 1
        except DatabaseError as error:
            outcomes[rule_of(error)] += 1
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=attempt, args=(lambda: deals.force(draft),)),
        threading.Thread(target=attempt, args=(lambda: operations.end_grant(
            grant=root, ended_date=day("2026-03-31"), reason=EndReason.REVERSION, at=AT,
            actor=deals.actor),)),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == {"accepted": 1, "grant_is_out_of_what_was_acquired": 1}
