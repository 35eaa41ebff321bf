"""All settings of the registry. The environment is read here and nowhere else; `docs/settings.md` lists what it says.

An installation is in production unless `DEBUG` or `GLOSSARY_DEMO` is on, and production does not start while one of
its settings would let strangers in.
"""

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from glossary import request_log
from glossary.domain.checking import Limits
from glossary.exchange.tables import LONGEST_CELL, TableLimits

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

# --- What this installation is -------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
GLOSSARY_DEMO = env.bool("GLOSSARY_DEMO", default=False)
IN_PRODUCTION = not (DEBUG or GLOSSARY_DEMO)

GLOSSARY_SITE_URL = env.str("GLOSSARY_SITE_URL", default="" if IN_PRODUCTION else "http://localhost:8000").rstrip("/")
GLOSSARY_LANGUAGE = env.str("GLOSSARY_LANGUAGE", default="en")  # that the words are written in (BCP 47)
GLOSSARY_OPEN_READING = env.bool("GLOSSARY_OPEN_READING", default=False)
GLOSSARY_FRAME_ORIGINS = env.list("GLOSSARY_FRAME_ORIGINS", default=[])  # sites that may frame /card/
GLOSSARY_AUTHOR_MAY_SIGN = env.bool("GLOSSARY_AUTHOR_MAY_SIGN", default=True)
GLOSSARY_SIGNING_MAX_AGE = timedelta(hours=env.float("GLOSSARY_SIGNING_MAX_AGE", default=12))
GLOSSARY_OWNERS_NEED_MFA = env.bool("GLOSSARY_OWNERS_NEED_MFA", default=False)
GLOSSARY_DISPUTE_AFTER_DAYS = max(env.int("GLOSSARY_DISPUTE_AFTER_DAYS", default=30), 0)  # then it is stuck; 0 is never
GLOSSARY_KEEP_UNSENT_DAYS = env.int("GLOSSARY_KEEP_UNSENT_DAYS", default=90)  # since somebody typed; 0 is for ever
GLOSSARY_BEHIND_PROXY = env.bool("GLOSSARY_BEHIND_PROXY", default=False)

# --- The company's sign-in -----------------------------------------------------------------------------------------

GLOSSARY_PASSWORD_SIGN_IN = env.bool("GLOSSARY_PASSWORD_SIGN_IN", default=True)
GLOSSARY_OIDC_ISSUER = env.str("GLOSSARY_OIDC_ISSUER", default="")
GLOSSARY_OIDC_CLIENT_ID = env.str("GLOSSARY_OIDC_CLIENT_ID", default="")
GLOSSARY_OIDC_CLIENT_SECRET = env.str("GLOSSARY_OIDC_CLIENT_SECRET", default="")
GLOSSARY_OIDC_NAME = env.str("GLOSSARY_OIDC_NAME", default="the company account")
GLOSSARY_OIDC_SCOPES = env.list("GLOSSARY_OIDC_SCOPES", default=["openid", "profile", "email"])
GLOSSARY_OIDC_ADMITS = env.str("GLOSSARY_OIDC_ADMITS", default="known")
GLOSSARY_OIDC_TRUST_EMAIL = env.bool("GLOSSARY_OIDC_TRUST_EMAIL", default=False)
GLOSSARY_OIDC_FIRST_OWNER = env.bool("GLOSSARY_OIDC_FIRST_OWNER", default=False)
GLOSSARY_OIDC_GROUPS_CLAIM = env.str("GLOSSARY_OIDC_GROUPS_CLAIM", default="groups")


def _places(written: list[str]) -> dict[str, tuple[str, str]]:
    """Of each group the side and the role it gives, from entries such as `sales-owners=sales:owner`."""
    places = {}
    for entry in written:
        group, _, place = entry.rpartition("=")
        side, _, role = place.partition(":")
        if not (group.strip() and side.strip()) or role.strip() not in ("member", "owner"):
            raise ImproperlyConfigured(
                f"GLOSSARY_OIDC_GROUPS says “{entry}”; write each as group=team:owner or group=team:member."
            )
        places[group.strip()] = (side.strip(), role.strip())
    return places


