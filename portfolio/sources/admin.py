"""Sources and claims in the staff admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import (
    CitationInline,
    PublishableAdmin,
    SourcedAdmin,
    link_to,
)
from portfolio.common.admin_lists import ChoiceFilter, HasSourceFilter, MissingTextFilter
from portfolio.sources.models import Claim, ClaimCitation, Source

MOST_ROWS_STATED = 50


class HasLinkFilter(ChoiceFilter):
    """Sources that can be opened on the web, and those that cannot."""

    title = _("link")
    parameter_name = "link"
    conditions = {"no": (_("No link"), Q(url="")), "yes": (_("With a link"), ~Q(url=""))}


@admin.register(Source)
class SourceAdmin(PublishableAdmin):
    """Documents that state facts, and what each of them states."""

    public_route = "website:source"
    date_hierarchy = "published_date"
    list_display = ("title", "kind", "publisher", "published_date", "language", "published")
    list_filter = ("publication", "kind", "language", HasLinkFilter)
    search_fields = ("search_text",)
    readonly_fields = ("states",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("kind", "language"),
                    ("publisher", "published_date"),
                    "url",
                    "slug",
                )
            },
        ),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
        (_("What it states"), {"fields": ("states",)}),
        (_("For staff"), {"fields": ("notes",)}),
    )
    prepopulated_fields = {"slug": ("title",)}

    @display(description=_("rows"))
    def states(self, source: Source) -> Any:
        """Links to every row that cites the source. Queries: one for each sort of row."""
        if source.pk is None:
            return self.get_empty_value_display()
        groups = []
        for relation in Source._meta.related_objects:
            if not relation.many_to_many:
                continue
            model: Any = relation.related_model
            rows = model._default_manager.filter(sources=source).order_by("pk")
            found = list(rows[: MOST_ROWS_STATED + 1])
            if found:
                groups.append((model._meta.verbose_name_plural, _links(found)))
        return format_html_join("", '<p class="house-states"><span>{}</span> {}</p>', groups) or _(
            "nothing yet"
        )


def _links(rows: list[Any]) -> SafeString:
    shown = format_html_join(
        SafeString(" · "), "{}", ((link_to(row),) for row in rows[:MOST_ROWS_STATED])
    )
    return format_html("{} …", shown) if len(rows) > MOST_ROWS_STATED else shown


class ClaimCitationInline(CitationInline):
    """The sources of a claim."""

    model = ClaimCitation


class ClaimSubjectFilter(ChoiceFilter):
    """What claims are about."""

    title = _("subject")
    parameter_name = "about"
    conditions = {
        "programme": (_("A programme"), Q(programme__isnull=False)),
        "organisation": (_("An organisation"), Q(organisation__isnull=False)),
        "project": (_("A project"), Q(project__isnull=False)),
    }


@admin.register(Claim)
class ClaimAdmin(PublishableAdmin, SourcedAdmin):
    """What somebody said that is not a fact yet."""

    list_display = ("text", "kind", "speaker", "subject", "sourced", "published")
    list_filter = ("publication", "kind", ClaimSubjectFilter, HasSourceFilter, MissingTextFilter)
    list_select_related = ("speaker", "programme", "organisation", "project")
    search_fields = ("search_text",)
    autocomplete_fields = ("speaker", "programme", "organisation", "project")
    inlines = (ClaimCitationInline,)
    fieldsets = (
        (None, {"fields": ("text_en", "text_zh_hant", "text_zh_hans", ("kind", "speaker"))}),
        (_("About exactly one of these"), {"fields": ("programme", "organisation", "project")}),
        (_("Publication"), {"fields": ("slug", "publication", "embargoed_until")}),
    )

    @display(description=_("text"), ordering="slug")
    def text(self, claim: Claim) -> str:
        """The beginning of what was said."""
        said = str(claim)
        return f"{said[:120]}…" if len(said) > 120 else said

    @display(description=_("subject"))
    def subject(self, claim: Claim) -> Any:
        """The one thing that it is about."""
        return claim.programme or claim.organisation or claim.project

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """None: claims are shown beside what they are about."""
        return None
