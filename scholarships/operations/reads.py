"""Who of the staff read what of whom: kept with every page, file and export, and holding none of it."""

from typing import Any

from scholarships.choices import ReadKind
from scholarships.models import Applicant, PersonalRead


def record_read(
    *, applicant: Applicant, kind: ReadKind, actor: Any, path: str = "", purpose: str = ""
) -> PersonalRead:
    """Keep that somebody read personal data; what is sensitive says what for."""
    return PersonalRead.objects.create(
        applicant=applicant, kind=kind, read_by=actor, path=path[:200], purpose=purpose[:200]
    )
