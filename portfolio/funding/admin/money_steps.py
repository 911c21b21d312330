"""Steps of the money: conditions, drawdowns, payments, what comes back, what was wrong."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from partners.choices import DocumentKind
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_steps import AmountFormField, DayField, LineField, reason_field
from portfolio.funding.admin.step_form import CommitmentStepForm, WithDocument, WithRate
from portfolio.funding.choices import ConditionKind
from portfolio.funding.models import LedgerEntry
from portfolio.funding.operations import drafts, entries, tranches


class MeetCondition(WithDocument):
    """Record that a condition precedent is met."""

    done = _("The condition is met.")
    document_kind = DocumentKind.REPORT
    valid_until = DayField(label=_("In force until"))

    def prepare(self) -> None:
        """Only an insurance has a last day."""
        super().prepare()
        if self.subject.kind != ConditionKind.INSURANCE_IN_FORCE:
            del self.fields["valid_until"]
        else:
            self.document_kind = DocumentKind.INSURANCE

    def facts(self) -> list[tuple[Any, Any]]:
        return [(self.subject.get_kind_display(), self.subject.description)]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return tranches.meet_condition(
            condition=self.subject,
            at=at,
            actor=actor,
            evidence=self.paper(actor=actor, at=at),
            valid_until=self.cleaned_data.get("valid_until"),
        )


class ReopenCondition(CommitmentStepForm):
    """Take back that a condition is met."""

    done = _("The condition is open again.")
    reason = reason_field()

    def facts(self) -> list[tuple[Any, Any]]:
        return [(self.subject.get_kind_display(), self.subject.description)]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return tranches.reopen_condition(
            condition=self.subject, actor=actor, reason=self.cleaned_data["reason"]
        )


class TrancheStep(CommitmentStepForm):
    """A step of a tranche."""

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_t("Tranche"), f"{self.subject.number} {self.subject.title}"),
            (_t("Amount"), money(self.subject.amount, self.commitment.currency)),
            (_t("Payee"), self.commitment.payee),
        ]


class Drawdown(TrancheStep, WithDocument):
    """Record the payee's request, and ask for the approval of the payment."""

    done = _("Recorded; the payment waits for an approver.")
    document_kind = DocumentKind.INVOICE
    received_date = DayField(label=_("Received on"))
    reference = LineField(
        label=_("The payee's reference"),
        max_length=100,
        required=False,
        help_text=_("Such as an invoice number."),
    )
    remarks = reason_field(required=False, label=_("What the approver should know"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["received_date"].initial = self.today

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        said = self.cleaned_data
        return tranches.record_drawdown(
            tranche=self.subject,
            received_date=said["received_date"],
            at=at,
            actor=actor,
            reference=said["reference"],
            remarks=said["remarks"],
            document=self.paper(actor=actor, at=at),
        )


class TakeBackDrawdown(TrancheStep):
    """Make the tranche a scheduled one again."""

    done = _("The tranche is scheduled again.")
    explanation = _("Approvals that were given or asked for become void.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return tranches.take_back_drawdown(
            tranche=self.subject, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class AskException(TrancheStep):
    """Ask that a tranche be paid in spite of what stands in the way."""

    done = _("Asked; it waits for an approver.")
    explanation = _("The payment would be made in spite of an open condition or a block.")
    reason = reason_field()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return tranches.request_override(
            tranche=self.subject, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class EntryStep(WithDocument, WithRate):
    """A step that posts an amount on a day."""

    document_kind = DocumentKind.PAYMENT_ADVICE
    amount = AmountFormField(label=_("Amount"), min_value=Decimal("0.01"))
    value_date = DayField(label=_("Value date"))
    reference = LineField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("Of the bank or the finance system."),
    )
    remarks = LineField(label=_("Remarks"), max_length=500, required=False)

    def prepare(self) -> None:
        super().prepare()
        self.fields["value_date"].initial = self.today
        self.fields["amount"].label = _t("Amount in %(currency)s") % {
            "currency": self.commitment.currency
        }
        self.order_fields(["amount", "value_date", "rate", "rate_date", "rate_source", "reference",
                           "remarks", "document", "upload"])  # fmt: skip

    def terms(self, *, actor: Any, at: datetime.datetime) -> dict[str, Any]:
        """What all such operations take."""
        said = self.cleaned_data
        return {
            "value_date": said["value_date"],
            "amount": said["amount"],
            "rate": self.rate_given(said["value_date"]),
            "document": self.paper(actor=actor, at=at),
            "reference": said["reference"],
            "remarks": said["remarks"],
            "actor": actor,
        }


class Pay(EntryStep, TrancheStep):
    """Post the payment of an approved tranche, whole or a part of it."""

    done = _("The payment is in the ledger.")

    def prepare(self) -> None:
        super().prepare()
        file = next(file for file in self.dossier.tranches if file.row == self.subject)
        self.fields["amount"].initial = file.left

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return tranches.pay_tranche(tranche=self.subject, at=at, **self.terms(actor=actor, at=at))


class Refund(EntryStep):
    """Record that the payee sent money back."""

    done = _("The refund is in the ledger; it is outstanding again.")

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_t("Paid"), money(self.dossier.paid, self.commitment.currency))]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return entries.record_refund(commitment=self.commitment, **self.terms(actor=actor, at=at))


class Recoup(EntryStep):
    """Record what came back from the results of the title."""

    done = _("The recoupment is in the ledger.")

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_t("Paid"), money(self.dossier.paid, self.commitment.currency)),
            (_t("Recouped"), money(self.dossier.sum_of("recouped"), self.commitment.currency)),
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return entries.record_recoupment(
            commitment=self.commitment, **self.terms(actor=actor, at=at)
        )


