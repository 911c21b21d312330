"""What `make lint` checks, and what the tests find on this machine."""

import base64
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.checks import ROOT, SetupError, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def cores(environment: Mapping[str, str]) -> str:
    """How many test workers to run: TOPSHEET_WORKERS, or one for each core we may use."""
    if given := environment.get("TOPSHEET_WORKERS"):
        return given
    if hasattr(os, "sched_getaffinity"):
        return str(min(8, len(os.sched_getaffinity(0))))
    return str(min(8, os.cpu_count() or 1))


def browser(environment: Mapping[str, str]) -> dict[str, str]:
    """The variable that names the browser for the tests, or none after saying so.

    Raises: SetupError when there is none and CI is true, since tests would be skipped unseen.
    """
    given = environment.get("TOPSHEET_CHROMIUM")
    path = environment.get("PATH")
    found = next((p for name in [given] if name and (p := shutil.which(name, path=path))), None)
    if given and not found:
        raise SetupError(f"TOPSHEET_CHROMIUM={given} is not a program. Mend the path, or unset it.")
    found = found or next((p for name in BROWSERS if (p := shutil.which(name, path=path))), None)
    if found:
        return {"TOPSHEET_CHROMIUM": found}
    mend = "install one (Debian: apt-get install chromium) or set TOPSHEET_CHROMIUM."
    if environment.get("CI", "").lower() in {"1", "true", "yes"}:
        raise SetupError(f"CI is true and there is no Chromium for the browser tests: {mend}")
    say(f"No Chromium found, so the browser tests are skipped: {mend}")
    return {}


def refuse_missing_program(program: str, package: str) -> None:
    """Fail when a program of the system is missing.

    Raises: SetupError that names the package.
    """
    if not shutil.which(program):
        raise SetupError(f"{program} is missing. Install it (Debian: apt-get install {package}).")


def lint(environment: Mapping[str, str]) -> int:
    """Run the checks one after the other, showing only what failed said; 1 if any did."""
    scripts = Path(sys.executable).parent
    manage = [sys.executable, "manage.py"]
    # As on the internet: what `check --deploy` is about.
    production = {k: v for k, v in environment.items() if k not in {"TOPSHEET_LOCAL", "DEBUG"}} | {
        "ALLOWED_HOSTS": "topsheet.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://topsheet.example.org",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "TOPSHEET_FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "TOPSHEET_FINGERPRINT_KEY": secrets.token_urlsafe(60),
    }
    checks: list[tuple[str, list[str], Mapping[str, str]]] = [
        ("ruff check", [str(scripts / "ruff"), "check", "."], environment),
        ("ruff format", [str(scripts / "ruff"), "format", "--check", "."], environment),
        ("lint-imports", [str(scripts / "lint-imports")], environment),
        ("mypy", [sys.executable, "-m", "mypy"], environment),
        (
            "makemigrations --check",
            [*manage, "makemigrations", "--check", "--dry-run"],
            environment,
        ),
        (
            "check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "WARNING"],
            production,
        ),
    ]
    failed = False
    for name, command, variables in checks:
        done = subprocess.run(
            command, cwd=ROOT, env=dict(variables), capture_output=True, text=True, check=False
        )
        say(f"  {name:<42} {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode:
            failed = True
            say((done.stdout + done.stderr).rstrip())
    return int(failed)
