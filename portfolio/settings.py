"""Topsheet's settings, read from the environment; docs/running.md lists the variables.

Without any variable it is a production server that refuses to start for want of a secret key.
"""

import hashlib
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from whitenoise.compress import Compressor

from portfolio.common.api.components import COMPONENTS as API_COMPONENTS
from portfolio.common.api.components import SECURITY_SCHEMES as API_KEYS
from portfolio.common.mailing import mailer_of
from portfolio.navigation import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where and how it runs -------------------------------------------------------------------

VAR = Path(env.str("TOPSHEET_VAR", default=str(BASE_DIR / "var")))
# On loopback, for trying and testing: plain http. Everything else is a server on the internet.
LOCAL = env.bool("TOPSHEET_LOCAL", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or weak: set it to 50 or more random characters, for example from "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(60))'."
    )
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many proxies in front may be believed about the caller's address.
TRUSTED_PROXIES = env.int("TOPSHEET_PROXIES", default=0)

ROOT_URLCONF = "portfolio.urls"
WSGI_APPLICATION = "portfolio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.User"

INSTALLED_APPS = [
    "portfolio.common",
    "portfolio.staff",
    "portfolio.imports",
    "portfolio.sources",
    "partners",
    "portfolio.programmes",
    "portfolio.funding",
    "portfolio.productions",
    "portfolio.live",
    "portfolio.rights",
    "scholarships",
    "portfolio.reporting",
    "portfolio.facts",
    "portfolio.sample",
    "portfolio.website",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "portfolio.staff.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portfolio.website.middleware.PermissionsPolicyMiddleware",
    "portfolio.common.api.middleware.ApiMiddleware",
    "portfolio.staff.middleware.StaffPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portfolio.website.middleware.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portfolio.staff.middleware.SessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portfolio.staff.middleware.RequestHistoryMiddleware",
    "portfolio.website.middleware.DatabaseAwayMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database --------------------------------------------------------------------------------


DATABASE_ROLE = env.str("TOPSHEET_DB_ROLE", default="app")
# Milliseconds: a reader is told "not now" (503) within three seconds. A migration by the owner may
# take its time.
STATEMENT_TIMEOUT = env.int(
    "TOPSHEET_STATEMENT_TIMEOUT", default=0 if DATABASE_ROLE == "owner" else 2_500
)


def database_from(url: str) -> dict[str, Any]:
    """Django's settings for one database address; a socket folder may stand in ?host=."""
    parsed = dict(environ.Env.db_url_config(url))
    options = parsed.setdefault("OPTIONS", {})
    if folder := options.pop("host", None):
        parsed["HOST"] = folder
    if port := options.pop("port", None):
        parsed["PORT"] = port
    options.update(
        connect_timeout=2,
        # A slow answer is an error that can be seen; a queue behind a lock is not. Milliseconds.
        options=(
            f"-c statement_timeout={STATEMENT_TIMEOUT} "
            "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 "
            # Unset, each row-level trigger of pgtrigger raises and catches an error to find it so.
            "-c pgtrigger.ignore={} "
            # Our statements take milliseconds; compiling one first would take longer than it does.
            "-c jit=off"
        ),
    )
    return parsed | {
        "ENGINE": "django.db.backends.postgresql",
        # Connections are kept: a new one for each request costs four fifths of the speed.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


# The owner migrates; what serves requests owns nothing. See docs/running.md.
_owner_url = env.str("DATABASE_URL", default="")
_app_url = env.str("DATABASE_APP_URL", default=_owner_url)
_database_url = _owner_url if DATABASE_ROLE == "owner" else _app_url
if not _database_url:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set: use `make run`, which starts a PostgreSQL, or set it to "
        "postgres://user:password@host/database."
    )
DATABASES = {"default": database_from(_database_url)}
DATABASE_APP_USER = database_from(_app_url)["USER"]

CACHES = {
    "default": {
        # Shared by all workers: limits on sign-in attempts must hold over all of them.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# How long a process may give a public page again without asking the database; at most 60.
PAGE_SECONDS = min(60, env.int("TOPSHEET_PAGE_SECONDS", default=0 if LOCAL else 20))

# --- Languages and time ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "portfolio" / "locale"]
FORMAT_MODULE_PATH = ["portfolio.staff.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Hong_Kong"

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Papers of applicants: beside what is handed out, never in it.
    "papers": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "papers", "base_url": None},
    },
}
# Only hashed names are served: half the files, half the time of the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
MEDIA_ROOT = VAR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Personal data ---------------------------------------------------------------------------

# The first key seals, all of them open; see docs/privacy.md. Only a trial on one machine has a default.
FIELD_KEYS = env.list("TOPSHEET_FIELD_KEYS", default=[])
if not FIELD_KEYS and LOCAL:
    FIELD_KEYS = [urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()]
# Who was erased, by reference. It belongs beside the backups: none of them then brings anybody back.
ERASURE_REGISTER = Path(env.str("TOPSHEET_ERASURE_REGISTER", default="") or VAR / "erased.jsonl")
# Another one would not find who gave the same identity number before.
FINGERPRINT_KEY = env.str("TOPSHEET_FINGERPRINT_KEY", default="") or SECRET_KEY

# Before every identifier of the open data about awards; 360Giving gives one to each publisher.
GIVING_PREFIX = env.str("TOPSHEET_360GIVING_PREFIX", default="360G-topsheet")

# --- Security --------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "topsheet_session" if LOCAL else "__Host-topsheet_session"
CSRF_COOKIE_NAME = "topsheet_csrf" if LOCAL else "__Host-topsheet_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
# Unfold's scripts evaluate expressions and set styles: docs/adr/0006. Only the admin's pages may.
ADMIN_CSP = SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
# A browser checks where a form leads in the end: for OIDC that is the identity provider.
OIDC_ISSUER = env.str("TOPSHEET_OIDC_ISSUER", default="")
_oidc_origin = "/".join(OIDC_ISSUER.split("/")[:3])
ACCOUNT_PAGES_CSP = SECURE_CSP | {"form-action": [CSP.SELF, *filter(None, [_oidc_origin])]}

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

# --- Signing in ------------------------------------------------------------------------------

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "account_login"
# Staff show a second factor, an authenticator app or a passkey, before any admin page opens.
REQUIRE_MFA = env.bool("TOPSHEET_REQUIRE_MFA", default=not LOCAL)
# A session ends after 12 hours without a request (SESSION_COOKIE_AGE) and a week in any case.
SESSION_ABSOLUTE_AGE = 7 * 24 * 3600
DEVICE_COOKIE_NAME = "topsheet_device" if LOCAL else "__Host-topsheet_device"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "portfolio.staff.adapters.StaffAccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login_failed": "30/5m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Topsheet"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
# A passkey alone signs in, so it has to ask for a PIN or a finger.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
SOCIALACCOUNT_ADAPTER = "portfolio.staff.adapters.StaffSocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "house",
                    "name": env.str("TOPSHEET_OIDC_NAME", default="OpenID Connect"),
                    "client_id": env.str("TOPSHEET_OIDC_CLIENT_ID"),
                    "secret": env.str("TOPSHEET_OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
    if OIDC_ISSUER
    else {}
)
_mail = env.email_url("EMAIL_URL", default="consolemail://" if LOCAL else "smtp://localhost:25")
MAILERS = {"default": mailer_of(_mail)}
# What links in letters begin with, https://…; without it, what the request was sent to.
SITE_ADDRESS = env.str("TOPSHEET_SITE", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("TOPSHEET_EMAIL_FROM", default="topsheet@localhost")

PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# --- API -------------------------------------------------------------------------------------

# Requests a minute that one address may make; 0 is no limit.
API_RATE: int = env.int("TOPSHEET_API_RATE", default=600)
# Off where a pooler between us and PostgreSQL hands each statement to another session.
PREPARED_STATEMENTS: bool = env.bool("TOPSHEET_PREPARED_STATEMENTS", default=True)
REST_FRAMEWORK: dict[str, Any] = {
    # Anonymous reads: no session, no password, no form, no browsable page.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": ["portfolio.common.api.throttling.SharedThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "portfolio.common.api.negotiation.JsonOnly",
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "portfolio.common.api.schema.ReadSchema",
    "EXCEPTION_HANDLER": "portfolio.common.api.problems.handle_exception",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Topsheet",
    "DESCRIPTION": (
        "What a culture investment programme promised, to whom, and what came of it. Everyone may "
        "read what is public, from any site, without a key; money is for staff's keys alone. An amount "
        "that no source discloses is null."
    ),
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    # Words stay where they are used: the default would name and move them.
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {"schemas": API_COMPONENTS, "securitySchemes": API_KEYS},
}

# --- Logs ------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING"},
    "loggers": {
        # With Django's default a 500 leaves no traceback when DEBUG is off.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
