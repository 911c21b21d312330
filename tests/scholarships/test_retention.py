"""Retention: carried out on its very day, once, and never while a reason to keep stands (threat P5)."""

import datetime
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from scholarships.choices import AwardState, ErasureBasis
from scholarships.models import Applicant, Application, ApplicationFile, Award, Erasure, Round
from scholarships.operations import applications, awards
from scholarships.operations.retention import due_on, months_later, undecided_for_long
from tests.factories import PersonFactory
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen
from tests.scholarships.people import scholar

pytestmark = pytest.mark.django_db

HONG_KONG = datetime.timezone(datetime.timedelta(hours=8))


def closed(call: Call, day: datetime.date) -> None:
    """The round closed at the last minute of a day in Hong Kong."""
    at = datetime.datetime.combine(day, datetime.time(23, 59), HONG_KONG)
    Round.objects.filter(pk=call.round.pk).update(
        opens_at=at - datetime.timedelta(days=30), closes_at=at
    )


def who(day: str) -> list[Applicant]:
    return [person for person, _since in due_on(datetime.date.fromisoformat(day))]


def test_P5_an_unsuccessful_application_is_kept_until_its_day_and_not_a_day_longer():
    call = Call()
    rows = [call.draft(), call.submitted(), call.submitted()]
    applications.withdraw_application(application=rows[1], at=call.now)
    applications.judge_application(
        application=rows[2], at=call.now, actor=call.officer, is_eligible=False, reason="Late."
    )
    closed(call, datetime.date(2025, 2, 28))

    assert who("2026-02-27") == []
    assert who("2026-02-28") == [row.applicant for row in rows]
    assert [str(since) for _person, since in due_on(datetime.date(2026, 9, 1))] == [
        "2026-02-28"
    ] * 3


def test_P5_another_application_that_is_kept_keeps_the_person():
    call, later = Call(), Call()
    person = call.applicant()
    call.draft(person)
    later.draft(person)
    closed(call, datetime.date(2025, 1, 31))
    closed(later, datetime.date(2025, 6, 30))

    assert who("2026-06-29") == []
    assert who("2026-06-30") == [person]


def test_P5_what_is_not_decided_is_kept_and_named():
    call = Call()
    row = call.eligible()
    closed(call, datetime.date(2020, 1, 31))

    assert who("2026-06-29") == []
    assert list(undecided_for_long(datetime.date(2026, 6, 29))) == [row]
    assert list(undecided_for_long(datetime.date(2020, 6, 29))) == []


@pytest.mark.parametrize(
    ("end", "day"),
    [
        (None, None),
        (AwardState.COMPLETED, "2033-03-05"),
        (AwardState.RESIGNED, "2033-03-05"),
        (AwardState.DECLINED, "2027-03-05"),
    ],
)
def test_P5_an_award_is_kept_for_years_after_its_end(end: AwardState | None, day: str | None):
    call = Call(places=1)
    person, award = scholar(call) if end != AwardState.DECLINED else (None, call.offered())
    person = person or award.application.applicant
    if end == AwardState.COMPLETED:
        awards.complete_award(award=award, at=call.now, actor=call.officer)
    elif end is not None:
        awards.give_up(award=award, state=end, at=call.now, actor=call.officer, reason="Moved.")
    closed(call, datetime.date(2025, 1, 1))
    loosen("award", "DISABLE TRIGGER award_goes_step_by_step")
    Award.objects.update(state_at=datetime.datetime(2026, 3, 5, 12, tzinfo=HONG_KONG))
    loosen("award", "ENABLE TRIGGER award_goes_step_by_step")

    if day is None:
        assert who("2099-01-01") == []
        return
    assert person not in who(str(datetime.date.fromisoformat(day) - datetime.timedelta(days=1)))
    assert person in who(day)