class ScheduleAgain(CommitmentStepForm):
    """Give what came back a tranche of its own."""

    done = _("Scheduled.")
    explanation = _("What the payee sent back is outstanding; a tranche of its own pays it again.")
    amount = AmountFormField(label=_("Amount"), min_value=Decimal("0.01"))
    due_date = DayField(label=_("Due on"))
    occasion = LineField(label=_("On what occasion"), max_length=200, required=False)

    def prepare(self) -> None:
        """All of it, unless said otherwise."""
        self.fields["amount"].initial = self.dossier.to_be_scheduled

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Add the tranche."""
        said = self.cleaned_data
        return drafts.schedule_again(
            commitment=self.commitment, amount=said["amount"], due_date=said["due_date"],
            title=said["occasion"], at=at, actor=actor,
        )  # fmt: skip


class AskWriteOff(CommitmentStepForm):
    """Ask that a paid amount be given up."""

    done = _("Asked; it waits for an approver.")
    amount = AmountFormField(label=_("Amount"), min_value=Decimal("0.01"))
    reason = reason_field()

    def prepare(self) -> None:
        self.fields["amount"].initial = self.dossier.at_risk

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_t("Paid"), money(self.dossier.at_risk, self.commitment.currency))]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        said = self.cleaned_data
        return entries.request_write_off(
            commitment=self.commitment, amount=said["amount"], at=at, actor=actor,
            reason=said["reason"],
        )  # fmt: skip


class OfRequest(CommitmentStepForm):
    """A step that an approved request allows."""

    value_date = DayField(label=_("Value date"))

    def prepare(self) -> None:
        self.fields["value_date"].initial = self.today

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (self.subject.get_kind_display(), money(self.subject.amount, self.commitment.currency)),
            (_t("Reason"), self.subject.reason),
        ]


class WriteOff(OfRequest):
    """Give up the amount of an approved request."""

    done = _("The amount is written off.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return entries.write_off(
            request=self.subject, value_date=self.cleaned_data["value_date"], actor=actor
        )


class Reverse(OfRequest):
    """Take back a wrong posting."""

    done = _("The posting is reversed.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return entries.reverse_posting(
            request=self.subject, value_date=self.cleaned_data["value_date"], at=at, actor=actor
        )


class AskReversal(CommitmentStepForm):
    """Ask that a wrong posting be taken back, with all its entries."""

    done = _("Asked; it waits for an approver.")
    explanation = _("A reversal takes back the whole posting; the entries themselves stay.")
    reason = reason_field()

    def facts(self) -> list[tuple[Any, Any]]:
        entry: LedgerEntry = self.subject
        return [
            (entry.get_kind_display(), money(entry.amount, entry.currency)),
            (_t("Value date"), entry.value_date),
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        return entries.request_reversal(
            entry=self.subject, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )
