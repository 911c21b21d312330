"""What a command runs in: the data folder's lock, the database, and the variables for Django."""

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.checks import SetupError, read_private, write_private
from deploy.cluster import Cluster
from deploy.database import given_addresses, own_addresses
from deploy.processes import ignore_signals

Environment = dict[str, str]


def environment_for(var: Path) -> Environment:
    """The variables of every command here: ours, for plain http on loopback, and the caller's."""
    environment = {name: value for name, value in os.environ.items() if value}
    environment["TOPSHEET_VAR"] = str(var)
    environment["TOPSHEET_LOCAL"] = "1"
    environment["SECRET_KEY"] = environment.get("SECRET_KEY") or _secret_key(var)
    environment["PYTHONUNBUFFERED"] = "1"
    environment["PYTHONUTF8"] = "1"
    return environment


def _secret_key(var: Path) -> str:
    file = var / "secret_key"
    key = read_private(file)
    if key is None:
        key = secrets.token_urlsafe(60)
        write_private(file, key)
    return key


@contextlib.contextmanager
def locked(var: Path, name: str) -> Iterator[bool]:
    """Hold a lock of the data folder; whether we got it. It is free again when we end, however."""
    path = var / f".{name}.lock"
    try:
        opened = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise SetupError(
            f"{path} cannot be written ({error.strerror}). It belongs to whoever ran this before: "
            "run as that user, or choose another folder: TOPSHEET_VAR=/some/folder."
        ) from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield True


def holder(var: Path, name: str) -> str:
    """The number of the process that holds a lock, for a message."""
    return read_private(var / f".{name}.lock") or "unknown"


@contextlib.contextmanager
def kept_database(var: Path, environment: Environment, *, alone: bool) -> Iterator[Environment]:
    """The variables with the database of this data folder, or the one in DATABASE_URL.

    Our own server is stopped afterwards, unless somebody else had started it and still uses it.

    Raises: SetupError when `alone` and another run uses this data folder.
    """
    with locked(var, "run") as ours:
        if not ours and alone:
            raise SetupError(
                f"Another run (process {holder(var, 'run')}) uses the data folder {var}. "
                "Stop it, or choose another: TOPSHEET_VAR=/some/folder."
            )
        if url := environment.get("DATABASE_URL"):
            app_url = environment.get("DATABASE_APP_URL")
            yield environment | given_addresses(url, app_url, var / "secrets")
            return
        cluster = Cluster(var / "postgres", secrets_folder=var / "secrets")
        without = _without_libpq(environment)
        # Ours first: an older pg_dump of the system refuses to dump a newer server.
        without["PATH"] = f"{cluster.programs}{os.pathsep}{without.get('PATH', os.defpath)}"
        if not ours:
            _wait_until_it_runs(cluster)
            yield without | own_addresses(cluster)
            return
        try:
            cluster.start()
            yield without | own_addresses(cluster)
        finally:
            ignore_signals()
            cluster.stop()


@contextlib.contextmanager
def throw_away_database(var: Path, environment: Environment) -> Iterator[Environment]:
    """The variables with a database that is gone afterwards, or the one in DATABASE_URL."""
    if url := environment.get("DATABASE_URL"):
        app_url = environment.get("DATABASE_APP_URL")
        yield environment | given_addresses(url, app_url, var / "secrets", for_tests=True)
        return
    _clear_abandoned(var)
    place = var / f"test-postgres-{os.getpid()}"
    cluster = _throw_away(place)
    try:
        cluster.start()
        yield _without_libpq(environment) | own_addresses(cluster, may_create_databases=True)
    finally:
        ignore_signals()
        cluster.destroy()


def _throw_away(place: Path) -> Cluster:
    return Cluster(place, secrets_folder=place.with_name(f"{place.name}-secrets"), throw_away=True)


def _clear_abandoned(var: Path) -> None:
    """Remove what test runs that were killed have left."""
    for place in var.glob("test-postgres-*"):
        number = place.name.removeprefix("test-postgres-").removesuffix("-secrets")
        if number.isdigit() and not _is_alive(int(number)):
            if place.name.endswith("-secrets"):
                shutil.rmtree(place, ignore_errors=True)
            else:
                _throw_away(place).destroy()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _wait_until_it_runs(cluster: Cluster) -> None:
    last = time.monotonic() + 20
    while not cluster.running():
        if time.monotonic() > last:
            raise SetupError(
                f"Another run holds {cluster.place} and its PostgreSQL did not come up in 20 "
                "seconds. Stop that run and try again."
            )
        time.sleep(0.2)


def _without_libpq(environment: Environment) -> Environment:
    """Without PGSERVICE, PGOPTIONS and the like, which are meant for some other server."""
    return {name: value for name, value in environment.items() if not name.startswith("PG")}
