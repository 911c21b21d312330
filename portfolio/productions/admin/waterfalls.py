"""Waterfalls in the staff admin: terms in versions, and what the receipts come to for every party."""

import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, StaffTabularInline, link_to
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from portfolio.productions.admin.waterfall_steps import STEPS, address_of, step_view
from portfolio.productions.models import (
    Receipt,
    Waterfall,
    WaterfallPosition,
    WaterfallTier,
    WaterfallVersion,
)
from portfolio.productions.operations.recoupment_run import Outcome, difference, run_waterfall

SHOWN_RECEIPTS = 100


def context_of(row: Waterfall, user: Any, today: datetime.date) -> dict[str, Any]:
    """What stands below the form. Queries: one for the versions, five for a run; as many for the one before."""
    outcome = run_waterfall(row, as_of=today)
    may_reverse = user.has_perm(STEPS["reverse-receipt"][1])
    versions = list(row.versions.select_related("locked_by"))
    in_force = [version for version in versions if version.locked_at]
    reversed_ = {step.receipt.reversal_of_id for step in outcome.steps}
    return {
        "buttons": [
            (STEPS[name][0], address_of(row.pk, name))
            for name in ("begin-version", "record-receipt")
            if user.has_perm(STEPS[name][1]) and (name == "begin-version" or in_force)
        ],
        "versions": [
            {
                "row": version,
                "url": reverse("admin:productions_waterfallversion_change", args=[version.pk]),
                "force_url": address_of(row.pk, "put-in-force", version.pk)
                if version.locked_at is None and user.has_perm(STEPS["put-in-force"][1])
                else "",
            }
            for version in versions
        ],
        "tiers": _tiers(outcome),
        "gone": [_line(line, row.currency) for line in outcome.lines if line.tier is None],
        "parties": [
            (party, money_or_undisclosed(amount, row.currency))
            for party, amount in outcome.by_party.items()
        ],
        "gross": money_or_undisclosed(outcome.gross, row.currency),
        "residual": money_or_undisclosed(outcome.residual, row.currency),
        "receipts": [
            {
                "row": step.receipt,
                "amount": money_or_undisclosed(step.receipt.amount, step.receipt.currency),
                "base": money_or_undisclosed(step.receipt.base_amount, row.currency),
                "version": step.version,
                "given": [
                    (code, money_or_undisclosed(amount, row.currency))
                    for code, amount in step.given.items()
                ],
                "reverse_url": address_of(row.pk, "reverse-receipt", step.receipt.pk)
                if may_reverse
                and step.receipt.reversal_of_id is None
                and step.receipt.pk not in reversed_
                else "",
            }
            for step in outcome.steps[::-1][:SHOWN_RECEIPTS]
        ],
        **_amended(row, outcome, today),
    }


def _tiers(outcome: Outcome) -> list[dict[str, Any]]:
    if outcome.version is None:
        return []
    return [
        {
            "row": tier,
            "lines": [
                _line(line, outcome.waterfall.currency)
                for line in outcome.lines
                if line.tier == number
            ],
        }
        for number, tier in enumerate(outcome.version.tiers.all(), 1)
    ]


def _line(line: Any, currency: str) -> dict[str, Any]:
    def money(amount: Any) -> Any:
        return "–" if amount is None else money_or_undisclosed(amount, currency)

    return {
        "row": line.position,
        "received": money(line.received),
        "due": money(line.due),
        "outstanding": money(line.outstanding),
        "percent": line.percent,
        "terms": _terms(line.position, currency),
    }


def _terms(position: WaterfallPosition, currency: str) -> str:
    """What a position has, in figures: 15 %, at most HK$1,500,000.00."""
    parts = [f"{percent.normalize():f} %" for percent in (position.rate, position.share) if percent]
    if position.amount is not None:
        parts.insert(0, str(money_or_undisclosed(position.amount, currency)))
    if position.premium:
        parts.append(f"+ {position.premium.normalize():f} %")
    if position.cap is not None:
        parts.append(f"≤ {money_or_undisclosed(position.cap, currency)}")
    return " · ".join(parts)


def _amended(row: Waterfall, outcome: Outcome, today: datetime.date) -> dict[str, Any]:
    """By how much the last version changed what each party comes to."""
    if outcome.version is None or outcome.version.number == 1:
        return {"changes": [], "is_amended": False}
    before = run_waterfall(row, as_of=today, up_to_version=outcome.version.number - 1)
    return {
        "is_amended": True,
        "changes": [
            (party, money_or_undisclosed(amount, row.currency))
            for party, amount in difference(before, outcome).items()
        ],
    }