GLOSSARY_OIDC_GROUPS = _places(env.list("GLOSSARY_OIDC_GROUPS", default=[]))

# --- Limits --------------------------------------------------------------------------------------------------------

GLOSSARY_LIMITS = Limits(
    summary=env.int("GLOSSARY_MAX_SUMMARY", default=300),  # characters
    item=env.int("GLOSSARY_MAX_ITEM", default=500),  # characters of one entry of a list
    text=min(env.int("GLOSSARY_MAX_TEXT", default=Limits.text), Limits.text),  # bytes; more would render too slowly
)
GLOSSARY_MAX_COMMENT = env.int("GLOSSARY_MAX_COMMENT", default=5_000)  # characters of a comment or a reason
GLOSSARY_MAX_BODY = env.int("GLOSSARY_MAX_BODY", default=2 * 1024 * 1024)  # bytes of a request
GLOSSARY_MAX_LOOKUP_NAMES = env.int("GLOSSARY_MAX_LOOKUP_NAMES", default=1_000)  # names in one lookup
GLOSSARY_MAX_PAGE = env.int("GLOSSARY_MAX_PAGE", default=200)  # rows on one page of a list

# How often one token, person or address may ask the API; 0 is without limit.
GLOSSARY_MAX_LOOKUPS = env.int("GLOSSARY_MAX_LOOKUPS", default=1_000)  # a second, of each process
GLOSSARY_MAX_READS = env.int("GLOSSARY_MAX_READS", default=3_000)  # a minute, of each process
GLOSSARY_MAX_CHANGES = env.int("GLOSSARY_MAX_CHANGES", default=600)  # a minute, of all processes together
GLOSSARY_USAGE_SECONDS = env.int("GLOSSARY_USAGE_SECONDS", default=10)  # until noted look-ups are written; 0 is never

GLOSSARY_MAX_UPLOAD = env.int("GLOSSARY_MAX_UPLOAD", default=20 * 1024 * 1024)  # bytes of records, or of a file
GLOSSARY_UPLOAD_LIMITS = TableLimits(
    size=GLOSSARY_MAX_UPLOAD,
    unpacked=env.int("GLOSSARY_MAX_UPLOAD_UNPACKED", default=64 * 1024 * 1024),  # bytes; a workbook is a zip
    rows=env.int("GLOSSARY_MAX_UPLOAD_ROWS", default=20_000),
    columns=env.int("GLOSSARY_MAX_UPLOAD_COLUMNS", default=500),
    cell=min(env.int("GLOSSARY_MAX_UPLOAD_CELL", default=32_767), LONGEST_CELL),  # characters
)
GLOSSARY_MAX_RECORDS = env.int("GLOSSARY_MAX_RECORDS", default=10_000)  # evaluated in one request
DATA_UPLOAD_MAX_MEMORY_SIZE = GLOSSARY_MAX_UPLOAD  # the middleware knows which requests may be so large
FILE_UPLOAD_MAX_MEMORY_SIZE = GLOSSARY_MAX_BODY
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- Secrets and hosts ---------------------------------------------------------------------------------------------

SHORTEST_SECRET_KEY = 50
SHORTEST_SIGNING_SECRET = 20
GLOSSARY_SLACK_SIGNING_SECRET = env.str("GLOSSARY_SLACK_SIGNING_SECRET", default="")  # without it no slash command


def _kept_secret(path: Path) -> str:
    """A random key for a demo or a developer, made once and readable by its owner only."""
    path.parent.mkdir(exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(SHORTEST_SECRET_KEY))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or ("" if IN_PRODUCTION else _kept_secret(VAR_DIR / "secret_key"))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

