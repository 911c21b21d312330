"""What every test may use. The database is a real PostgreSQL; rows are made by factories."""

import datetime
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import override_settings
from django.utils import translation

from portfolio.common.grants import grant_app_role
from tests.as_new import NEW_DATABASE
from tests.books import Books
from tests.kept_rows import KeptRows
from tests.own_database import (
    copied_from_another_worker,
    drop,
    drop_pristine,
    keep_pristine,
    one_worker_at_a_time,
)

pytest_plugins = ["tests.browser"]

APP_ROLE = "topsheet_test_app"
FACTS = Path(settings.BASE_DIR, "portfolio", "facts", "revitalisation.json")
FACTS_KEPT = KeptRows(lambda: call_command("load_facts", str(FACTS), verbosity=0))


def pytest_configure() -> None:
    if not os.environ.get("DATABASE_URL"):
        pytest.exit(
            "No database: run `make test`, or set DATABASE_URL to a PostgreSQL.", returncode=4
        )


def pytest_collection_finish() -> None:
    """What was imported stays: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of the proofs, for docs/proofs.md; a test tells them as its property `proved`."""
    told = [
        f"{report.nodeid}: {said}"
        for report in terminalreporter.stats.get("passed", [])
        for name, said in report.user_properties
        if name == "proved"
    ]
    if told:
        terminalreporter.section("proved")
        terminalreporter.write_line("\n".join(sorted(told)))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """A name of its own for the test database, where one is asked for."""
    if name := os.environ.get("TOPSHEET_TEST_DATABASE"):
        connection.settings_dict["TEST"]["NAME"] = name


@pytest.fixture(scope="session", autouse=True)
def real_transactions_leave_nothing() -> Iterator[None]:
    """After a test with real transactions Django empties all tables; here they become as they were."""
    empty = TransactionTestCase._fixture_teardown

    def as_new(_test: Any) -> None:
        NEW_DATABASE.restore()

    TransactionTestCase._fixture_teardown = as_new
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_blocker: Any,
) -> Iterator[None]:
    """The test database with its cache table and a runtime role, as an installation has them.

    To migrate takes ten seconds: one worker does, the others copy what it has made.
    """
    with django_db_blocker.unblock(), one_worker_at_a_time():
        copied = not django_db_keepdb and copied_from_another_worker()
        if not copied:
            request.getfixturevalue("django_db_setup")  # pytest-django's
            prepare_database()
        grant_app_role(APP_ROLE)  # what is granted on a database as a whole, no copy of it has
        NEW_DATABASE.keep()
        keep_pristine()
    yield
    with django_db_blocker.unblock():
        drop_pristine()
        if copied:
            connection.close()
            drop(connection.settings_dict["NAME"])


def prepare_database() -> None:
    """What an installation has besides its migrations."""
    call_command("createcachetable", verbosity=0)
    with connection.cursor() as cursor:
        # Roles belong to the server, not to a database: another run may make it at the same time.
        cursor.execute(
            "DO $$ BEGIN CREATE ROLE " + APP_ROLE + " NOLOGIN; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        # To act as it in a test, the owner has to belong to it. Once for the server as well.
        cursor.execute("SELECT pg_advisory_lock(7)")
        cursor.execute(f"GRANT {APP_ROLE} TO CURRENT_USER")
        cursor.execute("SELECT pg_advisory_unlock(7)")


@pytest.fixture
def as_app_role(db: None) -> Iterator[str]:
    """The connection acts as the role that serves requests, as long as the test lasts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP_ROLE}")
    yield APP_ROLE
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test leaves no language behind that a request of its made current."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests() -> Iterator[None]:
    """Static files without the manifest of `collectstatic`, and passwords that are hashed at once.

    A real hash takes a third of a second, and hundreds of tests have somebody with a password.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def facts(db: None) -> None:
    """The first real programme, as every new installation has it."""
    FACTS_KEPT.put()


@pytest.fixture
def books(db: None) -> Books:
    """A fictional programme with money to promise, and who may."""
    return Books()


@pytest.fixture
def day() -> Callable[[str], datetime.date]:
    """A civil date from its ISO form."""
    return datetime.date.fromisoformat


@pytest.fixture(autouse=True)
def without_a_rule(request: pytest.FixtureRequest) -> None:
    """Drop one rule of the database for the length of each test: its test has to fail then.

    Only where TOPSHEET_WITHOUT_RULE names one; tests/without_rules.py does.
    """
    rule = os.environ.get("TOPSHEET_WITHOUT_RULE")
    if not rule or not (
        request.node.get_closest_marker("django_db") or "db" in request.fixturenames
    ):
        return
    request.getfixturevalue("db")
    drop_rule(rule)


def drop_rule(rule: str) -> None:
    """Drop the constraint, unique index, trigger or refusal named `rule`, in the test's transaction.

    A refusal is one of several in a function of ours: it is made to say so in the log, and go on.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) "
            "FROM pg_constraint WHERE conname = %s AND contype <> 't' "
            "UNION ALL SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass) "
            "FROM pg_trigger WHERE tgname ~ ('^pgtrigger_' || %s || '_[0-9a-f]{5}$') OR tgname = %s "
            "UNION ALL SELECT format('DROP INDEX %%I', relname) FROM pg_class "
            "WHERE relname = %s AND relkind = 'i' AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conname = relname)",
            [rule] * 4,
        )
        statements = [row[0] for row in cursor.fetchall()]
        refusal = f"RAISE EXCEPTION '{rule}:"
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE position(%s IN prosrc) > 0",
            [refusal],
        )
        statements += [
            row[0].replace(refusal, f"RAISE DEBUG '{rule}:") for row in cursor.fetchall()
        ]
        assert statements, f"the database has no rule {rule}"
        for statement in statements:
            cursor.execute(statement)
