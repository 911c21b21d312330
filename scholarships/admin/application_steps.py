"""Steps of an application: judge it, take it out, prepare its money, offer its place."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    LineField,
    ListField,
    SentencesField,
    reason_field,
)
from portfolio.funding.choices import ConditionKind
from portfolio.funding.operations.commitments import Share, Slice
from portfolio.funding.operations.shares import in_proportion
from portfolio.programmes.models import Allocation
from scholarships.admin.entry import AddPaper
from scholarships.admin.steps import RowStep
from scholarships.choices import ApplicationState
from scholarships.models import Application, Award
from scholarships.operations import applications, awards

MAY_JUDGE = "scholarships.change_application"
MAY_AWARD = "scholarships.add_award"
MOST_INSTALMENTS = 8


class Find(RowStep):
    """Find it eligible, or not."""

    permission = MAY_JUDGE
    finds = True
    reason = SentencesField(label=_("Reason"), required=False)

    def prepare(self) -> None:
        """Another answer than the rules give says why."""
        departs = self.row.is_eligible is not self.finds
        self.fields["reason"].required = departs
        if departs:
            self.explanation = _t("This departs from what the rules say; give the reason.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Judge it."""
        return applications.judge_application(
            application=self.row, at=at, actor=actor, is_eligible=self.finds,
            reason=self.cleaned_data["reason"],
        )  # fmt: skip


