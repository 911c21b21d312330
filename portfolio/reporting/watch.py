"""The watch: who gets much of a strand, and who is close to the other side of a deal."""
# ruff: noqa: S608

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.common.names import NAME_FIELDS
from portfolio.programmes.models import Programme
from portfolio.reporting.statements import cells, own
from portfolio.reporting.terms import Terms, rows_of


@dataclass(frozen=True)
class Watch:
    """What is to be looked at, in three lists of rows."""

    concentrations: Sequence[Mapping[str, Any]]
    interests: Sequence[Mapping[str, Any]]
    financiers: Sequence[Mapping[str, Any]]

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to look at."""
        return not (self.concentrations or self.interests or self.financiers)


def watch(*, programme: Programme, day: datetime.date, share: Decimal) -> Watch:
    """All three lists of a programme on `day`.  Queries: three."""
    return Watch(
        concentrations(programme=programme, day=day, share=share),
        interests(programme=programme, day=day),
        financiers(programme=programme, day=day),
    )


def names(table: str, of: str) -> str:
    """The names of a row in SQL, each under what it is the name of."""
    return ", ".join(f"{table}.{part} AS {of}_{part}" for part in NAME_FIELDS)


def concentrations(
    *, programme: Programme, day: datetime.date, share: Decimal
) -> list[dict[str, Any]]:
    """Partners to whom more than `share` per cent of what a strand has promised goes.

    Shape: one dict per strand and partner (slug and names of both, committed, strand_committed,
    share), the largest share first.
    Units: in base currency, less what was de-committed; `share` in per cent.
    Time: value dates up to `day`, as recorded now.  Queries: one.
    """
    terms = Terms(programme, day)
    return rows_of(
        f"""
    WITH cell AS MATERIALIZED ({cells()}), own AS MATERIALIZED ({own(terms)}), part AS (
        SELECT commitment_id, allocation_id, committed_base - de_committed_base AS amount
        FROM funding_commitmentposition WHERE commitment_id IN (SELECT id FROM own)
        UNION ALL
        SELECT commitment_id, allocation_id,
            CASE kind WHEN 'COMMITMENT' THEN -promised_base_amount ELSE promised_base_amount END
        FROM funding_ledgerentry
        WHERE allocation_id IN (SELECT id FROM cell) AND value_date > %(as_of)s
            AND kind IN ('COMMITMENT', 'DE_COMMITMENT')
    ), promised AS (
        SELECT cell.slug AS strand, own.payee_id, sum(part.amount) AS committed,
            sum(sum(part.amount)) OVER (PARTITION BY cell.slug) AS strand_committed
        FROM part
        JOIN cell ON cell.id = part.allocation_id
        JOIN own ON own.id = part.commitment_id
        GROUP BY cell.slug, own.payee_id
    )
    SELECT p.strand, {names("s", "strand")}, o.slug AS partner, {names("o", "partner")},
        p.committed, p.strand_committed, round(p.committed * 100 / p.strand_committed, 1) AS share
    FROM promised p
    JOIN programmes_strand s ON s.slug = p.strand
    JOIN partners_organisation o ON o.id = p.payee_id
    WHERE p.strand_committed > 0 AND p.committed * 100 > p.strand_committed * %(share)s
    ORDER BY p.committed / p.strand_committed DESC, p.strand, o.slug""",
        {**terms.values, "share": share},
    )


IN_FORCE = "({0}.start_date IS NULL OR {0}.start_date <= {1}) AND ({0}.end_date IS NULL OR {0}.end_date >= {1})"

# Everyone above an organisation: whom it belongs to, and who owns a share of it, however small.
ABOVE = f"""
        SELECT p.id AS below, p.id AS above FROM wanted p
        UNION
        SELECT a.below, up.above
        FROM above a
        CROSS JOIN LATERAL (
            SELECT o.parent_id AS above FROM partners_organisation o
            WHERE o.id = a.above AND o.parent_id IS NOT NULL
            UNION ALL
            SELECT w.owner_id FROM partners_ownership w
            WHERE w.owned_id = a.above AND {IN_FORCE.format("w", "%(day)s")}
        ) AS up"""


def interests(*, programme: Programme, day: datetime.date) -> list[dict[str, Any]]:
    """Approvals by somebody who is close to the payee, or to one who stands above the payee.

    Shape: one dict per decision and declared interest (commitment, reference, kind, decided_at,
    person, authority, nature; slug and names of the payee and of the organisation of the interest),
    the latest first. Whose authority the decision stands on counts as the one who made it.
    Time: decisions up to `day`, by the calendar of Hong Kong; the interest is in force on `day` or was
    when it was decided; who owns whom as on `day`; all as recorded now.  Queries: one.
    """
    decided = "(d.decided_at AT TIME ZONE 'Asia/Hong_Kong')::date"
    return rows_of(
        f"""
    WITH RECURSIVE wanted AS (
        SELECT DISTINCT payee_id AS id FROM funding_commitment WHERE programme_id = %(programme)s
    ), above AS ({ABOVE})
    SELECT c.id AS commitment, c.reference, r.kind, d.decided_at, u.username AS person,
        au.username AS authority, i.nature,
        payee.slug AS payee, {names("payee", "payee")}, org.slug AS organisation,
        {names("org", "organisation")}
    FROM partners_interest i
    JOIN above a ON a.above = i.organisation_id
    JOIN funding_commitment c ON c.payee_id = a.below AND c.programme_id = %(programme)s
    JOIN funding_approvalrequest r ON r.commitment_id = c.id
    JOIN funding_approvaldecision d ON d.request_id = r.id AND d.decision = 'APPROVE'
        AND i.person_id IN (d.decided_by_id, d.authority_id)
    JOIN staff_user u ON u.id = d.decided_by_id
    JOIN staff_user au ON au.id = d.authority_id
    JOIN partners_organisation payee ON payee.id = c.payee_id
    JOIN partners_organisation org ON org.id = i.organisation_id
    WHERE {decided} <= %(day)s
        AND (({IN_FORCE.format("i", "%(day)s")}) OR ({IN_FORCE.format("i", decided)}))
    ORDER BY d.decided_at DESC, d.id DESC, i.id""",
        {"programme": programme.pk, "day": day},
    )


def financiers(*, programme: Programme, day: datetime.date) -> list[dict[str, Any]]:
    """Financiers that are the payee, own it, belong to it, or have somebody above them in common.

    Shape: one dict per commitment, financier and role (commitment, reference, role, is_of_plan; slug
    and names of the payee, of the financier, and of the organisation that they have in common), by
    commitment. The role is that of the party to the agreement, or the kind of money of the plan.
    Source: an agreement's funders, co-financiers and guarantors; the sources of the title's financing
    plan that counts on `day`, which is the last one locked by then.
    Time: signed by `day`; who owns whom as on `day`, both ends included; as recorded now.
    Queries: one.
    """
    return rows_of(
        f"""
    WITH RECURSIVE deal AS (
        SELECT c.id, c.reference, c.payee_id, p.organisation_id AS financier_id, p.role,
            false AS is_of_plan
        FROM funding_commitment c
        JOIN partners_agreementparty p ON p.agreement_id = c.agreement_id
        WHERE c.programme_id = %(programme)s AND c.signed_date <= %(day)s
            AND p.role IN ('FUNDER', 'CO_FINANCIER', 'GUARANTOR')
        UNION
        SELECT c.id, c.reference, c.payee_id, s.party_id, s.kind, true
        FROM funding_commitment c
        CROSS JOIN LATERAL (
            SELECT f.id FROM productions_financingplan f
            WHERE f.production_id = c.project_id
                AND (f.locked_at AT TIME ZONE 'Asia/Hong_Kong')::date <= %(day)s
            ORDER BY f.number DESC LIMIT 1
        ) AS plan
        JOIN productions_financingsource s ON s.plan_id = plan.id AND s.party_id IS NOT NULL
        WHERE c.programme_id = %(programme)s AND c.signed_date <= %(day)s
    ), wanted AS (
        SELECT payee_id AS id FROM deal UNION SELECT financier_id FROM deal
    ), above AS ({ABOVE}), pair AS (
        SELECT DISTINCT ON (d.payee_id, d.financier_id) d.payee_id, d.financier_id, f.above AS common
        FROM (SELECT DISTINCT payee_id, financier_id FROM deal) AS d
        JOIN above p ON p.below = d.payee_id
        JOIN above f ON f.below = d.financier_id AND f.above = p.above
        -- The nearest in common says most: one of the two, if it is.
        ORDER BY d.payee_id, d.financier_id, f.above <> d.payee_id AND f.above <> d.financier_id,
            f.above
    )
    SELECT d.id AS commitment, d.reference, d.role, d.is_of_plan,
        payee.slug AS payee, {names("payee", "payee")},
        financier.slug AS financier, {names("financier", "financier")},
        common.slug AS common, {names("common", "common")}
    FROM deal d
    JOIN pair ON pair.payee_id = d.payee_id AND pair.financier_id = d.financier_id
    JOIN partners_organisation payee ON payee.id = d.payee_id
    JOIN partners_organisation financier ON financier.id = d.financier_id
    JOIN partners_organisation common ON common.id = pair.common
    ORDER BY d.id, financier.slug, d.is_of_plan, d.role""",
        {"programme": programme.pk, "day": day},
    )
