"""What applicants and scholars agreed to: each use by itself, the last word counts."""

from typing import Any

<<<<<<< HEAD
=======
from django.db.models import Exists, OuterRef, Q

>>>>>>> 631ebc1 (Erasure: everything of a person goes, and a search over every column and file proves it; retention, consents and the register)
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
<<<<<<< HEAD
=======


def agreed_to(use: ConsentUse, applicant: str = "applicant") -> Q:
    """Rows whose applicant, at the path `applicant`, agrees to a use now and was not erased.

    Asked with each page and never kept: what is taken back is gone from the next page that is made.
    """
    words = Consent.objects.filter(use=use)
    later = words.filter(applicant=OuterRef("applicant"), pk__gt=OuterRef("pk"))
    now = words.filter(applicant=OuterRef(applicant), is_given=True).filter(~Exists(later))
    return Q(Exists(now)) & Q(**{f"{applicant}__erased_at__isnull": True})
>>>>>>> 631ebc1 (Erasure: everything of a person goes, and a search over every column and file proves it; retention, consents and the register)
