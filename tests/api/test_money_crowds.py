"""L5, L6, L8, O1: many at once, and what is left when a writer dies. Really committed, in threads."""

import json
import threading
from collections import Counter
from decimal import Decimal

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client

from portfolio.funding.models import CommitmentPosition, KeptAnswer, LedgerEntry, LedgerLink
from portfolio.funding.operations import external
from tests.api.money import Caller, payment, person
from tests.books import Books

CLIENTS = 8


@pytest.fixture
def finance(committed):
    """Finance, whose books are in a database of their own."""
    return Caller(person("Finance"))


def at_once(act, clients=CLIENTS):
    """What each of some threads was answered, all of them begun together."""
    answers, start = [], threading.Barrier(clients)

    def client(number):
        start.wait()
        try:
            answers.append(act(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def clone(caller):
    """The same key in a client of its own."""
    made = object.__new__(Caller)
    made.client = Client(headers={"host": "localhost", "authorization": f"Bearer {caller.key}"})
    return made


def test_l5_payments_never_pass_the_commitment(finance):
    tranche = Books().payable()
    body = payment(tranche, amount="1500000.00")

    def pay(_number):
        caller = clone(finance)
        return [caller.post("ledger-entries/", body).status_code for _ in range(3)]

    found = Counter(status for statuses in at_once(pay) for status in statuses)

    # Six times 1.5 of 10 million; a seventh would pass it.
    assert found == {201: 6, 409: 3 * CLIENTS - 6}
    position = CommitmentPosition.objects.get(commitment=tranche.commitment)
    assert position.disbursed == Decimal(9000000)
    assert LedgerEntry.objects.filter(kind="DISBURSEMENT").count() == 6
    assert KeptAnswer.objects.count() == 6
    assert list(LedgerLink.objects.values_list("sequence", flat=True)) == list(range(1, 8))


def test_l8_many_with_one_key_write_once(finance):
    tranche = Books().payable()
    body = payment(tranche, amount="1.00")

    answers = at_once(lambda _n: clone(finance).post("ledger-entries/", body, key="one"), 20)

    assert len(answers) == 20

    written = [a for a in answers if a.status_code == 201]
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.content for a in written}) == 1
    assert sum("Idempotency-Replayed" not in a for a in written) == 1
    for busy in (a for a in answers if a.status_code == 409):
        assert busy["Retry-After"] == "1"
    assert LedgerEntry.objects.filter(kind="DISBURSEMENT").count() == 1
    again = finance.post("ledger-entries/", body, key="one")
    assert again.content == written[0].content


def test_l8_who_comes_while_the_first_is_writing_is_told_to_wait(finance, monkeypatch):
    tranche = Books().payable()
    body = payment(tranche)
    reached, go_on = threading.Event(), threading.Event()
    real = external.write

    def slow(*args):
        reached.set()
        go_on.wait(10)
        return real(*args)

    monkeypatch.setattr(external, "write", slow)
    first = []
    thread = threading.Thread(
        target=lambda: (
            first.append(clone(finance).post("ledger-entries/", body, key="one")),
            connections.close_all(),
        )
    )
    thread.start()
    assert reached.wait(10)
    second = finance.post("ledger-entries/", body, key="one")
    go_on.set()
    thread.join()
    third = finance.post("ledger-entries/", body, key="one")

    assert (second.status_code, second["Retry-After"]) == (409, "1")
    assert first[0].status_code == third.status_code == 201
    assert third.content == first[0].content
    assert third["Idempotency-Replayed"] == "true"


def end(pid):
    """End a connection from the server's side."""
    info = connection.connection.info
    with psycopg.connect(info.dsn, password=info.password, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def counts():
    return LedgerEntry.objects.filter(kind="DISBURSEMENT").count(), KeptAnswer.objects.count()


def test_l6_a_connection_that_dies_before_the_commit_leaves_nothing(finance, monkeypatch):
    tranche = Books().payable()
    real = external._body

    def dying(*args):
        body = real(*args)
        end(connection.connection.info.backend_pid)
        return body

    monkeypatch.setattr(external, "_body", dying)
    lost = finance.post("ledger-entries/", payment(tranche), key="one")
    monkeypatch.undo()
    left = counts()
    again = finance.post("ledger-entries/", payment(tranche), key="one")

    assert lost.status_code == 503
    assert left == (0, 0)
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again
    assert counts() == (1, 1)


def test_l6_an_answer_that_is_lost_after_the_commit_is_given_again(finance, monkeypatch):
    tranche = Books().payable()
    real = external.once

    def dying(**terms):
        real(**terms)
        end(connection.connection.info.backend_pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(external, "once", dying)
    with pytest.raises(KeyboardInterrupt):
        finance.post("ledger-entries/", payment(tranche), key="one")
    monkeypatch.undo()
    connection.close()
    again = finance.post("ledger-entries/", payment(tranche), key="one")

    assert again.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    [entry] = LedgerEntry.objects.filter(kind="DISBURSEMENT")
    assert json.loads(again.content)["entries"][0]["id"] == entry.pk
    assert counts() == (1, 1)
