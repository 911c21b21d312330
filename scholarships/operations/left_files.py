"""Files in the data folder: what names somebody, and papers that no application has."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from scholarships.models import ApplicationFile

# The database is searched as a database; static files are ours; papers go by their rows.
NOT_READ = frozenset({"postgres", "static", "secrets", "papers"})
AT_ONCE = 4 * 1024 * 1024


def files_with(needles: Sequence[bytes]) -> Iterator[Path]:
    """Files of the data folder, uploads and logs among them, that hold one of some texts, or are named so.

    Upper and lower case are one, as far as letters are ASCII.
    """
    wanted = sorted({needle.lower() for needle in needles})
    if not wanted:
        return
    for file in _files():
        name = str(file.relative_to(settings.VAR)).encode().lower()
        if any(needle in name for needle in wanted) or _holds(file, wanted):
            yield file.relative_to(settings.VAR)


def _files() -> Iterator[Path]:
    root = Path(settings.VAR)
    if not root.is_dir():
        return
    for place in sorted(root.iterdir()):
        if place.name in NOT_READ or place.name.startswith("test-postgres"):
            continue
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from (file for file in inside if file.is_file() and not file.is_symlink())


def _holds(file: Path, wanted: Sequence[bytes]) -> bool:
    longest = max(len(needle) for needle in wanted)
    tail = b""
    with file.open("rb") as content:
        while piece := content.read(AT_ONCE):
            piece = tail + piece.lower()
            if any(needle in piece for needle in wanted):
                return True
            tail = piece[-longest:]
    return False


def papers_left(erased: Mapping[str, str]) -> list[Path]:
    """Papers that hold the same bytes as one of those erased and would stay; path and fingerprint are given."""
    storage = storages["papers"]
    root = Path(storage.path(""))
    if not erased or not root.is_dir():
        return []
    sizes: set[int] = set()
    for path in erased:
        if storage.exists(path):
            sizes.add(storage.size(path))
    kept = set(ApplicationFile.objects.values_list("path", flat=True))
    left = []
    for file in sorted(root.iterdir()):
        # What an application has is its applicant's, though somebody else handed in the same.
        if file.name in kept or file.name in erased or file.stat().st_size not in sizes:
            continue
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() in erased.values():
                left.append(Path("papers", file.name))
    return left


def papers_of_nobody() -> list[Path]:
    """Papers that no row names: an upload that was not finished, or one whose removal was interrupted."""
    root = Path(storages["papers"].path(""))
    if not root.is_dir():
        return []
    kept = set(ApplicationFile.objects.values_list("path", flat=True))
    return [file for file in sorted(root.iterdir()) if file.name not in kept]
