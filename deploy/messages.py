"""Compiled translations, made from the readable ones by Babel, so that no gettext is needed."""

import contextlib
import os
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from deploy.checks import ROOT, SetupError


def compile_messages(root: Path = ROOT) -> int:
    """Compile every translation that is newer than its compiled form; how many there were.

    Raises: SetupError when one cannot be read, with its place.
    """
    skipped = {".venv", ".git", ".uv", "var"}
    compiled = 0
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - skipped)
        for name in sorted(files):
            source = Path(folder, name)
            target = source.with_suffix(".mo")
            if source.suffix != ".po" or source.parent.name != "LC_MESSAGES":
                continue
            with contextlib.suppress(FileNotFoundError):
                if target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                    continue
            _compile(source, target)
            compiled += 1
    return compiled


def _compile(source: Path, target: Path) -> None:
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise SetupError(f"{source} is not a translation file ({error}). Mend it.") from None
    # Beside its place and renamed: workers may be reading the old one.
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as made:
        write_mo(made, catalogue)
    Path(made.name).chmod(0o644)
    Path(made.name).replace(target)
