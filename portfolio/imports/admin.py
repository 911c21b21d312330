"""Imports in the staff admin: upload, look through, confirm, take back."""

import csv
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_permissions import OnlyAddedTo
from portfolio.common.admin_steps import ListField, StepForm, UploadField, carried_out, step_page
from portfolio.common.exports.columns import harmless
from portfolio.common.refusals import Refused
from portfolio.imports.choices import BatchState, Encoding, RowState
from portfolio.imports.faults import in_words
from portfolio.imports.importers import IMPORTERS, Importer
from portfolio.imports.models import ImportBatch, ImportRow
from portfolio.imports.operations.checking import check_file
from portfolio.imports.operations.writing import confirm_batch, undo_batch
from portfolio.imports.reading.table import MOST_BYTES

ROWS_A_PAGE = 50
TONES = {"NEW": "on", "CHANGED": "waits", "UNCHANGED": "quiet", "FLAGGED": "waits", "FAULTY": "bad"}
MAY = "imports.add_importbatch"


class UploadForm(StepForm):
    """The file, and what it does not say itself."""

    file = UploadField(
        label=_("File"), help_text=_("CSV, XLSX or JSON, 5 MB and 10,000 rows at most.")
    )
    encoding = ListField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Detect it")), *Encoding.choices],
        help_text=_("Of CSV and JSON. Choose it where names come out wrong."),
    )

    def __init__(self, *args: Any, importer: Importer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.importer = importer
        for name, field in importer.fields().items():
            self.fields[name] = field

    def clean_file(self) -> Any:
        """A file that is not larger than one may be."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB: split it."),
                params={"most": MOST_BYTES // 1_000_000},
            )
        return file


class ConfirmForm(StepForm):
    """Whether what was flagged is written too."""

    flagged_too = forms.BooleanField(
        label=_("Write the flagged rows too"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "house-tick"}),
    )


@admin.register(ImportBatch)
class ImportBatchAdmin(OnlyAddedTo, StaffAdmin):
    """Files that were read. A page shows the rows; steps write them, or take them back."""

    list_display = ("file_name", "what", "state", "read_at", "read_by", "confirmed_at")
    list_filter = ("state", "kind")
    list_select_related = ("read_by",)
    search_fields = ("file_name", "=sha256")
    ordering = ("-read_at", "-pk")
    refusals = (_("an import is checked, confirmed, undone; nothing else of it changes"),)

    def get_urls(self) -> list[Any]:
        """The pages of the steps, beside those of every admin."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/confirm/", view(self.confirm_view), name="imports_confirm"),
            path("<int:pk>/undo/", view(self.undo_view), name="imports_undo"),
            path("<int:pk>/refused.csv", view(self.refused_view), name="imports_refused"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Imports of rows that this person may see."""
        seen = [name for name, importer in IMPORTERS.items() if importer.may(request.user, "view")]
        return super().get_queryset(request).filter(target__in=seen)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The import, for who may see any: nobody else hears whether there is one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().get_object(request, object_id, from_field)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything; the page of an import is not a form."""
        return [field.name for field in self.opts.fields]

    # --- Upload ------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Choose what is imported, then the file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        offered = [i for i in IMPORTERS.values() if i.may(request.user, "view", "add")]
        importer = IMPORTERS.get(request.GET.get("what", ""))
        if importer is None:
            return self._page(
                request, "admin/imports/choose.html", title=_t("Import a file"), importers=offered
            )
        if importer not in offered:
            raise PermissionDenied
        sent = request.method == "POST"
        form = UploadForm(
            request.POST if sent else None, request.FILES if sent else None, importer=importer
        )
        if sent and form.is_valid() and (batch := self._read(request, form, importer)):
            return HttpResponseRedirect(page_of(batch))
        return step_page(
            request, form, title=_t("Import: %(what)s") % {"what": importer.label},
            button=_("Read the file"), back=reverse("admin:imports_importbatch_changelist"),
            facts=[(_t("Columns"), ", ".join(str(column.label) for column in importer.columns))],
            explanation=importer.explanation, opts=self.opts,
        )  # fmt: skip

    def _read(
        self, request: HttpRequest, form: UploadForm, importer: Importer
    ) -> ImportBatch | None:
        said = dict(form.cleaned_data)
        file, encoding = said.pop("file"), said.pop("encoding")
        now = timezone.now()
        try:
            return check_file(
                importer=importer,
                data=file.read(),
                file_name=file.name,
                actor=request.user,
                at=now,
                today=timezone.localdate(now),
                encoding=Encoding(encoding) if encoding else None,
                context=importer.context(said),
            )
        except Refused as refused:
            form.refuse(str(refused))
            return None

    # --- One import --------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """The rows of the file and what each would do, those of one state where one is chosen."""
        if request.method != "GET":
            raise PermissionDenied
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        counts = dict(batch.rows.order_by().values_list("state").annotate(number=Count("pk")))
        chosen = request.GET.get("state", "")
        if chosen and chosen not in RowState.values:
            raise Http404
        after = request.GET.get("after", "")
        rows = batch.rows.filter(state=chosen) if chosen else batch.rows.all()
        if after.isdecimal():
            rows = rows.filter(number__gt=min(int(after[:9]), 2_000_000_000))
        shown = list(rows.order_by("number")[: ROWS_A_PAGE + 1])
        more, shown = len(shown) > ROWS_A_PAGE, shown[:ROWS_A_PAGE]
        importer = IMPORTERS[batch.target]
        labels = {column.name: str(column.label) for column in importer.columns}
        order = [heading for heading, _name in batch.headings] + batch.unused
        may = request.user.has_perm(MAY)
        return self._page(
            request, "admin/imports/batch.html", title=batch.file_name, batch=batch,
            original=batch, importer=importer, chosen=chosen,
            states=[(s.value, s.label, counts.get(s, 0), TONES[s]) for s in RowState],
            everything=sum(counts.values()),
            lines=[line_of(row, labels, order) for row in shown],
            next_after=shown[-1].number if more else None,
            headings=[(heading, labels.get(name, name)) for heading, name in batch.headings],
            may_confirm=may and batch.state == BatchState.CHECKED
            and any(counts.get(s) for s in (RowState.NEW, RowState.CHANGED, RowState.FLAGGED)),
            may_undo=may and batch.state == BatchState.CONFIRMED
            and importer.may(request.user, *importer.undoing()),
            has_refused=bool(counts.get(RowState.FAULTY) or counts.get(RowState.FLAGGED)),
        )  # fmt: skip

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the rows, once somebody is sure."""
        batch = self._batch(request, pk)
        if batch.state != BatchState.CHECKED:
            return self._too_late(request, batch)
        form = ConfirmForm(request.POST if request.method == "POST" else None)
        numbers = {
            RowState(state): number
            for state, number in batch.rows.order_by().values_list("state").annotate(n=Count("pk"))
        }
        if not numbers.get(RowState.FLAGGED):
            del form.fields["flagged_too"]

        def write() -> None:
            confirm_batch(
                batch=batch, actor=request.user, at=timezone.now(),
                flagged_too=form.cleaned_data.get("flagged_too", False),
            )  # fmt: skip

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, _t("The rows are written."), messages.SUCCESS)
            return HttpResponseRedirect(page_of(batch))
        return step_page(
            request, form, title=_t("Confirm: %(file)s") % {"file": batch.file_name},
            button=_("Write the rows"), back=page_of(batch),
            facts=[(state.label, f"{numbers[state]:,}") for state in RowState if state in numbers],
            explanation=_("New and changed rows are written at once, or none of them."),
            opts=self.opts, original=batch,
        )  # fmt: skip

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the import back, once somebody is sure."""
        batch = self._batch(request, pk)
        if batch.state != BatchState.CONFIRMED:
            return self._too_late(request, batch)
        form = StepForm(request.POST if request.method == "POST" else None)

        def write() -> None:
            undo_batch(batch=batch, actor=request.user, at=timezone.now())

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, _t("The import is undone."), messages.SUCCESS)
            return HttpResponseRedirect(page_of(batch))
        return step_page(
            request, form, title=_t("Undo: %(file)s") % {"file": batch.file_name},
            button=_("Undo the import"), back=page_of(batch),
            explanation=_(
                "What was added is removed and what was changed is as before, as long as nobody changed it since."
            ),
            opts=self.opts, original=batch,
        )  # fmt: skip

    def refused_view(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """What was refused or flagged and why, beside the cells of the file, as CSV."""
        batch = self.get_object(request, str(pk))
        if batch is None or not self.has_view_permission(request, batch):
            raise PermissionDenied
        answer = StreamingHttpResponse(report_of(batch), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-refused.csv"'
        answer["Cache-Control"] = "no-store"
        return answer

    def _batch(self, request: HttpRequest, pk: int) -> ImportBatch:
        batch = self.get_object(request, str(pk))
        if batch is None or not request.user.has_perm(MAY):
            raise PermissionDenied
        return batch

    def _too_late(self, request: HttpRequest, batch: ImportBatch) -> HttpResponse:
        words = _t("That is not possible any more: see what it became.")
        self.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(page_of(batch))

    def _page(self, request: HttpRequest, template: str, **said: Any) -> HttpResponse:
        from django.template.response import TemplateResponse

        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, **said}
        return TemplateResponse(request, template, context)

    @display(description=_("what is imported"), ordering="target")
    def what(self, batch: ImportBatch) -> str:
        """The sort of rows."""
        return str(IMPORTERS[batch.target].label)


def page_of(batch: ImportBatch) -> str:
    """The page of an import."""
    return reverse("admin:imports_importbatch_change", args=[batch.pk])


def line_of(row: ImportRow, labels: dict[str, str], order: list[str]) -> dict[str, Any]:
    """A row of the file for the page: what it would change, and what is wrong with it."""
    parts = []
    for record in row.records:
        if not record["act"]:
            continue
        before = record["before"]
        said = before or record["values"]
        # jsonb keeps no order: that of the columns is the one to read.
        names = sorted(said, key=lambda name: list(labels).index(name) if name in labels else 99)
        parts.append(
            {
                "is_new": not before,
                "fields": [
                    (capfirst(labels.get(name, name)), before.get(name), record["values"][name])
                    for name in names
                ],
            }
        )
    return {
        "row": row,
        "tone": TONES[row.state],
        "parts": parts,
        "reasons": [in_words(code, figures) for code, figures in row.reasons],
        "cells": []
        if row.records
        else [(n, row.cells[n]) for n in order if row.cells.get(n) not in (None, "")],
    }


class _Echo:
    def write(self, text: str) -> str:
        """The line itself."""
        return text


def report_of(batch: ImportBatch) -> Iterator[str]:
    """The report of what was refused: row, state, reasons, and the cells as the file has them.

    Cells that a spreadsheet would take for formulas stand after an apostrophe. Source: threats S12.
    """
    writer = csv.writer(_Echo())
    headings = [*(heading for heading, _name in batch.headings), *batch.unused]
    yield "\ufeff"
    yield writer.writerow(
        [harmless(text) for text in (_t("Row"), _t("State"), _t("Reasons"), *headings)]
    )
    rows = batch.rows.filter(state__in=[RowState.FAULTY, RowState.FLAGGED]).order_by("number")
    for row in rows.iterator(chunk_size=500):
        reasons = " ".join(in_words(code, figures) for code, figures in row.reasons)
        cells = ["" if row.cells.get(name) is None else str(row.cells[name]) for name in headings]
        yield writer.writerow(
            [row.number, row.get_state_display(), harmless(reasons), *map(harmless, cells)]
        )
