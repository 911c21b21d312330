"""Organisations and people in the staff admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from partners.choices import OrganisationKind
from partners.models import (
    Contact,
    Organisation,
    OrganisationCitation,
    OrganisationIdentifier,
    Person,
    PersonCitation,
    Position,
)
from portfolio.common.admin import (
    CitationInline,
    PublishableAdmin,
    SourcedAdmin,
    StaffStackedInline,
    StaffTabularInline,
    link_to,
)
from portfolio.common.admin_lists import AutocompleteFilter, HasSourceFilter, MissingNameFilter

_KINDS = dict(OrganisationKind.choices)


class OrganisationKindFilter(admin.SimpleListFilter):
    """Organisations that do a kind of thing, among others."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """All kinds."""
        return OrganisationKind.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The organisations of the chosen kind."""
        return (
            queryset.filter(kinds__contains=[self.value()]) if self.value() in _KINDS else queryset
        )


class PartOfGroupFilter(admin.SimpleListFilter):
    """Organisations at the top of their group, and those within one."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Top or part."""
        return [("top", _("Belongs to none")), ("part", _("Belongs to another"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The organisations without, or with, a parent."""
        if self.value() not in ("top", "part"):
            return queryset
        return queryset.filter(parent__isnull=self.value() == "top")


class IdentifierInline(StaffTabularInline):
    """Numbers in registers."""

    model = OrganisationIdentifier
    fields = ("scheme", "value")


class ContactInline(StaffTabularInline):
    """People to write to; for staff only."""

    model = Contact
    fields = ("name", "role", "email", "phone", "notes")


class OrganisationCitationInline(CitationInline):
    """The sources of an organisation."""

    model = OrganisationCitation


@admin.register(Organisation)
class OrganisationAdmin(PublishableAdmin, SourcedAdmin):
    """Firms, schools and public bodies, and the groups they form."""

    public_route = "website:partner"
    list_display = ("names", "shown_kinds", "parent", "country", "sourced", "published")
    list_filter = (
        "publication",
        OrganisationKindFilter,
        PartOfGroupFilter,
        HasSourceFilter,
        MissingNameFilter,
        ("parent", AutocompleteFilter),
    )
    list_filter_submit = True
    list_select_related = ("parent",)
    search_fields = ("search_text",)
    autocomplete_fields = ("parent",)
    readonly_fields = ("parts", "takes_part_in")
    prepopulated_fields = {"slug": ("name_en",)}
    inlines = (IdentifierInline, ContactInline, OrganisationCitationInline)
    fieldsets = (
        (None, {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")}),
        (
            _("What it is"),
            {"fields": ("kinds", ("country", "listed_on"), "parent", "parts", "takes_part_in")},
        ),
        (_("Publication"), {"fields": ("remarks", "publication", "embargoed_until")}),
        (_("For staff"), {"fields": ("notes",)}),
    )
    refusals = (_("an organisation cannot belong to its own part"),)

    @display(description=_("kinds"))
    def shown_kinds(self, organisation: Organisation) -> str:
        """What it does, in words."""
        return ", ".join(str(_KINDS.get(kind, kind)) for kind in organisation.kinds)

    @display(description=_("parts"))
    def parts(self, organisation: Organisation) -> Any:
        """Links to the organisations that belong to it."""
        if organisation.pk is None:
            return self.get_empty_value_display()
        links = (
            (link_to(part),) for part in organisation.children.order_by("sort_name", "pk")[:100]
        )
        return format_html_join(SafeString(" · "), "{}", links) or self.get_empty_value_display()

    @display(description=_("takes part in"))
    def takes_part_in(self, organisation: Organisation) -> Any:
        """A link to the list of its productions."""
        if organisation.pk is None:
            return self.get_empty_value_display()
        try:
            url = reverse("admin:productions_production_changelist")
        except NoReverseMatch:
            return self.get_empty_value_display()
        query = f"?participations__organisation__id__exact={organisation.pk}"
        return format_html('<a class="house-link" href="{}{}">{}</a>', url, query, _("Productions"))


class PositionInline(StaffStackedInline):
    """What a person does, and where."""

    model = Position
    autocomplete_fields = ("organisation",)
    fields = (
        "organisation",
        ("title_en", "title_zh_hant", "title_zh_hans"),
        ("start_date", "end_date"),
    )


class PersonCitationInline(CitationInline):
    """The sources of a person."""

    model = PersonCitation


@admin.register(Person)
class PersonAdmin(PublishableAdmin, SourcedAdmin):
    """Those who speak for, work for or make something."""

    public_route = "website:person"
    list_display = ("names", "sourced", "published")
    list_filter = (
        "publication",
        HasSourceFilter,
        MissingNameFilter,
        ("positions__organisation", AutocompleteFilter),
    )
    list_filter_submit = True
    search_fields = ("search_text",)
    prepopulated_fields = {"slug": ("name_en",)}
    inlines = (PositionInline, PersonCitationInline)
    fieldsets = (
        (None, {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")}),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
        (_("For staff"), {"fields": ("notes",)}),
    )
