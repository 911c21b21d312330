"""The role that serves requests reads and writes rows, and owns nothing (L2)."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from portfolio.common.grants import append_only_tables, grant_app_role, writable_models
from portfolio.sources.models import Source
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db


def test_the_runtime_role_does_the_daily_work(as_app_role):
    source = SourceFactory()
    source.title = "Another title"
    source.save()
    source.delete()

    assert not Source.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE sources_source DISABLE TRIGGER ALL",
        "ALTER TABLE sources_source DROP CONSTRAINT source_has_a_title",
        "DROP TABLE sources_source",
        "TRUNCATE sources_source CASCADE",
        "CREATE TABLE mine (a int)",
        "UPDATE sources_sourceevent SET title = ''",
        "DELETE FROM sources_sourceevent",
        "TRUNCATE sources_sourceevent",
        "DELETE FROM django_migrations",
        "CREATE OR REPLACE FUNCTION topsheet_fold(value text) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "SET session_replication_role = replica",
    ],
)
def test_the_runtime_role_cannot_get_round_the_rules(as_app_role, statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_history_and_the_ledger_may_be_written_and_read_but_not_changed(as_app_role):
    rights = writable_models(as_app_role)
    read_only = {table for table, allowed in rights.items() if allowed == ("SELECT",)}

    assert {rights[t] for t in set(append_only_tables()) - read_only} == {("SELECT", "INSERT")}
    assert len(append_only_tables()) >= 40
    assert {
        "funding_ledgerentry",
        "funding_approvaldecision",
        "funding_drawdownrequest",
        "funding_periodclosing",
        "funding_exchangerate",
        "programmes_allocationrevision",
    } <= set(append_only_tables()) - read_only
    # What the database keeps beside the ledger and the grants is written by its triggers alone.
    assert read_only == {
        "funding_ledgerlink",
        "funding_ledgerdelta",
        "funding_daytotal",
        "funding_monthtotal",
        "funding_payeetotal",
        "funding_projecttotal",
        "funding_spantotal",
        "funding_commitmentposition",
        "programmes_allocationbalance",
        "rights_book",
        "rights_extent",
        "scholarships_roundplaces",
    }
    assert not any("TRUNCATE" in allowed for allowed in rights.values())


def test_a_role_that_is_missing_is_named():
    with pytest.raises(
        CommandError, match="There is no database role nobody_here: create it with CREATE ROLE"
    ):
        grant_app_role("nobody_here")


def test_only_the_owner_prepares_the_database(settings):
    settings.DATABASE_ROLE = "app"

    with pytest.raises(CommandError, match="set TOPSHEET_DB_ROLE=owner"):
        call_command("prepare_database")
