"""Releases and results in the staff admin; most come from files, see Imports."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from portfolio.common.admin import PublishableAdmin, StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_permissions import OnlyAddedTo
from portfolio.common.admin_steps import LineField, StepForm, carried_out, step_page
from portfolio.productions.models import Release, Result
from portfolio.productions.operations.results import publish_results, withdraw_result

MAY_WITHDRAW = "productions.add_resultwithdrawal"


class WithdrawForm(StepForm):
    """Why a figure counts no more."""

    reason = LineField(label=_("Reason"), max_length=300)


@admin.register(Release)
class ReleaseAdmin(PublishableAdmin):
    """Where, in which medium and when productions come out."""

    list_display = ("date", "production", "territory", "medium", "distributor", "published")
    list_filter = ("publication", "medium", ("production", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("production", "distributor")
    search_fields = ("production__search_text", "distributor_name")
    ordering = ("-date", "-pk")
    autocomplete_fields = ("production", "distributor")
    fieldsets = (
        (None, {"fields": ("production", ("territory", "medium"), ("date", "screens"))}),
        (_("Distributor"), {"fields": ("distributor", "distributor_name")}),
        (_("Publication"), {"fields": (("publication", "embargoed_until"),)}),
    )


@admin.register(Result)
class ResultAdmin(OnlyAddedTo, StaffAdmin):
    """What was reported of productions: added to, never changed; a later report stands beside."""

    list_display = ("period", "production", "territory", "medium", "measure", "figure", "source")
    list_filter = ("measure", "medium", "is_public", ("production", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("production", "source", "withdrawal", "withdrawal__withdrawn_by")
    search_fields = ("production__search_text",)
    ordering = ("-start_date", "-pk")
    autocomplete_fields = ("production", "source")
    fieldsets = (
        (None, {"fields": ("production", ("territory", "medium"), ("start_date", "end_date"))}),
        (_("Figure"), {"fields": (("measure", "value", "currency"), "source", "is_public")}),
    )

    actions = ("publish",)
    readonly_fields = ("withdrawn",)

    def get_urls(self) -> list[Any]:
        """The page of the one step there is, beside those of every admin."""
        step = self.admin_site.admin_view(self.withdraw_view)
        return [
            path("<int:pk>/withdraw/", step, name="productions_result_withdraw"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What became of a figure, once it is there."""
        shown = super().get_fieldsets(request, obj)
        return shown if obj is None else (*shown, (_("Withdrawal"), {"fields": ("withdrawn",)}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Results that know whether the same number stands somewhere else."""
        rows: Any = super().get_queryset(request)
        return rows.with_twins()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who and when."""
        obj.recorded_at, obj.recorded_by = timezone.now(), request.user
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Make the selected figures public"), permissions=["add"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Record them once more for anyone to see; what is public or withdrawn is left as it is."""
        keys = list(queryset.order_by().values_list("pk", flat=True))
        made = len(publish_results(results=keys, at=timezone.now(), actor=request.user))
        words = ngettext("%(n)s figure is public.", "%(n)s figures are public.", made)
        self.message_user(request, words % {"n": made}, messages.SUCCESS)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that a figure was recorded by mistake; it stays, and counts no more."""
        row: Any = self.get_object(request, str(pk))
        if row is None or not request.user.has_perm(MAY_WITHDRAW):
            raise PermissionDenied
        back = reverse("admin:productions_result_change", args=[row.pk])
        if hasattr(row, "withdrawal"):
            self.message_user(request, _t("It is withdrawn already."), messages.WARNING)
            return HttpResponseRedirect(back)
        form = WithdrawForm(request.POST if request.method == "POST" else None)

        def write() -> None:
            said = form.cleaned_data["reason"]
            withdraw_result(result=row, reason=said, at=timezone.now(), actor=request.user)

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, _t("Withdrawn: it stays, and counts no more."))
            return HttpResponseRedirect(back)
        return step_page(
            request, form, title=_("Withdraw a figure"), button=_("Withdraw"), back=back,
            facts=[
                (_("Production"), row.production), (_("Figure"), self.figure(row)),
                (_("Source"), row.source),
            ],
            explanation=_("An earlier report of the same figure counts again, where there is one."),
            opts=self.opts, original=row,
        )  # fmt: skip

    @display(description=_("withdrawn"))
    def withdrawn(self, result: Any) -> Any:
        """Why and when, or where to say so."""
        gone = getattr(result, "withdrawal", None)
        if gone is not None:
            day = timezone.localdate(gone.withdrawn_at)
            return f"{day} · {gone.withdrawn_by} · {gone.reason}"
        address = reverse("admin:productions_result_withdraw", args=[result.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', address, _("Withdraw"))

    @display(description=_("period"), ordering="start_date")
    def period(self, result: Result) -> str:
        """The days that the figure is of."""
        return f"{result.start_date} – {result.end_date or ''}"

    @display(description=_("value"), ordering="value")
    def figure(self, result: Any) -> Any:
        """The figure with its unit; whether it was withdrawn or stands twice."""
        if result.value is None:
            return _("not disclosed")
        digits = 2 if result.currency else 0
        shown = number_format(result.value, decimal_pos=digits, force_grouping=True)
        note: Any = ""
        if hasattr(result, "withdrawal"):
            note = _("withdrawn")
        elif result.has_twin:
            note = _("the same number stands twice")
        return format_html(
            '{} {} <span class="house-wrong">{}</span>', result.currency, shown, note
        )
