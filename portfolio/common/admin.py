"""What every page of the staff admin shares; each app declares its own in its admin module."""

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, models
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from portfolio.common import operations
from portfolio.common.admin_forms import StaffForm, StaffFormSet, array_form_field, several_lines
from portfolio.common.admin_history import history_of
from portfolio.common.admin_lists import (
    CappedPaginator,
    StaffChangeList,
    citations_of,
    name_in_scripts,
    owner_of,
)
from portfolio.common.admin_refusals import refusal_of
from portfolio.common.publishing import Publication
from portfolio.common.search import SearchableQuerySet


class StaffFields:
    """How fields look in forms and inlines."""

    form = StaffForm

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Lists as boxes or lines; long texts in a small box; everything else as Unfold does."""
        if isinstance(db_field, ArrayField):
            return array_form_field(db_field)
        if type(db_field) is models.TextField:
            kwargs.update(several_lines(db_field))
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class StaffAdmin(StaffFields, ModelAdmin):
    """A page of lists and forms that stays quick at a million rows and says every rule in words."""

    actions_on_bottom = False
    empty_value_display = "–"
    list_filter_sheet = True
    list_fullwidth = True
    list_max_show_all = 0
    list_per_page = 50
    paginator = CappedPaginator
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    warn_unsaved_form = True

    public_route = ""
    """The website's route of one row, by slug."""

    undisclosed: dict[str, str] = {}
    """Amounts, and the method that shows each to those who may only look; empty to leave it out."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[StaffChangeList]:
        """The list that keeps a clicked order while searching."""
        return StaffChangeList

    # --- Searching ---------------------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The same search as on the pages and in the API: any script, with a typo."""
        if not isinstance(queryset, SearchableQuerySet):
            return super().get_search_results(request, queryset, search_term)
        term = search_term.strip()[:200]
        return (queryset.best_match_first(term) if term else queryset), False

    # --- Rules -------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; what the database refuses comes back in it, and nothing was written."""
        if request.method == "POST" and "_saveasnew" in request.POST and not self.save_as:
            raise SuspiciousOperation("Saving as new is not offered here.")
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            refusal = refusal_of(error)
            if refusal is None or request.method != "POST":
                raise
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form class, which knows what the database said to the same input."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        return form

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, then delete; what the database refuses becomes a message."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except DatabaseError as error:
            return self._say_refusal(request, error, request.path.replace("/delete/", "/change/"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; an action that the database refuses becomes a message."""
        try:
            return super().changelist_view(request, extra_context)
        except DatabaseError as error:
            if request.method != "POST":
                raise
            return self._say_refusal(request, error, request.get_full_path())

    def _say_refusal(self, request: HttpRequest, error: DatabaseError, back: str) -> HttpResponse:
        refusal = refusal_of(error)
        if refusal is None:
            raise error
        self.message_user(request, str(refusal), messages.ERROR)
        return HttpResponseRedirect(back)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Run an action on what is marked, never on more rows than the list counts."""
        everything = request.POST.get("select_across") == "1"
        if everything and CappedPaginator(queryset, 1).is_capped:
            words = _("Narrow the list first: that would be too many rows.")
            self.message_user(request, words, messages.ERROR)
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    # --- History -----------------------------------------------------------------------------

    def log_addition(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: triggers keep the history of every change, whoever makes it."""

    def log_change(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, as above."""

    def log_deletions(self, *args: Any, **kwargs: Any) -> None:
        """Nothing, as above."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what about this row and its parts, when, and by which request."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History of %(row)s") % {"row": row},
            "moments": history_of(row, viewable=may_view(request, type(row))),
            "original": row,
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    # --- What is shown -----------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form; one of a made-up programme says so above everything else."""
        if request.method == "GET" and is_made_up(kwargs.get("obj")):
            self.message_user(request, gettext("Fictional sample"), messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """The public page of the row, where there is one and anyone may see it."""
        if obj is None or not self.public_route or not is_public_now(obj, timezone.now()):
            return None
        try:
            return reverse(self.public_route, args=[obj.slug])
        except NoReverseMatch:
            return None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The form; who may only look reads "not disclosed" where an amount is not known."""
        fieldsets = super().get_fieldsets(request, obj)
        if not self.undisclosed or obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": replaced(options["fields"], self.undisclosed)})
            for title, options in fieldsets
        ]

    # Cells are written here and not by a template each: three templates a row would take longer
    # than everything the database does for the page.

    @display(description=_("name"), ordering="sort_name")
    def names(self, row: Any) -> SafeString:
        """The name in the reader's script, the others below."""
        first, others = name_in_scripts(row)
        if getattr(row, "is_fictional", False):
            first = format_html(
                '{} <span class="house-state">{}</span>', first, _("Fictional sample")
            )
        return (
            format_html('{}<br><span class="house-quiet">{}</span>', first, others)
            if others
            else first
        )

    @display(description=_("publication"), ordering="publication")
    def published(self, row: Any) -> SafeString:
        """Draft, embargoed or public; what is not public stands out."""
        state = row.publication
        return format_html(
            '<span class="house-state house-state-{}">{}</span>',
            state,
            row.get_publication_display(),
        )


def replaced(fields: Any, names: dict[str, str]) -> Any:
    """The fields of a form with some replaced by the methods that show them, or left out."""
    shown = (
        replaced(item, names) if isinstance(item, (list, tuple)) else names.get(item, item)
        for item in fields
    )
    return [item for item in shown if item]


def is_public_now(row: Any, now: datetime.datetime) -> bool:
    """Whether anyone may see the row: its own state, and that of its programme."""
    of_programme = getattr(row, "programme", None)
    if of_programme is not None and not is_public_now(of_programme, now):
        return False
    if not hasattr(row, "publication"):
        return True
    if row.publication == Publication.EMBARGOED:
        # A form that is shown again may hold an embargo without its moment.
        return row.embargoed_until is not None and row.embargoed_until <= now
    return bool(row.publication == Publication.PUBLIC)


def is_made_up(row: Any) -> bool:
    """Whether the row is a fictional programme, or belongs to one."""
    return bool(getattr(getattr(row, "programme", row), "is_fictional", False))


def may_view(
    request: HttpRequest, owner: type[models.Model]
) -> Callable[[type[models.Model]], bool]:
    """Which parts of a row this person may see; the row itself was checked before."""
    own = {owner, *owner._meta.all_parents}

    def viewable(model: type[models.Model]) -> bool:
        name = f"{model._meta.app_label}.view_{model._meta.model_name}"
        return model in own or request.user.has_perm(name)

    return viewable


class PublishableAdmin(StaffAdmin):
    """Rows that staff make public, with the two actions for many at once."""

    actions = ["make_public", "make_draft"]

    @admin.action(description=_("Make public"), permissions=["change"])
    def make_public(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Show the marked rows to everyone, now."""
        self._publish(request, queryset, Publication.PUBLIC)

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def make_draft(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Hide the marked rows from the public."""
        self._publish(request, queryset, Publication.DRAFT)

    def _publish(
        self, request: HttpRequest, queryset: QuerySet[Any], publication: Publication
    ) -> None:
        number = operations.set_publication(
            rows=queryset, publication=publication, actor=request.user
        )
        said = ngettext(
            "%(number)d row is now: %(state)s.", "%(number)d rows are now: %(state)s.", number
        )
        self.message_user(request, said % {"number": number, "state": publication.label})


class SourcedAdmin(StaffAdmin):
    """Rows that sources state; the list marks those that have none."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows that know whether a source states them, in the same query."""
        cited = citations_of(self.model).filter(**{owner_of(self.model): OuterRef("pk")})
        return super().get_queryset(request).annotate(is_sourced=Exists(cited))

    @display(description=_("sourced"))
    def sourced(self, row: Any) -> Any:
        """Whether a source states the row."""
        return (
            _("yes")
            if row.is_sourced
            else format_html('<strong class="house-wrong">{}</strong>', _("no"))
        )


class StaffTabularInline(StaffFields, TabularInline):
    """Rows of a part, in a table."""

    extra = 0
    formset = StaffFormSet
    select_related: tuple[str, ...] = ()
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with what their titles name."""
        rows = super().get_queryset(request)
        return rows.select_related(*self.select_related) if self.select_related else rows


class StaffStackedInline(StaffFields, StackedInline):
    """Rows of a part, one below the other."""

    extra = 0
    formset = StaffFormSet


class CitationInline(StaffTabularInline):
    """The sources that state a row."""

    autocomplete_fields = ("source",)
    fields = ("source", "locator")
    select_related = ("source",)
    tab = False
    verbose_name = _("source")
    verbose_name_plural = _("sources")


def link_to(row: Any, *, text: Any = None) -> SafeString:
    """A link to the form of a row."""
    opts = row._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    return format_html('<a class="house-link" href="{}">{}</a>', url, text or row)
