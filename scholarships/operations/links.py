"""Secret addresses by which applicants come to what is theirs."""

import datetime
import hashlib
import secrets

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import LinkPurpose
from scholarships.models import Applicant, SecretLink

GOOD_FOR = {
    LinkPurpose.APPLY: datetime.timedelta(days=30),
    LinkPurpose.SURVEY: datetime.timedelta(days=90),
}


def fingerprint_of(secret: str) -> str:
    """What is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


@atomic_retrying
def new_link(*, applicant: Applicant, purpose: LinkPurpose, at: datetime.datetime) -> str:
    """Make a secret address and give back its secret part, which is shown or sent once and never kept."""
    secret = secrets.token_urlsafe(32)
    SecretLink.objects.create(
        applicant=applicant,
        purpose=purpose,
        sha256=fingerprint_of(secret),
        created_at=at,
        expires_at=at + GOOD_FOR[purpose],
    )
    return secret


def open_link(*, secret: str, purpose: LinkPurpose, at: datetime.datetime) -> SecretLink | None:
    """The address that a secret opens, or None: it is wrong, of another sort, too old or revoked."""
    link = (
        SecretLink.objects.select_related("applicant")
        .filter(sha256=fingerprint_of(secret), purpose=purpose, applicant__erased_at__isnull=True)
        .first()
    )
    if link is None or not link.opens_at(at):
        return None
    if link.first_used_at is None:
        SecretLink.objects.filter(pk=link.pk, first_used_at=None).update(first_used_at=at)
    return link


def visit_of(*, link: int, began_at: datetime.datetime, at: datetime.datetime) -> SecretLink | None:
    """The address by which a visit began, or None: the visit was left, or the address closed."""
    row = (
        SecretLink.objects.select_related("applicant")
        .filter(pk=link, applicant__erased_at__isnull=True)
        .first()
    )
    if row is None or not row.opens_at(at):
        return None
    return None if row.left_at is not None and began_at <= row.left_at else row


@atomic_retrying
def leave(*, link: SecretLink, at: datetime.datetime) -> None:
    """End the visits that began by this address, on every device; the address itself stays good."""
    SecretLink.objects.filter(pk=link.pk).update(left_at=at)


@atomic_retrying
def revoke_links(*, applicant: Applicant, at: datetime.datetime) -> int:
    """Close every secret address of a person at once."""
    return SecretLink.objects.filter(applicant=applicant, revoked_at=None).update(revoked_at=at)
