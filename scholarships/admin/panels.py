"""Panels in the staff admin: the ranking by numbers, the decisions, the minutes."""

import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin import StaffAdmin, StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter
from scholarships.admin.steps import RowStep, WithSteps
from scholarships.models import PanelDecision, PanelMeeting, PanelMember, Round
from scholarships.operations import panels
from scholarships.operations.ranking import ranking

MAY_DECIDE = "scholarships.change_panelmeeting"


class Propose(RowStep):
    """Put the order of scores before the panel."""

    label = _("Propose by scores")
    permission = MAY_DECIDE
    done = _("The order of scores is proposed; change what the panel decides otherwise.")
    explanation = _(
        "Places go to the best scores, the waiting list follows. What was decided in this meeting so far is replaced."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """While the meeting is open."""
        return row.closed_at is None

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Propose it."""
        return panels.propose_decisions(meeting=self.row, actor=actor)


class Close(RowStep):
    """Close the meeting, and carry out what it decided."""

    label = _("Close the meeting")
    permission = MAY_DECIDE
    done = _("The meeting is closed, and its decisions are carried out.")
    explanation = _(
        "Who gets a place is selected, the waiting list is set, and the others are told. It all stays so."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """While it is open and has decided something."""
        return row.closed_at is None and row.decisions.exists()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Close it."""
        return panels.close_meeting(meeting=self.row, at=at, actor=actor)


class SeatInline(StaffTabularInline):
    """Who sat on the panel."""

    model = PanelMember
    autocomplete_fields = ("user",)
    select_related = ("user",)
    fields = ("user",)


class DecisionInline(StaffTabularInline):
    """What was decided, by numbers."""

    model = PanelDecision
    select_related = ("application",)
    fields = ("place", "application", "score", "outcome", "reason")
    readonly_fields = ("application", "score")
    ordering = ("place",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: they are proposed by scores and then changed."""
        return False


@admin.register(PanelMeeting)
class PanelMeetingAdmin(WithSteps, StaffAdmin):
    """Meetings of panels."""

    steps = {"propose": Propose, "close": Close}
    list_display = ("round", "held_date", "closed_at", "closed_by")
    list_filter = (("round", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("round", "closed_by")
    autocomplete_fields = ("round",)
    inlines = (SeatInline, DecisionInline)
    fields = (("round", "held_date"), "minutes", ("closed_at", "closed_by"))
    readonly_fields = ("closed_at", "closed_by")
    change_form_outer_before_template = "admin/scholarships/_next.html"

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Decisions come with the first proposal."""
        return self.inlines if obj is not None else (SeatInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while the meeting is open."""
        is_open = obj is None or obj.closed_at is None
        return super().has_change_permission(request, obj) and is_open

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while the meeting is open."""
        is_open = obj is None or obj.closed_at is None
        return super().has_delete_permission(request, obj) and is_open

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A meeting stays with its round."""
        return (*self.readonly_fields, "round") if obj is not None else self.readonly_fields

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it the next steps."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            context["next"] = {
                "buttons": self.buttons(row, request.user, timezone.now()),
                "free": panels.free_places(row) if row.closed_at is None else None,
                "ranking_url": reverse("admin:scholarships_ranking", args=[row.round_id]),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def ranking_page(request: HttpRequest, key: int) -> HttpResponseBase:
    """Applications of a round by their scores, with spread, outliers and ties; numbers, no names."""
    if not request.user.has_perm("scholarships.view_panelmeeting"):
        raise PermissionDenied
    try:
        row = Round.objects.select_related("scheme", "taken").get(pk=key)
    except (Round.DoesNotExist, OverflowError):
        raise Http404 from None
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "admin/scholarships/ranking.html",
        {
            **admin.site.each_context(request),
            "title": _t("Ranking"),
            "round": row,
            "round_url": reverse("admin:scholarships_round_change", args=[row.pk]),
            "rows": ranking(row),
            "criteria": list(row.criteria.all()),
        },
    )
