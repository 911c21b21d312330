"""Attacks on the ledger by one who is inside the server: threats L2, L3, L4 and L12.

Whoever gets hold of the running server acts as its database role: everything here is tried as that.
"""

from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from portfolio.funding.models import (
    ApprovalDecision,
    Commitment,
    CommitmentPosition,
    DayTotal,
    LedgerDelta,
    LedgerEntry,
    LedgerLink,
)
from portfolio.programmes.models import AllocationBalance
from tests.books import DAY
from tests.funding.naive import assert_the_books_are_right, at_commit
from tests.funding.rows import add

pytestmark = pytest.mark.django_db

NO_RIGHT = r"permission denied|must be owner|must be superuser"


def state() -> tuple[Any, ...]:
    """All that the books say: what must be the same after a refused attack."""
    rows = []
    for table in (
        "funding_ledgerentry", "funding_ledgerlink", "funding_commitmentposition",
        "funding_daytotal", "funding_monthtotal", "funding_spantotal", "funding_ledgerdelta",
        "funding_payeetotal", "funding_projecttotal",
        "programmes_allocationbalance", "programmes_allocationrevision",
        "funding_approvaldecision", "funding_periodclosing",
    ):  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            rows.append((table, cursor.fetchone()[0]))
    return tuple(rows)


def denied(statement: str) -> None:
    """The statement is refused for want of a right, and leaves everything as it was."""
    before = state()
    with (
        pytest.raises(DatabaseError, match=NO_RIGHT),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert state() == before


@pytest.fixture
def paid(books: Any) -> Commitment:
    """A commitment with money paid, all at commit, seen by the runtime role afterwards."""
    commitment: Commitment = books.paid("5000")
    at_commit()
    return commitment


# --- L2: changing what is written --------------------------------------------------------------

APPEND_ONLY = [
    "funding_ledgerentry",
    "funding_ledgerlink",
    "funding_approvaldecision",
    "funding_periodclosing",
    "funding_drawdownrequest",
    "programmes_allocationrevision",
]
KEPT_BY_THE_DATABASE = [
    "funding_ledgerlink",
    "funding_commitmentposition",
    "funding_daytotal",
    "funding_monthtotal",
    "funding_spantotal",
    "funding_payeetotal",
    "funding_projecttotal",
    "funding_ledgerdelta",
    "programmes_allocationbalance",
]


@pytest.mark.parametrize("table", sorted({*APPEND_ONLY, *KEPT_BY_THE_DATABASE}))
def test_l2_what_is_written_is_not_changed_emptied_or_unguarded(paid, as_app_role, table):
    column = "allocation_id" if "balance" in table else "id"
    if table in ("funding_ledgerlink",):
        column = "sequence"

    denied(f"UPDATE {table} SET {column} = {column}")
    denied(f"DELETE FROM {table}")
    denied(f"TRUNCATE {table} CASCADE")
    denied(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    denied(f"DROP TABLE {table} CASCADE")
    denied(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    denied(f"SELECT * FROM {table} FOR UPDATE")


@pytest.mark.parametrize("table", KEPT_BY_THE_DATABASE)
def test_l2_what_the_database_keeps_takes_no_row_from_outside(paid, as_app_role, table):
    denied(f"INSERT INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMP TABLE funding_ledgerentry (id bigint)",
        "CREATE TEMP TABLE funding_approvalrequest (LIKE public.funding_approvalrequest)",
        "CREATE TEMP TABLE pg_class (oid oid, relowner oid)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.topsheet_money(text, numeric) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "CREATE TRIGGER mine BEFORE INSERT ON funding_ledgerentry FOR EACH ROW EXECUTE FUNCTION topsheet_fold_ledger()",
        "DROP TRIGGER ledger_entry_1_agrees ON funding_ledgerentry",
        "ALTER FUNCTION ledger_entry_1_agrees() RENAME TO nothing",
        "DROP FUNCTION topsheet_recorded_now() CASCADE",
        "ALTER TABLE funding_ledgerentry DROP CONSTRAINT ledger_entry_has_an_approval",
        "ALTER TABLE funding_ledgerentry ALTER COLUMN amount TYPE text",
        "CREATE RULE mine AS ON INSERT TO funding_ledgerentry DO INSTEAD NOTHING",
        "SET session_replication_role = replica",
        "SELECT setval('funding_ledgerentry_id_seq', 1)",
        "COPY funding_ledgerlink (entry_id, programme_id, sequence, hash) FROM STDIN",
        "COPY funding_ledgerentry TO PROGRAM 'cat'",
        "DO $$ BEGIN UPDATE public.funding_ledgerentry SET amount = 1; END $$",
        "MERGE INTO funding_ledgerentry e USING funding_ledgerlink f ON e.id = f.entry_id WHEN MATCHED THEN DELETE",
        "INSERT INTO funding_ledgerentry SELECT * FROM funding_ledgerentry ON CONFLICT (id) DO UPDATE SET amount = 1",
        "CREATE OR REPLACE VIEW funding_ledgerdelta AS SELECT 1",
    ],
)  # fmt: skip
def test_l2_no_way_leads_round_the_rules(paid, as_app_role, statement):
    denied(statement)


def functions_of_the_owner() -> list[str]:
    """What runs with the rights of the owner, as a call that fits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef "
            "AND pronamespace = 'public'::regnamespace ORDER BY 1"
        )
        return [row[0] for row in cursor.fetchall()]


def test_l2_functions_of_the_owner_are_for_its_triggers(paid, as_app_role):
    found = functions_of_the_owner()
    assert "topsheet_fold_ledger()" in found
    assert len(found) > 15

    with connection.cursor() as cursor:
        for function in found:
            cursor.execute(
                "SELECT has_function_privilege(%s, %s, 'EXECUTE')", [as_app_role, function]
            )
            assert cursor.fetchone() == (False,), function
            cursor.execute("SELECT proconfig FROM pg_proc WHERE oid = %s::regprocedure", [function])
            assert "search_path=public, pg_temp" in cursor.fetchone()[0], function
    denied("SELECT topsheet_fold_ledger()")


# --- L3: bypasses in code ------------------------------------------------------------------------


def test_l3_bulk_update_raw_delete_and_raw_do_not_reach_the_ledger(paid, as_app_role):
    row = paid.entries.first()
    row.amount = Decimal(1)
    attacks = [
        lambda: LedgerEntry.objects.bulk_update([row], ["amount"]),
        lambda: row.save(),
        lambda: row.delete(),
        lambda: LedgerEntry.objects.all()._raw_delete("default"),
        lambda: LedgerEntry.objects.update(amount=1),
        lambda: LedgerEntry.objects.all().delete(),
        lambda: list(LedgerEntry.objects.raw("DELETE FROM funding_ledgerentry RETURNING *")),
        lambda: LedgerLink.objects.update(sequence=7),
        lambda: CommitmentPosition.objects.update(committed=0),
        lambda: AllocationBalance.objects.update(committed=0),
        lambda: LedgerDelta.objects.all().delete(),
        lambda: DayTotal.objects.create(
            allocation=row.allocation, kind="REFUND", currency="HKD", entries=1, amount=1,
            base_amount=1, promised_base_amount=1, value_date=DAY, recorded_date=DAY,
        ),
        lambda: ApprovalDecision.objects.update(decision="APPROVE"),
    ]  # fmt: skip

    for number, attack in enumerate(attacks):
        before = state()
        with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
            attack()
        assert state() == before, number


def test_l3_ignoring_triggers_does_not_ignore_these(paid, as_app_role):
    before = state()
    row = paid.entries.first()

    with (
        pgtrigger.ignore(),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        LedgerEntry.objects.filter(pk=row.pk).update(amount=1)
    with (
        pgtrigger.ignore(),
        pytest.raises(DatabaseError, match="refunds_stay_within"),
        transaction.atomic(),
    ):
        add(paid, "REFUND", "5000.01")
    with pgtrigger.ignore():
        add(paid, "REFUND", "1")
        at_commit()

    assert state() != before
    assert_the_books_are_right()


# --- L4: deleting what money hangs on ------------------------------------------------------------


@transaction.atomic
def delete(parent: Any) -> None:
    """Delete a row as a transaction of its own would."""
    parent.delete()
    at_commit()


@transaction.atomic
def delete_by_sql(table: str, row: Any) -> None:
    """The same past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])
    at_commit()


