"""What finance systems post: entries and drawdown requests, each once for its key.

The key's answer is kept in the transaction of the write itself: either both are there or neither, and
a crash leaves nothing between the two. A refusal keeps no answer: the same key asks anew.

Reading what a posting needs is one statement of each sort, prepared and bound by the server: these
functions stand in the way of every payment.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
import pghistory
from django.db import DatabaseError
from django.utils.translation import gettext as _

from portfolio.common.api.execution import execute
from portfolio.common.refusals import Refused, rule_of
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import EntryKind, RateSource, TrancheState
from portfolio.funding.models import (
    ApprovalRequest,
    Commitment,
    CommitmentPosition,
    LedgerEntry,
    Tranche,
)
from portfolio.funding.operations.commitments import NotApproved
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.funding.operations.posting import (
    Part,
    Terms,
    parts_of_payment,
    parts_of_recoupment,
    parts_of_refund,
    post,
)
from portfolio.funding.operations.tranches import record_drawdown
from portfolio.programmes.models import Allocation, Programme, Strand

# What needs an approval of its own is posted where it is approved.
KINDS = ("DISBURSEMENT", "REFUND", "RECOUPMENT")
CREATED = 201


class KeyOfAnother(Refused):
    """The key was used for another body."""


class KeyIsBusy(Refused):
    """A request with the same key is being answered at this moment."""

    wait = 1


class NoSuchCommitment(Refused):
    """There is no such commitment, or no such tranche of it."""


@dataclass(frozen=True)
class Said:
    """Which request it is: where it was posted, under which key, and what it said."""

    endpoint: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Answer:
    """What is answered, and whether it was answered before."""

    body: str
    status: int = CREATED
    is_replayed: bool = False


@dataclass(frozen=True)
class Entry:
    """An entry as a finance system states it."""

    kind: str
    commitment: str
    tranche: int | None
    amount: Decimal
    currency: str
    value_date: datetime.date
    rate: Decimal | None = None
    rate_date: datetime.date | None = None
    reference: str = ""
    remarks: str = ""


@dataclass(frozen=True)
class Drawdown:
    """A payee's request as another system states it."""

    commitment: str
    tranche: int
    received_date: datetime.date
    reference: str = ""
    remarks: str = ""


# --- Once ------------------------------------------------------------------------------------

CLAIM = b"""
SELECT pg_try_advisory_xact_lock(73104, hashtext($1 || ' ' || $2 || ' ' || $3)),
    encode(k.fingerprint, 'hex'), k.status, k.body
FROM (SELECT) one
LEFT JOIN funding_keptanswer k
    ON k.caller_id = $1::bigint AND k.endpoint = $2 AND k.key = $3
"""

KEEP = b"""
INSERT INTO funding_keptanswer (caller_id, endpoint, key, fingerprint, status, body)
VALUES ($1::bigint, $2, $3, decode($4, 'hex'), $5::smallint, $6)
"""


def once(*, caller: Any, said: Said, write: Callable[[], str]) -> Answer:
    """The answer of `write`, or the one that this key was given before.

    Raises: KeyOfAnother, KeyIsBusy, whatever `write` raises.
    """
    try:
        return _once(caller, said, write)
    except (Refused, DatabaseError) as error:
        # The first request with the key may have ended between our look and our write.
        if isinstance(error, KeyOfAnother | KeyIsBusy):
            raise
        kept = _kept(caller, said)
        is_taken = isinstance(error, DatabaseError) and rule_of(error) == "kept_answer_is_one_a_key"
        if kept is None and is_taken:
            raise KeyIsBusy(_("The same key is being answered: ask again in a second.")) from error
        if kept is None:
            raise
        return kept


@atomic_retrying
def _once(caller: Any, said: Said, write: Callable[[], str]) -> Answer:
    kept = _kept(caller, said)
    if kept is not None:
        return kept
    body = write()
    execute(
        KEEP,
        [
            str(caller.pk), said.endpoint, said.key, said.fingerprint.hex(), str(CREATED), body,
        ],
    )  # fmt: skip
    return Answer(body)


def _kept(caller: Any, said: Said) -> Answer | None:
    found = execute(CLAIM, [str(caller.pk), said.endpoint, said.key])
    free, fingerprint, status, body = (found.get_value(0, n) for n in range(4))
    if body is not None and status is not None:
        if fingerprint != said.fingerprint.hex().encode():
            raise KeyOfAnother(
                _("This Idempotency-Key was used for another body: take a new one for a new entry.")
            )
        return Answer(body.decode(), int(status), is_replayed=True)
    if free != b"t":
        raise KeyIsBusy(_("The same key is being answered: ask again in a second."))
    return None


