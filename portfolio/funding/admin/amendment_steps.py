"""Steps of amendments: drafting a difference, its approval and its signature."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from partners.choices import DocumentKind
from partners.models import AgreementAmendment
from partners.operations import amend_amount
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    FoundRowField,
    ListField,
    SentencesField,
    reason_field,
)
from portfolio.funding.admin.step_form import CommitmentStepForm, WithDocument
from portfolio.funding.models import AmendmentSplit
from portfolio.funding.operations import amendments, commitments


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
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return amendments.take_back_amendment(
            amendment=self.subject, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class WithdrawAmendment(AmendmentStep):
    """Give it up."""

    done = _("The amendment is withdrawn.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return amendments.withdraw_amendment(
            amendment=self.subject, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


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
