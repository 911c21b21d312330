"""What finance systems post and we do not take: L14, S6, S22, S23. A refusal writes nothing."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Block
from portfolio.funding.models import ApprovalRequest, LedgerEntry
from portfolio.funding.operations.exchange import Rate
from tests.api.money import DRAWDOWNS, LEDGER, faults, head, money_back, payment
from tests.books import DAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["COMMITMENT", "DE_COMMITMENT", "WRITE_OFF", "REVERSAL"])
def test_what_needs_an_approval_is_refused_with_where_it_is_done(books, finance, kind):
    commitment = books.paid()
    before = head()

    response = finance.post(LEDGER, money_back(commitment, kind))

    assert response.status_code == 400
    assert "admin" in faults(response)["kind"]
    assert head() == before


def test_a_rule_of_the_database_is_named_with_its_figures(books, finance):
    tranche = books.payable()

    response = finance.post(LEDGER, payment(tranche, amount="10000000.01"))

    document = json.loads(response.content)
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert document["type"] == "about:blank"
    assert document["rule"] == "disbursements_stay_within_the_tranche"
    assert "10,000,000.00" in document["detail"]
    assert "10,000,000.01" in document["detail"]


def test_a_payment_to_a_blocked_payee_is_refused_with_the_reason_until_the_block_ends(
    books, finance
):
    tranche = books.payable()
    Block.objects.create(
        organisation=books.payee, start_date=DAY, end_date=DAY, reason="Accounts overdue"
    )
    before = head()

    response = finance.post(LEDGER, payment(tranche, value_date="2026-06-01"))

    document = json.loads(response.content)
    assert (response.status_code, document["rule"]) == (409, "ledger_entry_payee_is_not_blocked")
    assert "The payee is blocked (Accounts overdue)" in document["detail"]
    assert head() == before
    tranche.refresh_from_db()
    assert tranche.state == "APPROVED"
    # What comes back from a blocked payee is taken, and so is a payment once the block is over.
    assert finance.post(LEDGER, payment(tranche, value_date="2026-06-02")).status_code == 201
    back = money_back(tranche.commitment, value_date="2026-06-02")
    Block.objects.create(organisation=books.payee, start_date=DAY, reason="Again")
    assert finance.post(LEDGER, back).status_code == 201


def test_a_payment_for_a_closed_project_is_refused_with_its_day(books, finance):
    tranche = books.payable()
    books.project.closed_date = DAY
    books.project.save()
    before = head()

    response = finance.post(LEDGER, payment(tranche, value_date="2026-06-02"))

    document = json.loads(response.content)
    assert (response.status_code, document["rule"]) == (409, "ledger_entry_project_is_open")
    assert "closed on 2026-06-01" in document["detail"]
    assert head() == before
    # The day of closing itself is within it.
    assert finance.post(LEDGER, payment(tranche, value_date="2026-06-01")).status_code == 201


def test_the_request_of_a_blocked_payee_is_kept_and_its_payment_refused(books, finance):
    """What a payee asked for is a fact; the money waits for an approved exception."""
    [tranche] = books.signed().tranches.all()
    Block.objects.create(organisation=books.payee, start_date=DAY, reason="Accounts overdue")
    body = {
        "commitment": tranche.commitment.reference, "tranche": 1, "received_date": "2026-06-01",
    }  # fmt: skip

    asked = finance.post(DRAWDOWNS, body)
    books.approve(ApprovalRequest.objects.get(kind="PAYMENT"))
    before = head()
    paid = finance.post(LEDGER, payment(tranche))

    assert asked.status_code == 201
    assert json.loads(paid.content)["rule"] == "ledger_entry_payee_is_not_blocked"
    assert head() == before


def test_a_request_after_the_project_was_closed_is_refused_with_its_day(books, finance):
    [tranche] = books.signed().tranches.all()
    books.project.closed_date = DAY
    books.project.save()
    body = {
        "commitment": tranche.commitment.reference, "tranche": 1, "received_date": "2026-06-02",
    }  # fmt: skip
    before = head(), ApprovalRequest.objects.count()

    response = finance.post(DRAWDOWNS, body)

    document = json.loads(response.content)
    assert (response.status_code, document["rule"]) == (409, "drawdown_request_project_is_open")
    assert "closed on 2026-06-01" in document["detail"]
    assert (head(), ApprovalRequest.objects.count()) == before
    tranche.refresh_from_db()
    assert tranche.state == "SCHEDULED"
    # What came in on the last day is taken.
    assert finance.post(DRAWDOWNS, {**body, "received_date": "2026-06-01"}).status_code == 201


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: {"tranche": 2}, "tranche"),
        (lambda t: {"commitment": "C-none"}, "commitment"),
        (lambda t: {"received_date": "2026-02-30"}, "received_date"),
        (lambda t: {"received_date": None}, "received_date"),
        (lambda t: {"tranche": "1"}, "tranche"),
        (lambda t: {"amount": "1.00"}, "amount"),
    ],
)
def test_a_malformed_drawdown_is_refused_by_name_and_nothing_is_written(
    books, finance, spoil, said
):
    [tranche] = books.signed().tranches.all()
    body = {
        "commitment": tranche.commitment.reference, "tranche": 1, "received_date": "2026-06-01",
        **spoil(tranche),
    }  # fmt: skip
    before = head(), ApprovalRequest.objects.count()

    response = finance.post(DRAWDOWNS, body)

    assert response.status_code in (400, 409)
    assert said in json.dumps(json.loads(response.content)).lower()
    assert (head(), ApprovalRequest.objects.count()) == before
    tranche.refresh_from_db()
    assert tranche.state == "SCHEDULED"


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"value_date": "2026-05-31"}, "ledger_entry_is_not_before_the_agreement"),
     ({"value_date": "2029-01-01"}, "ledger_entry_is_not_in_the_far_future")],
)  # fmt: skip
def test_days_out_of_range_are_refused_by_rule(books, finance, change, rule):
    tranche = books.payable()
    before = head()

    response = finance.post(LEDGER, payment(tranche, **change))

    assert (response.status_code, json.loads(response.content)["rule"]) == (409, rule)
    assert head() == before


def test_what_the_books_do_not_hold_is_refused_in_a_sentence(books, finance):
    signed, paid = books.signed(), books.paid()
    draft = books.draft()
    before = head()

    for body, said in (
        (payment(signed.tranches.get()), "not approved"),
        (payment(draft.tranches.get()), "not approved"),
        (money_back(signed), "was paid"),
        (money_back(signed, "RECOUPMENT"), "Nothing was paid"),
        (money_back(paid, amount="10000000.01"), "10,000,000.00"),
        (money_back(paid, currency="USD"), "HKD"),
        (money_back(paid, rate="7.8"), "give no rate"),
    ):
        response = finance.post(LEDGER, body)

        assert response.status_code == 409, body
        assert said in json.loads(response.content)["detail"]
    assert head() == before


def test_an_amount_without_a_rate_is_refused(books, finance):
    commitment = books.signed("1000", currency="USD", rate=Rate(Decimal("7.8"), DAY, "AGREEMENT"))
    tranche = books.payable(commitment)

    response = finance.post(LEDGER, payment(tranche))

    assert response.status_code == 409
    assert "no rate from USD to HKD" in json.loads(response.content)["detail"]


def test_what_does_not_exist_is_named(books, finance):
    tranche = books.payable()
    nowhere = money_back(tranche.commitment) | {"commitment": "NONE"}

    assert "commitment" in faults(finance.post(LEDGER, nowhere))
    assert "commitment" in faults(finance.post(LEDGER, payment(tranche) | {"tranche": 9}))


@pytest.mark.parametrize(
    ("change", "member"),
    [
        *(({"amount": a}, "amount") for a in (
            "0", "0.00", "-1", "1e5", "1.005", "NaN", "Infinity", "", " 1", "1,000", "1" * 19, None,
            100, True, ["1"], "\u0661", "+1", ".5", "1.", "0x10", "9999999999999999999.00")),
        *(({"currency": c}, "currency") for c in ("hkd", "HK", "XXX", "XAU", "BTC", None, 1, "")),
        *(({"value_date": d}, "value_date") for d in (
            "2026-02-30", "2026-6-1", "1.6.2026", "20260601", "0001-01-01", "9999-12-31", None, 5,
            "2026-06-01T00:00:00", "\u0662\u0660\u0662\u0666-06-01")),
        *(({"commitment": c}, "commitment") for c in ("", None, 1, "a\u0000b", "a\nb", "x" * 41)),
        *(({"tranche": t}, "tranche") for t in (0, -1, "1", None, 32768, True, [1])),
        *(({"rate": r}, "rate") for r in ("0", "-1", 7.8 and 7, "7.8e0", "1" * 13, "NaN", "")),
        ({"rate_date": "2026-06-01"}, "rate_date"),
        ({"reference": "x" * 101}, "reference"), ({"reference": None}, "reference"),
        ({"remarks": "\u202e\u0007"}, "remarks"), ({"remarks": "x" * 501}, "remarks"),
        ({"kind": "disbursement"}, "kind"), ({"kind": None}, "kind"), ({"kind": ["REFUND"]}, "kind"),
        # S6: what the caller may not set.
        *(({name: 1}, name) for name in (
            "id", "approval", "approved", "recorded_by", "recorded_at", "base_amount", "posting",
            "reversal_of", "hash", "state", "__proto__", "promised_base_amount")),
    ],
)  # fmt: skip
def test_l14_s6_a_bad_member_is_named_and_nothing_is_written(books, finance, change, member):
    tranche = books.payable()
    before = head()

    response = finance.post(LEDGER, payment(tranche) | change)

    assert response.status_code == 400, response.content
    assert member in faults(response)
    assert head() == before


def test_every_fault_is_named_at_once_and_what_is_missing_too(finance):
    response = finance.post(LEDGER, {"kind": "REFUND", "amount": "0", "amout": "1"})

    assert set(faults(response)) == {"amount", "amout", "commitment", "currency", "value_date"}


def test_a_currency_without_a_smaller_coin_takes_whole_amounts(books, finance):
    commitment = books.paid("500000", currency="JPY", rate=Rate(Decimal("0.05"), DAY, "AGREEMENT"),
                            pay_rate=Rate(Decimal("0.05"), DAY, "BANK"))  # fmt: skip
    back = {"currency": "JPY", "rate": "0.05", "rate_date": "2026-06-01"}

    odd = finance.post(LEDGER, money_back(commitment, amount="10.50", **back))
    whole = finance.post(LEDGER, money_back(commitment, amount="10", **back))

    assert (odd.status_code, whole.status_code) == (400, 201)
    assert "JPY" in faults(odd)["amount"]


def test_a_disbursement_names_its_tranche_and_nothing_else_does(books, finance):
    tranche = books.payable()
    body = payment(tranche)
    del body["tranche"]

    assert "tranche" in faults(finance.post(LEDGER, body))
    assert "tranche" in faults(finance.post(LEDGER, money_back(tranche.commitment, tranche=1)))


RAW = b'{"kind":"REFUND","commitment":"T-1","currency":"HKD","value_date":"2026-06-02","amount":%s}'


@pytest.mark.parametrize(
    "raw",
    [
        b" ", b"null", b"[]", b'"x"', b"1", b"{", b"{}x", b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00",
        RAW % b"NaN", RAW % b"Infinity", RAW % b"-Infinity", RAW % b"1000.00", RAW % b"1e3",
        RAW % (b"9" * 5000), RAW % (b"[" * 20000), RAW % (b'{"a":' * 9000), b"[" * 60000,
        RAW % b'"1","amount":"2"', b'{"a":{"b":1,"b":2}}', RAW % b'"\\ud800"', b'{"\\ud800":1}',
        b'{"\x00":1}', RAW % b"'1'", b"{'kind':1}", b'{"a":1,}', b'{"a":0x1}', b"\x00" * 100,
    ],
)  # fmt: skip
def test_s22_what_is_no_strict_json_is_refused(finance, raw):
    before = head()

    response = finance.post(LEDGER, raw)

    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert head() == before


@pytest.mark.parametrize(
    ("media_type", "status"),
    [("application/json", 400), ("application/json; charset=utf-8", 400), ("text/plain", 415),
     ("application/json; charset=UTF-8", 400), ("application/json; charset=latin-1", 415),
     ("application/json; charset=utf-16", 415), ("application/json; charset=zlib", 415), ("", 415),
     ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415),
     ("application/json; charset=hex", 415), ("a" * 500, 415)],
)  # fmt: skip
def test_s22_only_json_in_utf_8_is_read(finance, media_type, status):
    assert finance.post(LEDGER, b"{}", content_type=media_type).status_code == status


def test_s23_a_body_is_64_kilobytes_at_most(finance):
    large = b'{"remarks":"%s"}' % (b"x" * 65_522)
    too_large = b'{"remarks":"%s"}' % (b"x" * 65_523)

    assert len(large) <= 65_536 < len(too_large)
    assert finance.post(LEDGER, large).status_code == 400
    assert finance.post(LEDGER, too_large).status_code == 413
    assert finance.post(LEDGER, b"{}", **{"Content-Encoding": "gzip"}).status_code == 415


def test_a_write_takes_no_parameters_and_no_key_in_the_address(books, finance):
    commitment = books.paid()

    response = finance.post(f"{LEDGER}?key={finance.key}", money_back(commitment))

    assert response.status_code == 400


def test_text_is_kept_in_its_composed_form(books, finance):
    commitment = books.paid()

    finance.post(LEDGER, money_back(commitment, remarks="Cafe\u0301 退款"))

    assert LedgerEntry.objects.get(kind="REFUND").remarks == "Café 退款"


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats()
NAMES = ["kind", "commitment", "tranche", "amount", "currency", "value_date", "rate", "rate_date",
         "reference", "remarks"]  # fmt: skip


@settings(
    max_examples=60, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    change=st.dictionaries(
        st.sampled_from(NAMES) | st.text(max_size=10),
        SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=3), SCALARS),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_l14_whatever_is_posted_is_no_fault_of_ours(books, finance, change):
    tranche = books.signed("1000").tranches.get()
    body = payment(tranche) | change
    raw = json.dumps(body).encode("utf-8", "surrogatepass")

    response = finance.post(LEDGER, raw)

    assert response.status_code in (400, 409), response.content
    assert not LedgerEntry.objects.filter(kind="DISBURSEMENT").exists()