# --- Entries ---------------------------------------------------------------------------------

# Tranche first, then commitment, as paying in the admin does: so that two never hold each other up.
LOCK_TRANCHE = b"""
SELECT c.id, t.id FROM funding_commitment c JOIN funding_tranche t ON t.commitment_id = c.id
WHERE c.reference = $1 AND t.number = $2::smallint FOR NO KEY UPDATE OF t, c
"""
LOCK_COMMITMENT = b"""
SELECT c.id, NULL FROM funding_commitment c WHERE c.reference = $1 FOR NO KEY UPDATE
"""

# After the locks, so that it sees what those who held them wrote.
READ = b"""
SELECT json_build_object(
    'commitment', json_build_object('id', c.id, 'programme_id', c.programme_id,
        'project_id', c.project_id, 'payee_id', c.payee_id, 'currency', c.currency,
        'rate', c.rate::text),
    'base', g.base_currency,
    'tranche', (
        SELECT json_build_object('amount', t.amount::text, 'state', t.state)
        FROM funding_tranche t WHERE t.id = $2::bigint),
    'paid', (
        SELECT coalesce(sum(e.amount), 0)::text
        FROM funding_ledgerentry e WHERE e.tranche_id = $2::bigint),
    'approval', (
        SELECT max(r.id) FROM funding_approvalrequest r
        WHERE r.tranche_id = $2::bigint AND r.commitment_id = c.id
            AND r.kind = 'PAYMENT' AND r.state = 'APPROVED'),
    'positions', array(
        SELECT json_build_object('allocation_id', p.allocation_id, 'strand_id', a.strand_id,
            'strand', s.slug, 'fiscal_year', a.fiscal_year, 'figures', json_build_object(
            'committed', p.committed::text, 'de_committed', p.de_committed::text,
            'disbursed', p.disbursed::text, 'refunded', p.refunded::text,
            'committed_base', p.committed_base::text, 'de_committed_base', p.de_committed_base::text,
            'disbursed_base', p.disbursed_base::text, 'refunded_base', p.refunded_base::text))
        FROM funding_commitmentposition p
        JOIN programmes_allocation a ON a.id = p.allocation_id
        JOIN programmes_strand s ON s.id = a.strand_id
        WHERE p.commitment_id = c.id
        ORDER BY a.fiscal_year, s.position, a.id))
FROM funding_commitment c JOIN programmes_programme g ON g.id = c.programme_id
WHERE c.id = $1::bigint
"""


@dataclass(frozen=True)
class Books:
    """What a posting needs to know, as it is after the locks."""

    commitment: Commitment
    base: str
    tranche: Tranche | None
    paid: Decimal
    approval: ApprovalRequest | None
    positions: list[CommitmentPosition]


def post_entry(*, entry: Entry, said: Said, actor: Any, at: datetime.datetime) -> Answer:
    """Post what a finance system states, once for its key.

    Raises: Refused; DatabaseError where a rule forbids it.
    Queries: six and the transaction; one more where the tranche is then paid.
    """
    return once(caller=actor, said=said, write=lambda: _post_entry(entry, said, actor, at))


def _post_entry(entry: Entry, said: Said, actor: Any, at: datetime.datetime) -> str:
    books = _books(entry.commitment, entry.tranche)
    if entry.currency != books.commitment.currency:
        raise Refused(
            _("The commitment is in %(currency)s: give the amount in it.")
            % {"currency": books.commitment.currency}
        )
    parts = _parts(entry, books)
    terms = Terms(
        EntryKind(entry.kind), entry.value_date, _rate(entry, books), actor,
        approval=books.approval, tranche=books.tranche, reference=entry.reference,
        remarks=entry.remarks,
    )  # fmt: skip
    posted = post(books.commitment, parts, terms)
    tranche = books.tranche
    if tranche is not None and books.paid + entry.amount == tranche.amount:
        with pghistory.context(user=actor.pk):
            tranche.state = TrancheState.PAID
            Tranche.objects.filter(pk=tranche.pk).update(
                state=tranche.state, state_at=at, state_by=actor
            )
    return _body(entry, said, posted, tranche)


def _books(reference: str, number: int | None) -> Books:
    values = [reference] if number is None else [reference, str(number)]
    held = execute(LOCK_COMMITMENT if number is None else LOCK_TRANCHE, values)
    if not held.ntuples:
        raise NoSuchCommitment(_("There is no such commitment, or no such tranche of it."))
    commitment, tranche = held.get_value(0, 0), held.get_value(0, 1)
    found = execute(READ, [(commitment or b"").decode(), (tranche or b"0").decode()])
    row = orjson.loads(found.get_value(0, 0) or b"null")
    promise = row["commitment"]
    promise["rate"] = promise["rate"] and Decimal(promise["rate"])
    programme = Programme(pk=promise["programme_id"], base_currency=row["base"])
    del promise["programme_id"]
    return Books(
        commitment=Commitment(programme=programme, **promise),
        base=row["base"],
        tranche=_tranche(tranche, number, row["tranche"]),
        paid=Decimal(row["paid"]),
        approval=row["approval"] and ApprovalRequest(pk=row["approval"]),
        positions=[_position(part) for part in row["positions"]],
    )


