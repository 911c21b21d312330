"""What applicants and scholars agreed to: each use by itself, the last word counts."""

from typing import Any

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ConsentUse
from scholarships.models import Applicant, Consent
from scholarships.operations.applications import context


@atomic_retrying
def record_consent(
    *,
    applicant: Applicant,
    use: ConsentUse,
    is_given: bool,
    wording: str,
    language: str,
    actor: Any = None,
) -> Consent:
    """Keep what somebody agreed to or took back, with the words that they saw. It counts from now on."""
    with context(actor):
        return Consent.objects.create(
            applicant=applicant, use=use, is_given=is_given, wording=wording, language=language
        )


def consents_of(applicant: Applicant) -> dict[str, bool]:
    """Each use, and whether it is agreed to now; what was never said is not agreed to."""
    said = dict.fromkeys(ConsentUse.values, False)
    for use, is_given in applicant.consents.order_by("pk").values_list("use", "is_given"):
        said[use] = is_given
    return said if applicant.erased_at is None else dict.fromkeys(ConsentUse.values, False)
