"""Writes to what is kept about agreements: documents, signatures, amendments."""

import datetime
import hashlib
import secrets
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import pghistory
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.choices import AmendmentKind, DocumentKind
from partners.models import Agreement, AgreementAmendment, AgreementParty, Document
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying

LARGEST_FILE = 20 * 1024 * 1024
# What a file begins with; an Office file is a ZIP that holds a part of this name.
BEGINNINGS: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "docx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
}
PARTS: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MOST_PARTS = 10_000


class FileNotAllowed(Refused):
    """The file is not of a kind that is kept, or not what its name says."""


def kind_of_file(file: File) -> str:
    """The ending of a file that may be kept, found by its name and confirmed by its bytes.

    Nothing is unpacked: of an Office file only the list of its parts is read.
    Raises: FileNotAllowed.
    """
    name = PurePath(str(file.name or ""))
    ending = {".jpeg": "jpg"}.get(name.suffix.lower(), name.suffix.lower().removeprefix("."))
    if ending not in BEGINNINGS:
        raise FileNotAllowed(_("Only PDF, PNG, JPEG, Word (docx) and Excel (xlsx) files are kept."))
    if not file.size:
        raise FileNotAllowed(_("The file is empty."))
    if file.size > LARGEST_FILE:
        raise FileNotAllowed(_("The file is larger than 20 MB."))
    file.seek(0)
    beginning = file.read(8)
    if not beginning.startswith(BEGINNINGS[ending]) or not _has_its_part(file, ending):
        raise FileNotAllowed(_("The file is not what the ending of its name says."))
    file.seek(0)
    return ending


def _has_its_part(file: File, ending: str) -> bool:
    if ending not in PARTS:
        return True
    try:
        names = zipfile.ZipFile(file.file).namelist()  # type: ignore[arg-type]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    # A macro may run where it is opened: such a file has another ending by right.
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return len(names) <= MOST_PARTS and PARTS[ending] in names and not has_macros


def fingerprint_of(file: File) -> str:
    """SHA-256 of the bytes of a file, as hexadecimal digits."""
    digest = hashlib.sha256()
    file.seek(0)
    for piece in file.chunks():
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def store_file(file: File) -> tuple[str, str]:
    """Put an allowed file where documents lie, under a random name; that name and the fingerprint.

    Raises: FileNotAllowed.
    """
    ending = kind_of_file(file)
    fingerprint = fingerprint_of(file)
    name = default_storage.save(f"documents/{secrets.token_hex(16)}.{ending}", file)
    return name, fingerprint


@atomic_retrying
def keep_document(
    *,
    title: str,
    kind: DocumentKind,
    actor: Any,
    at: datetime.datetime,
    stored: tuple[str, str],
    dated: datetime.date | None = None,
) -> Document:
    """Keep a file that was stored a moment ago as a document."""
    with pghistory.context(user=actor.pk):
        return Document.objects.create(
            title=title[:300], kind=kind, dated=dated, file=stored[0], sha256=stored[1],
            uploaded_by=actor, uploaded_at=at,
        )  # fmt: skip


@atomic_retrying
def record_signatures(
    *, agreement: Agreement, signed: Mapping[int, datetime.date], actor: Any
) -> None:
    """Record on which day each of the parties, by key, signed; those that signed before stay."""
    with pghistory.context(user=actor.pk):
        parties = AgreementParty.objects.select_for_update(no_key=True).filter(
            agreement=agreement, signed_date__isnull=True, pk__in=signed
        )
        for party in parties:
            party.signed_date = signed[party.pk]
            party.save(update_fields=["signed_date"])


@atomic_retrying
def amend_amount(
    *,
    agreement: Agreement,
    change_amount: Decimal,
    currency: str,
    signed_date: datetime.date,
    summary: str,
    actor: Any,
    document: Document | None = None,
) -> AgreementAmendment:
    """Record a signed amendment of an agreement by the difference that it makes."""
    with pghistory.context(user=actor.pk):
        last = agreement.amendments.aggregate(last=Max("number"))["last"] or 0
        return AgreementAmendment.objects.create(
            agreement=agreement,
            number=last + 1,
            kind=AmendmentKind.INCREASE if change_amount > 0 else AmendmentKind.DECREASE,
            signed_date=signed_date,
            change_amount=change_amount,
            currency=currency,
            summary=summary,
            document=document,
        )
