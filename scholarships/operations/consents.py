"""What applicants agree to, each use by itself, and take back at any time."""

from collections.abc import Mapping

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ConsentUse
from scholarships.models import Applicant, Consent
from scholarships.operations.applications import context


def standing_consents(applicant: Applicant) -> dict[str, bool]:
    """What the applicant agrees to now: the last word for each use, and no where nothing was said."""
    said = dict(
        Consent.objects.filter(applicant=applicant).order_by("pk").values_list("use", "is_given")
    )
    return {use: said.get(use, False) for use in ConsentUse.values}


@atomic_retrying
def record_consents(
    *,
    applicant: Applicant,
    given: Mapping[str, bool],
    wordings: Mapping[str, str],
    language: str,
) -> list[Consent]:
    """Keep what changed, with the very words that were shown."""
    with context(None):
        Applicant.objects.select_for_update(no_key=True).get(pk=applicant.pk)
        before = standing_consents(applicant)
        return [
            Consent.objects.create(
                applicant=applicant,
                use=use,
                is_given=is_given,
                wording=wordings[use],
                language=language,
            )
            for use, is_given in given.items()
            if is_given != before[use]
        ]
