"""What the steps of a production ask for."""

import datetime
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from partners.admin.paper import PaperForm
from partners.choices import DocumentKind
from portfolio.common.admin_steps import DayField, LineField, SentencesField, StepForm
from portfolio.productions.choices import Format, Stage
from portfolio.productions.models import Deliverable, Production, ScheduleVersion
from portfolio.productions.operations.deliverables import decide_deliverable, receive_deliverable
from portfolio.productions.operations.gates import what_gate_waits_for
from portfolio.productions.operations.schedules import keep_schedule, lock_schedule
from portfolio.productions.operations.stages import onward_from, take_step


class ProductionStepForm(StepForm):
    """A step of `production` or, with `subject`, of one of its parts."""

    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(
        self,
        *args: Any,
        production: Production,
        subject: Any,
        user: Any,
        today: datetime.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.production, self.subject, self.today = production, subject, today
        if isinstance(self, PaperForm):
            self.offer_paper_to(user)
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to what the step is about."""

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take the step."""
        raise NotImplementedError

    def forget(self) -> None:
        """Remove what a refused step left outside the database."""


class TakeStep(PaperForm, ProductionStepForm):
    """Another stage: from when on, why, and by which paper."""

    document_kind = DocumentKind.DECISION
    effective_date = DayField(label=_("In effect from"))
    reason = SentencesField(label=_("Reason"), required=False)
    done = _("The step is recorded.")

    def prepare(self) -> None:
        """Going back and giving up say why; `subject` is the stage it is to come to."""
        self.fields["effective_date"].initial = self.today
        onward = self.subject in onward_from(
            Stage(self.production.stage), Format(self.production.format)
        )
        self.fields["reason"].required = not onward
        waits = what_gate_waits_for(self.production, self.subject) if onward else ""
        self.explanation = waits and _t("Not possible yet: %(what)s.") % {"what": waits}

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record the step."""
        said = self.cleaned_data
        return take_step(
            production=self.production,
            to_stage=self.subject,
            effective_date=said["effective_date"],
            reason=said["reason"],
            document=self.paper(actor=actor, at=at),
            actor=actor,
            at=at,
        )


class KeepSchedule(ProductionStepForm):
    """A version of the schedule: the dates as they are expected now."""

    name = LineField(label=_("Name"), max_length=200)
    remarks = SentencesField(label=_("Remarks"), required=False)
    done = _("The version is kept; lock it to hold later dates against it.")
    explanation = _("The dates as they are expected now are kept under a name.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Keep the dates."""
        return keep_schedule(
            production=self.production,
            name=self.cleaned_data["name"],
            remarks=self.cleaned_data["remarks"],
            actor=actor,
        )


class LockSchedule(ProductionStepForm):
    """Whether one is sure."""

    subject: ScheduleVersion
    done = _("The version is locked.")
    explanation = _(
        "A locked version never changes again. From now on every date is held against it."
    )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Lock the version."""
        return lock_schedule(version=self.subject, actor=actor, at=at)


class Receive(PaperForm, ProductionStepForm):
    """When it came, and its paper."""

    subject: Deliverable
    document_kind = DocumentKind.REPORT
    received_date = DayField(label=_("Received on"))
    done = _("It is received; somebody else accepts or rejects it.")

    def prepare(self) -> None:
        """Usually today."""
        self.fields["received_date"].initial = self.today

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record that it came."""
        return receive_deliverable(
            deliverable=self.subject,
            received_date=self.cleaned_data["received_date"],
            document=self.paper(actor=actor, at=at),
            actor=actor,
        )


class Accept(PaperForm, ProductionStepForm):
    """What was found, and its paper."""

    subject: Deliverable
    accepts = True
    document_kind = DocumentKind.REPORT
    reason = SentencesField(label=_("Remarks"), required=False)
    done = _("It is accepted.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record the decision."""
        return decide_deliverable(
            deliverable=self.subject,
            accept=self.accepts,
            reason=self.cleaned_data["reason"],
            document=self.paper(actor=actor, at=at),
            actor=actor,
            at=at,
        )


class Reject(Accept):
    """Why, and its paper."""

    accepts = False
    reason = SentencesField(label=_("Reason"))
    done = _("It is rejected; it can be received again.")
