"""Applicants in the staff admin: by reference in lists; what is sensitive is masked until it is needed."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_steps import LineField
from scholarships.admin.steps import RowStep, WithSteps
from scholarships.choices import ErasureBasis, ReadKind
from scholarships.models import Applicant, Erasure
from scholarships.operations.applications import context as by
from scholarships.operations.applications import set_personal
from scholarships.operations.reads import record_read

MAY_SEE_ALL = "scholarships.reveal_applicant"
SENSITIVE = ("identity_number", "birth_date", "bank_account")
MOST_READS = 50


def masked(value: str) -> str:
    """What is left of a sensitive value for whoever only has to recognise it."""
    if not value:
        return "–"
    return f"•••• {value[-3:]}" if len(value) > 6 else "••••"


class Reveal(RowStep):
    """Show what is sensitive, once, for a purpose that is kept."""

    label = _("Show what is masked")
    permission = MAY_SEE_ALL
    explanation = _("That you looked, and what for, is kept.")
    purpose = LineField(label=_("What for"), max_length=200)

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where there is something."""
        return row.erased_at is None and any(getattr(row, name) for name in SENSITIVE)

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Keep that it was read."""
        return record_read(
            applicant=self.row, kind=ReadKind.SENSITIVE, actor=actor,
            purpose=self.cleaned_data["purpose"],
        )  # fmt: skip


class AskErasure(RowStep):
    """Enter that somebody asks to be erased; somebody else decides."""

    label = _("Ask for erasure")
    permission = "scholarships.add_erasure"
    done = _("It is entered; somebody else decides about it.")
    explanation = _(
        "Once another member of staff has agreed, everything personal goes, and the numbers and the ledger stay."
    )

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Once."""
        return row.erased_at is None and not hasattr(row, "erasure")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Enter it."""
        with by(actor):
            return Erasure.objects.create(
                applicant=self.row, basis=ErasureBasis.REQUEST, asked_at=at, asked_by=actor
            )


class DecideErasure(RowStep):
    """Agree to an erasure that somebody else entered."""

    label = _("Agree to the erasure")
    permission = "scholarships.change_erasure"
    done = _("It is agreed; the next run of the command carries it out.")

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Where it waits."""
        asked = getattr(row, "erasure", None)
        return asked is not None and asked.decided_at is None and asked.done_at is None

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Agree."""
        with by(actor):
            row = Erasure.objects.select_for_update(no_key=True).get(applicant=self.row)
            row.decided_at, row.decided_by = at, actor
            row.save(update_fields=["decided_at", "decided_by"])


@admin.register(Applicant)
class ApplicantAdmin(WithSteps, StaffAdmin):
    """Applicants. Lists name nobody; a page says who opened it before."""

    steps = {"reveal": Reveal, "ask-erasure": AskErasure, "agree-to-erasure": DecideErasure}
    list_display = ("reference", "language", "created_at", "held_until", "erased_at")
    list_filter = ("language", "held_until", "erased_at")
    list_filter_submit = True
    search_fields = ("=reference", "=email")
    search_help_text = _("The whole reference, or the whole e-mail address.")
    autocomplete_fields = ("person",)
    change_form_outer_after_template = "admin/scholarships/applicant.html"
    fieldsets = (
        (
            _("Person"),
            {
                "fields": (
                    ("name_en", "language"), ("name_zh_hant", "name_zh_hans"), ("email", "phone"),
                    "person",
                )
            },
        ),
        (
            _("Sensitive"),
            {"fields": ("masked_identity_number", "masked_birth_date", "masked_bank_account")},
        ),
        (_("Legal hold"), {"fields": (("held_until", "held_reason"),)}),
    )  # fmt: skip
    readonly_fields = ("masked_identity_number", "masked_birth_date", "masked_bank_account")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: with an application."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: who asks is erased, and the row stays empty."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, until it is erased."""
        return super().has_change_permission(request, obj) and (
            obj is None or obj.erased_at is None
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Rows with what their steps look at."""
        return super().get_queryset(request).select_related("erasure")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what was changed, with the moment."""
        set_personal(
            applicant=obj, actor=request.user,
            **{name: form.cleaned_data[name] for name in form.changed_data},
        )  # fmt: skip

    @display(description=_("identity number"))
    def masked_identity_number(self, row: Applicant) -> str:
        """Its last signs."""
        return masked(row.identity_number or "")

    @display(description=_("birth date"))
    def masked_birth_date(self, row: Applicant) -> str:
        """Nothing of it."""
        return "••••" if row.birth_date else "–"

    @display(description=_("bank account"))
    def masked_bank_account(self, row: Applicant) -> str:
        """Its last signs."""
        return masked(row.bank_account or "")

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """A step; what was to be revealed is shown in the answer, and nowhere kept."""
        answer = super().step_view(request, object_id, name)
        if name == "reveal" and request.method == "POST" and answer.status_code == 302:
            row = self.get_queryset(request).get(pk=object_id)
            return self._revealed(request, row)
        answer["Cache-Control"] = "no-store"
        return answer

    def _revealed(self, request: HttpRequest, row: Applicant) -> HttpResponse:
        request.current_app = self.admin_site.name
        fields: Sequence[Any] = [row._meta.get_field(name) for name in SENSITIVE]
        answer = TemplateResponse(
            request,
            "admin/scholarships/revealed.html",
            {
                **self.admin_site.each_context(request),
                "title": str(row),
                "facts": [(f.verbose_name, getattr(row, f.name) or "–") for f in fields],
                "back": reverse("admin:scholarships_applicant_change", args=[row.pk]),
            },
        )
        answer["Cache-Control"] = "no-store"
        return answer

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form, and below it applications, consents and who read it; this reading is kept as well."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            if request.method == "GET":
                record_read(
                    applicant=row, kind=ReadKind.RECORD, actor=request.user, path=request.path
                )
            context["who"] = {
                "row": row,
                "buttons": self.buttons(row, request.user, timezone.now()),
                "applications": [
                    (each, reverse("admin:scholarships_application_change", args=[each.pk]))
                    for each in row.applications.select_related("round")
                ],
                "consents": row.consents.all(),
                "reads": row.reads.select_related("read_by")[:MOST_READS],
            }
        answer = super().render_change_form(request, context, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer
