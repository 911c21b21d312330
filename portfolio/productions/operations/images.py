"""Images: judged by their bytes, drawn again, resized; nothing that was uploaded is ever served."""

import datetime
import hashlib
import io
from collections.abc import Mapping
from typing import Any

import pghistory
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from portfolio.common.images import refusing_damage
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.models import ProductionImage

LARGEST_FILE = 20 * 1024 * 1024
# 24 megapixels are 6000 × 4000; drawn in memory they take some 100 MB, and not more.
MOST_PIXELS = 24_000_000
WIDTHS = (320, 640, 1280, 1920)
BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "WEBP": (b"RIFF",),
}


class ImageNotAllowed(Refused):
    """The file is no image that is kept."""


def draw_again(file: File) -> dict[int, tuple[bytes, int]]:
    """The image as new JPEG files: the bytes and the height by width, none wider than it was.

    Only pixels are taken over: no EXIF, no colour profile, no text, nothing behind the image.
    Raises: ImageNotAllowed.
    """
    if not file.size:
        raise ImageNotAllowed(_("The file is empty."))
    if file.size > LARGEST_FILE:
        raise ImageNotAllowed(_("The file is larger than 20 MB."))
    file.seek(0)
    beginning = file.read(12)
    formats = [name for name, marks in BEGINNINGS.items() if beginning.startswith(marks)]
    if not formats or (formats == ["WEBP"] and beginning[8:] != b"WEBP"):
        raise ImageNotAllowed(_("Only JPEG, PNG and WebP images are kept."))
    file.seek(0)
    with (
        refusing_damage(ImageNotAllowed(_("The file is damaged, or no image."))),
        Image.open(file, formats=formats) as opened,
    ):
        # Only the head was read so far: what is too large is never unpacked.
        if opened.width * opened.height > MOST_PIXELS:
            raise ImageNotAllowed(_("The image has more than 24 million pixels."))
        if min(opened.size) < 64 or max(opened.size) > 20 * min(opened.size):
            raise ImageNotAllowed(_("The image is too small, or too narrow."))
        opened.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
        opened.load()
        drawn = _on_white(ImageOps.exif_transpose(opened))
    wanted = [width for width in WIDTHS if width < drawn.width] or []
    wanted.append(min(drawn.width, WIDTHS[-1]))
    return {width: _written(drawn, width) for width in sorted(set(wanted))}


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def _written(image: Image.Image, width: int) -> tuple[bytes, int]:
    height = max(1, round(image.height * width / image.width))
    small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    bare = Image.frombytes("RGB", small.size, small.tobytes())
    kept = io.BytesIO()
    bare.save(kept, "JPEG", quality=84, optimize=True, progressive=True)
    return kept.getvalue(), height


@atomic_retrying
def keep_image(
    *, row: ProductionImage, drawn: Mapping[int, tuple[bytes, int]], actor: Any,
    at: datetime.datetime,
) -> ProductionImage:  # fmt: skip
    """Store the drawn files under the fingerprint of the widest, and the row that tells of them."""
    widest = max(drawn)
    row.sha256 = hashlib.sha256(drawn[widest][0]).hexdigest()
    row.widths = sorted(drawn)
    row.width, row.height = widest, drawn[widest][1]
    row.uploaded_at, row.uploaded_by = at, actor
    with pghistory.context(user=actor.pk):
        row.save()
    for width, (content, _height) in drawn.items():
        path = row.path_of(width)
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))
    return row


def remove_stray_files(*, before: datetime.datetime) -> list[str]:
    """Remove the files from before an instant that belong to no image; give back which.

    Files are written before the transaction of their row ends, so that no row ever lacks its file; one
    that was refused at its end leaves them behind.
    """
    removed = []
    for folder in _listed("images")[0]:
        names = _listed(f"images/{folder}")[1]
        fingerprints = {name.partition("-")[0] for name in names}
        known = set(
            ProductionImage.objects.filter(sha256__in=fingerprints).values_list("sha256", flat=True)
        )
        for name in sorted(names):
            path = f"images/{folder}/{name}"
            if name.partition("-")[0] in known:
                continue
            if default_storage.get_modified_time(path) < before:
                default_storage.delete(path)
                removed.append(path)
    return removed


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
    return list(folders), list(files)
