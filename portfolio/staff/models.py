"""The people who sign in, and the roles they hold."""

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history


# A password's hash and the moments of sign-ins are no part of what auditors read.
@keeps_history(exclude=("password", "last_login"))
class User(AbstractUser):
    """One who works in the admin. Roles are groups; see roles.py."""

    email = models.EmailField(_("e-mail address"), blank=True)

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
