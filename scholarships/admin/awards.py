"""Awards in the staff admin: the place, its money, its reports, what came of it."""

import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, StaffTabularInline, link_to
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from scholarships.admin.award_steps import AWARD_STEPS, REPORT_STEPS
from scholarships.admin.steps import WithSteps
from scholarships.choices import ReadKind
from scholarships.models import Award, Outcome, ProgressReport
from scholarships.operations.reads import record_read


class OutcomeInline(StaffTabularInline):
    """What came of it."""

    model = Outcome
    autocomplete_fields = ("project", "source")
    select_related = ("project", "source")
    fields = (
        "kind", "title", "place", "happened_on", "project", "source", "publication",
        "embargoed_until",
    )  # fmt: skip


class NeverByHand(WithSteps, StaffAdmin):
    """Rows that are made and moved on by steps alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: by a step."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Award)
class AwardAdmin(NeverByHand):
    """Places that were offered, by the numbers of their applications."""

    steps = AWARD_STEPS
    list_display = ("application", "round", "state", "shown_amount", "reply_by", "starts_on")
    list_filter = (("round", AutocompleteFilter), "state")
    list_filter_submit = True
    list_select_related = ("application", "round", "commitment")
    search_fields = ("application__number", "commitment__reference")
    inlines = (OutcomeInline,)
    fields = (
        ("application_link", "round"), "commitment_link", ("state", "state_at", "state_by"),
        "state_reason", ("offered_at", "offered_by", "reply_by"), "starts_on", "replaces",
    )  # fmt: skip
    readonly_fields = (
        "application_link", "round", "commitment_link", "state", "state_at", "state_by",
        "state_reason", "offered_at", "offered_by", "reply_by", "starts_on", "replaces",
    )  # fmt: skip
    change_form_outer_before_template = "admin/scholarships/_next.html"
    change_form_outer_after_template = "admin/scholarships/award.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows with what their page names."""
        return super().get_queryset(request).select_related("application", "round", "commitment")

    @display(description=_("amount"), ordering="commitment__amount")
    def shown_amount(self, row: Award) -> Any:
        """As it was promised first."""
        return money_or_undisclosed(row.commitment.amount, row.commitment.currency)

    @display(description=_("application"))
    def application_link(self, row: Award) -> Any:
        """The application, and a link to it."""
        return link_to(row.application)

    @display(description=_("commitment"))
    def commitment_link(self, row: Award) -> Any:
        """The commitment, and a link to it."""
        return link_to(row.commitment)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it instalments, reports and the next steps."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            found = self.place_of(row, request.user, timezone.now())
            context |= {"place": found, "next": found}
        return super().render_change_form(request, context, *args, **kwargs)

    def place_of(self, row: Award, user: Any, now: datetime.datetime) -> dict[str, Any]:
        """What stands below the form. Queries: three, and one a step."""
        tranches = row.commitment.tranches.prefetch_related("conditions").order_by("number")
        return {
            "buttons": self.buttons(row, user, now),
            "tranches": [
                {
                    "row": tranche,
                    "amount": money_or_undisclosed(tranche.amount, row.commitment.currency),
                    "open": [c for c in tranche.conditions.all() if c.met_at is None],
                }
                for tranche in tranches
            ],
            "reports": [
                (
                    report,
                    reverse("admin:scholarships_progressreport_change", args=[report.pk]),
                )
                for report in row.reports.all()
            ],
        }


@admin.register(ProgressReport)
class ProgressReportAdmin(NeverByHand):
    """Reports that scholars owe."""

    steps = REPORT_STEPS
    list_display = ("award", "number", "due_date", "state", "submitted_at")
    list_filter = ("state", ("award__round", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("award__application",)
    search_fields = ("award__application__number",)
    fields = (
        ("award", "number"), "due_date", "condition", ("state", "submitted_at"),
        ("decided_at", "decided_by"), "reason",
    )  # fmt: skip
    readonly_fields = (
        "award", "number", "due_date", "condition", "state", "submitted_at", "decided_at",
        "decided_by", "reason",
    )  # fmt: skip
    change_form_outer_before_template = "admin/scholarships/_next.html"
    change_form_outer_after_template = "admin/scholarships/report.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: by steps."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows with what their page names."""
        return (
            super()
            .get_queryset(request)
            .select_related(
                "award__application__applicant", "condition__tranche__commitment", "decided_by"
            )
        )

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it the report; that it was read is kept."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            if row.text:
                record_read(
                    applicant=row.award.application.applicant, kind=ReadKind.RECORD,
                    actor=request.user, path=request.path,
                )  # fmt: skip
            found = {"row": row, "buttons": self.buttons(row, request.user, timezone.now())}
            context |= {"report": found, "next": found}
        return super().render_change_form(request, context, *args, **kwargs)