_INSECURE = [
    (
        len(SECRET_KEY) < SHORTEST_SECRET_KEY,
        f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET_KEY} characters: set a long random one and keep it.",
    ),
    (
        not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS,
        "ALLOWED_HOSTS must name the hosts this registry answers to; '*' would answer to any.",
    ),
    (
        not GLOSSARY_SITE_URL.startswith("https://"),
        "GLOSSARY_SITE_URL must be the https:// address of this registry; passwords and signatures need TLS.",
    ),
    (
        0 < len(GLOSSARY_SLACK_SIGNING_SECRET) < SHORTEST_SIGNING_SECRET,
        "GLOSSARY_SLACK_SIGNING_SECRET is too short to be one: copy it from the page of the Slack app.",
    ),
    (
        bool(GLOSSARY_OIDC_ISSUER) and not GLOSSARY_OIDC_ISSUER.startswith("https://"),
        "GLOSSARY_OIDC_ISSUER must be the https:// address of the company's sign-in.",
    ),
]
_CONTRADICTING = [
    (
        bool(GLOSSARY_OIDC_ISSUER) and not (GLOSSARY_OIDC_CLIENT_ID and GLOSSARY_OIDC_CLIENT_SECRET),
        "GLOSSARY_OIDC_ISSUER needs GLOSSARY_OIDC_CLIENT_ID and GLOSSARY_OIDC_CLIENT_SECRET beside it.",
    ),
    (
        not (GLOSSARY_PASSWORD_SIGN_IN or GLOSSARY_OIDC_ISSUER),
        "GLOSSARY_PASSWORD_SIGN_IN is off, and without GLOSSARY_OIDC_ISSUER nobody could sign in.",
    ),
    (
        GLOSSARY_OIDC_ADMITS not in ("known", "everybody"),
        "GLOSSARY_OIDC_ADMITS is either known or everybody.",
    ),
]
for is_contradicting, sentence in _CONTRADICTING:
    if is_contradicting:
        raise ImproperlyConfigured(sentence)
if IN_PRODUCTION:
    for is_insecure, sentence in _INSECURE:
        if is_insecure:
            raise ImproperlyConfigured(sentence)

if not re.fullmatch("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", GLOSSARY_LANGUAGE):
    raise ImproperlyConfigured("GLOSSARY_LANGUAGE must be a language tag such as en, de or en-GB.")

SECURE_SSL_REDIRECT = IN_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes ask the process itself, past the TLS proxy
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_PRODUCTION
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # whether the whole domain joins the preload list is its owner's choice
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if GLOSSARY_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "glossary.faults.csrf_failure"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # the style sheet draws its small signs so
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Parts ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "accounts.apps.AccountsConfig",  # after auth, one of whose receivers it replaces
    "glossary.apps.GlossaryConfig",
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "simple_history",
    "rest_framework",
    "django_filters",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "csp",
]

SECURITY_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MIDDLEWARE = [
    "glossary.request_log.RequestLog",
    *SECURITY_MIDDLEWARE,
    "glossary.faults.BodyLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

# Asked many times a second by tools and probes that bring no session: the server calls these views itself, since all
# that Django does around a view costs more than the answer. They get the headers of SECURITY_MIDDLEWARE all the same.
ANSWERED_FIRST = ["/api/v1/lookup", "/api/v1/suggest", "/api/v1/search", "/healthz", "/readyz"]

ROOT_URLCONF = "glossary.urls"
WSGI_APPLICATION = "glossary.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
    }
]

# --- Database ------------------------------------------------------------------------------------------------------


def _database(url: str) -> dict[str, Any]:
    """Django's settings for a database address: the same durability and waiting times on both engines."""
    database: dict[str, Any] = environ.Env.db_url_config(url)
    options = database.setdefault("OPTIONS", {})
    database["CONN_MAX_AGE"] = None  # opening a connection costs more than a lookup
    if database["ENGINE"].endswith("sqlite3"):
        database["NAME"] = BASE_DIR / database["NAME"]
        database["NAME"].parent.mkdir(parents=True, exist_ok=True)
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 5)
        options.setdefault(
            "init_command",
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;PRAGMA cache_size=-4096;",
        )
    else:
        database["CONN_HEALTH_CHECKS"] = True
        # A prepared look-up is planned once: planning it takes longer than answering it. No question of a request is
        # worth the milliseconds in which PostgreSQL starts workers for it or compiles it.
        quick = "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0 -c jit=off"
        options.setdefault("options", f"-c lock_timeout=5s {quick}")
    return database


