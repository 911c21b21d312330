"""Everything that is kept about one person, as one file: what they gave, what was decided, who read it."""

import json
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from scholarships.models import (
    Answers,
    Applicant,
    ApplicationFile,
    Award,
    Outcome,
    PanelDecision,
    ProgressReport,
    Review,
    Score,
)
from scholarships.models.application import ANSWERS

SUFFIXES = {"PDF": "pdf", "JPEG": "jpg", "PNG": "png"}
IN_MEMORY = 4 * 1024 * 1024
READ_ME = (
    "Everything that is kept about you here, in data.json, and the papers that you handed in.\n"
    "Members of staff are not named. Amounts are in the currency beside them, moments in UTC.\n"
)


def export_of(applicant: Applicant) -> IO[bytes]:
    """A ZIP file with data.json and the papers; the caller keeps that it was made.

    Units: amounts are strings in major units. Time: moments in UTC.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - given away
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as kept:
        kept.writestr("read-me.txt", READ_ME)
        kept.writestr(
            "data.json",
            json.dumps(data_of(applicant), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2),
        )
        papers = ApplicationFile.objects.filter(application__applicant=applicant)
        for paper in papers.select_related("application"):
            name = f"papers/{paper.application.number}-{paper.pk}.{SUFFIXES[paper.format]}"
            with storages["papers"].open(paper.path) as content, kept.open(name, "w") as target:
                for piece in content.chunks():
                    target.write(piece)
    file.seek(0)
    return file


def data_of(applicant: Applicant) -> dict[str, Any]:
    """What the tables hold about a person."""
    return {
        "person": _fields(
            applicant,
            "reference", "email", "name_en", "name_zh_hant", "name_zh_hans", "phone", "language",
            "identity_number", "birth_date", "bank_account", "created_at", "changed_at",
            "held_until", "held_reason", "erased_at",
        ),
        "person_of_the_portfolio": applicant.person
        and _fields(
            applicant.person, "slug", "name_en", "name_zh_hant", "name_zh_hans", "publication", "notes"
        ),
        "consents": _rows(
            applicant.consents.order_by("pk"), "use", "is_given", "wording", "language", "recorded_at"
        ),
        "applications": [_application(row) for row in applicant.applications.order_by("pk")],
        "letters": _rows(
            applicant.letters.all(), "kind", "language", "written_at", "sent_at"
        ),
        "secret_addresses": _rows(
            applicant.links.order_by("pk"),
            "purpose", "created_at", "expires_at", "first_used_at", "revoked_at",
        ),
        "read_by_staff": _rows(applicant.reads.order_by("pk"), "kind", "purpose", "read_at"),
        "erasure": [
            _fields(row, "basis", "asked_at", "decided_at", "done_at")
            for row in [getattr(applicant, "erasure", None)]
            if row is not None
        ],
    }  # fmt: skip


def _application(row: Any) -> dict[str, Any]:
    answers = Answers.objects.filter(application=row).first()
    award = Award.objects.filter(application=row).select_related("commitment").first()
    return {
        **_fields(
            row,
            "number", "way", "state", "state_at", "state_reason", "submitted_at", "late_reason",
            "is_eligible", "broken_rules", "waiting_place",
        ),
        "round": str(row.round),
        "scheme": str(row.round.scheme),
        "answers": answers and _fields(answers, *ANSWERS, "changed_at"),
        "papers": _rows(
            row.files.select_related("paper"),
            "paper", "file_name", "format", "size", "sha256", "uploaded_at",
        ),
        "reviews": [
            {
                **_fields(review, "declared", "declared_at", "recusal_reason", "comment", "completed_at"),
                "points": _rows(
                    Score.objects.filter(review=review).select_related("criterion"),
                    "criterion", "points", "comment",
                ),
            }
            for review in Review.objects.filter(application=row)
        ],
        "panels": _rows(
            PanelDecision.objects.filter(application=row, meeting__closed_at__isnull=False),
            "outcome", "place", "score", "reason",
        ),
        "award": award and _award(award),
        "history": list(
            row.pgh_event_model.objects.filter(pgh_obj=row.pk).order_by("pgh_id").values(
                "pgh_created_at", "pgh_label", "state"
            )
        ),
    }  # fmt: skip


def _award(award: Award) -> dict[str, Any]:
    return {
        **_fields(award, "state", "state_at", "state_reason", "offered_at", "reply_by", "starts_on"),
        "commitment": _fields(award.commitment, "title", "state", "currency", "amount"),
        "instalments": _rows(
            award.commitment.tranches.order_by("number"), "number", "title", "due_date", "amount", "state"
        ),
        "reports": _rows(
            ProgressReport.objects.filter(award=award),
            "number", "due_date", "state", "text", "submitted_at", "decided_at", "reason",
        ),
        "outcomes": _rows(
            Outcome.objects.filter(award=award),
            "kind", "title", "place", "happened_on", "project", "publication",
        ),
    }  # fmt: skip


def _rows(rows: Iterable[models.Model], *names: str) -> list[dict[str, Any]]:
    return [_fields(row, *names) for row in rows]


def _fields(row: Any, *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: str(value) if isinstance(value, models.Model) else value
        for name, value in values.items()
    }
