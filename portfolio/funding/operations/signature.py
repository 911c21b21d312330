"""What stands behind the signature of a commitment, read at once."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import orjson

from partners.models import Document
from portfolio.common.api.execution import execute
from portfolio.funding.models import ApprovalRequest, Commitment
from portfolio.funding.operations.posting import Part
from portfolio.programmes.models import Allocation

# Read in one statement that the server keeps, after the lock of the commitment.
READ_FOR_A_SIGNATURE = b"""
SELECT
    (SELECT CASE WHEN bool_and(p.signed_date IS NOT NULL) THEN max(p.signed_date) END
     FROM partners_agreementparty p WHERE p.agreement_id = $2::bigint),
    (SELECT max(r.id) FROM funding_approvalrequest r
     WHERE r.commitment_id = $1::bigint AND r.kind = 'COMMITMENT' AND r.state = 'APPROVED'),
    (SELECT json_agg(json_build_array(a.id, a.strand_id, a.fiscal_year, s.amount::text) ORDER BY a.id)
     FROM funding_commitmentsplit s JOIN programmes_allocation a ON a.id = s.allocation_id
     WHERE s.commitment_id = $1::bigint),
    (SELECT max(d.id) FROM partners_agreementdocument p JOIN partners_document d ON d.id = p.document_id
     WHERE p.agreement_id = $2::bigint AND d.kind = 'AGREEMENT')
"""


@dataclass(frozen=True)
class Signature:
    """The day of the last signature, the approval, the shares, and the agreement that was filed.

    `day` is None while a party has not signed, `approval` while nobody approved.
    """

    day: datetime.date | None
    approval: ApprovalRequest | None
    parts: list[Part]
    paper: Document | None


def read_signature(commitment: Commitment) -> Signature:
    """What is known now; the caller holds the commitment locked. Queries: one."""
    agreement = commitment.agreement_id
    found = execute(
        READ_FOR_A_SIGNATURE, [str(commitment.pk), None if agreement is None else str(agreement)]
    )
    day, approval, shares, paper = (found.get_value(0, n) for n in range(4))
    return Signature(
        day=datetime.date.fromisoformat(day.decode()) if day else None,
        approval=ApprovalRequest(pk=int(approval)) if approval else None,
        parts=[
            Part(Allocation(pk=key, strand_id=strand, fiscal_year=year), Decimal(amount))
            for key, strand, year, amount in orjson.loads(shares or b"[]")
        ],
        paper=Document(pk=int(paper)) if paper else None,
    )