def test_l4_nothing_that_money_hangs_on_is_deleted(books, paid, as_app_role):
    before = state()

    for parent in (
        books.payee,
        books.project,
        books.programme,
        books.strand,
        books.first,
        paid.agreement,
        paid.tranches.get(),
        books.officer,
        books.approver,
        paid,
    ):
        with pytest.raises((ProtectedError, DatabaseError)):
            delete(parent)

    assert state() == before


def test_l4_raw_sql_deletes_no_parent_either(books, paid, as_app_role):
    before = state()

    for table, row in (
        ("partners_organisation", books.payee),
        ("programmes_project", books.project),
        ("programmes_allocation", books.first),
        ("partners_agreement", paid.agreement),
        ("staff_user", books.officer),
    ):
        with pytest.raises(DatabaseError):
            delete_by_sql(table, row)

    assert state() == before


# --- L12: what the server's role can and cannot do to the chain ----------------------------------


def test_l12_each_entry_has_its_place_in_the_chain_whatever_the_writer_says(paid, as_app_role):
    row = add(paid, "REFUND", "1", id=900_000_000_000)
    add(paid, "REFUND", "1", id=-5)
    at_commit()

    links = list(
        LedgerLink.objects.filter(programme=paid.programme)
        .order_by("sequence")
        .values_list("sequence", "entry_id")
    )
    assert [sequence for sequence, _entry in links] == [1, 2, 3, 4]
    assert [entry for _sequence, entry in links][2:] == [row.pk, -5]