class FindEligible(Find):
    """It goes to the reviewers."""

    label = _("Eligible")
    done = _("It is eligible.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it came in, or was set aside before."""
        return row.state in (ApplicationState.SUBMITTED, ApplicationState.INELIGIBLE)


class FindIneligible(Find):
    """It goes no further."""

    label = _("Not eligible")
    done = _("It is not eligible.")
    finds = False

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it came in, or was found eligible before."""
        return row.state in (ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE)


class HandIn(RowStep):
    """Hand in a draft for the applicant; after the closing, with a reason."""

    label = _("Hand in for the applicant")
    permission = MAY_JUDGE
    done = _("It is handed in.")
    late_reason = SentencesField(label=_("Why it is taken in late"), required=False)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it is a draft."""
        return row.state == ApplicationState.DRAFT

    def prepare(self) -> None:
        """In time, nobody asks why it is late."""
        if self.now <= self.row.round.closes_at:
            del self.fields["late_reason"]
        else:
            self.fields["late_reason"].required = True

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Hand it in."""
        return applications.submit_application(
            application=self.row, at=at, actor=actor,
            late_reason=self.cleaned_data.get("late_reason", ""),
        )  # fmt: skip


class Withdraw(RowStep):
    """Take it out of the round."""

    label = _("Withdraw")
    permission = MAY_JUDGE
    done = _("It is withdrawn.")
    reason = reason_field()

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Before an award, and once."""
        return row.state not in (
            ApplicationState.WITHDRAWN, ApplicationState.DUPLICATE, ApplicationState.AWARDED,
            ApplicationState.REJECTED,
        )  # fmt: skip

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Withdraw it."""
        return applications.withdraw_application(
            application=self.row, at=at, actor=actor, reason=self.cleaned_data["reason"]
        )


class SetAside(RowStep):
    """Another application is of the same person."""

    label = _("Set aside as a duplicate")
    permission = MAY_JUDGE
    done = _("It is set aside.")
    number = LineField(label=_("Number of the one that stays"), max_length=12)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Before the panel."""
        return row.state in (
            ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE,
        )  # fmt: skip

    def clean_number(self) -> Any:
        """An application of the round, and not this one."""
        found = (
            Application.objects.filter(
                round=self.row.round_id, number=self.cleaned_data["number"].strip().upper()
            )
            .exclude(pk=self.row.pk)
            .first()
        )
        if found is None:
            raise forms.ValidationError(_t("The round has no other application of this number."))
        return found

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Set it aside."""
        return applications.set_aside_duplicate(
            application=self.row, of=self.cleaned_data["number"], at=at, actor=actor
        )


class PrepareMoney(RowStep):
    """Draft the commitment of a place and ask for its approval."""

    label = _("Prepare the money")
    permission = MAY_AWARD
    done = _("The commitment is drafted, and its approval is asked for.")
    explanation = _(
        "Instalments of one size: the first against proof of enrolment, each other against an accepted report."
    )
    amount = AmountFormField(label=_("Amount of the place"), min_value=Decimal("0.01"))
    currency = LineField(label=_("Currency"), max_length=3)
    allocation = ListField(label=_("Allocation that bears it"))
    instalments = forms.IntegerField(
        label=_("Number of instalments"), min_value=1, max_value=MOST_INSTALMENTS, initial=2
    )
    first_due = DayField(label=_("First instalment due on"))
    months = forms.IntegerField(
        label=_("Months between instalments"), min_value=1, max_value=24, initial=6
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Who is selected or waits, and has none yet."""
        return row.commitment_id is None and row.state in (
            ApplicationState.SELECTED, ApplicationState.WAITING,
        )  # fmt: skip

    def prepare(self) -> None:
        """As the round announced, borne by the strand of the scheme."""
        call = self.row.round
        fields: Any = self.fields
        rows = Allocation.objects.filter(strand=call.scheme.strand_id).order_by("-fiscal_year")
        fields["allocation"].choices = [(str(row.pk), str(row)) for row in rows]
        fields["amount"].initial = call.amount_per_place
        fields["currency"].initial = call.amount_currency or call.scheme.programme.base_currency
        fields["first_due"].initial = timezone.localdate(self.now) + datetime.timedelta(days=30)

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Draft it and ask."""
        said = self.cleaned_data
        count = said["instalments"]
        parts = in_proportion(said["amount"], [Decimal(1)] * count, said["currency"])
        slices = [
            Slice(
                part,
                months_later(said["first_due"], number * said["months"]),
                _t("Instalment %(number)d") % {"number": number + 1},
                [
                    (ConditionKind.REPORT_ACCEPTED, _t("Progress report %(number)d accepted") % {"number": number})
                    if number
                    else (ConditionKind.DOCUMENT_ACCEPTED, _t("Proof of enrolment"))
                ],
            )
            for number, part in enumerate(parts)
        ]  # fmt: skip
        return awards.prepare_award(
            application=self.row, amount=said["amount"], currency=said["currency"].upper(),
            shares=[Share(Allocation.objects.get(pk=said["allocation"]), percentage=Decimal(100))],
            instalments=slices, at=at, actor=actor,
        )  # fmt: skip


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of a later month, or the last day of a shorter one."""
    year, month = divmod(day.month - 1 + months, 12)
    first = datetime.date(day.year + year, month + 1, 1)
    after = (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return min(first + datetime.timedelta(days=day.day - 1), after - datetime.timedelta(days=1))


class OfferPlace(RowStep):
    """Offer the place and commit its money in one step."""

    label = _("Offer the place")
    permission = MAY_AWARD
    done = _("The place is offered, and its money is committed.")
    starts_on = DayField(label=_("Begins on"), required=False)
    replaces = ListField(label=_("In place of"), required=False)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Who is selected and has approved money."""
        return (
            row.state == ApplicationState.SELECTED
            and row.commitment is not None
            and row.commitment.state == "APPROVED"
        )

    def prepare(self) -> None:
        """Awards of the round that were given up and nobody follows yet."""
        ended = Award.objects.filter(round=self.row.round_id, replaced_by__isnull=True).exclude(
            pk__in=Award.objects.holding().values("pk")
        )
        fields: Any = self.fields
        fields["replaces"].choices = [("", "–"), *((str(row.pk), str(row)) for row in ended)]

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """The money that is committed with it."""
        return [(_("Commitment"), self.row.commitment)]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Offer it."""
        key = self.cleaned_data["replaces"]
        return awards.offer_place(
            application=self.row, at=at, actor=actor, starts_on=self.cleaned_data["starts_on"],
            replaces=Award.objects.get(pk=key) if key else None,
        )  # fmt: skip


STEPS = {
    "add-paper": AddPaper,
    "eligible": FindEligible,
    "not-eligible": FindIneligible,
    "hand-in": HandIn,
    "prepare-money": PrepareMoney,
    "offer-place": OfferPlace,
    "set-aside": SetAside,
    "withdraw": Withdraw,
}
