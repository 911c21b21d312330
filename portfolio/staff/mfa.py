"""The second factor: who has shown one in this session, and enrolling one."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.http import HttpRequest, HttpResponse

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(person: Any) -> bool:
    """Whether the person has enrolled an authenticator app or a passkey. Queries: one."""
    return Authenticator.objects.filter(user_id=person.pk, type__in=FACTORS).exists()


def second_factor_is_shown(request: HttpRequest, person: Any) -> bool:
    """Whether the person has a second factor, and opened or enrolled this session with it.

    A session that was opened with the password alone stays outside even after its owner enrols
    somewhere else. Queries: one.
    """
    if not settings.REQUIRE_MFA:
        return True
    records = get_authentication_records(request, person)
    return any(record.get("method") == "mfa" for record in records) and has_second_factor(person)


class EnrolTotp(ActivateTOTPView):
    """Enrolling an authenticator app takes a code of it: that counts for this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and that its code was right."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


class EnrolWebAuthn(AddWebAuthnView):
    """Enrolling a passkey uses it: that counts for this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the passkey, and that it answered."""
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn")
        return response
