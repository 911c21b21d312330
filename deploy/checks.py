"""What can be known to be wrong before anything expensive starts, said in one line with its mend.

Only the standard library is imported here, because the first start runs this file before the
environment is built.
"""

import os
import socket
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"


class SetupError(Exception):
    """Something is wrong that the reader can mend; the text is one line and names the mend."""


def say(line: str = "") -> None:
    """Print one line of progress at once; a terminal that has gone away is not an error."""
    try:
        print(line, flush=True)
    except OSError:
        # After a hangup nobody reads this any more, and stopping matters more than saying so.
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end


def one_line(text: str) -> str:
    """The text without line breaks, since every failure is promised to be one line."""
    return " ".join(text.split())


def port_from(environment: Mapping[str, str]) -> int:
    """The port to serve on: PORT, or 8000.

    Raises: SetupError when it is not a port number.
    """
    given = environment.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 65535:
        raise SetupError(f"PORT={given!r} is not a port. Give a number to 65535: PORT=8123.")
    return int(given)


def refuse_taken_port(port: int) -> None:
    """Fail when something listens on the port already, or when this user may not have it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this, connections of an earlier run that are still closing look like a listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise SetupError(
                f"This user may not listen on port {port}. "
                "Choose one above 1023: make run PORT=8123."
            ) from None
        except OSError as error:
            raise SetupError(
                f"Port {port} is taken ({error.strerror}). "
                "Stop what listens there, or choose another: make run PORT=8123."
            ) from None


def var_folder(environment: Mapping[str, str]) -> Path:
    """The data folder, made if it is missing: TOPSHEET_VAR, or `var` in the project.

    Raises: SetupError when it cannot be made, read or written.
    """
    given = environment.get("TOPSHEET_VAR")
    var = (ROOT / Path(given).expanduser() if given else ROOT / "var").absolute()
    mend = "Mend its owner and mode, or choose another: TOPSHEET_VAR=/some/folder."
    if "\n" in str(var):
        raise SetupError("TOPSHEET_VAR has a line break in its path. Choose another folder.")
    try:
        var.mkdir(parents=True, exist_ok=True)
        next(var.iterdir(), None)
        with tempfile.TemporaryFile(dir=var):
            pass
    except OSError as error:
        raise SetupError(
            f"The data folder {var} is not usable ({error.strerror}). {mend}"
        ) from None
    return var


def private_folder(path: Path) -> Path:
    """A folder that only its owner can enter, made if it is missing."""
    path.mkdir(mode=0o700, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o700)
    return path


def read_private(path: Path) -> str | None:
    """What a file of ours holds, or None where there is none yet.

    Raises: SetupError when the file is there and cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupError(
            f"{path} cannot be read ({error.strerror}). It belongs to whoever ran this before: "
            "run as that user, or choose another folder: TOPSHEET_VAR=/some/folder."
        ) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    Path(name).replace(path)


def main() -> int:
    """Check port and data folder with whatever Python there is, before the environment is built."""
    try:
        if sys.argv[1:] == ["run"]:
            refuse_taken_port(port_from(os.environ))
        var_folder(os.environ)
    except SetupError as failure:
        print(f"topsheet: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
