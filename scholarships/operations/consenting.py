"""A form of consents as it was sent: what changed is kept, each use by itself."""

from collections.abc import Mapping

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ConsentUse
from scholarships.models import Applicant, Consent
from scholarships.operations.consents import consents_of, record_consent


@atomic_retrying
def record_consents(
    *,
    applicant: Applicant,
    given: Mapping[str, bool],
    wordings: Mapping[str, str],
    language: str,
) -> list[Consent]:
    """Keep what changed, with the very words that were shown."""
    Applicant.objects.select_for_update(no_key=True).get(pk=applicant.pk)
    before = consents_of(applicant)
    return [
        record_consent(
            applicant=applicant,
            use=ConsentUse(use),
            is_given=is_given,
            wording=wordings[use],
            language=language,
        )
        for use, is_given in given.items()
        if is_given != before[use]
    ]
