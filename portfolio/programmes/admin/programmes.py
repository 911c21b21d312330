"""Programmes, strands and the overview of every project in the staff admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import (
    CitationInline,
    PublishableAdmin,
    SourcedAdmin,
    StaffTabularInline,
)
from portfolio.common.admin_lists import (
    AutocompleteFilter,
    HasSourceFilter,
    MissingNameFilter,
    money_or_undisclosed,
)
from portfolio.common.admin_permissions import ReadOnly
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import (
    Programme,
    ProgrammeCitation,
    ProgrammePartner,
    Project,
    ProjectCitation,
    QuotedEquivalent,
    Strand,
    StrandCitation,
)

DETAIL_OF_KIND = {
    ProjectKind.PRODUCTION: "admin:productions_production_change",
    ProjectKind.SCHOLARSHIP_SCHEME: "admin:scholarships_scheme_change",
    ProjectKind.CONCERT: "admin:live_concert_change",
    ProjectKind.VENUE_COLLABORATION: "admin:live_venuecollaboration_change",
}
"""Where each sort of work is edited: the packages above this one, named and not imported."""


class QuotedEquivalentInline(StaffTabularInline):
    """The envelope as sources quoted it in other currencies."""

    model = QuotedEquivalent
    fields = ("currency", "amount")


class ProgrammePartnerInline(StaffTabularInline):
    """Who stands behind the programme."""

    model = ProgrammePartner
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "role")
    select_related = ("organisation",)


class StrandInline(StaffTabularInline):
    """What parts of the envelope are meant for; opened one by one for the rest."""

    model = Strand
    fields = ("position", "name_en", "name_zh_hant", "name_zh_hans", "slug")
    ordering = ("position",)
    show_change_link = True


class ProgrammeCitationInline(CitationInline):
    """The sources of a programme."""

    model = ProgrammeCitation


@admin.register(Programme)
class ProgrammeAdmin(PublishableAdmin, SourcedAdmin):
    """What was announced: how much, by whom, for what."""

    public_route = "website:programme"
    list_display = (
        "names",
        "sponsor",
        "envelope",
        "years",
        "announced_date",
        "sourced",
        "published",
    )
    list_filter = ("publication", HasSourceFilter, MissingNameFilter)
    list_select_related = ("sponsor",)
    search_fields = ("search_text",)
    autocomplete_fields = ("sponsor",)
    prepopulated_fields = {"slug": ("name_en",)}
    inlines = (
        StrandInline,
        QuotedEquivalentInline,
        ProgrammePartnerInline,
        ProgrammeCitationInline,
    )
    undisclosed = {"envelope_amount": "envelope", "envelope_currency": "", "envelope_qualifier": ""}
    fieldsets = (
        (None, {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")}),
        (
            _("What was announced"),
            {
                "fields": (
                    "sponsor",
                    "envelope_qualifier",
                    ("envelope_amount", "envelope_currency"),
                    ("years", "announced_date"),
                    "announced_where",
                    "remarks",
                )
            },
        ),
        (
            _("The books"),
            {
                "fields": (
                    ("base_currency", "fiscal_year_start_month"),
                    "over_commitment",
                    "allocated",
                )
            },
        ),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
        (_("For staff"), {"fields": ("notes",)}),
    )
    readonly_fields = ("allocated",)

    @display(description=_("allocations"))
    def allocated(self, programme: Programme) -> Any:
        """A link to the page of its allocations."""
        if programme.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:programmes_allocation_changelist")
        return format_html(
            '<a class="house-link" href="{}?programme={}">{}</a>',
            url,
            programme.pk,
            _("Allocations"),
        )

    @display(description=_("envelope"), ordering="envelope_amount")
    def envelope(self, programme: Programme) -> Any:
        """The announced amount with its qualifier, or "not disclosed"."""
        if programme.envelope_amount is None:
            return _("not disclosed")
        amount = money_or_undisclosed(programme.envelope_amount, programme.envelope_currency)
        return f"{programme.get_envelope_qualifier_display()} {amount}"


class StrandCitationInline(CitationInline):
    """The sources of a strand."""

    model = StrandCitation


@admin.register(Strand)
class StrandAdmin(SourcedAdmin):
    """The parts of a programme, in the order they were announced."""

    public_route = "website:strand"
    list_display = ("position", "names", "programme", "sourced")
    list_display_links = ("names",)
    list_filter = (("programme", AutocompleteFilter), HasSourceFilter, MissingNameFilter)
    list_filter_submit = True
    list_select_related = ("programme",)
    search_fields = ("search_text",)
    autocomplete_fields = ("programme",)
    prepopulated_fields = {"slug": ("name_en",)}
    inlines = (StrandCitationInline,)
    fieldsets = (
        (None, {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")}),
        (_("Where it belongs"), {"fields": (("programme", "position"),)}),
    )
    refusals = (_("a strand stays in the programme it was announced in"),)


class ProjectCitationInline(CitationInline):
    """The sources of a project, for the admin of its sort of work."""

    model = ProjectCitation
    fk_name = "project"


class ProjectDetailAdmin(PublishableAdmin, SourcedAdmin):
    """What the forms of every sort of work share."""

    list_select_related: tuple[str, ...] = ("strand",)
    search_fields = ("search_text",)
    autocomplete_fields: tuple[str, ...] = ("programme", "strand")
    prepopulated_fields = {"slug": ("name_en",)}
    undisclosed = {"announced_amount": "amount", "announced_currency": ""}
    refusals: tuple[Any, ...] = (
        _("choose a strand of the project's own programme"),
        _("a project stays the sort of work that it is"),
    )
    names_fieldset = (
        None,
        {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")},
    )
    place_fieldset = (
        _("Its place"),
        {
            "fields": (
                ("programme", "strand"),
                ("standing", "closed_date"),
                ("announced_amount", "announced_currency"),
            )
        },
    )
    outcome_fieldset = (_("What came of it"), {"fields": ("claimed_result", "remarks")})
    publication_fieldset = (_("Publication"), {"fields": ("publication", "embargoed_until")})
    staff_fieldset = (_("For staff"), {"fields": ("notes",)})

    @display(description=_("announced amount"), ordering="announced_amount")
    def amount(self, project: Project) -> Any:
        """What a source says the programme puts in, or "not disclosed"."""
        return money_or_undisclosed(project.announced_amount, project.announced_currency)

    @display(description=_("standing"), ordering="standing")
    def place(self, project: Project) -> Any:
        """In the programme, or before it."""
        return project.get_standing_display()


@admin.register(Project)
class ProjectAdmin(ReadOnly, ProjectDetailAdmin):
    """Every project of every sort, to look up; each is edited as what it is."""

    actions: list[str] = []
    list_display = ("names", "kind", "place", "strand", "amount", "sourced", "published")
    list_filter = (
        "publication",
        "kind",
        "standing",
        ("strand", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    prepopulated_fields = {}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead on to the form of the sort of work that it is."""
        row = self.get_object(request, object_id)
        if (
            row is not None
            and self.has_view_permission(request, row)
            and "_popup" not in request.GET
        ):
            try:
                return HttpResponseRedirect(
                    reverse(DETAIL_OF_KIND[ProjectKind(row.kind)], args=[row.pk])
                )
            except NoReverseMatch:
                pass
        return super().change_view(request, object_id, form_url, extra_context)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """None: each sort of work has pages of its own."""
        return None