def _tranche(key: bytes | None, number: int | None, row: Any) -> Tranche | None:
    if key is None or row is None:
        return None
    return Tranche(
        pk=int(key), number=number or 0, amount=Decimal(row["amount"]), state=row["state"]
    )


def _position(row: Mapping[str, Any]) -> CommitmentPosition:
    strand = Strand(pk=row["strand_id"], slug=row["strand"])
    allocation = Allocation(pk=row["allocation_id"], strand=strand, fiscal_year=row["fiscal_year"])
    figures = {name: Decimal(text) for name, text in row["figures"].items()}
    return CommitmentPosition(allocation=allocation, **figures)


def _parts(entry: Entry, books: Books) -> list[Part]:
    currency = books.commitment.currency
    match entry.kind:
        case EntryKind.REFUND:
            return parts_of_refund(books.positions, entry.amount, currency)
        case EntryKind.RECOUPMENT:
            return parts_of_recoupment(books.positions, entry.amount, currency)
    if books.approval is None:
        raise NotApproved(
            _("The payment of this tranche is not approved: that is done in the admin.")
        )
    if not books.positions:
        raise Refused(_("The commitment is not signed: nothing is paid of it yet."))
    return parts_of_payment(books.positions, entry.amount, currency)


def _rate(entry: Entry, books: Books) -> Rate:
    currency = books.commitment.currency
    if entry.rate is None:
        return find_rate(currency=currency, base=books.base, on=entry.value_date)
    if currency == books.base:
        raise Refused(_("The books are kept in the same currency: give no rate."))
    return Rate(entry.rate, entry.rate_date or entry.value_date, RateSource.BANK)


def _body(entry: Entry, said: Said, posted: list[LedgerEntry], tranche: Tranche | None) -> str:
    document = {
        "address": f"{said.endpoint}{posted[0].pk}/",
        "posting": str(posted[0].posting),
        "kind": entry.kind,
        "commitment": entry.commitment,
        "tranche": entry.tranche,
        "tranche_state": tranche and str(tranche.state),
        "amount": f"{entry.amount:.2f}",
        "currency": entry.currency,
        "value_date": entry.value_date.isoformat(),
        "entries": [
            {
                "id": row.pk,
                "strand": row.allocation.strand.slug,
                "fiscal_year": row.fiscal_year,
                "amount": f"{row.amount:.2f}",
                "base_amount": f"{row.base_amount:.2f}",
            }
            for row in posted
        ],
    }
    return orjson.dumps(document).decode()


# --- Drawdown requests -----------------------------------------------------------------------


def post_drawdown(*, drawdown: Drawdown, said: Said, actor: Any, at: datetime.datetime) -> Answer:
    """Record a payee's request for a tranche, once for its key, and ask for the approval.

    Raises: Refused; DatabaseError where a rule forbids it.
    """
    return once(caller=actor, said=said, write=lambda: _post_drawdown(drawdown, said, actor, at))


def _post_drawdown(drawdown: Drawdown, said: Said, actor: Any, at: datetime.datetime) -> str:
    tranche = (
        Tranche.objects.select_for_update(of=("self",), no_key=True)
        .select_related("commitment")
        .filter(commitment__reference=drawdown.commitment, number=drawdown.tranche)
        .first()
    )
    if tranche is None:
        raise NoSuchCommitment(_("There is no such commitment, or no such tranche of it."))
    if tranche.state != TrancheState.SCHEDULED:
        raise Refused(
            _("The tranche is not scheduled any more: it is %(state)s.") % {"state": tranche.state}
        )
    row, request = record_drawdown(
        tranche=tranche, received_date=drawdown.received_date, at=at, actor=actor,
        reference=drawdown.reference, remarks=drawdown.remarks,
    )  # fmt: skip
    document = {
        "address": f"{said.endpoint}{row.pk}/",
        "id": row.pk,
        "commitment": drawdown.commitment,
        "tranche": drawdown.tranche,
        "tranche_state": str(tranche.state),
        "amount": f"{tranche.amount:.2f}",
        "currency": tranche.commitment.currency,
        "received_date": row.received_date.isoformat(),
        "approval_request": request.pk,
    }
    return orjson.dumps(document).decode()
