"""Deliverables: step by step, decided by somebody else, and kept once accepted."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.productions.models import Deliverable
from portfolio.productions.operations.deliverables import decide_deliverable, receive_deliverable
from tests.factories import DeliverableFactory
from tests.productions.slate import AT, DAY, LATER
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def master(slate):
    """A master that is due on the first of June."""
    return DeliverableFactory(production=slate.film, kind="MASTER", due_date=DAY)


def rows(row: Deliverable):
    return Deliverable.objects.filter(pk=row.pk)


def test_what_is_rejected_comes_again_and_is_accepted(slate, master):
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)
    decide_deliverable(
        deliverable=master, accept=False, actor=slate.second, at=AT, reason="Drop-outs in reel 3"
    )
    receive_deliverable(deliverable=master, received_date=LATER, actor=slate.officer)
    decide_deliverable(deliverable=master, accept=True, actor=slate.second, at=AT)

    master.refresh_from_db()
    assert (master.state, master.received_date, master.decided_by) == (
        "ACCEPTED", LATER, slate.second,
    )  # fmt: skip


def test_who_took_it_in_does_not_decide(slate, master):
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)

    with refused("deliverable_is_decided_by_another"):
        decide_deliverable(deliverable=master, accept=True, actor=slate.officer, at=AT)
    decide_deliverable(deliverable=master, accept=True, actor=slate.second, at=AT)


def test_a_rejection_has_a_reason(slate, master):
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)

    with refused("deliverable_rejected_has_a_reason"):
        decide_deliverable(deliverable=master, accept=False, actor=slate.second, at=AT)


def test_there_is_no_other_way(slate, master):
    with refused("deliverable_takes_a_step_there_is"):
        rows(master).update(
            state="ACCEPTED", received_date=DAY, received_by=slate.officer, decided_at=AT,
            decided_by=slate.second,
        )  # fmt: skip
    with refused("deliverable_begins_expected"):
        DeliverableFactory(state="RECEIVED", received_date=DAY, received_by=slate.officer)
    with refused("deliverable_state_has_its_dates"):
        rows(master).update(state="RECEIVED")
    with refused("deliverable_takes_a_step_there_is"):
        rows(master).update(state="LOST")


def test_even_without_steps_the_state_is_a_known_one(master):
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE productions_deliverable "
            "DISABLE TRIGGER deliverable_goes_step_by_step"
        )

    with refused("deliverable_state_has_its_dates"):
        rows(master).update(state="LOST")


def test_what_was_accepted_is_kept(slate, master):
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)
    decide_deliverable(deliverable=master, accept=True, actor=slate.second, at=AT)

    with refused("deliverable_accepted_is_kept"):
        rows(master).update(kind="DCP")
    with refused("deliverable_accepted_is_kept"):
        rows(master).delete()
    rows(master).update(due_date=LATER)
    decide_deliverable(
        deliverable=master, accept=False, actor=slate.second, at=AT, reason="The wrong one"
    )


def test_deliverable_is_decided_now(slate, master, as_app_role):
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)
    decide_deliverable(deliverable=master, accept=True, actor=slate.second, at=AT)

    master.refresh_from_db()
    assert abs(master.decided_at - timezone.now()) < datetime.timedelta(minutes=5)


def test_a_deliverable_is_named_and_asked_for_once(slate, master):
    DeliverableFactory(production=slate.film, kind="MASTER", title="Mandarin")
    DeliverableFactory(production=slate.film, kind="OTHER", title="Costumes for the museum")

    with refused("deliverable_is_asked_for_once"):
        DeliverableFactory(production=slate.film, kind="MASTER")
    with refused("deliverable_of_another_kind_says_what"):
        DeliverableFactory(production=slate.film, kind="OTHER")
    with refused("deliverable_kind_is_known"):
        DeliverableFactory(production=slate.film, kind="CAKE")


def test_what_has_not_come_is_overdue_and_what_is_mandatory_is_missing(slate, master):
    extra = DeliverableFactory(
        production=slate.film, kind="TRAILER", is_mandatory=False, due_date=DAY
    )

    assert list(Deliverable.objects.overdue_on(DAY)) == []
    assert set(Deliverable.objects.overdue_on(LATER)) == {master, extra}
    receive_deliverable(deliverable=master, received_date=DAY, actor=slate.officer)
    assert list(Deliverable.objects.overdue_on(LATER)) == [extra]
    assert list(Deliverable.objects.missing()) == [master]
    decide_deliverable(deliverable=master, accept=True, actor=slate.second, at=AT)
    assert list(Deliverable.objects.missing()) == []
