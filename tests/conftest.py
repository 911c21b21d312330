"""What every test may use. The database is a real PostgreSQL; rows are made by factories."""

import datetime
import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

APP_ROLE = "topsheet_test_app"


def pytest_configure() -> None:
    if not os.environ.get("DATABASE_URL"):
        pytest.exit(
            "No database: run `make test`, or set DATABASE_URL to a PostgreSQL.", returncode=4
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The test database with its cache table and a runtime role, as an installation has them."""
    from django.core.management import call_command

    from portfolio.common.grants import grant_app_role

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("createcachetable", verbosity=0)
        with connection.cursor() as cursor:
            # Roles belong to the server, not to a database: workers may make it at the same time.
            cursor.execute(
                "DO $$ BEGIN CREATE ROLE " + APP_ROLE + " NOLOGIN; "
                "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        grant_app_role(APP_ROLE)


@pytest.fixture
def as_app_role(db: None) -> Iterator[str]:
    """The connection acts as the role that serves requests, as long as the test lasts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP_ROLE}")
    yield APP_ROLE
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@pytest.fixture
def day() -> Callable[[str], datetime.date]:
    """A civil date from its ISO form."""
    return datetime.date.fromisoformat
