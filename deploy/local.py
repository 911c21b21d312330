"""What stands behind `make run` and the other targets, once the environment is built."""

import contextlib
import hashlib
import os
import secrets
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy import quality
from deploy.checks import (
    LOOPBACK,
    ROOT,
    SetupError,
    port_from,
    read_private,
    refuse_taken_port,
    say,
    var_folder,
    write_private,
)
from deploy.database import libpq_variables
from deploy.messages import compile_messages
from deploy.processes import (
    Stopped,
    end,
    finish_step,
    ignore_signals,
    python,
    run_in_front,
    run_step,
    serve,
    start,
    stoppable,
    timed,
    wait_while_it_serves,
)
from deploy.setting_up import Environment, environment_for, kept_database, throw_away_database

FACTS = "portfolio/facts/revitalisation.json"


def run(_arguments: list[str]) -> int:
    """Start everything, print where it is, and serve until somebody asks us to stop."""
    port = port_from(os.environ)
    refuse_taken_port(port)
    var = var_folder(os.environ)
    environment = environment_for(var) | {"PORT": str(port)}
    say("Topsheet starts.")
    began = time.monotonic()
    with kept_database(var, environment, alone=True) as environment:
        timed("PostgreSQL", began)
        account = _prepare(var, environment)
        refuse_taken_port(port)  # a first start takes long enough for somebody else to take it
        began = time.monotonic()
        server = serve(port, environment)
        try:
            timed("server", began)
            _print_addresses(port, account)
            wait_while_it_serves(server)
        except Stopped:
            say("\nTopsheet stops.")
        finally:
            ignore_signals()
            end(server)
    return 0


def _prepare(var: Path, environment: Environment) -> str:
    """Migrate, load the facts, make the first account; what the account's command printed."""
    compile_messages()
    with _static_files(var, environment):
        with _step("database structure"):
            run_step(
                "Migrating",
                python("manage.py", "prepare_database"),
                environment | {"TOPSHEET_DB_ROLE": "owner"},
            )
        with _step("facts and first account"):
            commands = [
                f"load_facts\t{FACTS}\t--if-empty",
                "create_first_officer",
                "import_rates\t--if-empty",
            ]
            said = run_step(
                "Loading", python("-m", "deploy.commands", *commands), _as_app(environment)
            )
    return said.split("\f")[1].strip()


@contextlib.contextmanager
def _static_files(var: Path, environment: Environment) -> Iterator[None]:
    """Collect the static files where one has changed, while the database is prepared.

    Compressing takes a core for many seconds and needs no database.
    """
    state, stamp = _static_state(var), var / "static.stamp"
    if read_private(stamp) == state:
        yield
        return
    command = python("manage.py", "collectstatic", "--noinput", "--verbosity=0")
    process = start(command, _as_app(environment), piped=True)
    try:
        yield
        with _step("static files"):
            finish_step("Collecting static files", process)
    except BaseException:
        end(process)
        raise
    write_private(stamp, _static_state(var))


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    timed(name, began)