DATABASES = {"default": _database(env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'accord.sqlite3'}"))}

# Rate limits count in the database, so that they hold across processes and restarts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# --- People --------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # to read the passwords of an older installation
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a reset for an address nobody has sends nothing
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
SOCIALACCOUNT_ADAPTER = "accounts.adapter.CompanyAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator typed the address; nobody signs up with another's
MFA_TOTP_TOLERANCE = 1  # steps of half a minute by which a telephone's clock may be wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IN_PRODUCTION
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if GLOSSARY_BEHIND_PROXY else 0

KNOX_TOKEN_MODEL = "accounts.Token"
MIGRATION_MODULES = {"knox": None}  # else it would make a table for the token that ours replaces
REST_KNOX = {
    "TOKEN_MODEL": KNOX_TOKEN_MODEL,
    "TOKEN_PREFIX": "acc_",
    "TOKEN_TTL": timedelta(days=90),  # only when nobody named another
    "AUTH_HEADER_PREFIX": "Bearer",
    "AUTO_REFRESH": False,
}

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- API -----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "glossary.api.tokens.BearerToken",
        "glossary.api.tokens.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["glossary.api.inputs.JSONBody"],
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "glossary.api.schema.Schema",
    "EXCEPTION_HANDLER": "glossary.api.problems.handler",
    "DEFAULT_THROTTLE_CLASSES": ["glossary.api.throttle.Throttle"],
    "UNICODE_JSON": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Accord",
    "DESCRIPTION": "The words that sales and marketing both signed, for people and for other tools.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "DEFAULT_GENERATOR_CLASS": "glossary.api.schema.Document",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # nothing is asked of another host
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Static files, mail, time, log ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
_HASHED = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC if DEBUG else _HASHED},
}

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="accord@localhost")
EMAIL_TIMEOUT = 10  # seconds for each answer of the mail server

# --- Reminding: see docs/notifications.md ---------------------------------------------------------------------------

GLOSSARY_REMIND_AFTER_DAYS = max(env.int("GLOSSARY_REMIND_AFTER_DAYS", default=3), 0)  # working days; 0 is never
GLOSSARY_ESCALATE_AFTER_DAYS = max(env.int("GLOSSARY_ESCALATE_AFTER_DAYS", default=10), 0)

# --- Telling others: see docs/notifications.md, docs/webhooks.md and docs/chat.md ----------------------------------

GLOSSARY_DELIVERY_ATTEMPTS = env.int("GLOSSARY_DELIVERY_ATTEMPTS", default=12)  # then a message is given up
GLOSSARY_RETRY_SECONDS = env.float("GLOSSARY_RETRY_SECONDS", default=10)  # before the second try; doubled each time
GLOSSARY_LONGEST_RETRY_SECONDS = 6 * 3_600
# Until a worker that does not report is taken for dead; longer than any delivery can take.
GLOSSARY_DELIVERY_LEASE_SECONDS = env.float("GLOSSARY_DELIVERY_LEASE_SECONDS", default=300)
GLOSSARY_KEEP_MESSAGES_DAYS = env.int("GLOSSARY_KEEP_MESSAGES_DAYS", default=400)  # once they are over; 0 is for ever
GLOSSARY_ALLOW_PRIVATE_ENDPOINTS = env.bool("GLOSSARY_ALLOW_PRIVATE_ENDPOINTS", default=False)
GLOSSARY_ENDPOINT_SECONDS = env.float("GLOSSARY_ENDPOINT_SECONDS", default=10)  # for one request, all in all
GLOSSARY_ENDPOINT_FAILURES = env.int("GLOSSARY_ENDPOINT_FAILURES", default=15)  # in a row, then it is paused

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

GLOSSARY_LOG_LOOKUPS = env.bool("GLOSSARY_LOG_LOOKUPS", default=False)  # a line for good answers to look-ups too
LOGGING = request_log.logging_settings(level=env.str("GLOSSARY_LOG_LEVEL", default="INFO"))
