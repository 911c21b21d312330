"""From an e-mail address to a letter with the way in, the same whether it is known or not."""

import datetime

from django.db import IntegrityError, transaction

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import LetterKind
from scholarships.models import Applicant, Letter, Round
from scholarships.operations.applications import context
from scholarships.operations.letters import write_letter


@atomic_retrying
def ask_for_address(
    *, email: str, language: str, at: datetime.datetime, round: Round | None = None
) -> Letter | None:
    """Write the letter with a secret address. Who is not known yet is, where the round is open.

    Nobody learns from the answer whether an address is known: there is none.
    """
    email = email.strip().lower()
    with context(None):
        person = Applicant.objects.filter(email=email).first()
        if person is None:
            if round is None or not round.is_open(at):
                return None
            person = _new_applicant(email, language)
        elif person.language != language and not person.applications.exists():
            person.language = language
            person.save(update_fields=["language"])
        return write_letter(applicant=person, kind=LetterKind.LINK, round=round)


def _new_applicant(email: str, language: str) -> Applicant:
    try:
        with transaction.atomic():
            return Applicant.objects.create(email=email, language=language)
    except IntegrityError:
        # Somebody pressed twice: the other request made the row.
        return Applicant.objects.get(email=email)
