"""Every address of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from portfolio.reporting.calendar_feed import calendar_feed
from portfolio.staff.mfa import EnrolTotp, EnrolWebAuthn

urlpatterns = [
    path("api/v1/", include("portfolio.api_router")),
    path("admin/", admin.site.urls),
    path("accounts/2fa/totp/activate/", EnrolTotp.as_view(), name="mfa_activate_totp"),
    path("accounts/2fa/webauthn/add/", EnrolWebAuthn.as_view(), name="mfa_add_webauthn"),
    path("accounts/", include("allauth.urls")),
    path("calendar/<str:secret>.ics", calendar_feed, name="calendar_feed"),
    path("i18n/", include("django.conf.urls.i18n")),
]

# The public pages: English at the root, /zh-hant/… and /zh-hans/… beside it. Last: they take the rest.
urlpatterns += i18n_patterns(
    path("apply/", include("scholarships.urls")),
    path("", include("portfolio.website.urls")),
    prefix_default_language=False,
)

handler400 = "portfolio.website.views.errors.bad_request"
handler403 = "portfolio.website.views.errors.forbidden"
handler404 = "portfolio.website.views.errors.not_found"
handler500 = "portfolio.website.views.errors.server_error"