@admin.register(Waterfall)
class WaterfallAdmin(StaffAdmin):
    """Waterfalls: a title, an agreement, a currency; terms in versions, receipts by steps."""

    list_display = ("agreement", "of_production", "currency")
    list_filter = (("production", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("production", "agreement")
    search_fields = ("production__search_text", "agreement__reference")
    fields = ("production", "agreement", "currency")
    autocomplete_fields = ("production", "agreement")
    change_form_outer_after_template = "admin/productions/waterfall.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """It stays what it is."""
        return self.fields if obj is not None else ()

    @display(description=_("production"), ordering="production__sort_name")
    def of_production(self, row: Waterfall) -> Any:
        """The title, and a link to it."""
        return link_to(row.production)

    def get_urls(self) -> list[Any]:
        """The pages of the steps beside the usual ones."""
        return [
            path(
                "<int:object_id>/step/<slug:name>/<int:key>/",
                self.admin_site.admin_view(self.step_view),
                name="productions_waterfall_step",
            ),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, object_id: int, name: str, key: int) -> HttpResponse:
        """The small page of one step."""
        return step_view(self, request, object_id, name, key)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it the tiers, the receipts and every party's position."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            context["fall"] = context_of(row, request.user, timezone.localdate())
        return super().render_change_form(request, context, *args, **kwargs)


class WhileOpen(StaffAdmin):
    """What belongs to a version: changed while that is open."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: it is begun from the page of the waterfall or of the version."""
        return False

    def is_open(self, obj: Any) -> bool:
        """Whether the version is not in force yet."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while it is open."""
        return super().has_change_permission(request, obj) and (obj is None or self.is_open(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while it is open."""
        return super().has_delete_permission(request, obj) and (obj is None or self.is_open(obj))


class TierInline(StaffTabularInline):
    """The tiers of a version; each is opened for its positions."""

    model = WaterfallTier
    fields = ("number", "name", "sharing")
    show_change_link = True


class PositionInline(StaffTabularInline):
    """Who receives in a tier."""

    model = WaterfallPosition
    autocomplete_fields = ("party",)
    select_related = ("party",)
    fields = ("number", "code", "party", "kind", "rate", "share", "amount", "premium", "cap")


@admin.register(WaterfallVersion)
class WaterfallVersionAdmin(WhileOpen):
    """Versions of waterfalls; one in force is only looked at."""

    list_display = ("waterfall", "number", "effective_date", "locked_at", "locked_by")
    list_select_related = ("waterfall__agreement", "waterfall__production", "locked_by")
    search_fields = ("waterfall__agreement__reference", "waterfall__production__search_text")
    inlines = (TierInline,)
    fields = ("waterfall", "effective_date", "reason", "amendment", ("locked_at", "locked_by"))
    readonly_fields = ("waterfall", "locked_at", "locked_by")

    def is_open(self, obj: Any) -> bool:
        """Whether it is not in force yet."""
        return obj.locked_at is None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only amendments of the agreement of the waterfall."""
        if db_field.name == "amendment":
            given = (request.resolver_match.kwargs if request.resolver_match else {}).get(
                "object_id", ""
            )
            model = db_field.remote_field.model
            kwargs["queryset"] = model.objects.filter(
                agreement__waterfalls__versions=int(given) if given.isdecimal() else 0
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(WaterfallTier)
class WaterfallTierAdmin(WhileOpen):
    """Tiers with their positions."""

    list_display = ("version", "number", "name", "sharing")
    list_select_related = ("version__waterfall__agreement", "version__waterfall__production")
    search_fields = ("name", "version__waterfall__agreement__reference")
    inlines = (PositionInline,)
    fields = ("version", ("number", "name"), "sharing")
    readonly_fields = ("version",)

    def is_open(self, obj: Any) -> bool:
        """Whether its version is not in force yet."""
        return obj.version.locked_at is None


@admin.register(Receipt)
class ReceiptAdmin(StaffAdmin):
    """Receipts, to look at: they are recorded and reversed on the page of their waterfall."""

    list_display = ("received_date", "waterfall", "source", "shown_amount", "shown_base")
    list_select_related = ("waterfall__agreement", "waterfall__production")
    search_fields = ("source", "waterfall__agreement__reference")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: by a step."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    @display(description=_("amount"), ordering="base_amount")
    def shown_amount(self, row: Receipt) -> Any:
        """With its currency."""
        return money_or_undisclosed(row.amount, row.currency)

    @display(description=_("in the currency of the waterfall"), ordering="base_amount")
    def shown_base(self, row: Receipt) -> Any:
        """With its currency."""
        return money_or_undisclosed(row.base_amount, row.waterfall.currency)
