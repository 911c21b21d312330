"""Steps of an award: taken up, given up, put off, completed; and of its reports."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import DayField, ListField, SentencesField, reason_field
from scholarships.admin.steps import RowStep
from scholarships.choices import AwardState, ReportState
from scholarships.operations import awards, reports

MAY_CHANGE = "scholarships.change_award"


class Accept(RowStep):
    """The applicant said yes on paper or by telephone."""

    label = _("Accepted")
    permission = MAY_CHANGE
    done = _("The place is taken up.")
    explanation = _("For who answered otherwise than on their own page.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """While the offer can be accepted."""
        return row.state == AwardState.OFFERED and now <= row.reply_by

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take it up."""
        return awards.accept_offer(award=self.row, at=at, actor=actor)


class GiveUp(RowStep):
    """The place is free again, and its money is to be taken back."""

    permission = MAY_CHANGE
    done = _("The place is free again; the cancellation of its money waits for approval.")
    explanation = _(
        "The place is free at once. The cancellation of what is outstanding is asked for in the same step; "
        "what was paid and is owed back is entered as a refund when it comes."
    )
    state: AwardState
    of: tuple[AwardState, ...]
    reason = reason_field()

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """From the states that lead there."""
        return row.state in cls.of

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Give it up."""
        return awards.give_up(
            award=self.row, state=self.state, at=at, actor=actor,
            reason=self.cleaned_data["reason"],
        )  # fmt: skip


class Decline(GiveUp):
    """The applicant said no."""

    label, state, of = _("Declined"), AwardState.DECLINED, (AwardState.OFFERED,)


class Lapse(GiveUp):
    """Nobody answered."""

    label, state, of = _("Lapsed"), AwardState.LAPSED, (AwardState.OFFERED,)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """After the day of the answer."""
        return row.state == AwardState.OFFERED and now > row.reply_by


class Resign(GiveUp):
    """The scholar gave the place back."""

    label, state = _("Resigned"), AwardState.RESIGNED
    of = (AwardState.ACCEPTED, AwardState.DEFERRED)


class Terminate(GiveUp):
    """The programme ended it."""

    label, state = _("End by the programme"), AwardState.TERMINATED
    of = (AwardState.OFFERED, AwardState.ACCEPTED, AwardState.DEFERRED)


class Defer(RowStep):
    """It begins later."""

    label = _("Put off")
    permission = MAY_CHANGE
    done = _("It is put off; its instalments and reports moved with it.")
    starts_on = DayField(label=_("Begins on"))
    days = forms.IntegerField(
        label=_("Days by which instalments and reports move"), min_value=0, max_value=1500
    )
    reason = reason_field()

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Once taken up."""
        return row.state == AwardState.ACCEPTED

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Put it off."""
        return awards.defer_award(award=self.row, at=at, actor=actor, **self.cleaned_data)


class Resume(RowStep):
    """What was put off begins."""

    label = _("Begin")
    permission = MAY_CHANGE
    done = _("It has begun.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it was put off."""
        return row.state == AwardState.DEFERRED

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Begin it."""
        return awards.resume_award(award=self.row, at=at, actor=actor)


class Complete(RowStep):
    """Everything that was owed came."""

    label = _("Completed")
    permission = MAY_CHANGE
    done = _("It is completed.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Once every report is accepted."""
        return (
            row.state == AwardState.ACCEPTED
            and not row.reports.exclude(state=ReportState.ACCEPTED).exists()
        )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Complete it."""
        return awards.complete_award(award=self.row, at=at, actor=actor)


class ReportStep(RowStep):
    """A step of a report."""

    permission = "scholarships.change_progressreport"


class HandInReport(ReportStep):
    """The report came otherwise than by the scholar's own page."""

    label = _("Hand in for the scholar")
    done = _("The report is handed in.")
    text = SentencesField(label=_("Report"), max_length=20_000)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it is expected, or was returned."""
        return row.state in (ReportState.EXPECTED, ReportState.RETURNED)

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Hand it in."""
        return reports.hand_in_report(
            report=self.row, text=self.cleaned_data["text"], at=at, actor=actor
        )


class Decide(ReportStep):
    """Accept it, or return it."""

    label = _("Decide")
    done = _("It is decided.")
    explanation = _("An accepted report meets what its instalment waits for.")
    decision = ListField(
        label=_("Decision"),
        choices=[("accept", _("Accept")), ("return", _("Return"))],
    )
    reason = SentencesField(label=_("What is missing"), required=False)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it was handed in."""
        return row.state == ReportState.SUBMITTED

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Decide about it."""
        return reports.decide_report(
            report=self.row, accept=self.cleaned_data["decision"] == "accept", at=at, actor=actor,
            reason=self.cleaned_data["reason"],
        )  # fmt: skip


AWARD_STEPS = {
    "accept": Accept,
    "decline": Decline,
    "lapse": Lapse,
    "resume": Resume,
    "defer": Defer,
    "complete": Complete,
    "resign": Resign,
    "terminate": Terminate,
}
REPORT_STEPS = {"hand-in": HandInReport, "decide": Decide}