def test_P5_who_never_applied_is_kept_a_year():
    person = Applicant.objects.create(email="nobody@example.org")
    Applicant.objects.update(created_at=datetime.datetime(2025, 5, 5, 1, tzinfo=HONG_KONG))

    assert who("2026-05-04") == []
    assert who("2026-05-05") == [person]


def test_P5_a_hold_keeps_until_its_day():
    call = Call()
    person = call.draft().applicant
    closed(call, datetime.date(2025, 1, 31))
    Applicant.objects.update(held_until=datetime.date(2027, 1, 1), held_reason="A claim.")

    assert who("2026-12-31") == []
    assert who("2027-01-01") == [person]


def run(**options: Any) -> str:
    said = io.StringIO()
    call_command("carry_out_retention", stdout=said, stderr=said, **options)
    return said.getvalue()


def test_P5_the_command_says_erases_once_and_leaves_who_is_held(data_folder: Path):
    call = Call()
    goes, held, going_on = call.draft().applicant, call.draft().applicant, call.eligible().applicant
    closed(call, datetime.date(2024, 1, 31))
    day = timezone.localdate() + datetime.timedelta(days=1)
    Applicant.objects.filter(pk=held.pk).update(held_until=day, held_reason="A claim.")
    register = data_folder / "erased.jsonl"

    said = run(dry_run=True, register=register)
    assert f"{goes.reference} since 2025-01-31" in said
    assert held.reference not in said
    assert not Applicant.objects.filter(erased_at__isnull=False).exists()
    assert "Erased: 1." in run(register=register)
    assert "Erased: 0." in run(register=register)

    assert [row.erased_at is None for row in Applicant.objects.order_by("pk")] == [
        False,
        True,
        True,
    ]
    assert Erasure.objects.get().basis == ErasureBasis.RETENTION
    assert going_on.applications.get().number in said
    assert Application.objects.count() == 3
    assert register.read_text().count("\n") == 1


def test_P5_one_who_cannot_be_erased_does_not_keep_the_others(data_folder: Path):
    call = Call()
    named = call.draft(call.applicant(name_en="Ophelia Thistlewood")).applicant
    others = [call.draft(call.applicant(name_en=f"Basil Brackenfold {n}")).applicant for n in "abc"]
    PersonFactory(name_en="Ophelia Thistlewood")
    # Their papers are alike, and go when the test's transaction would end.
    ApplicationFile.objects.all().delete()
    closed(call, datetime.date(2024, 1, 31))

    with pytest.raises(
        CommandError, match=rf"{named.reference}: .*partners_person\.name_en"
    ) as said:
        run(register=data_folder / "erased.jsonl")

    assert "Thistlewood" not in str(said.value)
    assert list(Applicant.objects.known()) == [named]
    assert Erasure.objects.filter(applicant__in=others).count() == 3


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2025-12-31", 12, "2026-12-31"),
        ("2024-02-29", 12, "2025-02-28"), ("2025-11-30", 3, "2026-02-28"), ("2025-06-15", 84, "2032-06-15"),
    ],
)  # fmt: skip
def test_P5_months_end_on_a_day_that_there_is(day: str, months: int, later: str):
    assert str(months_later(datetime.date.fromisoformat(day), months)) == later


def test_the_years_that_awards_are_kept_are_sensible():
    call = Call()

    for years in (0, 31):
        with refused("round_terms_are_sensible"):
            Round.objects.filter(pk=call.round.pk).update(award_retention_years=years)
    Round.objects.filter(pk=call.round.pk).update(award_retention_years=30)


def test_papers_of_nobody_are_swept_when_they_are_older_than_an_hour(data_folder: Path):
    kept = Call().draft().files.get()
    old, new = (data_folder / "papers" / name for name in ("old", "new"))
    for file in (old, new):
        file.write_bytes(b"-")
    os.utime(old, (0, 0))
    os.utime(data_folder / "papers" / kept.path, (0, 0))

    run(register=data_folder / "erased.jsonl")

    assert sorted(f.name for f in (data_folder / "papers").iterdir()) == sorted([kept.path, "new"])
