"""Rounds in the staff admin: dates, rules, papers, criteria, reviewers, and how far a round has come."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, StaffStackedInline, StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from scholarships.admin.entry import MAY_ENTER, EnterApplication
from scholarships.admin.steps import RowStep, WithSteps
from scholarships.choices import ApplicationState
from scholarships.models import (
    Application,
    Criterion,
    EligibilityRule,
    RequiredPaper,
    Round,
    RoundReviewer,
)
from scholarships.operations.applications import judge_application
from scholarships.operations.awards import move_up
from scholarships.operations.figures import counts, publish_figures, told
from scholarships.operations.panels import close_waiting_list
from scholarships.operations.reviews import share_out_reviews


class ApplyRules(RowStep):
    """Find everything that came in eligible or not, as the rules say."""

    label = _("Apply the rules")
    permission = "scholarships.change_application"
    done = _("The rules were applied to everything that came in.")
    explanation = _(
        "Every application that came in and was not judged becomes eligible or not, as the rules say. "
        "Each can be judged otherwise afterwards, with a reason."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where something waits for it."""
        return row.applications.filter(state=ApplicationState.SUBMITTED).exists()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Judge each."""
        for application in self.row.applications.filter(state=ApplicationState.SUBMITTED):
            judge_application(application=application, at=at, actor=actor)


class ShareOut(RowStep):
    """Give the reviewers their applications."""

    label = _("Share out the reviews")
    permission = "scholarships.add_review"
    done = _("The reviews are shared out.")
    explanation = _(
        "Every eligible application gets its reviewers, evenly; who recused themselves is made up for."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where something is eligible."""
        return row.applications.filter(state=ApplicationState.ELIGIBLE).exists()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Share them out."""
        return share_out_reviews(round=self.row, actor=actor)


class MoveUp(RowStep):
    """Give a free place to the first who waits."""

    label = _("Move up the waiting list")
    permission = "scholarships.add_award"
    done = _("The first on the waiting list is selected.")
    explanation = _(
        "The first on the waiting list is selected; prepare the money and offer the place next."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where a place is free and somebody waits."""
        chosen = row.applications.filter(state=ApplicationState.SELECTED).count()
        waits = row.applications.filter(state=ApplicationState.WAITING).exists()
        return waits and row.taken.taken + chosen < row.places

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Select them."""
        return move_up(round_pk=self.row.pk, at=at, actor=actor)


class CloseWaitingList(RowStep):
    """No more places will come free."""

    label = _("Close the waiting list")
    permission = "scholarships.add_award"
    done = _("The waiting list is closed, and everybody on it is told.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where somebody waits."""
        return row.applications.filter(state=ApplicationState.WAITING).exists()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Close it."""
        return close_waiting_list(round=self.row, at=at, actor=actor)


class PublishFigures(RowStep):
    """Tell the public how many applied and were awarded, once."""

    label = _("Publish the figures")
    permission = "scholarships.change_round"
    done = _("The figures are published.")
    explanation = _(
        "They are told once and never change, so that two days cannot be compared. "
        "Groups of fewer than five are kept back."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """After the closing, once."""
        return now > row.closes_at and not hasattr(row, "figures")

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """What would be told."""
        names = {"applied": _("Applied"), "eligible": _("Eligible"), "awarded": _("Awarded")}
        return [
            (names[name], _("not told") if number is None else str(number))
            for name, number in told(counts(self.row)).items()
        ]

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Tell them."""
        return publish_figures(round=self.row, actor=actor)


class RuleInline(StaffStackedInline):
    """Who may get a place."""

    model = EligibilityRule
    fields = (
        ("position", "kind"), "values", ("least", "most"), "text_en",
        ("text_zh_hant", "text_zh_hans"),
    )  # fmt: skip


