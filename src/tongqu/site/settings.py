"""All settings; each that an operator may change is read from the environment and described in docs/settings.md."""

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONCE, NONE, SELF

# Workbooks are read by the parser that refuses entities, also where lxml happens to be installed. openpyxl asks once, when imported.
os.environ["OPENPYXL_LXML"] = "False"

SOURCE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# The folder for everything that is kept: database, evidence, secret key.
HOME = Path(os.environ.get("TONGQU_HOME", "var")).resolve()


def _secret_key() -> str:
    """Return the key of the environment, or one made once and kept readable by its owner only."""
    if key := os.environ.get("TONGQU_SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        draft = HOME / f"secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            # Another process made the key at the same moment; its key is the one that counts.
            draft.unlink()
            return path.read_text(encoding="ascii")
        draft.unlink()
    return path.read_text(encoding="ascii")


SECRET_KEY = _secret_key()
DEBUG = _flag("TONGQU_DEBUG", False)
ALLOWED_HOSTS = _list("TONGQU_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("TONGQU_ORIGINS", "")

INSTALLED_APPS = [
    "tongqu.site",
    "tongqu.demo",
    "tongqu.systems.cases",
    "tongqu.systems.timeline",
    "tongqu.systems.indicators",
    "tongqu.shared.duties",
    "tongqu.shared.evidence",
    "tongqu.shared.access",
    "tongqu.shared.region",
    "tongqu.shared.journal",
    "tongqu.shared.jobs",
    "tongqu.shared.ui",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "csp",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "tongqu.site.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tongqu.shared.access.guard.DenyByDefault",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tongqu.site.urls"
ASGI_APPLICATION = "tongqu.site.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "tongqu.site.navigation.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# One setting switches the store: sqlite:///path or postgresql://user:password@host/name.
DATABASE_URL = os.environ.get("TONGQU_DATABASE_URL") or f"sqlite:///{HOME / 'tongqu.sqlite3'}"


def _database(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(dj_database_url.parse(url))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            # IMMEDIATE takes the write lock at BEGIN, so that a reader never fails on becoming a writer.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456;"
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            ),
        }
    else:
        # Each request runs in a thread of its own under ASGI: without a pool each would open a connection.
        config["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 16, "timeout": 10}}
    return config


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "region.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATORS}.NumericPasswordValidator"},
]
LOGIN_URL = "access:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "access:sign-in"
# For how many seconds a link to choose a new password holds.
PASSWORD_RESET_TIMEOUT = 24 * 3600

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "tongqu.shared.access.pages.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "tongqu.shared.access.guard.address_of"
# Trying again while locked out does not move the instant that the page named.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_SENSITIVE_PARAMETERS = ["csrfmiddlewaretoken"]
# Sign-ins are recorded in the journal; a second log of them would be one more place with personal data.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
HTTPS = _flag("TONGQU_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
BEHIND_PROXY = _flag("TONGQU_BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# Origins whose pages may hold the explorer's embedded view in a frame, besides this site's own.
EMBED_SITES = _list("TONGQU_EMBED_SITES", "")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English"), ("zh-hant", "繁體中文")]
USE_I18N = True
TIME_ZONE = os.environ.get("TONGQU_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tongqu.shared.ui.static_files.HashedStatic"},
}
# Until `tongqu ui collect` has run (a fresh checkout, the tests), files are served from where they are written.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_AUTOREFRESH = DEBUG

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Two entries a caller: with Django's 300, callers from a few hundred addresses would push out each other's counts.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# Evidence: a folder, or an S3-compatible bucket (endpoint, bucket, key and secret from the environment).
EVIDENCE_STORE = os.environ.get("TONGQU_EVIDENCE_STORE", "folder")
EVIDENCE_FOLDER = Path(os.environ.get("TONGQU_EVIDENCE_FOLDER", str(HOME / "evidence")))
EVIDENCE_S3 = {
    "endpoint_url": os.environ.get("TONGQU_S3_ENDPOINT") or None,
    "bucket_name": os.environ.get("TONGQU_S3_BUCKET", "tongqu-evidence"),
    "access_key": os.environ.get("TONGQU_S3_KEY") or None,
    "secret_key": os.environ.get("TONGQU_S3_SECRET") or None,
    "region_name": os.environ.get("TONGQU_S3_REGION") or None,
}
EVIDENCE_LARGEST_BYTES = int(os.environ.get("TONGQU_EVIDENCE_LARGEST_BYTES", str(64 * 1024 * 1024)))
EVIDENCE_LARGEST_PIXELS = int(os.environ.get("TONGQU_EVIDENCE_LARGEST_PIXELS", "120000000"))
# A GeoTIFF with heights of the ground; the footprints of photos are laid on it instead of on flat ground.
TERRAIN_GRID = os.environ.get("TONGQU_TERRAIN_GRID", "").strip()
PICTURE_CACHE_FOLDER = Path(os.environ.get("TONGQU_PICTURE_CACHE_FOLDER", str(HOME / "cache" / "pictures")))
PICTURE_CACHE_BYTES = int(os.environ.get("TONGQU_PICTURE_CACHE_BYTES", str(8 * 1024**3)))
# A font with Chinese characters, for the captions of exported pictures.
FONT = os.environ.get("TONGQU_FONT", "").strip()
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A flight's photos come in one upload; each large one holds a file open while the request is read.
DATA_UPLOAD_MAX_NUMBER_FILES = 500

# The largest body of an upload (several files at once); JSON and forms obey DATA_UPLOAD_MAX_MEMORY_SIZE.
UPLOAD_LARGEST_BYTES = int(os.environ.get("TONGQU_UPLOAD_LARGEST_BYTES", str(512 * 1024 * 1024)))

# Calls of the API that each token or person, and each address of a stranger, may make in a minute.
API_CALLS_PER_MINUTE = int(os.environ.get("TONGQU_API_CALLS_PER_MINUTE", "3000"))
API_CALLS_PER_MINUTE_ANONYMOUS = int(os.environ.get("TONGQU_API_CALLS_PER_MINUTE_ANONYMOUS", "60"))
# How this server names itself to Open311 clients, and whom they may ask.
OPEN311_JURISDICTION = os.environ.get("TONGQU_OPEN311_JURISDICTION", "").strip()
OPEN_DATA_LICENCE = os.environ.get("TONGQU_OPEN_DATA_LICENCE", "").strip()
OPEN311_CONTACT = os.environ.get("TONGQU_OPEN311_CONTACT", "").strip()
# Code of the unit that flies over what a case's matter wants shown from the air; else the inspectors' unit does.
FLYING_UNIT = os.environ.get("TONGQU_FLYING_UNIT", "").strip()
# Code of the unit that keeps figures and holds contests: the statistics office. Administrators of the region do too.
STATISTICS_OFFICE = os.environ.get("TONGQU_STATISTICS_OFFICE", "").strip()
# Days after the closing in which its reporter may open a case again.
REOPEN_DAYS = int(os.environ.get("TONGQU_REOPEN_DAYS", "15"))
# Days for which a case may lie suspended in all.
SUSPEND_MOST_DAYS = int(os.environ.get("TONGQU_SUSPEND_DAYS", "60"))
# The mailbox that reports come to: imaps://user@host/folder; without one no mail is fetched.
IMAP_URL = os.environ.get("TONGQU_IMAP_URL", "").strip()
IMAP_PASSWORD = os.environ.get("TONGQU_IMAP_PASSWORD", "")
IMAP_LARGEST_BYTES = int(os.environ.get("TONGQU_IMAP_LARGEST_BYTES", str(40 * 1024 * 1024)))
# Reports of so many days are clustered into hot issues.
HOT_WINDOW_DAYS = int(os.environ.get("TONGQU_HOT_WINDOW_DAYS", "90"))
# The address at which people reach this server; notices to reporters hold links, so without it none are offered.
PUBLIC_URL = os.environ.get("TONGQU_PUBLIC_URL", "").strip().rstrip("/")
# Notices by e-mail: smtps://user@host:465 or smtp://user@host:587 (with STARTTLS, except on this machine).
SMTP_URL = os.environ.get("TONGQU_SMTP_URL", "").strip()
_smtp = urlsplit(SMTP_URL)
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_PORT = _smtp.port or (465 if EMAIL_USE_SSL else 587)
EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_HOST not in ("localhost", "127.0.0.1", "::1")
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = os.environ.get("TONGQU_SMTP_PASSWORD", "") or unquote(_smtp.password or "")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("TONGQU_MAIL_FROM", "").strip() or EMAIL_HOST_USER or "tongqu@localhost"
# Notices by text message: a gateway that takes JSON, its secret, and the hours in which no telephone rings.
SMS_URL = os.environ.get("TONGQU_SMS_URL", "").strip()
SMS_SECRET = os.environ.get("TONGQU_SMS_SECRET", "")
SMS_BODY = os.environ.get("TONGQU_SMS_BODY", '{"to": "{to}", "text": "{text}", "id": "{id}"}')
SMS_QUIET = os.environ.get("TONGQU_SMS_QUIET", "21:00-08:00")
# Notices on a device (web push): our key, whom push services may write to, and which services we speak to.
VAPID_PRIVATE_KEY = os.environ.get("TONGQU_VAPID_PRIVATE_KEY", "").strip()
VAPID_CONTACT = os.environ.get("TONGQU_VAPID_CONTACT", "").strip()
PUSH_HOSTS = _list(
    "TONGQU_PUSH_HOSTS",
    "fcm.googleapis.com,updates.push.services.mozilla.com,web.push.apple.com,*.notify.windows.com",
)
# Below this score (0 to 100) a reply to a reporter goes out only with a reason.
REPLY_THRESHOLD = int(os.environ.get("TONGQU_REPLY_THRESHOLD", "60"))
# Attempts to sign in that one address may make in a minute, whatever the logins.
SIGN_INS_PER_MINUTE = int(os.environ.get("TONGQU_SIGN_INS_PER_MINUTE", "30"))

# The clock: a fixed start and a speed replay any day.
CLOCK_AT = (
    datetime.fromisoformat(os.environ["TONGQU_CLOCK_AT"]) if os.environ.get("TONGQU_CLOCK_AT") else None
)
CLOCK_SPEED = float(os.environ.get("TONGQU_CLOCK_SPEED", "1"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TONGQU_LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
