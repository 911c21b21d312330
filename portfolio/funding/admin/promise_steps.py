"""Steps of a promise: submitting, signing, amending, ending it."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from partners.choices import DocumentKind
from partners.models import AgreementAmendment
from partners.operations import amend_amount, record_signatures
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    FoundRowField,
    ListField,
    SentencesField,
    reason_field,
)
from portfolio.funding.admin.step_form import CommitmentStepForm, WithDocument, WithRate
from portfolio.funding.models import AmendmentSplit, Commitment
from portfolio.funding.operations import amendments, approvals, commitments


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

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_t("Request"), self.subject.get_kind_display()),
            (_t("Reason"), self.subject.reason),
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return approvals.take_back_request(request=self.subject, actor=actor)


# --- Amendments ------------------------------------------------------------------------------


class Amend(CommitmentStepForm):
    """Draft a difference to what was promised."""

    done = _("The amendment is drafted.")
    explanation = _("The original amount stays as it was; the difference is approved and signed.")
    direction = ListField(
        label=_("The commitment is"), choices=[("1", _("increased by")), ("-1", _("decreased by"))]
    )
    amount = AmountFormField(label=_("Difference"), min_value=Decimal("0.01"))
    due_date = DayField(
        label=_("Additional tranche due on"),
        required=False,
        help_text=_(
            "For an increase; a decrease shortens the last tranches that are not asked for."
        ),
    )
    other = FoundRowField(
        AmendmentSplit._meta.get_field("allocation"),
        label=_("Another allocation that bears it"),
        required=False,
    )
    other_amount = AmountFormField(label=_("Its part"), required=False)
    reason = reason_field()
    submit = forms.BooleanField(
        label=_("Submit it for approval at once"), required=False, initial=True
    )

    def prepare(self) -> None:
        """A part for each allocation that bears the commitment; where it is one, it bears all."""
        self.borne = [position.allocation for position in self.dossier.positions]
        self.fields["submit"].widget.attrs["class"] = "house-tick"
        if len(self.borne) > 1:
            parts = {
                f"part_{allocation.pk}": AmountFormField(
                    label=_t("Of it %(allocation)s") % {"allocation": allocation}, required=False
                )
                for allocation in self.borne
            }
            self.fields |= parts
        self.order_fields(
            ["direction", "amount", *(f"part_{a.pk}" for a in self.borne), "other", "other_amount",
             "due_date", "reason", "submit"]
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The parts are the whole: with one allocation what is left is its part."""
        cleaned = super().clean() or self.cleaned_data
        amount = cleaned.get("amount")
        if amount is None:
            return cleaned
        parts = [(a, cleaned.get(f"part_{a.pk}") or Decimal(0)) for a in self.borne]
        other = cleaned.get("other_amount") or Decimal(0)
        if bool(cleaned.get("other")) != bool(other):
            self.add_error(
                "other_amount", _t("Give the other allocation with its part, or neither.")
            )
        if len(self.borne) == 1:
            parts = [(self.borne[0], amount - other)]
        if cleaned.get("other"):
            parts.append((cleaned["other"], other))
        if sum((part for _a, part in parts), Decimal(0)) != amount:
            self.add_error(
                "amount", _t("The parts of the allocations are not the difference together.")
            )
        sign = int(cleaned.get("direction") or 1)
        cleaned["shares"] = [(a, sign * part) for a, part in parts if part]
        return cleaned

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        said = self.cleaned_data
        change = int(said["direction"]) * said["amount"]
        amendment = amendments.draft_amendment(
            commitment=self.commitment,
            change_amount=change,
            shares=said["shares"],
            reason=said["reason"],
            at=at,
            actor=actor,
            due_date=said["due_date"] if change > 0 else None,
        )
        if said["submit"]:
            amendments.submit_amendment(amendment=amendment, at=at, actor=actor)
        return amendment


class AmendmentStep(CommitmentStepForm):
    """A step of an amendment."""

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_t("Difference"), money(self.subject.change_amount, self.commitment.currency)),
            (_t("Reason"), self.subject.reason),
        ]


class AskOverAmendment(AmendmentStep):
    """Ask that an increase may pass the allocation."""

    done = _("Asked; it waits for an approver.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return commitments.request_over_commitment(
            commitment=self.commitment,
            amendment=self.subject,
            at=at,
            actor=actor,
            reason=self.cleaned_data["reason"],
        )


class SubmitAmendment(AmendmentStep):
    """Ask for its approval."""

    done = _("Submitted; it waits for an approver.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return amendments.submit_amendment(amendment=self.subject, at=at, actor=actor)


class TakeBackAmendment(AmendmentStep):
    """Make it a draft again."""

    done = _("The amendment is a draft again.")
    explanation = _("Approvals that were given or asked for become void.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return amendments.take_back_amendment(amendment=self.subject, at=at, actor=actor)


class WithdrawAmendment(AmendmentStep):
    """Give it up."""

    done = _("The amendment is withdrawn.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return amendments.withdraw_amendment(amendment=self.subject, at=at, actor=actor)


class SignAmendment(AmendmentStep, WithDocument):
    """Record that the amendment of the agreement is signed."""

    done = _("Signed: the difference is in the ledger.")
    document_kind = DocumentKind.AMENDMENT
    paper_of_agreement = forms.ModelChoiceField(
        queryset=AgreementAmendment.objects.none(),
        label=_("Amendment of the agreement"),
        required=False,
        empty_label=_("Record it now"),
        widget=UnfoldAdminSelectWidget(),
    )
    signed_date = DayField(label=_("Signed on"), required=False)
    summary = SentencesField(label=_("What it changes"), required=False)

    def prepare(self) -> None:
        """Those signed for the same difference; without one it is recorded here."""
        super().prepare()
        field = self.fields["paper_of_agreement"]
        field.queryset = AgreementAmendment.objects.filter(  # type: ignore[attr-defined]
            agreement=self.commitment.agreement_id,
            change_amount=self.subject.change_amount,
            currency=self.commitment.currency,
            signed_date__isnull=False,
        ).select_related("agreement")
        field.initial = self.subject.agreement_amendment_id

    def clean(self) -> dict[str, Any]:
        """Either it is on record or it was signed on a day."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("paper_of_agreement") and not cleaned.get("signed_date"):
            self.add_error("signed_date", _t("Say when the last of the parties signed it."))
        return cleaned

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        said = self.cleaned_data
        paper = said["paper_of_agreement"] or amend_amount(
            agreement=self.commitment.agreement,  # type: ignore[arg-type]
            change_amount=self.subject.change_amount,
            currency=self.commitment.currency,
            signed_date=said["signed_date"],
            summary=said["summary"] or self.subject.reason,
            actor=actor,
            document=self.paper(actor=actor, at=at),
        )
        if self.subject.agreement_amendment_id != paper.pk:
            self.subject.agreement_amendment = paper
            self.subject.save(update_fields=["agreement_amendment"])
        return amendments.sign_amendment(amendment=self.subject, at=at, actor=actor)
