"""What finance systems post: entries and drawdown requests, each once for its key.

The key's answer is kept in the transaction of the write itself: either both are there or neither, and
a crash leaves nothing between the two. A refusal keeps no answer: the same key asks anew.

Reading what a posting needs is one statement of each sort, prepared and bound by the server: these
functions stand in the way of every payment.
"""

import datetime
from collections.abc import Callable, Sequence
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
from portfolio.funding.models import Tranche
from portfolio.funding.operations.books import Books, NoSuchCommitment, read_books
from portfolio.funding.operations.commitments import NotApproved
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.funding.operations.posting import (
    Line,
    Part,
    Terms,
    lines_of,
    parts_of_payment,
    parts_of_recoupment,
    parts_of_refund,
    write,
)
from portfolio.funding.operations.tranches import record_drawdown

# What needs an approval of its own is posted where it is approved.
KINDS = ("DISBURSEMENT", "REFUND", "RECOUPMENT")
CREATED = 201


class KeyOfAnother(Refused):
    """The key was used for another body."""


class KeyIsBusy(Refused):
    """A request with the same key is being answered at this moment."""

    wait = 1


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
SELECT pg_try_advisory_xact_lock(73104, hashtext($1 || ' ' || $2 || ' ' || $3)) AS is_free,
    encode(k.fingerprint, 'hex') AS fingerprint, k.status, k.body
FROM (SELECT) one
LEFT JOIN funding_keptanswer k
    ON k.caller_id = $1::bigint AND k.endpoint = $2 AND k.key = $3
"""
# The same, and where the key is new the books of the commitment, locked: one way there and back.
CLAIM_AND_OPEN = (
    b"SELECT claim.*, CASE WHEN is_free AND body IS NULL THEN topsheet_books($4, $5::smallint) END"
    b" FROM (" + CLAIM + b") claim"
)

KEEP = b"""
INSERT INTO funding_keptanswer (caller_id, endpoint, key, fingerprint, status, body)
VALUES ($1::bigint, $2, $3, decode($4, 'hex'), $5::smallint, $6)
"""


def once(
    *,
    caller: Any,
    said: Said,
    claim: bytes = CLAIM,
    of: Sequence[str | None] = (),
    write: Callable[[bytes | None], str],
) -> Answer:
    """The answer of `write`, or the one that this key was given before.

    `write` is given what else the statement of the claim reads with the values `of`.
    Raises: KeyOfAnother, KeyIsBusy, whatever `write` raises.
    """
    try:
        return _once(caller, said, claim, of, write)
    except (Refused, DatabaseError) as error:
        # The first request with the key may have ended between our look and our write.
        if isinstance(error, KeyOfAnother | KeyIsBusy):
            raise
        kept, _read = _kept(caller, said)
        is_taken = isinstance(error, DatabaseError) and rule_of(error) == "kept_answer_is_one_a_key"
        if kept is None and is_taken:
            raise KeyIsBusy(_("The same key is being answered: ask again in a second.")) from error
        if kept is None:
            raise
        return kept


@atomic_retrying
def _once(
    caller: Any,
    said: Said,
    claim: bytes,
    of: Sequence[str | None],
    write: Callable[[bytes | None], str],
) -> Answer:
    kept, read = _kept(caller, said, claim, of)
    if kept is not None:
        return kept
    body = write(read)
    execute(
        KEEP,
        [
            str(caller.pk), said.endpoint, said.key, said.fingerprint.hex(), str(CREATED), body,
        ],
    )  # fmt: skip
    return Answer(body)


def _kept(
    caller: Any, said: Said, claim: bytes = CLAIM, of: Sequence[str | None] = ()
) -> tuple[Answer | None, bytes | None]:
    """The answer that the key was given, and what else the claim read."""
    found = execute(claim, [str(caller.pk), said.endpoint, said.key, *of])
    free, fingerprint, status, body = (found.get_value(0, n) for n in range(4))
    if body is not None and status is not None:
        if fingerprint != said.fingerprint.hex().encode():
            raise KeyOfAnother(
                _("This Idempotency-Key was used for another body: take a new one for a new entry.")
            )
        return Answer(body.decode(), int(status), is_replayed=True), None
    if free != b"t":
        raise KeyIsBusy(_("The same key is being answered: ask again in a second."))
    return None, found.get_value(0, 4) if claim is not CLAIM else None


# --- Entries ---------------------------------------------------------------------------------


def post_entry(*, entry: Entry, said: Said, actor: Any, at: datetime.datetime) -> Answer:
    """Post what a finance system states, once for its key.

    Raises: Refused; DatabaseError where a rule forbids it.
    Queries: three and the transaction; one more where the tranche is then paid.
    """
    number = None if entry.tranche is None else str(entry.tranche)
    return once(
        caller=actor, said=said, claim=CLAIM_AND_OPEN, of=[entry.commitment, number],
        write=lambda read: _post_entry(entry, read_books(read), said, actor, at),
    )  # fmt: skip


def _post_entry(entry: Entry, books: Books, said: Said, actor: Any, at: datetime.datetime) -> str:
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
    lines = lines_of(books.commitment, books.base, parts, terms)
    numbers = [number for number, _recorded in write(lines)]
    tranche = books.tranche
    state: str | None = tranche.state if tranche is not None else None
    if tranche is not None and books.paid + entry.amount == tranche.amount:
        state = TrancheState.PAID
        with pghistory.context(user=actor.pk):
            Tranche.objects.filter(pk=tranche.pk).update(state=state, state_at=at, state_by=actor)
    return _body(entry, said, books, list(zip(numbers, lines, strict=True)), state)


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


def _body(
    entry: Entry, said: Said, books: Books, posted: list[tuple[int, Line]], state: str | None
) -> str:
    strands = {held.allocation.pk: held.allocation.strand for held in books.positions}
    first, line = posted[0]
    document = {
        "address": f"{said.endpoint}{first}/",
        "posting": str(line["posting"]),
        "kind": entry.kind,
        "commitment": entry.commitment,
        "tranche": entry.tranche,
        "tranche_state": None if state is None else str(state),
        "amount": f"{entry.amount:.2f}",
        "currency": entry.currency,
        "value_date": entry.value_date.isoformat(),
        "entries": [
            {
                "id": number,
                "strand": strands[line["allocation_id"]],
                "fiscal_year": line["fiscal_year"],
                "amount": f"{line['amount']:.2f}",
                "base_amount": f"{line['base_amount']:.2f}",
            }
            for number, line in posted
        ],
    }
    return orjson.dumps(document).decode()


# --- Drawdown requests -----------------------------------------------------------------------


def post_drawdown(*, drawdown: Drawdown, said: Said, actor: Any, at: datetime.datetime) -> Answer:
    """Record a payee's request for a tranche, once for its key, and ask for the approval.

    Raises: Refused; DatabaseError where a rule forbids it.
    """
    return once(
        caller=actor, said=said, write=lambda _read: _post_drawdown(drawdown, said, actor, at)
    )


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
