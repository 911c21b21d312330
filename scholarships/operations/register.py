"""The register of erasures as a file: references only, to be replayed after a backup was restored."""

import json
from pathlib import Path

from scholarships.models import Applicant, Erasure


def lines_of_register() -> list[str]:
    """The register, a line for each who was erased: references only."""
    done = Erasure.objects.exclude(done_at=None).select_related("applicant").order_by("pk")
    return [
        json.dumps(
            {"reference": row.applicant.reference, "basis": row.basis, "done_at": row.done_at},
            default=str,
        )
        for row in done
    ]


def write_register(file: Path) -> int:
    """Add to a file who was erased and is not in it yet; what a restore took out of the database stays in it."""
    known = read_register(file) if file.exists() else []
    new = [line for line in lines_of_register() if json.loads(line)["reference"] not in set(known)]
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as kept:
            kept.write("".join(f"{line}\n" for line in new))
    return len(known) + len(new)


def read_register(file: Path) -> list[str]:
    """The references in a register."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["reference"] for line in lines if line.strip()]


def came_back(references: list[str]) -> list[Applicant]:
    """Those of the register who are in the database again."""
    return list(Applicant.objects.known().filter(reference__in=references).order_by("pk"))
