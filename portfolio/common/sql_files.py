"""SQL that migrations run from files, where it can be read and reviewed as SQL."""

import re
from pathlib import Path

from django.db.migrations import RunSQL

FUNCTION = re.compile(r"^CREATE FUNCTION (\w+)\(([^)]*)\)", re.MULTILINE)


def run_file(path: Path) -> RunSQL:
    """Run a file; backwards, drop the functions that it makes with the triggers that call them."""
    text = path.read_text(encoding="utf-8")
    drops = [f"DROP FUNCTION {name}({args}) CASCADE;" for name, args in FUNCTION.findall(text)]
    return RunSQL(text, "".join(reversed(drops)))
