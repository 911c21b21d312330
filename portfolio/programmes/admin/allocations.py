"""Allocations in the staff admin: strand by fiscal year on one page, and how each was revised."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from partners.admin.paper import PaperForm
from partners.choices import DocumentKind
from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_permissions import OnlyAddedTo
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    FoundRowField,
    LineField,
    carried_out,
    reason_field,
    step_page,
)
from portfolio.programmes.models import Allocation, Programme, Strand
from portfolio.programmes.operations import fiscal_year_of, set_allocation

MAY_SET = "programmes.add_allocation"


class SetForm(PaperForm):
    """What a strand is to have in a fiscal year in all, by whose decision and why."""

    document_kind = DocumentKind.DECISION
    strand = FoundRowField(Allocation._meta.get_field("strand"), label=_("Strand"))
    fiscal_year = forms.IntegerField(
        label=_("Fiscal year"),
        min_value=1990,
        max_value=2200,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric", "class": "house-day"}),
        help_text=_("The calendar year in which it begins."),
    )
    amount = AmountFormField(
        label=_("To be allocated in all"),
        min_value=Decimal(0),
        help_text=_("In base currency. The difference to what it has now is recorded."),
    )
    effective_date = DayField(label=_("In effect from"))
    decision = LineField(
        label=_("Decision"),
        max_length=200,
        help_text=_("Who decided it where: a board paper, a minute."),
    )
    reason = reason_field()


@admin.register(Allocation)
class AllocationAdmin(OnlyAddedTo, StaffAdmin):
    """What of the envelope is reserved for which strand in which year; revised, never edited."""

    search_fields = ("strand__search_text", "=fiscal_year")
    ordering = ("strand__programme", "strand__position", "fiscal_year")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Allocation]:
        """Allocations with what their titles name."""
        return super().get_queryset(request).select_related("strand")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Strand by fiscal year of one programme: allocated, committed, available.

        Queries: two for the programmes and strands, one for the allocations.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        programmes = list(Programme.objects.order_by("sort_name", "pk")[:200])
        wanted = request.GET.get("programme", "")
        programme = next((p for p in programmes if str(p.pk) == wanted), None)
        if programme is None and programmes:
            programme = programmes[0]
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Allocations"),
            "opts": self.opts,
            "programmes": programmes,
            "programme": programme,
            "may_set": request.user.has_perm(MAY_SET),
            "matrix": matrix_of(programme) if programme else None,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/programmes/allocations.html", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Set what a strand has in a fiscal year: the original, or a revision by the difference."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        initial = {
            "strand": request.GET.get("strand"),
            "fiscal_year": request.GET.get("year"),
            "effective_date": timezone.localdate(now),
        }
        posted = request.method == "POST"
        form = SetForm(
            request.POST if posted else None, request.FILES if posted else None, initial=initial
        )
        form.offer_paper_to(request.user)
        strand, year = _asked_for(form)
        back = address_of_matrix(strand.programme_id if strand else None)
        if posted and form.is_valid():
            said = form.cleaned_data

            def write() -> None:
                set_allocation(
                    strand=said["strand"],
                    fiscal_year=said["fiscal_year"],
                    amount=said["amount"],
                    effective_date=said["effective_date"],
                    decision=said["decision"],
                    reason=said["reason"],
                    actor=request.user,
                    document=form.paper(actor=request.user, at=now),
                )

            if carried_out(form, write):
                words = _t("%(strand)s %(year)s: %(amount)s is allocated.") % {
                    "strand": said["strand"],
                    "year": said["fiscal_year"],
                    "amount": money(said["amount"], said["strand"].programme.base_currency),
                }
                self.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(address_of_matrix(said["strand"].programme_id))
            form.forget()
        return step_page(
            request,
            form,
            title=_("Set allocation"),
            button=_("Set allocation"),
            back=back,
            facts=_standing(strand, year),
            explanation=_("Earlier amounts stay on record beside it."),
            opts=self.opts,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One allocation: its original, every revision, and what is committed of it."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        row: Any = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        request.current_app = self.admin_site.name
        currency = row.strand.programme.base_currency
        total = Decimal(0)
        revisions = []
        for revision in row.revisions.select_related("document", "recorded_by").order_by("number"):
            total += revision.change_amount
            sign = "+" if revision.change_amount > 0 else ""
            revisions.append(
                {
                    "row": revision,
                    "change": f"{sign}{money(revision.change_amount, currency)}",
                    "total": money(total, currency),
                }
            )
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "original": row,
            "cell": cell_of(row, currency),
            "revisions": revisions,
            "matrix_url": address_of_matrix(row.strand.programme_id),
            "set_url": _set_url(row.strand_id, row.fiscal_year),
            "may_set": request.user.has_perm(MAY_SET),
            "commitments_url": reverse("admin:funding_commitment_changelist")
            + f"?splits__allocation__id__exact={row.pk}",
            "history_url": reverse("admin:programmes_allocation_history", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/programmes/allocation.html", context)


def address_of_matrix(programme: int | None) -> str:
    """The page of a programme's allocations."""
    url = reverse("admin:programmes_allocation_changelist")
    return f"{url}?programme={programme}" if programme else url


