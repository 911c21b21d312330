"""Topsheet's own ways in django-allauth: nobody signs up, guessing is limited, failures are logged."""

import logging
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.staff import signin
from portfolio.staff.middleware import BEGAN
from portfolio.staff.models import User

logger = logging.getLogger("topsheet.signin")


class StaffAccountAdapter(DefaultAccountAdapter):
    """Sign-in for those who have an account; accounts are made by administrators only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This name and password do not belong together."),
        "too_many_login_attempts": _("Too many attempts. Try again in a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator makes the account."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the dashboard."""
        return reverse("admin:index")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an attempt too many, before the password is looked at."""
        name = credentials.get("username", "")
        self._attempt = signin.count_attempt(request, name)
        if self._attempt is None:
            logger.warning("Sign-in refused, too many attempts: %s", _loggable(name))
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        for usage in getattr(self, "_attempt", None) or ():
            usage.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log the name, and nothing else that is personal."""
        logger.warning("Sign-in failed: %s", _loggable(credentials.get("username", "")))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Go on to where they wanted, from a browser that is known from now on."""
        response = super().post_login(request, user, **kwargs)
        signin.remember_device(response, user.get_username())
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open a session that knows when it began."""
        super().login(request, user)
        request.session[BEGAN] = time.time()

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in: who just gave the password need not give it again."""
        request = self.request
        age = time.time() - (request.session.get(BEGAN, 0) if request else 0)
        if age < app_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this site: nothing else is ever gone on to after signing in."""
        return bool(url) and url.startswith("/") and super().is_safe_url(url)


def _loggable(name: str) -> str:
    """A name that somebody has; what else was typed may be a password and is not kept."""
    known = User.objects.filter(username__iexact=signin.folded_name(name)).first()
    return known.get_username() if known else "(no such name)"


class StaffSocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in by the house's own identity provider, for accounts that exist here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: who has no account here is told so."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Know a colleague by the e-mail address that the provider has verified.

        The address of an account is set by administrators only, so that it is theirs to trust.
        """
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        for email in verified:
            if person := User.objects.filter(email__iexact=email, is_active=True).first():
                sociallogin.connect(request, person)
                return
