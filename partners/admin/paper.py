"""A paper given with a step: a document that is kept already, or a file that is kept now."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from partners.choices import DocumentKind
from partners.models import AgreementDocument, Document
from partners.operations import FileNotAllowed, keep_document, kind_of_file, store_file
from portfolio.common.admin_steps import FoundRowField, StepForm, UploadField


class PaperForm(StepForm):
    """What a step asks for that may come with a paper."""

    document_kind = DocumentKind.OTHER
    stored: tuple[str, str] | None = None
    document = FoundRowField(
        AgreementDocument._meta.get_field("document"), label=_("Document"), required=False
    )
    upload = UploadField(
        label=_("Or a file"),
        required=False,
        help_text=_("PDF, PNG, JPEG, Word or Excel, at most 20 MB."),
    )

    def offer_paper_to(self, user: Any) -> None:
        """Ask for it last, and for a file only who may add documents."""
        if not user.has_perm("partners.add_document"):
            self.fields.pop("upload", None)
        last: list[str] = [name for name in ("document", "upload") if name in self.fields]
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def clean_upload(self) -> Any:
        """A file of a kind that is kept."""
        file = self.cleaned_data.get("upload")
        if file:
            try:
                kind_of_file(file)
            except FileNotAllowed as refused:
                raise ValidationError(str(refused)) from None
        return file

    def paper(self, *, actor: Any, at: datetime.datetime) -> Document | None:
        """The document of the step; a file is stored once, whatever is tried again."""
        file = self.cleaned_data.get("upload")
        if not file:
            return self.cleaned_data.get("document")
        self.stored = self.stored or store_file(file)
        title = str(file.name).replace("\\", "/").rsplit("/", 1)[-1]
        return keep_document(
            title=title, kind=self.document_kind, actor=actor, at=at, stored=self.stored
        )

    def forget(self) -> None:
        """Remove the file of a step that was refused."""
        if self.stored:
            default_storage.delete(self.stored[0])
            self.stored = None