def _set_url(strand: int, year: int) -> str:
    query = urlencode({"strand": strand, "year": year})
    return f"{reverse('admin:programmes_allocation_add')}?{query}"


def _asked_for(form: SetForm) -> tuple[Strand | None, int | None]:
    """The strand and year that the form is about, as far as they are known."""
    strand, year = str(form["strand"].value() or ""), str(form["fiscal_year"].value() or "")
    found = (
        Strand.objects.select_related("programme").filter(pk=int(strand)).first()
        if strand.isdecimal() and len(strand) < 18
        else None
    )
    return found, int(year) if year.isdecimal() and len(year) < 5 else None


def _standing(strand: Strand | None, year: int | None) -> list[tuple[Any, Any]]:
    if strand is None:
        return []
    currency = strand.programme.base_currency
    row = Allocation.objects.filter(strand=strand, fiscal_year=year or 0).first()
    balance = getattr(row, "balance", None)
    facts = [(_t("Programme"), strand.programme)]
    if balance is not None:
        facts += [
            (_t("Allocated now"), money(balance.allocated, currency)),
            (_t("Committed"), money(balance.committed, currency)),
        ]
    return facts


def cell_of(row: Allocation, currency: str) -> dict[str, Any]:
    """What one allocation has, holds and has left."""
    balance = getattr(row, "balance", None)
    allocated = balance.allocated if balance else Decimal(0)
    committed = balance.committed if balance else Decimal(0)
    return {
        "url": reverse("admin:programmes_allocation_change", args=[row.pk]),
        "allocated": money(allocated, currency),
        "committed": money(committed, currency),
        "available": money(allocated - committed, currency),
        "share": min(100, int(committed * 100 / allocated)) if allocated else 0,
        "over": committed > allocated,
    }


def matrix_of(programme: Programme) -> dict[str, Any]:
    """Strand by fiscal year, with totals.

    Shape: `years`, one row a strand (strand, cells in the order of the years, total), `totals`.
    Units: base currency.  Queries: two.
    """
    currency = programme.base_currency
    strands = list(programme.strands.order_by("position", "pk"))
    rows = list(
        Allocation.objects.filter(strand__programme=programme).select_related("balance", "strand")
    )
    this_year = fiscal_year_of(timezone.localdate(), programme.fiscal_year_start_month)
    years = sorted({this_year, this_year + 1} | {row.fiscal_year for row in rows})
    known = {(row.strand_id, row.fiscal_year): row for row in rows}
    shown = []
    for strand in strands:
        cells = []
        for year in years:
            row = known.get((strand.pk, year))
            cell = cell_of(row, currency) if row else {}
            cells.append(cell | {"set_url": _set_url(strand.pk, year), "year": year})
        own = [row for row in rows if row.strand_id == strand.pk]
        shown.append({"strand": strand, "cells": cells, "total": _sums(own, currency)})
    allocated = _allocated(rows)
    envelope = programme.envelope_amount
    return {
        "years": years,
        "rows": shown,
        "totals": [_sums([r for r in rows if r.fiscal_year == year], currency) for year in years],
        "total": _sums(rows, currency),
        "envelope": money(envelope, programme.envelope_currency or currency),
        "left": None if envelope is None else money(envelope - allocated, currency),
    }


def _allocated(rows: list[Allocation]) -> Decimal:
    return sum((r.balance.allocated for r in rows if hasattr(r, "balance")), Decimal(0))


def _sums(rows: list[Allocation], currency: str) -> dict[str, Any]:
    held = [row.balance for row in rows if hasattr(row, "balance")]
    allocated = sum((b.allocated for b in held), Decimal(0))
    committed = sum((b.committed for b in held), Decimal(0))
    return {
        "allocated": money(allocated, currency),
        "committed": money(committed, currency),
        "available": money(allocated - committed, currency),
        "is_empty": not held,
    }
