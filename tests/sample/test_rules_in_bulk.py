"""What looks away while a sample is loaded in bulk is asked of all rows at the end, rule by rule."""

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from portfolio.sample import bulk, loading

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded_in_bulk(django_db_setup, django_db_blocker):
    """One sample for the tests of its rules, in a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("import_rates", verbosity=0, stdout=io.StringIO())
        loading.load_sample(projects=300, entries=4000, seed=3, in_bulk=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def bulk_sample(loaded_in_bulk, db):
    return loaded_in_bulk


def test_everything_that_looks_away_in_bulk_is_asked_at_the_end_or_only_stamps():
    text = (bulk.FOLDER / "rules.sql").read_text()
    away = [name for triggers in bulk.BY_ROW.values() for name in triggers]

    assert [name for name in away if name not in text and not name.endswith(bulk.STAMPS)] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname = ANY (%s) AND tgtype & 1 = 1", [away]
        )
        by_row = {name for (name,) in cursor.fetchall()}
    assert set(away) - by_row == {"ledger_entry_4_is_chained_at_once"}


# Whose rules look away while one is broken by hand.
TABLES = [
    model._meta.db_table
    for model in apps.get_models()
    if model._meta.app_label in ("funding", "partners", "programmes")
    and model._meta.managed
    and not model._meta.proxy
]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("UPDATE funding_commitment SET amount = amount + 1 WHERE state = 'SIGNED'",
         "commitment_is_approved_by_another"),
        ("UPDATE funding_approvalrequest SET state = 'VOID' WHERE kind = 'COMMITMENT'",
         "commitment_is_approved_by_another"),
        ("UPDATE funding_approvalrequest SET state = 'VOID' WHERE state = 'REJECTED'",
         "commitment_is_rejected_by_an_approver"),
        ("UPDATE programmes_project SET standing = 'TRACK_RECORD', strand_id = NULL",
         "commitment_project_is_in_its_programme"),
        ("UPDATE partners_agreementparty SET signed_date = NULL WHERE role = 'FUNDER'",
         "commitment_is_signed_by_all_parties"),
        ("UPDATE funding_commitment SET state = 'CLOSED' WHERE state = 'SIGNED'",
         "commitment_ends_with_nothing_outstanding"),
        ("UPDATE funding_commitmentsplit SET amount = amount + 1", "commitment_splits_add_up"),
        ("UPDATE funding_tranche SET amount = amount + 1 WHERE state = 'SCHEDULED'",
         "tranches_add_up_to_the_commitment"),
        (("UPDATE funding_commitmentsplit s SET amount = CASE WHEN number = 1 THEN s.amount + 0.5"
         " ELSE s.amount - 0.5 END FROM (SELECT id, row_number() OVER (PARTITION BY commitment_id"
         " ORDER BY id) AS number, count(*) OVER (PARTITION BY commitment_id) AS parts"
         " FROM funding_commitmentsplit WHERE commitment_id IN"
         " (SELECT id FROM funding_commitment WHERE currency = 'JPY')) x"
         " WHERE x.id = s.id AND x.parts = 2"), "commitment_parts_fit_its_currency"),
        (("UPDATE funding_tranche SET state = 'REQUESTED' WHERE commitment_id IN"
         " (SELECT id FROM funding_commitment WHERE state = 'DRAFT')"),
         "tranche_is_drawn_from_a_signed_commitment"),
        ("UPDATE funding_approvalrequest SET state = 'VOID' WHERE kind = 'PAYMENT'",
         "tranche_is_approved_by_another"),
        ("UPDATE funding_tranche SET state = 'SCHEDULED' WHERE state = 'PAID'",
         "tranche_is_paid_when_the_ledger_says_so"),
        ("UPDATE funding_approvalrequest SET amount = amount + 1 WHERE kind = 'REVERSAL'",
         "approval_request_states_its_subject"),
        ("UPDATE funding_commitment SET state = 'DRAFT' WHERE state = 'SUBMITTED'",
         "approval_request_is_asked_at_its_step"),
        ("UPDATE funding_amendmentsplit SET change_amount = change_amount + 1",
         "amendment_splits_add_up"),
        ("UPDATE funding_approvalrequest SET state = 'VOID' WHERE kind = 'AMENDMENT'",
         "amendment_is_approved_by_another"),
        ("UPDATE partners_agreementamendment SET signed_date = NULL",
         "amendment_is_signed_for_the_same_difference"),
        ("DELETE FROM funding_ledgerlink WHERE sequence = 7", "ledger_entry_is_chained"),
    ],
)  # fmt: skip
def test_what_looked_away_finds_the_rule_that_is_broken(bulk_sample, change, rule):
    with connection.cursor() as cursor, transaction.atomic():
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(change)
        with pytest.raises(bulk.RuleBroken, match=rule):
            bulk.look_at_all(cursor.cursor)
        transaction.set_rollback(True)
