"""Somebody of whom everything there is, is kept, so that a test can see all of it go."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection

from scholarships.choices import (
    ConsentUse,
    Declared,
    LetterKind,
    LinkPurpose,
    OutcomeKind,
    ReadKind,
)
from scholarships.models import (
    Applicant,
    Application,
    Award,
    Erasure,
    Outcome,
    Review,
    Round,
)
from scholarships.operations import applications, links, panels, papers, reports, reviews
from scholarships.operations.consents import record_consent
from scholarships.operations.letters import write_letter
from scholarships.operations.reads import record_read
from tests.factories import PersonFactory
from tests.scholarships.calls import Call

# Fictional, and found nowhere else in a test database.
VALUES = {
    "email": "waiyin.quillfeather@example.org",
    "name_en": "Quillfeather Wai Yin",
    "name_zh_hant": "羽慧妍",
    "name_zh_hans": "羽慧妍儿",
    "phone": "+852 5559 0173",
    "identity_number": "Q765432(1)",
    "birth_date": "2003-07-19",
    "bank_account": "024-388-765432-001",
}
STATEMENT = "My grandmother projected films in a hall above a wet market, and I carried the reels."
LINK = "https://video.example.org/quillfeather/reel-42"
A_PDF = b"%PDF-1.7\n1 0 obj\n<</Author (Quillfeather Wai Yin)>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# As a dump, a log or a file would show them.
TRACES = (
    "quillfeather", "羽慧妍", "5559 0173", "55590173", "q765432", "2003-07-19", "024-388",
    "024388765432001", "carried the reels", "reel-42",
)  # fmt: skip


def scholar(call: Call, *, with_person: bool = False) -> tuple[Applicant, Award]:
    """A scholar with an award under way, of whom staff wrote the name wherever they can write anything."""
    person = call.applicant(**VALUES)
    name, phone = VALUES["name_en"], "5559-0173"
    for use in ConsentUse:
        record_consent(
            applicant=person, use=use, is_given=True, language="en",
            wording=f"I, {name}, agree to this.",
        )  # fmt: skip
    row = call.draft(person, statement=STATEMENT, work_link=LINK)
    papers.keep_paper(
        application=row,
        paper=call.paper,
        file=ContentFile(A_PDF, name="quillfeather-treatment.pdf"),
    )
    row = applications.submit_application(application=row, at=call.now)
    row = applications.judge_application(
        application=row,
        at=call.now,
        actor=call.officer,
        reason=f"Spoke to Wai Yin Quillfeather, {phone}.",
    )
    links.new_link(applicant=person, purpose=LinkPurpose.APPLY, at=call.now)
    write_letter(applicant=person, kind=LetterKind.RECEIPT, application=row)
    review = call.review(row, call.reviewers[0])
    reviews.give_points(
        review=review, points=dict.fromkeys(call.criteria, 9), comment=f"{name} knows the hall."
    )
    review.scores.update(comment="羽慧妍的聲音很獨特")
    reviews.complete_review(review=review, at=call.now)
    recused = Review.objects.create(
        application=row, reviewer=call.reviewers[1], assigned_by=call.officer
    )
    reviews.declare(
        review=recused, declared=Declared.RECUSED, at=call.now, reason=f"I taught {name}."
    )
    meeting = call.meeting(minutes="The panel spoke of QUILLFEATHER,  Wai Yin and of (羽慧妍).")
    panels.propose_decisions(meeting=meeting, actor=call.officer)
    meeting.decisions.update(reason=f"{name} stands out.")
    panels.close_meeting(meeting=meeting, at=call.now, actor=call.officer)
    row.refresh_from_db()
    award = call.accepted(row)
    report = award.reports.get()
    reports.hand_in_report(report=report, text=f"I am {name} and I shot.", at=call.now)
    reports.decide_report(
        report=report, accept=True, at=call.now, actor=call.officer, reason=f"Thanks to {name}."
    )
    Outcome.objects.create(
        award=award, kind=OutcomeKind.FESTIVAL, title=f"Prize for {name}", place="Quillfeather Hall",
        happened_on=call.now.date(),
    )  # fmt: skip
    record_read(
        applicant=person, kind=ReadKind.SENSITIVE, actor=call.officer, path="/admin/",
        purpose=f"{name} rang from {phone}",
    )  # fmt: skip
    if with_person:
        person.person = PersonFactory(
            slug="quillfeather-wai-yin", name_en=name, name_zh_hant="羽慧妍", notes=VALUES["email"]
        )
        person.save(update_fields=["person"])
        person.person.notes = "Rings in the morning."
        person.person.save()
    return person, award


def ask_and_decide(call: Call, person: Applicant) -> Erasure:
    """An erasure that one officer asked for and another decided."""
    return Erasure.objects.create(
        applicant=person, basis="REQUEST", asked_by=call.officer,
        decided_at=call.now, decided_by=call.second_officer,
    )  # fmt: skip


def everything() -> Iterator[tuple[str, str]]:
    """Each table, and all its rows as COPY writes them; bytes of ours that are text are text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'm') "
            "AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                yield table, b"".join(copy).decode().lower()


def tables_with_traces() -> list[tuple[str, str]]:
    """Tables in which something of the scholar still stands, and what."""
    return [(table, t) for table, text in everything() for t in TRACES if t in text]


def statistics(round: Round) -> dict[str, Any]:
    """What is counted of a round."""
    rows = Application.objects.filter(round=round)
    return {
        "states": sorted(rows.values_list("number", "state", "is_eligible")),
        "points": sorted(
            rows.filter(reviews__scores__points__isnull=False).values_list(
                "number", "reviews__reviewer", "reviews__scores__points"
            )
        ),
        "decisions": sorted(rows.values_list("number", "decisions__outcome", "decisions__score")),
        "awards": sorted(Award.objects.filter(round=round).values_list("pk", "state")),
        "outcomes": Outcome.objects.filter(award__round=round).count(),
        "reports": sorted(rows.values_list("award__reports__number", "award__reports__state")),
    }


def in_days(call: Call, days: int) -> datetime.datetime:
    """Some days from now."""
    return call.now + datetime.timedelta(days=days)