class PaperInline(StaffStackedInline):
    """What applicants hand in."""

    model = RequiredPaper
    fields = (
        ("position", "name_en"), ("name_zh_hant", "name_zh_hans"),
        "is_mandatory", "is_for_reviewers", "formats", "largest_mb",
    )  # fmt: skip


class CriterionInline(StaffTabularInline):
    """What reviewers give points for."""

    model = Criterion
    fields = ("position", "name_en", "name_zh_hant", "name_zh_hans", "weight", "most_points")


class ReviewerInline(StaffTabularInline):
    """Who reviews."""

    model = RoundReviewer
    autocomplete_fields = ("user",)
    select_related = ("user",)
    fields = ("user",)


@admin.register(Round)
class RoundAdmin(WithSteps, StaffAdmin):
    """Rounds of schemes."""

    steps = {
        "enter": EnterApplication,
        "apply-rules": ApplyRules,
        "share-out": ShareOut,
        "move-up": MoveUp,
        "close-waiting-list": CloseWaitingList,
        "publish-figures": PublishFigures,
    }
    list_display = (
        "shown_name", "scheme", "opens_at", "closes_at", "shown_places", "per_place", "published",
    )  # fmt: skip
    list_filter = ("publication", ("scheme", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("scheme", "taken")
    search_fields = ("name_en", "name_zh_hant", "name_zh_hans", "code", "scheme__search_text")
    autocomplete_fields = ("scheme", "agreement")
    inlines = (RuleInline, PaperInline, CriterionInline, ReviewerInline)
    change_form_outer_before_template = "admin/scholarships/round.html"
    fieldsets = (
        (_("Round"), {"fields": (("scheme", "code"), "name_en", ("name_zh_hant", "name_zh_hans"))}),
        (
            _("What it offers"),
            {"fields": ("places", ("amount_per_place", "amount_currency"), "agreement")},
        ),
        (_("Dates"), {"fields": (("opens_at", "closes_at"),)}),
        (_("Call"), {"fields": ("call_en", "call_zh_hant", "call_zh_hans")}),
        (
            _("Terms"),
            {
                "fields": (
                    ("reviews_each", "reply_days"),
                    ("retention_months", "award_retention_years"),
                )
            },
        ),
        (_("Publication"), {"fields": (("publication", "embargoed_until"),)}),
    )

    @display(description=_("round"), ordering="name_en")
    def shown_name(self, row: Round) -> str:
        """The name in the reader's script."""
        return str(row)

    @display(description=_("places taken"))
    def shown_places(self, row: Round) -> str:
        """How many of how many."""
        return f"{row.taken.taken} / {row.places}"

    @display(description=_("amount per place"), ordering="amount_per_place")
    def per_place(self, row: Round) -> Any:
        """The amount, or "not disclosed"."""
        return money_or_undisclosed(row.amount_per_place, row.amount_currency)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it how far the round has come."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            context["call"] = self.progress_of(row, request.user, timezone.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def progress_of(self, row: Round, user: Any, now: datetime.datetime) -> dict[str, Any]:
        """Applications by state, places, and what can be done next. Queries: five, and one a step."""
        listed = reverse("admin:scholarships_application_changelist")
        by_state = dict(
            Application.objects.filter(round=row)
            .order_by()
            .values_list("state")
            .annotate(number=Count("pk"))
        )
        return {
            "buttons": self.buttons(row, user, now),
            "is_open": row.is_open(now),
            "states": [
                (
                    state.label,
                    by_state[state.value],
                    f"{listed}?round__id__exact={row.pk}&state__exact={state.value}",
                )
                for state in ApplicationState
                if state.value in by_state
            ],
            "taken": row.taken.taken,
            "places": row.places,
            "bring_in_url": reverse("admin:scholarships_bring_in", args=[row.pk])
            if user.has_perm(MAY_ENTER)
            else "",
            "ranking_url": reverse("admin:scholarships_ranking", args=[row.pk])
            if user.has_perm("scholarships.view_panelmeeting")
            else "",
        }
