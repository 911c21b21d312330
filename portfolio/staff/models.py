"""The people who sign in, and the roles they hold."""

import datetime

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history


# A password's hash and the moments of sign-ins are no part of what auditors read.
@keeps_history(exclude=("password", "last_login"))
class User(AbstractUser):
    """One who works in the admin. Roles are groups; see roles.py."""

    email = models.EmailField(_("e-mail address"), blank=True)
    gets_digest = models.BooleanField(
        _("gets the daily letter"), default=False, db_default=False,
        help_text=_("What is late and what comes next, by e-mail, on days with something to say."),
    )  # fmt: skip

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_belongs_to_one",
                condition=~Q(email=""),
                violation_error_message=_("Another account has this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_is_unique_in_any_case",
                violation_error_message=_("Another account has this name, in other letters."),
            ),
            # Letters of other scripts look like these and would make a second "alice".
            models.CheckConstraint(
                name="user_username_has_no_look_alikes",
                condition=Q(username__regex=r"^[A-Za-z0-9@.+_-]+$"),
                violation_error_message=_("Use letters A to Z, digits and @ . + - _ only."),
            ),
        ]


class Scope(models.TextChoices):
    """What a token may do."""

    FUNDING_READ = "FUNDING_READ", _("Read commitments, tranches, approvals and the ledger")
    REPORTS_READ = "REPORTS_READ", _("Read reports")
    RIGHTS_READ = "RIGHTS_READ", _("Read rights and avails")
    WATERFALLS_READ = "WATERFALLS_READ", _("Read waterfalls and their receipts")
    TITLE_MONEY_READ = "TITLE_MONEY_READ", _("Read budgets, cost reports and financing plans")
    SCHOLARSHIPS_READ = "SCHOLARSHIPS_READ", _("Read applications and awards, without names")
    LEDGER_WRITE = "LEDGER_WRITE", _("Post entries of the ledger")
    DRAWDOWN_WRITE = "DRAWDOWN_WRITE", _("Record drawdown requests")


@keeps_history(exclude=("digest", "last_used_at"))
class ApiToken(models.Model):
    """A key with which another system acts for a member of staff, within scopes and until a moment.

    Only SHA-256 of the key is kept; `prefix` is its beginning, to tell keys apart. What the person may
    not do, the key may not either.
    """

    name = models.CharField(_("name"), max_length=100, help_text=_("Which system uses it."))
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("acts for")
    )
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("may"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("revoked by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("made at"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, editable=False, related_name="+", verbose_name=_("made by")
    )
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_token_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Say which system uses the token."),
            ),
            models.CheckConstraint(
                name="api_token_scopes_are_known",
                condition=Q(scopes__contained_by=Scope.values) & Q(scopes__len__gt=0),
                violation_error_message=_("Choose at least one thing that the token may do."),
            ),
            models.CheckConstraint(
                name="api_token_expires_within_a_year",
                condition=Q(expires_at__gt=F("created_at"))
                & Q(expires_at__lte=F("created_at") + datetime.timedelta(days=366)),
                violation_error_message=_("A token lasts a year at most: give an earlier end."),
            ),
            models.CheckConstraint(
                name="api_token_revoked_is_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message=_("Who revoked the token, and when, go together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


@keeps_history(exclude=("digest",))
class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads what its owner has to look after.

    Only the SHA-256 of the secret is kept. Time: it counts until `revoked_at`.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="calendar_feeds", verbose_name=_("owner")
    )
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(_("made at"), editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(revoked_at__isnull=True),
                name="calendarfeed_is_one_a_person",
                violation_error_message=_("You have a calendar address already; revoke it first."),
            ),
            models.CheckConstraint(
                name="calendarfeed_ends_after_it_begins",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                violation_error_message=_("An address cannot end before it was made."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


class DigestSent(models.Model):
    """That a person was sent the letter of a day; so that nobody gets it twice."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("letter sent")
        verbose_name_plural = _("letters sent")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"],
                name="digestsent_once_a_day",
                violation_error_message=_("The letter of this day was sent."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    pghistory.DeleteEvent(level=pgtrigger.Statement),
    append_only=True,
    model_name="MembershipEvent",
)
class Membership(User.groups.through):  # type: ignore[name-defined]
    """That a person holds a role; kept in the history as well."""

    class Meta:
        proxy = True
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