def _static_state(var: Path) -> str:
    """A fingerprint of every static file; collecting takes seconds, so it is done on a change."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    found.update(str((var / "static").is_dir()).encode())
    skipped = {".venv", ".git", ".uv", "var", "node_modules", "__pycache__"}
    for folder, subfolders, files in os.walk(ROOT):
        subfolders[:] = sorted(set(subfolders) - skipped)
        if "static" in Path(folder).relative_to(ROOT).parts:
            for name in sorted(files):
                file = Path(folder, name)
                found.update(f"{file}\0{file.stat().st_size}\0{file.stat().st_mtime_ns}\0".encode())
    return found.hexdigest()


def _as_app(environment: Environment) -> Environment:
    return environment | {"TOPSHEET_DB_ROLE": "app"}


def _print_addresses(port: int, account: str) -> None:
    site = f"http://{LOOPBACK}:{port}"
    say()
    say(f"  Public site   {site}/")
    say(f"  Staff admin   {site}/admin/")
    say(f"  API docs      {site}/api/v1/docs/")
    if account:
        say()
        for line in account.splitlines():
            say(f"  {line}")
    say()
    say("  Ctrl-C stops it.")


def test(arguments: list[str]) -> int:
    """Run the tests on every core against a database of their own."""
    var = var_folder(os.environ)
    environment = environment_for(var)
    environment["SECRET_KEY"] = secrets.token_urlsafe(60)
    environment["TOPSHEET_DB_ROLE"] = "owner"
    environment |= quality.browser(environment)
    compile_messages()
    with throw_away_database(var, environment) as environment:
        # A worker that has done its share takes from another's: some tests last as long as hundreds.
        workers = ["-n", quality.cores(environment), "--dist", "worksteal"]
        return run_in_front(python("-m", "pytest", *workers, *arguments), environment)


def prove(arguments: list[str]) -> int:
    """Run the long proofs as well."""
    os.environ["TOPSHEET_PROVE"] = "1"
    return test(["-m", "slow or not slow", *arguments])


def lint(_arguments: list[str]) -> int:
    """Run every check of the code; all of them, also after one has failed."""
    var = var_folder(os.environ)
    with throw_away_database(var, environment_for(var)) as environment:
        return quality.lint(environment | {"TOPSHEET_DB_ROLE": "owner"})


def bench(arguments: list[str]) -> int:
    """Measure the speed against a database of its own."""
    script = ROOT / "benchmarks" / "run.py"
    if not script.exists():
        raise SetupError("There is no benchmarks/run.py yet.")
    var = var_folder(os.environ)
    with throw_away_database(var, environment_for(var)) as environment:
        owner = environment | {"TOPSHEET_DB_ROLE": "owner"}
        run_step("Migrating", python("manage.py", "prepare_database"), owner)
        return run_in_front(python(script, *arguments), environment)


def build(_arguments: list[str]) -> int:
    """Only what a server needs before it starts: the environment, and compiled translations."""
    compile_messages()
    return 0


def messages(arguments: list[str]) -> int:
    """Collect the texts to translate from code and templates, and compile the translations."""
    quality.refuse_missing_program("xgettext", "gettext")
    # The public pages collect their own, with Babel; see portfolio/website/messages.py.
    pages = ["--ignore=templates/website/*", "--ignore=portfolio/website/*"]
    pages += ["--ignore=.venv/*", "--ignore=var/*", "--ignore=tests/*"]
    code = manage(["makemessages", "--all", "--no-location", "--no-obsolete", *pages, *arguments])
    code = code or manage(["collect_page_messages"])
    compile_messages()
    return code


def manage(arguments: list[str]) -> int:
    """Run one management command; one that changes the structure runs as the owner."""
    return execute([sys.executable, "manage.py", *(arguments or ["help"])])


def execute(arguments: list[str]) -> int:
    """Run any command beside the database of this data folder; psql and pg_dump know it, too."""
    if not arguments:
        raise SetupError('Say what to run: make exec CMD="pg_dump --file=topsheet.sql".')
    var = var_folder(os.environ)
    environment = environment_for(var)
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    structural = {"migrate", "prepare_database", "pgtrigger", "createcachetable", "load_sample"}
    owner = arguments[1:2] == ["manage.py"] and bool(structural & set(arguments[2:3]))
    environment.setdefault("TOPSHEET_DB_ROLE", "owner" if owner else "app")
    with kept_database(var, environment, alone=False) as environment:
        variables = environment | libpq_variables(environment["DATABASE_URL"])
        try:
            return run_in_front(arguments, variables)
        except FileNotFoundError:
            raise SetupError(f"There is no program {shlex.quote(arguments[0])}.") from None


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "build": build,
    "test": test,
    "prove": prove,
    "lint": lint,
    "bench": bench,
    "messages": messages,
    "manage": manage,
    "exec": execute,
}


def main(arguments: list[str]) -> int:
    """Run a command by its name; a failure is one line, a stop is silent."""
    # Django's settings belong to the site, whatever else this shell was used for.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    if not arguments or arguments[0] not in COMMANDS:
        print(f"topsheet: say one of {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        with stoppable():
            return COMMANDS[arguments[0]](arguments[1:])
    except SetupError as failure:
        print(f"topsheet: {failure}", file=sys.stderr)
        return 1
    except OSError as error:
        about = f" {error.filename}" if error.filename else ""
        print(
            f"topsheet: {error.strerror or error}:{about} Mend that and try again.", file=sys.stderr
        )
        return 1
    except Stopped as stopped:
        return 0 if arguments[0] == "run" else 128 + stopped.number
