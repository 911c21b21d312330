"""Documents in the staff admin: uploaded once, downloaded by those who may see them."""

import secrets
from pathlib import PurePath
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from partners.models import Document
from partners.operations import FileNotAllowed, fingerprint_of, kind_of_file
from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_steps import FilePicker


class DocumentForm(StaffForm):
    """A paper: a file of an allowed kind, or where the paper is kept."""

    class Meta:
        model = Document
        fields = ("title", "kind", "reference", "dated", "file")
        widgets = {"file": FilePicker(attrs={"class": "house-file"})}

    def clean_file(self) -> Any:
        """A new file is of a kind that is kept, and lies under a name that nobody can guess."""
        file = self.cleaned_data.get("file")
        if not file or "file" not in self.changed_data:
            return file
        try:
            ending = kind_of_file(file)
        except FileNotAllowed as refused:
            raise ValidationError(str(refused)) from None
        self.instance.sha256 = fingerprint_of(file)
        file.name = f"{secrets.token_hex(16)}.{ending}"
        return file


@admin.register(Document)
class DocumentAdmin(StaffAdmin):
    """What proves something. A file that is kept is not exchanged: add another document."""

    form = DocumentForm
    list_display = ("title", "kind", "dated", "reference", "download", "uploaded_at", "uploaded_by")
    list_filter = ("kind",)
    list_select_related = ("uploaded_by",)
    search_fields = ("title", "reference", "=sha256")
    fields = ("title", ("kind", "dated"), "reference", "file")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The file of a new one; of one that is kept, its download and fingerprint."""
        fields = super().get_fields(request, obj)
        if obj is None:
            return fields
        rest = [name for name in fields if name != "file"]
        return [*rest, "download", "sha256", ("uploaded_at", "uploaded_by")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything about a file that is kept."""
        return ("download", "sha256", "uploaded_at", "uploaded_by") if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who and when."""
        if not change:
            obj.uploaded_by, obj.uploaded_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[Any]:
        """The download beside the usual pages."""
        view = self.admin_site.admin_view(self.download_view)
        return [
            path("<int:object_id>/download/", view, name="partners_document_download"),
            *super().get_urls(),
        ]

    def download_view(self, request: HttpRequest, object_id: int) -> FileResponse:
        """The file, to be saved and never shown in the browser; for those who may see documents."""
        if not request.user.has_perm("partners.view_document"):
            raise PermissionDenied
        rows: QuerySet[Document] = Document.objects.exclude(file="")
        try:
            row = rows.get(pk=object_id)
            file = row.file.open("rb")
        except (Document.DoesNotExist, FileNotFoundError, OverflowError):
            raise Http404 from None
        ending = PurePath(str(row.file.name)).suffix
        name = get_valid_filename(PurePath(row.title).stem[:100] or "document") + ending
        answer = FileResponse(
            file, as_attachment=True, filename=name, content_type="application/octet-stream"
        )
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    @display(description=_("file"))
    def download(self, row: Document) -> Any:
        """A link that saves the file."""
        if not row.file:
            return self.get_empty_value_display()
        url = reverse("admin:partners_document_download", args=[row.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', url, _("Download"))
