"""What happened to the ledger behind everybody's back is found, and named by its first row."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portfolio.funding.models import LedgerEntry, LedgerLink
from portfolio.funding.operations import entries
from tests.books import AT, DAY

pytestmark = pytest.mark.django_db

TABLES = (
    "funding_ledgerentry", "funding_ledgerlink", "funding_commitmentposition", "funding_daytotal",
    "funding_monthtotal", "funding_spantotal", "funding_ledgerdelta", "funding_payeetotal", "funding_projecttotal",
    "funding_tranche",
    "programmes_allocationbalance", "programmes_allocationrevision",
)  # fmt: skip


def run(*statements, parameters=None):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)


def at_commit():
    run("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")


def tamper(*statements, parameters=None):
    """As the owner of the tables, who can switch every rule off."""
    at_commit()
    run(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES))
    run(*statements, parameters=parameters)
    at_commit()
    run(*(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES))


def verify(**options):
    out = io.StringIO()
    call_command("verify_ledger", stdout=out, **options)
    return out.getvalue()


def wrong(**options):
    with pytest.raises(CommandError) as refusal:
        verify(**options)
    return str(refusal.value)


def place(number, column="entry_id"):
    return LedgerLink.objects.values_list(column, flat=True).get(sequence=number)


def chain_anew():
    """Hash everything again, as one would who covers traces."""
    tamper(
        """
        DO $$
        DECLARE l record; before bytea := '';
        BEGIN
            FOR l IN SELECT * FROM funding_ledgerlink ORDER BY sequence LOOP
                SELECT sha256(before || convert_to(topsheet_entry_text(e), 'UTF8')) INTO before
                FROM funding_ledgerentry e WHERE e.id = l.entry_id;
                UPDATE funding_ledgerlink SET hash = before WHERE entry_id = l.entry_id;
            END LOOP;
        END $$
        """
    )


@pytest.fixture
def ledger(books):
    """A commitment with a payment, a second one with something that came back: six entries.

    None of them folds: what they add up to is in deltas, where tests look for it.
    """
    run(
        "SELECT setval('funding_ledgerentry_id_seq', (last_value / 256 + 1) * 256) FROM funding_ledgerentry_id_seq"
    )
    books.paid("10000000")
    commitment = books.paid("4000000")
    for amount in (1000, 2000):
        entries.record_recoupment(
            commitment=commitment, amount=amount, value_date=DAY, actor=books.officer
        )
    at_commit()
    return books


@pytest.fixture
def anchor(ledger, tmp_path):
    path = tmp_path / "anchor"
    call_command("anchor_ledger", str(path), stdout=io.StringIO())
    return path


def test_a_true_ledger_is_told_with_its_length_and_head(ledger, anchor):
    slug = ledger.programme.slug

    said = verify(anchor=anchor)

    head = bytes(place(6, "hash")).hex()
    assert said.startswith(f"{slug}: 6 entries, ")
    assert said.endswith(f" s, head {head}\n")
    assert anchor.read_text().startswith(f"{slug} 6 {head} 20")
    assert verify(programme=slug, anchor=anchor).startswith(f"{slug}: 6 entries, ")


def test_folded_and_unfolded_totals_are_both_added_up(ledger):
    run("SELECT topsheet_fold_ledger()")
    ledger.paid("500000")
    at_commit()

    assert verify().startswith(f"{ledger.programme.slug}: 8 entries")


def test_the_role_that_serves_requests_may_verify(ledger, as_app_role):
    assert verify().startswith(f"{ledger.programme.slug}: 6 entries")


@pytest.mark.parametrize(
    "change",
    ["amount = amount + 1", "remarks = 'x'", "recorded_at = recorded_at + interval '1 microsecond'",
     "value_date = value_date + 1", "approval_id = NULL", "rate_date = rate_date - 1"],
)  # fmt: skip
def test_l12_a_changed_entry_is_named(ledger, change):
    if "approval" in change:
        run("ALTER TABLE funding_ledgerentry DROP CONSTRAINT ledger_entry_has_an_approval")
    entry = place(3)

    tamper(f"UPDATE funding_ledgerentry SET {change} WHERE id = {entry}")

    assert wrong() == (
        f"{ledger.programme.slug}: entry {entry}, at place 3 of the chain, is not what was recorded."
    )


def test_l12_swapped_rows_are_named_by_the_first(ledger):
    second, fourth = place(2), place(4)

    tamper(
        f"UPDATE funding_ledgerlink SET sequence = 1000 WHERE entry_id = {second}",
        f"UPDATE funding_ledgerlink SET sequence = 2 WHERE entry_id = {fourth}",
        f"UPDATE funding_ledgerlink SET sequence = 4 WHERE entry_id = {second}",
    )

    assert f"entry {fourth}, at place 2 of the chain, is not what was recorded" in wrong()


def test_l12_a_row_cut_out_of_the_middle_is_named(ledger):
    tamper("DELETE FROM funding_ledgerlink WHERE sequence = 5")

    assert wrong().endswith(": place 5 of the chain is missing.")


def test_l12_an_entry_that_slipped_in_beside_the_chain_is_named(ledger):
    entry = place(6)

    tamper("DELETE FROM funding_ledgerlink WHERE sequence = 6")

    assert wrong().endswith(f": entry {entry} is in no chain.")


def test_l12_a_cut_tail_is_found_by_the_anchor(ledger, anchor):
    entry = place(6)

    tamper(
        "DELETE FROM funding_ledgerlink WHERE sequence = 6",
        f"DELETE FROM funding_ledgerdelta WHERE amount = 2000 AND {entry} > 0",
        f"DELETE FROM funding_ledgerentry WHERE id = {entry}",
        "UPDATE funding_commitmentposition SET recouped = 1000, recouped_base = 1000 "
        "WHERE recouped > 0",
    )

    assert verify().startswith(f"{ledger.programme.slug}: 5 entries")
    assert wrong(anchor=anchor) == (
        f"{ledger.programme.slug}: place 6 of the chain is missing; it ends with 5 entries, and the "
        "anchor knows 6."
    )


def test_l12_a_chain_made_anew_is_found_by_the_anchor(ledger, anchor):
    entry = place(2)
    tamper(f"UPDATE funding_ledgerentry SET remarks = 'as agreed' WHERE id = {entry}")
    chain_anew()

    assert verify().startswith(f"{ledger.programme.slug}: 6 entries")
    assert f"at place 6 of the chain stands entry {place(6)} with another hash" in wrong(
        anchor=anchor
    )


def test_l12_a_programme_that_is_gone_is_found_by_the_anchor(ledger, anchor):
    anchor.write_text(
        anchor.read_text() + f"gone-programme 9 {'0' * 64} 2026-11-01T00:00:00+00:00\n"
    )

    assert (
        wrong(anchor=anchor) == "gone-programme: the anchor knows this programme, and it is gone."
    )


def test_a_covered_up_amount_is_found_in_the_sums(ledger):
    entry = place(5)
    tamper(
        "UPDATE funding_ledgerentry SET amount = 900, base_amount = 900, promised_base_amount = 900 "
        f"WHERE id = {entry}"
    )
    chain_anew()

    assert "is not the sum of its entries" in wrong()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE funding_commitmentposition SET recouped = recouped + 1", "the position of commitment"),
        ("DELETE FROM funding_commitmentposition", "the position of commitment"),
        ("UPDATE programmes_allocationbalance SET committed = committed + 1", "the balance of allocation"),
        ("UPDATE programmes_allocationbalance SET allocated = allocated - 1", "the balance of allocation"),
        ("DELETE FROM programmes_allocationbalance", "the balance of allocation"),
        ("UPDATE funding_daytotal SET base_amount = base_amount + 1", "the total of a day"),
        ("UPDATE funding_daytotal SET recorded_date = recorded_date - 1", "the total of a day"),
        ("DELETE FROM funding_daytotal", "the total of a day"),
        ("UPDATE funding_monthtotal SET entries = entries + 1", "the total of a month"),
        ("DELETE FROM funding_monthtotal WHERE kind = 'RECOUPMENT'", "the total of a month"),
        ("UPDATE funding_spantotal SET promised_base_amount = 0 WHERE span = 'YEAR'",
         "the total of a span"),
        ("DELETE FROM funding_spantotal WHERE span = 'DAY'", "the total of a span"),
        ("UPDATE funding_payeetotal SET disbursed = disbursed + 1 WHERE currency = ''",
         "the total of payee"),
        ("UPDATE funding_payeetotal SET currency = 'JPY' WHERE currency = 'HKD'", "the total of payee"),
        ("UPDATE funding_projecttotal SET fx_effect = 1", "the total of project"),
        ("DELETE FROM funding_projecttotal WHERE currency = ''", "in base currency says 0 committed"),
        ("UPDATE funding_tranche SET state = 'SCHEDULED'", "and the entries say that"),
        ("UPDATE funding_tranche SET amount = amount - 1", "and the entries say that"),
        ("UPDATE funding_tranche SET state = 'CANCELLED', amount = amount * 2", "the tranches of commitment"),
    ],
)  # fmt: skip
def test_what_is_kept_beside_the_ledger_is_named_where_it_differs(ledger, change, sentence):
    run("SELECT topsheet_fold_ledger()")
    if "CANCELLED" in change:  # of a commitment that nothing is paid of
        open_one = ledger.signed("700000")
        change += f" WHERE commitment_id = {open_one.pk}"

    tamper(change)

    assert sentence in wrong()


def test_a_delta_that_was_changed_is_named(ledger):
    tamper("UPDATE funding_ledgerdelta SET amount = amount + 1")

    assert "the total of a day" in wrong()


@pytest.mark.parametrize(
    "session",
    [
        ("TimeZone = 'Pacific/Chatham'", "DateStyle = 'German'", "bytea_output = 'escape'"),
        ("TimeZone = 'America/St_Johns'", "DateStyle = 'SQL, MDY'", "extra_float_digits = -15"),
        ("TimeZone = 'UTC'", "DateStyle = 'Postgres, DMY'", "IntervalStyle = 'iso_8601'"),
    ],
)
def test_l13_the_settings_of_a_session_change_no_hash(books, session):
    books.paid("10000000")
    # The driver itself reads no other style of dates; the hash is computed at commit.
    run(*(f"SET LOCAL {setting}" for setting in session))
    at_commit()
    run("SET LOCAL DateStyle = 'ISO, MDY'")

    assert verify().startswith(f"{books.programme.slug}: 2 entries")
    run("SET LOCAL TimeZone = 'Asia/Hong_Kong'", "SET LOCAL bytea_output = 'escape'")
    assert verify().startswith(f"{books.programme.slug}: 2 entries")


def test_l13_whatever_is_written_in_an_entry_has_one_hash(books):
    remarks = (
        'tab\tline\nreturn\r "quoted" back\\slash \\N \\\\n 中文𠮷 é \x01\x1f\x7f \u2028 \b\f\v'
    )
    commitment = books.paid("10000000")
    entries.record_recoupment(
        commitment=commitment, amount=1, value_date=DAY, actor=books.officer, remarks=remarks,
        reference="\\t\t",
    )  # fmt: skip
    at_commit()

    assert verify().startswith(f"{books.programme.slug}: 3 entries")
    assert LedgerEntry.objects.get(kind="RECOUPMENT").remarks == remarks


def test_a_reversal_and_a_foreign_currency_add_up(books):
    from decimal import Decimal

    from portfolio.funding.operations.exchange import Rate

    rate = Rate(Decimal("7.812345678901"), DAY, "AGREEMENT")
    commitment = books.signed("1000000", currency="USD", rate=rate)
    (entry,) = books.pay(
        books.payable(commitment), rate=Rate(Decimal("7.800000000005"), DAY, "BANK")
    )
    request = entries.request_reversal(
        entry=entry, at=AT, actor=books.officer, reason="Wrong account"
    )
    books.approve(request)
    entries.reverse_posting(request=request, value_date=DAY, at=AT, actor=books.officer)
    at_commit()

    assert verify().startswith(f"{books.programme.slug}: 3 entries")


def test_a_programme_without_entries_is_true(books):
    assert verify().endswith(" s, head none\n")


@pytest.mark.parametrize("text", ["nonsense\n", f"a-b 1 {'0' * 63} x\n"])
def test_a_file_that_is_no_anchor_is_refused(books, tmp_path, text):
    path = tmp_path / "anchor"
    path.write_text(text)

    assert "line 1: this is no anchor" in wrong(anchor=path)


def test_an_anchor_that_contradicts_itself_is_refused(books, tmp_path):
    path = tmp_path / "anchor"
    path.write_text(f"a-b 1 {'0' * 64} x\na-b 1 {'1' * 64} x\n")

    assert "line 2: an earlier line has another hash" in wrong(anchor=path)


def test_a_missing_anchor_and_an_unknown_programme_are_refused(books, tmp_path):
    assert "No such file" in wrong(anchor=tmp_path / "none")
    assert wrong(programme="unknown") == "There is no programme unknown."
