"""Commitments in the staff admin: the list, the form of a draft, and one page for the whole life."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import DecimalField, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from partners.models import Organisation
from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter, money_or_undisclosed
from portfolio.common.admin_permissions import NeverDeleted
from portfolio.common.admin_steps import AmountFormField
from portfolio.funding.admin import page, steps
from portfolio.funding.admin.drafts import DraftForm, ShareInline, SliceInline
from portfolio.funding.choices import CommitmentState
from portfolio.funding.models import Commitment, CommitmentPosition, Tranche
from portfolio.funding.operations import commitments, drafts
from portfolio.programmes.models import Project


def name_of(row: Any) -> str:
    """A row's name in the reader's script."""
    return str(row.name_for(get_language() or "en"))


def with_reference(rows: QuerySet[Commitment], term: str) -> QuerySet[Commitment]:
    """The commitment that has exactly this reference, in capitals or not; found by its index."""
    return rows.filter(reference__in={term, term.upper()})


def matching(rows: QuerySet[Commitment], term: str) -> QuerySet[Commitment]:
    """Commitments by what is typed: the one with the reference if there is one, else whatever it is in.

    Queries: one, for the exact reference.
    """
    exact = with_reference(rows, term)
    if exact.exists():
        return exact
    return rows.filter(
        Q(reference__icontains=term)
        | Q(title__icontains=term)
        | Q(project__in=Project.objects.matching(term).values("pk"))
        | Q(payee__in=Organisation.objects.matching(term).values("pk"))
    )


@admin.register(Commitment)
class CommitmentAdmin(NeverDeleted, StaffAdmin):
    """Promises: a draft has a form, everything later happens by steps on one page."""

    form = DraftForm
    list_display = (
        "called", "for_project", "to_payee", "promised", "where", "left", "next_due",
    )  # fmt: skip
    list_filter = (
        "state",
        ("programme", AutocompleteFilter),
        ("splits__allocation__strand", AutocompleteFilter),
        ("payee", AutocompleteFilter),
    )
    list_filter_submit = True
    list_select_related = ("project", "payee")
    search_fields = ("reference", "title")
    search_help_text = _("Reference, title, project or payee, in any script")
    autocomplete_fields = ("programme", "project", "payee", "agreement")
    inlines = (ShareInline, SliceInline)
    fieldsets = (
        (None, {"fields": ("title", ("programme", "project"), ("payee", "agreement"))}),
        (_("The promise"), {"fields": (("amount", "currency"), "reference", "notes")}),
    )

    # --- The list ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commitment]:
        """Commitments with what is outstanding and due next; worked out for the rows of a page."""
        held = (
            CommitmentPosition.objects.filter(commitment=OuterRef("pk"))
            .order_by()
            .values("commitment")
        )
        outstanding = Sum(F("committed") - F("de_committed") - F("disbursed") + F("refunded"))
        due = (
            Tranche.objects.unpaid()
            .filter(commitment=OuterRef("pk"))
            .order_by()
            .values("commitment")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                outstanding_now=Subquery(
                    held.annotate(n=outstanding).values("n"),
                    output_field=DecimalField(max_digits=20, decimal_places=2),
                ),
                due_next=Subquery(due.annotate(n=Min("due_date")).values("n")),
            )
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Also the commitments of one agreement or allocation, from their pages."""
        if lookup in ("agreement__id__exact", "splits__allocation__id__exact"):
            return True
        return bool(super().lookup_allowed(lookup, value, request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Commitment], search_term: str
    ) -> tuple[QuerySet[Commitment], bool]:
        """By reference and title as typed; by the names of project and payee in any script, with a typo."""
        term = search_term.strip()[:200]
        return (matching(queryset, term) if term else queryset), False

    @display(description=_("commitment"), ordering="reference")
    def called(self, row: Commitment) -> SafeString:
        """The reference, and what it is for."""
        return format_html('{}<br><span class="house-quiet">{}</span>', row.reference, row.title)

    @display(description=_("project"), ordering="project__sort_name")
    def for_project(self, row: Commitment) -> str:
        """The project's name."""
        return name_of(row.project)

    @display(description=_("payee"), ordering="payee__sort_name")
    def to_payee(self, row: Commitment) -> str:
        """The payee's name."""
        return name_of(row.payee)

    @display(description=_("amount"), ordering="amount")
    def promised(self, row: Commitment) -> Any:
        """The amount as first promised."""
        return money_or_undisclosed(row.amount, row.currency)

    @display(description=_("state"), ordering="state")
    def where(self, row: Commitment) -> SafeString:
        """The state; what is not settled stands out."""
        return page.state(row.state, row.get_state_display())

    @display(description=_("outstanding"))
    def left(self, row: Any) -> Any:
        """What is promised and not paid; nothing before it is signed."""
        if row.outstanding_now is None:
            return self.get_empty_value_display()
        return money_or_undisclosed(row.outstanding_now, row.currency)

    @display(description=_("next due"))
    def next_due(self, row: Any) -> Any:
        """When the next tranche is due; overdue ones stand out."""
        if row.due_next is None:
            return self.get_empty_value_display()
        words = date_format(row.due_next, "DATE_FORMAT")
        late = row.due_next < timezone.localdate()
        return format_html('<strong class="house-wrong">{}</strong>', words) if late else words

    # --- The draft ---------------------------------------------------------------------------

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Amounts as people write them."""
        if db_field.name == "amount":
            return AmountFormField(label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft has a form; later, steps."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.state == CommitmentState.DRAFT)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The currency of the house."""
        return {"currency": "HKD", **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who and when."""
        obj.state_at, obj.state_by = timezone.now(), request.user
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Shares and tranches as operations write them: percentages add up, tranches are numbered."""
        rows = [
            row for row in formset.forms if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if formset.model is Tranche:
            drafts.set_tranches(
                commitment=form.instance,
                slices=[row.slice() for row in rows],
                at=timezone.now(),
                actor=request.user,
            )
        else:
            commitments.set_shares(commitment=form.instance, shares=[row.share() for row in rows])

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Lead to the page with the next steps."""
        return self._to_page(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """Lead to the page with the next steps."""
        return self._to_page(request, obj)

    def _to_page(self, request: HttpRequest, obj: Commitment) -> HttpResponse:
        words = _("%(reference)s is saved as a draft.") % {"reference": obj.reference}
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(page.address_of(obj.pk))

    # --- The page ----------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """The form of a draft and the pages of the steps beside the usual ones."""
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/edit/", view(self.edit_view), name="funding_commitment_edit"),
            path(
                "<int:object_id>/step/<slug:name>/<int:key>/",
                view(self.step_view),
                name="funding_commitment_step",
            ),
            *super().get_urls(),
        ]

    def edit_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The form of a draft; of anything else, its page."""
        row = self.get_object(request, str(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        if request.method != "POST" and not self.has_change_permission(request, row):
            if not self.has_view_permission(request, row):
                raise PermissionDenied
            return HttpResponseRedirect(page.address_of(object_id))
        return super().change_view(request, str(object_id))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The whole life of a commitment on one page, with the next possible steps as buttons."""
        if request.method == "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            **page.context_of(row.pk, request.user, timezone.now()),
            "title": row.reference,
            "opts": self.opts,
            "original": row,
            "history_url": reverse("admin:funding_commitment_history", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/funding/commitment.html", context)

    def step_view(self, request: HttpRequest, object_id: int, name: str, key: int) -> HttpResponse:
        """The small page of one step."""
        return steps.step_view(self, request, object_id, name, key)
