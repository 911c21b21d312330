"""Steps of a person: enter what is sensitive, keep a consent, close addresses, ask for the erasure."""

import datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import DayField, LineField, ListField, SentencesField
from scholarships.admin.steps import RowStep
from scholarships.choices import ConsentUse
from scholarships.operations.applications import set_personal
from scholarships.operations.consents import record_consent
from scholarships.operations.links import revoke_links
from scholarships.operations.requests import ask_for_erasure, decide_erasure

MAY_CHANGE = "scholarships.change_applicant"
MAY_REVEAL = "scholarships.reveal_applicant"


class OfSomebodyKnown(RowStep):
    """A step of somebody who was not erased."""

    permission = MAY_CHANGE

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """As long as there is something of them."""
        return row.erased_at is None


class EnterSensitive(OfSomebodyKnown):
    """What lies encrypted is written here and nowhere else."""

    label = _("Enter identity number, birth date or bank account")
    permission = MAY_REVEAL
    done = _("It is kept, encrypted.")
    explanation = _("What is left empty here stays as it is.")
    identity_number = LineField(label=_("identity number"), max_length=40, required=False)
    birth_date = DayField(label=_("birth date"), required=False)
    bank_account = LineField(label=_("bank account"), max_length=100, required=False)

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Seal what was given."""
        given = {name: str(value) for name, value in self.cleaned_data.items() if value}
        return set_personal(applicant=self.row, actor=actor, **given)


class KeepConsent(OfSomebodyKnown):
    """What somebody said by telephone or on paper."""

    label = _("Keep a consent, or that it was taken back")
    permission = "scholarships.add_consent"
    done = _("It counts from now on.")
    use = ListField(label=_("what for"), choices=ConsentUse.choices)
    is_given = ListField(
        label=_("what they said"), choices=[("no", _("Taken back")), ("yes", _("Given"))]
    )
    wording = SentencesField(label=_("words they saw or said"))

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Add it to what they said before."""
        said = self.cleaned_data
        return record_consent(
            applicant=self.row, use=ConsentUse(said["use"]), is_given=said["is_given"] == "yes",
            wording=said["wording"], language=self.row.language, actor=actor,
        )  # fmt: skip


class CloseAddresses(OfSomebodyKnown):
    """Where a letter went astray."""

    label = _("Close all secret addresses")
    done = _("None of the addresses that were sent opens anything now.")
    explanation = _("They can ask for a new one with their e-mail address.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where there is one."""
        return bool(row.links.filter(revoked_at=None, expires_at__gte=now).exists())

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Close them."""
        return revoke_links(applicant=self.row, at=at)


class AskForErasure(OfSomebodyKnown):
    """At the person's own wish."""

    label = _("Ask for the erasure")
    permission = "scholarships.add_erasure"
    done = _("It was entered. Somebody else decides about it.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where nobody asked yet."""
        return row.erased_at is None and getattr(row, "erasure", None) is None

    def prepare(self) -> None:
        """What will go, and what stays."""
        self.explanation = _t(
            "Everything personal will be gone for good: names, papers, statements, letters, comments of "
            "reviewers. What was decided and paid stays, under its number."
        )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Enter it."""
        return ask_for_erasure(applicant=self.row, at=at, actor=actor)


class DecideErasure(RowStep):
    """Who did not enter it decides."""

    label = _("Let it be erased")
    permission = "scholarships.change_erasure"
    done = _("The next run of the command erases it.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it was asked for."""
        return row.decided_at is None and row.done_at is None

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Decide."""
        return decide_erasure(erasure=self.row, at=at, actor=actor)


STEPS: dict[str, type[RowStep]] = {
    "sensitive": EnterSensitive,
    "consent": KeepConsent,
    "addresses": CloseAddresses,
    "ask-erasure": AskForErasure,
}
DECISIONS: dict[str, type[RowStep]] = {"decide": DecideErasure}
