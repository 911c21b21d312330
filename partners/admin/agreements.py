"""Agreements in the staff admin: parties with their signatures, amendments, documents."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from partners.models import Agreement, AgreementAmendment, AgreementDocument, AgreementParty
from portfolio.common.admin import StaffAdmin, StaffStackedInline, StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_steps import AmountFormField


class PartyInline(StaffTabularInline):
    """Who is a party, and when and by whom it signed."""

    model = AgreementParty
    autocomplete_fields = ("organisation",)
    extra = 0
    fields = ("organisation", "role", "signed_date", "signatory")
    select_related = ("organisation",)


class AmendmentInline(StaffStackedInline):
    """Later changes, each with the difference that it makes."""

    model = AgreementAmendment
    autocomplete_fields = ("document",)
    fields = (
        ("number", "kind", "signed_date"),
        ("change_amount", "currency", "new_end_date"),
        ("summary", "document"),
    )

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Amounts as people write them."""
        if db_field.name == "change_amount":
            words = _("Less than zero for a decrease.")
            return AmountFormField(
                label=capfirst(db_field.verbose_name), required=False, help_text=words
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class PaperInline(StaffTabularInline):
    """The documents of an agreement."""

    model = AgreementDocument
    autocomplete_fields = ("document",)
    fields = ("document",)
    select_related = ("document",)


@admin.register(Agreement)
class AgreementAdmin(StaffAdmin):
    """What was signed, by whom and when, and how it was amended."""

    list_display = ("reference", "title", "kind", "start_date", "end_date", "signatures")
    list_display_links = ("reference", "title")
    list_filter = ("kind", ("parties__organisation", AutocompleteFilter))
    list_filter_submit = True
    search_fields = ("reference", "title", "parties__organisation__search_text")
    inlines = (PartyInline, AmendmentInline, PaperInline)
    readonly_fields = ("promises",)
    fieldsets = (
        (
            None,
            {"fields": ("title", ("reference", "kind"), ("start_date", "end_date"), "promises")},
        ),
        (_("For staff"), {"fields": ("notes",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        """Agreements with the number of their parties, and of those that signed."""
        parties = AgreementParty.objects.filter(agreement=OuterRef("pk")).order_by()
        counted = parties.values("agreement").annotate(n=Count("pk"), m=Count("signed_date"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                of_parties=Coalesce(Subquery(counted.values("n")), 0),
                signed=Coalesce(Subquery(counted.values("m")), 0),
            )
        )

    @display(description=_("signatures"))
    def signatures(self, row: Any) -> Any:
        """How many of the parties have signed."""
        words = f"{row.signed} / {row.of_parties}"
        if row.of_parties >= 2 and row.signed == row.of_parties:
            return words
        return format_html('<strong class="house-wrong">{}</strong>', words)

    @display(description=_("commitments"))
    def promises(self, row: Agreement) -> Any:
        """A link to the commitments made by it."""
        if row.pk is None:
            return self.get_empty_value_display()
        try:
            url = reverse("admin:funding_commitment_changelist")
        except NoReverseMatch:
            return self.get_empty_value_display()
        query = f"?agreement__id__exact={row.pk}"
        return format_html('<a class="house-link" href="{}{}">{}</a>', url, query, _("Commitments"))
