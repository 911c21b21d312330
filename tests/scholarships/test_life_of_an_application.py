"""From a draft to a place that is paid for."""

import pytest

from scholarships.models import Letter, RoundPlaces
from tests.scholarships.calls import Call

pytestmark = pytest.mark.django_db


def test_an_application_becomes_a_place_that_is_paid_for():
    call = Call(places=1)
    best, second, third = call.decided(3)

    award = call.accepted(best)

    assert [row.state for row in (best, second, third)] == ["SELECTED", "WAITING", "WAITING"]
    assert [row.waiting_place for row in (second, third)] == [1, 2]
    assert award.state == "ACCEPTED"
    assert award.commitment.state == "SIGNED"
    assert RoundPlaces.objects.get(round=call.round).taken == 1
    assert [str(r.due_date) for r in award.reports.all()] == ["2027-03-01"]
    assert sorted(Letter.objects.values_list("kind", flat=True)) == [
        "OFFER", "RECEIPT", "RECEIPT", "RECEIPT", "RESULT", "RESULT",
    ]  # fmt: skip
