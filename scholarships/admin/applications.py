"""Applications in the staff admin: by number in lists, with the person on a page whose reading is kept."""

import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter
from scholarships.admin.application_steps import STEPS
from scholarships.admin.steps import WithSteps
from scholarships.choices import ApplicationState, ReadKind
from scholarships.models import Application, ApplicationFile
from scholarships.operations.applications import possible_duplicates
from scholarships.operations.eligibility import findings
from scholarships.operations.papers import MEDIA_TYPES, open_paper
from scholarships.operations.reads import record_read

MAY_READ = "scholarships.view_applicant"
TONES = {
    ApplicationState.DRAFT: "quiet",
    ApplicationState.SUBMITTED: "waits",
    ApplicationState.ELIGIBLE: "waits",
    ApplicationState.SELECTED: "on",
    ApplicationState.WAITING: "waits",
    ApplicationState.AWARDED: "on",
}


@admin.register(Application)
class ApplicationAdmin(WithSteps, StaffAdmin):
    """Applications. What is personal is on the page of one, and that it was read is kept."""

    steps = STEPS
    list_display = (
        "number", "round", "state", "submitted_at", "shown_rules", "way", "waiting_place",
    )  # fmt: skip
    list_filter = (("round", AutocompleteFilter), "state", "is_eligible", "way")
    list_filter_submit = True
    list_select_related = ("round",)
    search_fields = ("number",)
    search_help_text = _("Number of the application; names are not searched here.")
    fields = (
        ("round", "number"), ("state", "state_at", "state_by"), "state_reason",
        ("submitted_at", "way"), "late_reason", "commitment",
    )  # fmt: skip
    readonly_fields = (
        "round", "number", "state", "state_at", "state_by", "state_reason", "submitted_at", "way",
        "late_reason", "commitment",
    )  # fmt: skip
    change_form_outer_before_template = "admin/scholarships/_next.html"
    change_form_outer_after_template = "admin/scholarships/application.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: by the applicant, from the page of a person, or by an import."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: by steps."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: it is withdrawn, or the person is erased."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows with what their steps look at."""
        rows = super().get_queryset(request)
        return rows.select_related("round__scheme__programme", "applicant", "commitment")

    @display(description=_("rules not met"))
    def shown_rules(self, row: Application) -> str:
        """Which rules it does not meet."""
        from scholarships.choices import RuleKind

        if row.is_eligible is None:
            return "–"
        return ", ".join(str(RuleKind(kind).label) for kind in row.broken_rules) or str(_("none"))

    def get_urls(self) -> list[Any]:
        """The papers beside the usual pages."""
        return [
            path(
                "<int:object_id>/paper/<int:key>/",
                self.admin_site.admin_view(self.paper_view),
                name="scholarships_application_paper",
            ),
            *super().get_urls(),
        ]

    def paper_view(self, request: HttpRequest, object_id: int, key: int) -> HttpResponseBase:
        """A paper of an application, as a download; that it was read is kept."""
        if not self.has_view_permission(request) or not request.user.has_perm(MAY_READ):
            raise PermissionDenied
        try:
            row = ApplicationFile.objects.select_related("application__applicant").get(
                pk=key, application=object_id
            )
        except (ApplicationFile.DoesNotExist, OverflowError):
            raise Http404 from None
        record_read(
            applicant=row.application.applicant, kind=ReadKind.FILE, actor=request.user,
            path=request.path,
        )  # fmt: skip
        return paper_answer(row)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it rules, person, papers, reviews and the next steps."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            may_read = request.user.has_perm(MAY_READ)
            if may_read:
                record_read(
                    applicant=row.applicant, kind=ReadKind.RECORD, actor=request.user,
                    path=request.path,
                )  # fmt: skip
            found = self.file_of(row, request.user, timezone.now(), may_read)
            context |= {"file": found, "next": found}
        return super().render_change_form(request, context, *args, **kwargs)

    def file_of(
        self, row: Application, user: Any, now: datetime.datetime, may_read: bool
    ) -> dict[str, Any]:
        """What stands below the form. Queries: seven at most, and one a step."""
        answers = getattr(row, "answers", None)
        found = findings(round=row.round, applicant=row.applicant, answers=answers)
        reviews = row.reviews.select_related("reviewer") if user.has_perm(
            "scholarships.view_review"
        ) else []  # fmt: skip
        award = getattr(row, "award", None)
        return {
            "row": row,
            "buttons": self.buttons(row, user, now),
            "findings": found,
            "may_read": may_read,
            "person": row.applicant,
            "person_url": reverse("admin:scholarships_applicant_change", args=[row.applicant_id])
            if may_read
            else "",
            "answers": answers,
            "papers": [
                (
                    paper,
                    reverse("admin:scholarships_application_paper", args=[row.pk, paper.pk]),
                )
                for paper in row.files.select_related("paper")
            ]
            if may_read
            else [],
            "duplicates": [
                (other, reverse("admin:scholarships_application_change", args=[other.pk]))
                for other in possible_duplicates(row)
            ]
            if may_read
            else [],
            "reviews": reviews,
            "award": award,
            "award_url": award and reverse("admin:scholarships_award_change", args=[award.pk]),
        }


def paper_answer(row: ApplicationFile) -> FileResponse:
    """A paper to be kept, never shown in the page's own place; under a name that names nobody."""
    answer = FileResponse(
        open_paper(row),
        as_attachment=True,
        filename=f"{row.application.number}-{row.paper_id}.{row.format.lower()}",
        content_type=MEDIA_TYPES[row.format],
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer
