"""Letters to applicants: written with what they tell of, and sent when that is done."""

from scholarships.choices import LetterKind
from scholarships.models import Applicant, Application, Letter


def write_letter(
    *, applicant: Applicant, kind: LetterKind, application: Application | None = None
) -> Letter | None:
    """Put a letter in the outbox; whoever has no address gets none."""
    if not applicant.email:
        return None
    return Letter.objects.create(
        applicant=applicant, application=application, kind=kind, language=applicant.language
    )
