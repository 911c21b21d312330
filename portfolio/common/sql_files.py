"""SQL that migrations run from files, where it can be read and reviewed as SQL."""

import re
from pathlib import Path

from django.db.migrations import RunSQL

FUNCTION = re.compile(r"^CREATE FUNCTION (\w+)\(", re.MULTILINE)
TRIGGER = re.compile(
    r"^CREATE (?:CONSTRAINT )?TRIGGER (\w+)\s.*?\sON (\w+)", re.MULTILINE | re.DOTALL
)


def run_file(path: Path) -> RunSQL:
    """Run a file; backwards, drop the triggers and the functions that it makes."""
    text = path.read_text(encoding="utf-8")
    drops = [f"DROP TRIGGER {name} ON {table};" for name, table in TRIGGER.findall(text)]
    drops += [f"DROP FUNCTION {name};" for name in reversed(FUNCTION.findall(text))]
    return RunSQL(text, "".join(drops))
