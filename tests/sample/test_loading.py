"""How the sample is loaded: the same rows for a seed, whole or not at all, in whole numbers."""

import hashlib
import io
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from portfolio.common.refusals import Refused
from portfolio.funding.models import Commitment
from portfolio.programmes.models import Programme
from portfolio.sample import loading
from portfolio.sample.market import in_base, in_parts, next_month, workday, written
from portfolio.staff.models import User
from tests.own_database import own_database

pytestmark = pytest.mark.django_db


def fingerprint():
    """A hash of what the sample says, without the clock's own columns."""
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for table, order in (
            ("programmes_project", "slug"), ("partners_organisation", "slug"),
            ("partners_agreement", "reference"), ("funding_commitment", "reference"),
        ):  # fmt: skip
            cursor.execute(
                f"SELECT to_jsonb(t) - 'id' - 'project_id' - 'payee_id' - 'programme_id' - 'strand_id'"
                f" - 'agreement_id' - 'state_by_id' - 'rate_series_id' FROM {table} t ORDER BY {order}"
            )
            for (row,) in cursor.fetchall():
                found.update(row.encode())
        cursor.execute(
            "SELECT e.posting, e.kind, e.fiscal_year, p.slug, o.slug, c.reference, t.number, e.amount,"
            " e.currency, e.rate, e.rate_date, e.base_amount, e.promised_base_amount, e.value_date,"
            " e.recorded_at AT TIME ZONE 'UTC', r.kind, r.requested_at AT TIME ZONE 'UTC'"
            " FROM funding_ledgerentry e JOIN programmes_project p ON p.id = e.project_id"
            " JOIN partners_organisation o ON o.id = e.counterparty_id"
            " JOIN funding_commitment c ON c.id = e.commitment_id"
            " LEFT JOIN funding_tranche t ON t.id = e.tranche_id"
            " LEFT JOIN funding_approvalrequest r ON r.id = e.approval_id ORDER BY e.id"
        )
        for entry in cursor.fetchall():
            found.update(repr(entry).encode())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    call_command("import_rates", verbosity=0, stdout=io.StringIO())
    found = []
    for seed in (3, 3, 4):
        with transaction.atomic():
            loading.load_sample(projects=5, entries=200, seed=seed)
            found.append(fingerprint())
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert found[1] != found[2]


# What the database numbers by itself, and what the clock says.
NOT_SAID = (
    "'pgh_id', 'pgh_created_at', 'pgh_context_id', 'uploaded_at', 'created_at', 'date_joined', "
    "'password'"
)


def whole_database():
    """A hash of every table, without the clock's own columns and the numbers of rows that only sum up."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(said, '|' ORDER BY said), '')), count(*) FROM ("
                f"SELECT (to_jsonb(t) - ARRAY[{NOT_SAID}] - CASE WHEN %s ~ 'total|position|event' "
                f"THEN 'id' ELSE '' END)::text AS said FROM {table} t) rows",
                [table],
            )
            found[table] = cursor.fetchone()
    return found


def whole_structure():
    """Every constraint, index and trigger, as the database describes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes"
            " UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text"
            " || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        )
        return sorted(cursor.fetchall())


def sequences():
    """Where the numbers of all tables stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename),"
            " coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
        )
        return cursor.fetchall()


def load(in_bulk, entries=4000):
    """The sample and what it left, taken back again together with the numbers that it used."""
    before = sequences()
    with transaction.atomic():
        loading.load_sample(projects=300, entries=entries, seed=3, in_bulk=in_bulk)
        out = io.StringIO()
        call_command("verify_ledger", stdout=out)
        found = whole_database(), whole_structure(), out.getvalue().split(" head ")[1]
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        for name, value, is_called in before:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, value, is_called])
    return found


@pytest.mark.django_db(transaction=True)
def test_in_bulk_the_database_becomes_the_same_as_row_by_row(django_db_setup, django_db_blocker):
    with own_database():
        call_command("import_rates", verbosity=0, stdout=io.StringIO())
        structure = whole_structure()

        rows, after, head = load(in_bulk=False)
        bulk_rows, bulk_after, bulk_head = load(in_bulk=True)

        assert {table for table in rows if bulk_rows[table] != rows[table]} == set()
        assert rows["funding_ledgerentry"][1] == rows["funding_ledgerlink"][1] == 4000
        assert rows["funding_trancheevent"][1] > rows["funding_tranche"][1] > 1000
        assert bulk_head == head
        assert bulk_after == after == structure
        assert not [name for name in connection.introspection.table_names() if "sample_" in name]


def test_in_bulk_nothing_is_loaded_where_there_are_entries(books):
    call_command("import_rates", verbosity=0, stdout=io.StringIO())
    books.paid("10000000")

    with pytest.raises(Refused, match="needs a database of its own"):
        loading.load_sample(projects=5, entries=200, seed=1, in_bulk=True)


def test_what_fails_midway_leaves_nothing(monkeypatch):
    call_command("import_rates", verbosity=0, stdout=io.StringIO())

    def fail(*_args, **_terms):
        raise RuntimeError("midway")

    monkeypatch.setattr(loading, "take_steps", fail)
    with pytest.raises(RuntimeError, match="midway"):
        loading.load_sample(projects=5, entries=200, seed=1)

    assert not Programme.objects.exists()
    assert not Commitment.objects.exists()
    assert not User.objects.filter(username__startswith="sample-").exists()


def test_whole_numbers_stand_for_cents():
    assert in_base(12345, 10**12) == 12345
    assert in_base(1, 500_000_000_000) == 0  # half to even
    assert in_base(3, 500_000_000_000) == 2
    assert (written(-5), written(123456)) == ("-0.05", "1234.56")
    assert in_parts(100_000, [1, 1, 1], 100) == [33_400, 33_300, 33_300]


def test_a_weekend_is_no_working_day():
    saturday = date(2026, 10, 31).toordinal()

    assert workday(saturday) == workday(saturday + 1) == saturday + 2
    assert workday(saturday - 1) == saturday - 1
    assert date.fromordinal(next_month(saturday)) == date(2026, 11, 1)
    assert date.fromordinal(next_month(date(2026, 12, 5).toordinal())) == date(2027, 1, 1)
