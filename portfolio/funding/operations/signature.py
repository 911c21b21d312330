"""The signature of a commitment: what stands behind it, and the one call that records it."""

import datetime
import json
from dataclasses import dataclass
from typing import Any

import pghistory
from pghistory import config

from portfolio.common.api.execution import execute
from portfolio.funding.models import Commitment
from portfolio.funding.operations.exchange import Rate

READ_FOR_A_SIGNATURE = b"""
SELECT c.state, c.currency, g.base_currency,
    (SELECT CASE WHEN bool_and(p.signed_date IS NOT NULL) THEN max(p.signed_date) END
     FROM partners_agreementparty p WHERE p.agreement_id = c.agreement_id),
    EXISTS (SELECT 1 FROM funding_approvalrequest r
     WHERE r.commitment_id = c.id AND r.kind = 'COMMITMENT' AND r.state = 'APPROVED')
FROM funding_commitment c JOIN programmes_programme g ON g.id = c.programme_id
WHERE c.id = $1::bigint
"""
SIGN = b"""
SELECT topsheet_sign($1::bigint, $2::date, $3::timestamptz, $4::bigint, $5::numeric, $6::date, $7,
    $8::bigint, $9, $10)
"""


@dataclass(frozen=True)
class Signature:
    """How far a commitment is, and the day of the last signature.

    `state` is empty where there is no such commitment, `day` None while a party has not signed.
    """

    state: str
    currency: str
    base_currency: str
    day: datetime.date | None
    is_approved: bool


def read_signature(commitment: Commitment) -> Signature:
    """What is known now. Queries: one."""
    found = execute(READ_FOR_A_SIGNATURE, [str(commitment.pk)])
    if not found.ntuples:
        return Signature("", "", "", None, is_approved=False)
    state, currency, base, day, approved = (
        (found.get_value(0, n) or b"").decode() for n in range(5)
    )
    return Signature(
        state, currency, base, datetime.date.fromisoformat(day) if day else None, approved == "t"
    )


def record_signature(
    commitment: Commitment,
    *,
    at: datetime.datetime,
    actor: Any,
    day: datetime.date | None = None,
    rate: Rate | None = None,
) -> int:
    """Take the step and post the promise; how many entries that is.

    None where it is not approved, or without `day` and `rate` where a party has not signed or it is not
    in the currency of the books.
    In a transaction.  Queries: one.  Raises: DatabaseError where a rule is against it.
    """
    with pghistory.context(user=actor.pk) as known:
        about = json.dumps(known.metadata, cls=config.json_encoder())
        terms: tuple[Any, ...] = (None,) * 4
        if rate is not None:
            terms = (rate.rate, rate.date, rate.source, rate.series and rate.series.pk)
        values = (commitment.pk, day, at.isoformat(), actor.pk, *terms, known.id, about)
        return execute(SIGN, [None if value is None else str(value) for value in values]).ntuples
