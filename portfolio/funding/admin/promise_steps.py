"""Steps of a promise: submitting, signing, amending, ending it."""

import datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from partners.operations import record_signatures
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_steps import (
    DayField,
    FoundRowField,
    reason_field,
)
from portfolio.funding.admin.step_form import CommitmentStepForm, WithRate
from portfolio.funding.models import Commitment
from portfolio.funding.operations import approvals, commitments


class Submit(CommitmentStepForm):
    """Ask for the approval of a draft."""

    done = _("Submitted; it waits for an approver.")
    explanation = _("From now on its terms stay, unless it is taken back to draft.")
    reason = reason_field(required=False, label=_("What the approver should know"))

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.submit_commitment(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class TakeBack(CommitmentStepForm):
    """Make it a draft again."""

    done = _("It is a draft again.")
    explanation = _("Approvals that were given or asked for become void.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.take_back_commitment(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class Withdraw(CommitmentStepForm):
    """Give it up."""

    done = _("Withdrawn.")
    explanation = _("A withdrawn commitment stays on record and cannot be taken up again.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.withdraw_commitment(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class AskOverCommitment(CommitmentStepForm):
    """Ask to pass the allocation."""

    done = _("Asked; it waits for an approver.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.request_over_commitment(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class Sign(WithRate):
    """Record on which day each party signed: the promise stands."""

    done = _("Signed: the promise stands and consumes its allocations.")
    explanation = _(
        "The promise stands from the day of the last signature, at the rate of that day."
    )
    agreement = FoundRowField(Commitment._meta.get_field("agreement"), label=_("Agreement"))
    signed_date = DayField(
        label=_("Signed on"),
        required=False,
        help_text=_("For all its parties of which no signature is recorded yet."),
    )

    def prepare(self) -> None:
        """Ask for what is missing: the agreement, or the day of each party that has not signed."""
        super().prepare()
        if self.commitment.agreement_id is None:
            self.order_fields(["agreement", "signed_date", *self.fields])
            return
        del self.fields["agreement"], self.fields["signed_date"]
        days = {
            f"signed_{party.pk}": DayField(
                label=_t("%(party)s signed on") % {"party": party.organisation}
            )
            for party in self.dossier.parties
            if party.signed_date is None
        }
        self.fields = days | self.fields

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_t("Agreement"), self.commitment.agreement)] + [
            (party.organisation, party.signed_date)
            for party in self.dossier.parties
            if party.signed_date
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        said = self.cleaned_data
        if agreement := said.get("agreement"):
            self.commitment.agreement = agreement
            self.commitment.save(update_fields=["agreement"])
            parties = agreement.parties.all()
            signed = {party.pk: said["signed_date"] for party in parties if said["signed_date"]}
        else:
            signed = {
                int(name.removeprefix("signed_")): day
                for name, day in said.items()
                if name.startswith("signed_")
            }
        if signed:
            record_signatures(agreement=self.commitment.agreement, signed=signed, actor=actor)  # type: ignore[arg-type]
        known = [p.signed_date for p in self.dossier.parties if p.signed_date]
        last = max([*signed.values(), *known], default=self.today)
        return commitments.sign_commitment(
            commitment=self.commitment, at=at, actor=actor, rate=self.rate_given(last)
        )


class AskCancellation(CommitmentStepForm):
    """Ask that what is outstanding be taken back."""

    done = _("Asked; it waits for an approver.")
    reason = reason_field()

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_t("Outstanding"), money(self.dossier.outstanding, self.commitment.currency))]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.request_cancellation(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class Cancel(CommitmentStepForm):
    """Take back what is outstanding and end the commitment."""

    done = _("Cancelled: what was outstanding is available again.")
    explanation = _("Tranches that are not paid are cancelled. This ends the commitment.")
    value_date = DayField(label=_("Value date"))

    def prepare(self) -> None:
        self.fields["value_date"].initial = self.today

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_t("Outstanding"), money(self.dossier.outstanding, self.commitment.currency))]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.cancel_commitment(
            commitment=self.commitment,
            value_date=self.cleaned_data["value_date"],
            at=at,
            actor=actor,
        )


class Close(CommitmentStepForm):
    """End a commitment of which nothing is outstanding."""

    done = _("Closed.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.close_commitment(commitment=self.commitment, at=at, actor=actor)


class Reopen(CommitmentStepForm):
    """Open a closed commitment again."""

    done = _("Open again.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.reopen_commitment(
            commitment=self.commitment, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class TakeBackRequest(CommitmentStepForm):
    """Take back a request that waits for a decision."""

    done = _("The request is taken back.")
    reason = reason_field()

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_t("Request"), self.subject.get_kind_display()),
            (_t("Reason"), self.subject.reason),
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return approvals.take_back_request(
            request=self.subject, actor=actor, reason=self.cleaned_data["reason"]
        )
