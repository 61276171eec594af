"""Settings from the environment; every one is listed in docs/operations.md."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import environ
import structlog
from django.utils.functional import SimpleLazyObject

from trihelix.kernel.home import home

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent
HOME = home()


def _secret_key() -> str:
    """The signing key lies in the data folder but outside database and backup; made on first use."""
    if key := env.str("TRIHELIX_SECRET_KEY", default=""):
        return key
    path = HOME / "secrets" / "signing.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


def _oidc_key() -> str:
    """The key that signs identities told to partner platforms; made on first use, outside database and backup."""
    path = HOME / "secrets" / "oidc.pem"
    if not path.exists():
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        path.parent.mkdir(mode=0o700, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        partial = path.with_suffix(".new")
        partial.write_bytes(encoded)
        partial.chmod(0o600)
        partial.replace(path)
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
DEBUG = env.bool("TRIHELIX_DEBUG", default=False)
ALLOWED_HOSTS = env.list("TRIHELIX_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
SITE_URL = env.str("TRIHELIX_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("TRIHELIX_TRUSTED_ORIGINS", default=[])

REGISTER_APPS = [
    "trihelix.registers.parties",
    "trihelix.registers.needs",
    "trihelix.registers.results",
    "trihelix.registers.experts",
    "trihelix.registers.intakes",
    "trihelix.registers.policies",
    "trihelix.registers.inventions",
    "trihelix.registers.platforms",
    "trihelix.registers.patents",
    "trihelix.registers.networks",
    "trihelix.registers.resources",
    "trihelix.registers.matches",
    "trihelix.registers.services",
    "trihelix.registers.events",
    "trihelix.registers.contracts",
    "trihelix.registers.listings",
    "trihelix.registers.programmes",
    "trihelix.registers.ladder",
    "trihelix.registers.finance",
    "trihelix.registers.titles",
    "trihelix.registers.reviews",
    "trihelix.registers.secondments",
    "trihelix.registers.governance",
    "trihelix.registers.figures",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "ninja",  # serves the API's documentation from its own package
    "trihelix.kernel",
    *REGISTER_APPS,
    "trihelix.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trihelix.site.middleware.ActorMiddleware",
]

ROOT_URLCONF = "trihelix.site.urls"
WSGI_APPLICATION = "trihelix.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "trihelix.site.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "trihelix.site.templatetags.trihelix"],
        },
    }
]

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",  # only actions open transactions; reads are plain autocommit
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000",
}
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'trihelix.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("TRIHELIX_CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "kernel.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/inbox/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

ACCOUNT_ADAPTER = "trihelix.site.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "trihelix.site.accounts.PartnerAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": env.str("TRIHELIX_LOGIN_RATE", default="30/m/ip"), "login_failed": env.str("TRIHELIX_LOGIN_FAILED_RATE", default="10/m/ip,5/5m/key"),
    "reauthenticate": "10/m/user",
}  # fmt: skip
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_AUTO_SIGNUP = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trihelix"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith(("http://127.", "http://localhost"))
PARTNER = {  # the one outside identity service: sign-in with an account of a partner platform
    "name": env.str("TRIHELIX_OIDC_NAME", default=""), "server_url": env.str("TRIHELIX_OIDC_SERVER", default=""),
    "client_id": env.str("TRIHELIX_OIDC_CLIENT", default=""), "secret": env.str("TRIHELIX_OIDC_SECRET", default=""),
}  # fmt: skip
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "partner", "name": PARTNER["name"] or "OIDC", "client_id": PARTNER["client_id"], "secret": PARTNER["secret"],
                "settings": {"server_url": PARTNER["server_url"]},
            }
        ] if PARTNER["server_url"] else [],
    }
}  # fmt: skip
IDP_OIDC_ADAPTER = "trihelix.site.accounts.ProviderAdapter"
IDP_OIDC_PRIVATE_KEY = SimpleLazyObject(_oidc_key)  # only sites that sign people in for partners need it

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: whitenoise serves straight from the installed packages
STATICFILES_DIRS = [PACKAGE / "site" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = HOME / "files"
FILE_MAX_BYTES = env.int("TRIHELIX_FILE_MAX_MB", default=50) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

EMAIL_URL = env.str("TRIHELIX_MAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = HOME / "mail"
DEFAULT_FROM_EMAIL = env.str("TRIHELIX_MAIL_FROM", default="trihelix@localhost")
MAIL_DOMAIN = env.str("TRIHELIX_MAIL_DOMAIN", default="trihelix.local")

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"], "script-src": ["'self'"], "style-src": ["'self'"], "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"], "font-src": ["'self'"], "object-src": ["'none'"], "base-uri": ["'none'"], "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}  # fmt: skip

API_RATE_VISITOR = env.int("TRIHELIX_API_RATE_VISITOR", default=600)  # calls a minute from one address
API_RATE_ACCOUNT = env.int("TRIHELIX_API_RATE_ACCOUNT", default=3000)  # calls a minute of one account
OBJECTIONS_AN_HOUR = env.int("TRIHELIX_OBJECTIONS_AN_HOUR", default=5)  # objections to public notices from one address or account
PROXIES = env.int("TRIHELIX_PROXIES", default=0)  # trusted proxies in front, for the address of visitors
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": env.str("TRIHELIX_LOG_LEVEL", default="WARNING")},
}
structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(env.str("TRIHELIX_LOG_LEVEL", default="WARNING").lower()),
    logger_factory=structlog.PrintLoggerFactory(file=__import__("sys").stderr),
    processors=[
        structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
)  # fmt: skip
SILENCED_SYSTEM_CHECKS = ["fields.W342"]
os.environ.setdefault("PYTHONUTF8", "1")
