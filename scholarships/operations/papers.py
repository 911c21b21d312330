"""Papers that applicants hand in: judged by their bytes, kept where no web server looks."""

import hashlib
import io
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from portfolio.common.images import refusing_damage
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from scholarships.models import Application, ApplicationFile, RequiredPaper
from scholarships.models.round import JPEG, PDF, PNG
from scholarships.operations.applications import context

MOST_PIXELS = 40_000_000
MEDIA_TYPES = {PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png"}
BEGINNINGS = {PDF: b"%PDF-", JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n"}
# A PDF that does something when it is opened, or that carries another file, is no paper.
DOES_SOMETHING = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction", b"/XFA")


class PaperNotAllowed(Refused):
    """The file is no paper that is kept."""


def judge(file: File, paper: RequiredPaper) -> tuple[str, bytes]:
    """The format and the bytes to keep; images are drawn again. Raises: PaperNotAllowed."""
    if not file.size:
        raise PaperNotAllowed(_("The file is empty."))
    if file.size > paper.largest_mb * 1024 * 1024:
        raise PaperNotAllowed(
            _("The file is larger than %(size)s MB.") % {"size": paper.largest_mb}
        )
    file.seek(0)
    content = file.read()
    found = next((kind for kind, mark in BEGINNINGS.items() if content.startswith(mark)), "")
    if found not in paper.formats:
        raise PaperNotAllowed(
            _("By its bytes the file is none of these: %(formats)s.")
            % {"formats": ", ".join(paper.formats)}
        )
    return found, _checked_pdf(content) if found == PDF else _drawn_again(content, found)


def _checked_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise PaperNotAllowed(_("The PDF is cut off: save it again, and hand that in."))
    if any(mark in content for mark in DOES_SOMETHING):
        raise PaperNotAllowed(
            _("The PDF runs something or carries other files: print it to a new PDF.")
        )
    return content


def _drawn_again(content: bytes, kind: str) -> bytes:
    with (
        refusing_damage(PaperNotAllowed(_("The file is damaged, or no image."))),
        Image.open(io.BytesIO(content), formats=[kind]) as image,
    ):
        if image.width * image.height > MOST_PIXELS:
            raise PaperNotAllowed(_("The image has more than 40 million pixels."))
        image.load()
        drawn = image.convert("RGB")
    # Pixels only: where a photograph was taken stays with whoever took it.
    bare = Image.frombytes("RGB", drawn.size, drawn.tobytes())
    kept = io.BytesIO()
    bare.save(kept, kind, optimize=True, **({"quality": 88} if kind == JPEG else {}))
    return kept.getvalue()


@atomic_retrying
def keep_paper(
    *, application: Application, paper: RequiredPaper, file: File, actor: Any = None
) -> ApplicationFile:
    """Keep a paper of a draft, in place of an earlier one. Raises: PaperNotAllowed."""
    kind, content = judge(file, paper)
    storage = storages["papers"]
    path = storage.save(uuid.uuid4().hex, ContentFile(content))
    with context(actor):
        try:
            with transaction.atomic():
                Application.objects.select_for_update(no_key=True).get(pk=application.pk)
                remove_papers(application=application, paper=paper)
                row = ApplicationFile.objects.create(
                    application=application,
                    paper=paper,
                    file_name=(file.name or "")[-200:],
                    path=path,
                    format=kind,
                    size=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                )
        except BaseException:
            storage.delete(path)
            raise
    return row


def remove_papers(*, application: Application, paper: RequiredPaper | None = None) -> None:
    """Take papers back; their files go when that is committed."""
    rows = ApplicationFile.objects.filter(application=application)
    if paper is not None:
        rows = rows.filter(paper=paper)
    paths = list(rows.values_list("path", flat=True))
    rows.delete()
    delete_when_committed(paths)


def delete_when_committed(paths: Iterable[str]) -> None:
    """Delete files once nothing can bring their rows back."""
    storage = storages["papers"]
    for path in paths:
        transaction.on_commit(lambda path=path: storage.delete(path))  # type: ignore[misc]


def open_paper(row: ApplicationFile) -> Any:
    """The bytes of a paper, to be read. Raises: FileNotFoundError."""
    return storages["papers"].open(row.path)
