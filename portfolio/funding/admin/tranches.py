"""Tranches in the staff admin: what is due when, and what each waits for."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, StaffTabularInline, link_to
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from portfolio.common.admin_permissions import NeverDeleted, OnlyAddedTo
from portfolio.funding.admin import page
from portfolio.funding.admin.commitments import matching
from portfolio.funding.choices import TrancheState
from portfolio.funding.models import Commitment, Condition, Tranche


class DueFilter(admin.SimpleListFilter):
    """Unpaid tranches of signed commitments by when they are due."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Before today, or later."""
        return [("overdue", _("Overdue")), ("coming", _("Coming"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The tranches that are due so."""
        today = timezone.localdate()
        unpaid = Q(pk__in=Tranche.objects.unpaid().values("pk"))
        match self.value():
            case "overdue":
                return queryset.filter(unpaid, due_date__lt=today)
            case "coming":
                return queryset.filter(unpaid, due_date__gte=today)
            case _:
                return queryset


class ConditionInline(OnlyAddedTo, StaffTabularInline):
    """What the tranche waits for; whether it is met is said by a step of the commitment.

    What was approved with its conditions keeps them; more may be added.
    """

    model = Condition
    fields = ("kind", "description", "met_at", "met_by", "valid_until")
    readonly_fields = ("met_at", "met_by", "valid_until")


@admin.register(Tranche)
class TrancheAdmin(NeverDeleted, StaffAdmin):
    """What falls due; occasion, due date and conditions can be changed while it is not paid."""

    list_display = ("due", "of_commitment", "to_payee", "title", "how_much", "where")
    list_display_links = ("due", "title")
    list_filter = (
        DueFilter,
        "state",
        ("commitment__programme", AutocompleteFilter),
        ("commitment__payee", AutocompleteFilter),
    )
    list_filter_submit = True
    list_select_related = ("commitment__payee",)
    ordering = ("due_date", "pk")
    search_fields = ("commitment__reference",)
    search_help_text = _("Reference, title, project or payee, in any script")
    readonly_fields = ("of_commitment", "number", "how_much", "where")
    fields = (("of_commitment", "number"), ("how_much", "where"), ("title", "due_date"))
    inlines = (ConditionInline,)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The tranches of the commitments that the same words find in their list."""
        term = search_term.strip()[:200]
        if not term:
            return queryset, False
        found = matching(Commitment.objects.all(), term)
        return queryset.filter(commitment__in=found.order_by().values("pk")), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: tranches are drafted with their commitment, or come with an amendment."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As long as it is not paid or cancelled."""
        over = obj is not None and obj.state in (TrancheState.PAID, TrancheState.CANCELLED)
        return super().has_change_permission(request, obj) and not over

    @display(description=_("due on"), ordering="due_date")
    def due(self, row: Tranche) -> Any:
        """The day; an overdue one stands out."""
        words = date_format(row.due_date, "DATE_FORMAT")
        is_open = row.state not in (TrancheState.PAID, TrancheState.CANCELLED)
        late = is_open and row.commitment.state == "SIGNED" and row.due_date < timezone.localdate()
        return format_html('<strong class="house-wrong">{}</strong>', words) if late else words

    @display(description=_("commitment"), ordering="commitment__reference")
    def of_commitment(self, row: Tranche) -> SafeString:
        """A link to the page of the commitment."""
        return link_to(row.commitment)

    @display(description=_("payee"), ordering="commitment__payee__sort_name")
    def to_payee(self, row: Tranche) -> str:
        """The payee's name in the reader's script."""
        return str(row.commitment.payee.name_for(get_language() or "en"))

    @display(description=_("amount"), ordering="amount")
    def how_much(self, row: Tranche) -> Any:
        """The amount in the commitment's currency."""
        return money_or_undisclosed(row.amount, row.commitment.currency)

    @display(description=_("state"), ordering="state")
    def where(self, row: Tranche) -> SafeString:
        """How far it is."""
        return page.state(row.state, row.get_state_display())
