"""People who applied, in the staff admin: by reference in lists; whoever opens one is kept on record."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, link_to
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_permissions import NeverDeleted, ReadOnly
from portfolio.common.admin_steps import LineField, StepForm, step_page
from portfolio.common.sealed import fingerprint
from scholarships.admin.person_steps import DECISIONS, MAY_CHANGE, MAY_REVEAL, STEPS
from scholarships.admin.steps import WithSteps
from scholarships.choices import ConsentUse, ReadKind
from scholarships.models import Applicant, Erasure, PersonalRead
from scholarships.operations.applications import identity_of, set_personal
from scholarships.operations.consents import consents_of
from scholarships.operations.masks import masked
from scholarships.operations.person_export import export_of
from scholarships.operations.reads import record_read

MOST_READS = 20
MOST_FOUND = 20


class PurposeForm(StepForm):
    """Whoever wants to see it says what for."""

    purpose = LineField(label=_("what you need it for"), max_length=200)


class FindForm(StepForm):
    """Somebody by a name, an address or a number; sent in the body, so that no log keeps it."""

    text = LineField(label=_("name, e-mail address or identity number"), max_length=200)


class ApplicantForm(StaffForm):
    """What is not sensitive."""

    class Meta:
        model = Applicant
        fields = "__all__"

    def clean_email(self) -> str:
        """As it is kept: in lower case."""
        return str(self.cleaned_data["email"]).lower()

    def clean_person(self) -> Any:
        """The portfolio names only who agreed."""
        person = self.cleaned_data["person"]
        agreed = consents_of(self.instance) if self.instance.pk else {}
        if person is not None and not agreed.get(ConsentUse.PUBLIC_NAME):
            raise forms.ValidationError(_t("They did not agree to be named on public pages."))
        return person


@admin.register(Applicant)
class ApplicantAdmin(WithSteps, NeverDeleted, StaffAdmin):
    """People who applied. Nobody is deleted: what is personal is erased, and the reference stays."""

    steps = STEPS
    form = ApplicantForm
    list_display = ("reference", "shown_name", "language", "created_at", "held_until", "erased_at")
    list_filter = ("language", ("erased_at", admin.EmptyFieldListFilter))
    list_filter_submit = True
    search_fields = ("reference",)
    search_help_text = _(
        "Reference; names are not searched here, since addresses of pages are logged."
    )
    autocomplete_fields = ("person",)
    list_before_template = "admin/scholarships/people.html"
    change_form_outer_before_template = "admin/scholarships/_next.html"
    change_form_outer_after_template = "admin/scholarships/person.html"
    fields = (
        ("name_en", "name_zh_hant", "name_zh_hans"), ("email", "phone", "language"),
        ("shown_identity", "shown_birth", "shown_account"), "person", ("held_until", "held_reason"),
        ("reference", "created_at", "erased_at"),
    )  # fmt: skip
    readonly_fields = (
        "shown_identity", "shown_birth", "shown_account", "reference", "created_at", "erased_at",
    )  # fmt: skip

    @display(description=_("name"))
    def shown_name(self, row: Applicant) -> str:
        """The name, for those who work with people; auditors read references."""
        return row.name

    @display(description=_("identity number"))
    def shown_identity(self, row: Applicant) -> str:
        """Its last signs."""
        return masked(str(row.identity_number or ""))

    @display(description=_("birth date"))
    def shown_birth(self, row: Applicant) -> str:
        """That it is there."""
        return masked(str(row.birth_date or ""), shown=0)

    @display(description=_("bank account"))
    def shown_account(self, row: Applicant) -> str:
        """Its last signs."""
        return masked(str(row.bank_account or ""))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Names for those who work with people."""
        shown = super().get_list_display(request)
        may = request.user.has_perm(MAY_CHANGE)
        return shown if may else [name for name in shown if name != "shown_name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: with an application."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows with what their steps look at."""
        return super().get_queryset(request).select_related("erasure")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of who was erased nothing is entered again."""
        return (obj is None or obj.erased_at is None) and super().has_change_permission(
            request, obj
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what was changed, with the moment."""
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        set_personal(applicant=obj, actor=request.user, **changed)

    # --- Reading, which is kept ------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """Looking for somebody, seeing what is sensitive, and taking everything along."""
        wrap = self.admin_site.admin_view
        return [
            path("find/", wrap(self.find_view), name="scholarships_applicant_find"),
            path(
                "<int:object_id>/reveal/",
                wrap(self.reveal_view),
                name="scholarships_applicant_reveal",
            ),
            path(
                "<int:object_id>/export/",
                wrap(self.export_view),
                name="scholarships_applicant_export",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it what was agreed to, applied for and read."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            if row.erased_at is None:
                record_read(
                    applicant=row, kind=ReadKind.RECORD, actor=request.user, path=request.path
                )
            found = self.file_of(row, request.user, timezone.now())
            context |= {"file": found, "next": found}
        answer = super().render_change_form(request, context, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def file_of(self, row: Applicant, user: Any, now: datetime.datetime) -> dict[str, Any]:
        """What stands below the form. Queries: five, and one a step."""
        uses = dict(ConsentUse.choices)
        buttons = self.buttons(row, user, now)
        if user.has_perm(MAY_REVEAL) and row.erased_at is None:
            for words, name in (
                (_("Show what is sensitive"), "reveal"),
                (_("Export everything"), "export"),
            ):
                buttons.append(
                    (words, reverse(f"admin:scholarships_applicant_{name}", args=[row.pk]))
                )
        return {
            "row": row,
            "buttons": buttons,
            "consents": [(uses[use], given) for use, given in consents_of(row).items()],
            "applications": [
                (each, reverse("admin:scholarships_application_change", args=[each.pk]))
                for each in row.applications.select_related("round").order_by("-pk")
            ]
            if user.has_perm("scholarships.view_application")
            else [],
            "erasure": getattr(row, "erasure", None),
            "reads": row.reads.select_related("read_by")[:MOST_READS],
        }

    def _with_purpose(self, request: HttpRequest, object_id: int) -> tuple[Applicant, PurposeForm]:
        try:
            row = Applicant.objects.known().get(pk=object_id)
        except (Applicant.DoesNotExist, OverflowError):
            raise Http404 from None
        if not self.has_view_permission(request, row) or not request.user.has_perm(MAY_REVEAL):
            raise PermissionDenied
        return row, PurposeForm(request.POST if request.method == "POST" else None)

    def reveal_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What is sensitive, once, for a purpose."""
        row, form = self._with_purpose(request, object_id)
        facts: list[tuple[Any, Any]] = [(_t("Applicant"), row)]
        if request.method == "POST" and form.is_valid():
            record_read(
                applicant=row, kind=ReadKind.SENSITIVE, actor=request.user, path=request.path,
                purpose=form.cleaned_data["purpose"],
            )  # fmt: skip
            facts += [
                (_t("Identity number"), row.identity_number or "–"),
                (_t("Birth date"), row.birth_date or "–"),
                (_t("Bank account"), row.bank_account or "–"),
            ]
        answer = self._page(request, form, row, _("Show what is sensitive"), _("Show"), facts)
        add_never_cache_headers(answer)
        return answer

    def export_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """Everything about the person as one file, for a purpose."""
        row, form = self._with_purpose(request, object_id)
        if request.method == "POST" and form.is_valid():
            record_read(
                applicant=row, kind=ReadKind.EXPORT, actor=request.user, path=request.path,
                purpose=form.cleaned_data["purpose"],
            )  # fmt: skip
            answer = FileResponse(
                export_of(row), as_attachment=True, filename=f"{row.reference}.zip",
                content_type="application/zip",
            )  # fmt: skip
            add_never_cache_headers(answer)
            return answer
        return self._page(
            request, form, row, _("Export everything"), _("Export"), [(_t("Applicant"), row)]
        )

    def _page(
        self,
        request: HttpRequest,
        form: StepForm,
        row: Applicant,
        title: Any,
        button: Any,
        facts: Any,
    ) -> HttpResponse:
        return step_page(
            request, form, title=title, button=button, facts=facts, opts=self.opts, original=row,
            back=reverse("admin:scholarships_applicant_change", args=[row.pk]),
            explanation=_("Who looked, when and what for is kept, and shown on the page of the person."),
        )  # fmt: skip

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """People by what they gave; the words stay out of every log."""
        if not request.user.has_perm(MAY_CHANGE):
            raise PermissionDenied
        form = FindForm(request.POST if request.method == "POST" else None)
        found: Any = []
        if request.method == "POST" and form.is_valid():
            found = [
                (row.name or row.reference, link_to(row))
                for row in people_like(form.cleaned_data["text"])
            ] or [(_t("Found"), _t("nobody"))]
        answer = step_page(
            request, form, title=_("Find a person"), button=_("Find"), facts=found, opts=self.opts,
            back=reverse("admin:scholarships_applicant_changelist"),
        )  # fmt: skip
        add_never_cache_headers(answer)
        return answer


def people_like(text: str) -> QuerySet[Applicant]:
    """People whose name holds a text, or whose address or number it is."""
    text = text.strip()
    same = Q(email=text.lower()) | Q(reference=text.upper()) | Q(phone=text)
    if number := identity_of(text):
        same |= Q(identity_fingerprint=fingerprint(number))
    for script in ("name_en", "name_zh_hant", "name_zh_hans"):
        same |= Q(**{f"{script}__icontains": text})
    return Applicant.objects.known().filter(same).order_by("pk")[:MOST_FOUND]


@admin.register(Erasure)
class ErasureAdmin(WithSteps, ReadOnly, StaffAdmin):
    """The register of erasures; a command of the owner carries out what was decided."""

    steps = DECISIONS
    list_display = (
        "applicant",
        "basis",
        "asked_at",
        "asked_by",
        "decided_at",
        "decided_by",
        "done_at",
    )
    list_filter = (
        "basis",
        ("decided_at", admin.EmptyFieldListFilter),
        ("done_at", admin.EmptyFieldListFilter),
    )
    list_filter_submit = True
    list_select_related = ("applicant", "asked_by", "decided_by")
    search_fields = ("applicant__reference",)
    change_form_outer_before_template = "admin/scholarships/_next.html"
    fields = (
        "applicant",
        "basis",
        ("asked_at", "asked_by"),
        ("decided_at", "decided_by"),
        "done_at",
    )
    readonly_fields = (
        "applicant", "basis", "asked_at", "asked_by", "decided_at", "decided_by", "done_at",
    )  # fmt: skip

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The entry, and below it the decision."""
        row = kwargs.get("obj")
        if row is not None and row.pk:
            context["next"] = {"buttons": self.buttons(row, request.user, timezone.now())}
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(PersonalRead)
class PersonalReadAdmin(ReadOnly, StaffAdmin):
    """Who of the staff opened whose data, when and what for."""

    list_display = ("read_at", "read_by", "applicant", "kind", "purpose", "path")
    list_filter = ("kind",)
    list_filter_submit = True
    list_select_related = ("applicant", "read_by")
    search_fields = ("applicant__reference", "read_by__username")
    fields = ("applicant", "kind", "purpose", "path", "read_at", "read_by")
    readonly_fields = fields
