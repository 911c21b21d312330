"""How a member of staff is reminded: a calendar at a secret address, a daily letter. One's own only."""

import datetime
import secrets

import pghistory

from portfolio.common.transactions import atomic_retrying
from portfolio.staff.models import CalendarFeed, User
from portfolio.staff.tokens import digest_of

LONGEST_SECRET = 64


@atomic_retrying
def make_feed(*, user: User, at: datetime.datetime) -> str:
    """Make a new secret address, which ends the one before; the secret is shown this once."""
    secret = secrets.token_urlsafe(32)
    with pghistory.context(user=user.pk):
        CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
        CalendarFeed.objects.create(user=user, digest=digest_of(secret), created_at=at)
    return secret


@atomic_retrying
def revoke_feeds(*, user: User, at: datetime.datetime) -> None:
    """Make every address of a person worthless from the next request on."""
    with pghistory.context(user=user.pk):
        CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)


@atomic_retrying
def set_digest(*, user: User, wanted: bool) -> None:
    """Whether the person gets the daily letter."""
    with pghistory.context(user=user.pk):
        user.gets_digest = wanted
        user.save(update_fields=["gets_digest"])


def owner_of_feed(secret: str) -> User | None:
    """Whose address it is, if it counts: not revoked, and of somebody who works here still. Queries: one."""
    if len(secret) > LONGEST_SECRET:
        return None
    feed = (
        CalendarFeed.objects.filter(
            digest=digest_of(secret), revoked_at__isnull=True, user__is_active=True,
            user__is_staff=True,
        )
        .select_related("user")
        .first()
    )  # fmt: skip
    return feed.user if feed else None
