"""Settings: read once from the environment, typed and frozen.

Every key is documented in the README's table; `tests/house/test_settings.py` compares the two.
"""

import os
import re
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import current_app

from sanshi_lms.core.durable import create_private
from sanshi_lms.core.heard import Heard

REPOSITORY = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
SECRET_FILE = "secret_key"  # noqa: S105 - the name of a file
KEY_FILES = ("credential_keys.json", "pdf_signer.p12")
"""What lies in DATA_DIR beside the secret: without it no certificate can be checked any more."""


class SettingsError(Exception):
    """A setting is missing or cannot be understood; the sentence names the key and the mend."""


@dataclass(frozen=True)
class Bucket:
    """A bucket of an S3-compatible storage; our keys stand below `prefix` ("" or "…/")."""

    name: str
    prefix: str
    endpoint: str | None
    region: str


@dataclass(frozen=True)
class Settings:
    """Everything the installation can choose. Sizes are bytes.

    `given` is what the environment says, by name; it holds secrets. `keys` is all it may say.
    """

    host: str
    port: int
    data_dir: Path
    media_dir: Path
    keys_dir: Path
    database_url: str
    redis_url: str | None
    secret_key: str
    demo_password: str | None
    public_url: str | None
    inbox_dir: Path
    max_upload_bytes: int
    upload_quota_bytes: int
    min_free_bytes: int
    ffmpeg: str | None
    whisper_model: Path | None
    log_level: str
    secure_cookies: bool
    session_idle_days: int
    proxies: int
    web_processes: int
    x_accel: str | None
    storage_url: str | None
    storage_key: str | None
    storage_secret: str | None
    storage_cache_bytes: int
    mail_url: str | None
    mail_from: str
    sms_url: str | None
    sms_secret: str | None
    wechat_app_id: str | None
    wechat_app_secret: str | None
    wechat_template_id: str | None
    wechat_api: str
    wechat_web_app_id: str | None
    wechat_web_app_secret: str | None
    desk_idle_minutes: int
    require_second_step: bool
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None
    oidc_name: str
    oidc_new_people: bool
    metrics_token: str | None
    otlp_endpoint: str | None
    given: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    keys: tuple[str, ...] = ()

    @property
    def index_dir(self) -> Path:
        """Folder of the search index; it can always be rebuilt from the database."""
        return self.data_dir / "index"

    @property
    def built_dir(self) -> Path:
        """Folder of lectures built from scripts, named by content; may be deleted at any time."""
        return REPOSITORY / "media" / "built"

    def bucket(self) -> Bucket:
        """Return what STORAGE_URL names. Raises SettingsError when it names no bucket."""
        return _bucket(self.storage_url or "")

    @classmethod
    def from_env(cls, env: dict[str, str] | None = None) -> "Settings":
        """Read the settings from `env` (default: the process environment).

        Raises SettingsError when a value cannot be understood.
        """
        source = Heard(os.environ if env is None else env)
        data_dir, media_dir, keys_dir = _folders(source)
        chosen = cls(
            host=source.get("HOST") or "127.0.0.1",
            port=_whole_number(source, "PORT", 5000),
            data_dir=data_dir,
            media_dir=media_dir,
            keys_dir=keys_dir,
            database_url=_database_url(source.get("DATABASE_URL"), data_dir),
            redis_url=source.get("REDIS_URL") or None,
            secret_key=source.get("SECRET_KEY") or _kept_secret(keys_dir / SECRET_FILE),
            demo_password=source.get("DEMO_PASSWORD") or None,
            public_url=(source.get("PUBLIC_URL") or "").rstrip("/") or None,
            inbox_dir=Path(source.get("INBOX_DIR") or data_dir / "inbox").expanduser().resolve(),
            max_upload_bytes=_whole_number(source, "MAX_UPLOAD_MB", 4096) * MEGABYTE,
            upload_quota_bytes=_whole_number(source, "UPLOAD_QUOTA_MB", 0) * MEGABYTE,
            min_free_bytes=_whole_number(source, "MIN_FREE_MB", 512) * MEGABYTE,
            ffmpeg=source.get("FFMPEG") or None,
            whisper_model=_folder(source.get("WHISPER_MODEL")),
            log_level=(source.get("LOG_LEVEL") or "INFO").upper(),
            secure_cookies=source.get("SECURE_COOKIES", "0") == "1",
            session_idle_days=_whole_number(source, "SESSION_IDLE_DAYS", 30),
            proxies=_whole_number(source, "PROXIES", 0),
            web_processes=min(_whole_number(source, "WEB_PROCESSES", 0) or default_processes(), 16),
            x_accel=_location(source.get("X_ACCEL")),
            storage_url=_storage_url(source),
            storage_key=source.get("STORAGE_KEY") or None,
            storage_secret=source.get("STORAGE_SECRET") or None,
            storage_cache_bytes=_whole_number(source, "STORAGE_CACHE_MB", 20480) * MEGABYTE,
            mail_url=_server(source, "MAIL_URL", {"smtp", "smtp+tls", "smtps"}, ("MAIL_FROM",)),
            mail_from=source.get("MAIL_FROM") or "",
            sms_url=_server(source, "SMS_URL", {"https", "http"}, ("SMS_SECRET",)),
            sms_secret=source.get("SMS_SECRET") or None,
            wechat_app_id=_together(source, "WECHAT_APP_ID", ("WECHAT_APP_SECRET",)),
            wechat_app_secret=source.get("WECHAT_APP_SECRET") or None,
            wechat_template_id=source.get("WECHAT_TEMPLATE_ID") or None,
            wechat_api=(source.get("WECHAT_API") or "https://api.weixin.qq.com").rstrip("/"),
            otlp_endpoint=_server(source, "OTEL_EXPORTER_OTLP_ENDPOINT", {"http", "https"}, ()),
            metrics_token=source.get("METRICS_TOKEN") or None,
            wechat_web_app_id=_together(source, "WECHAT_WEB_APP_ID", ("WECHAT_WEB_APP_SECRET",)),
            wechat_web_app_secret=source.get("WECHAT_WEB_APP_SECRET") or None,
            desk_idle_minutes=_whole_number(source, "DESK_IDLE_MINUTES", 0),
            require_second_step=source.get("REQUIRE_SECOND_STEP", "0") == "1",
            oidc_issuer=_issuer(source),
            oidc_client_id=source.get("OIDC_CLIENT_ID") or None,
            oidc_client_secret=source.get("OIDC_CLIENT_SECRET") or None,
            oidc_name=source.get("OIDC_NAME") or "统一账号",
            oidc_new_people=source.get("OIDC_NEW_PEOPLE", "0") == "1",
        )
        return replace(chosen, given=source.given(), keys=source.asked)


def _folders(source: dict[str, str]) -> tuple[Path, Path, Path]:
    """Return the folders of data, media and keys, made if they were missing."""
    own_folder = source.get("DATA_DIR")
    data_dir = Path(own_folder or REPOSITORY / "data").expanduser().resolve()
    media_default = data_dir / "media" if own_folder else REPOSITORY / "media"
    data_dir.mkdir(parents=True, exist_ok=True)
    media_dir = Path(source.get("MEDIA_DIR") or media_default).expanduser().resolve()
    media_dir.mkdir(parents=True, exist_ok=True)
    keys_dir = Path(source.get("KEYS_DIR") or data_dir).expanduser().resolve()
    keys_dir.mkdir(parents=True, exist_ok=True)
    return data_dir, media_dir, keys_dir


def default_processes() -> int:
    """Return how many web processes there are to be: one a core, and two at most.

    One process computes on one core at a time; more hold more memory, and SQLite has one writer.
    """
    return min(2, os.cpu_count() or 1)


def settings() -> Settings:
    """Return the settings of the current application."""
    found = current_app.extensions["settings"]
    if not isinstance(found, Settings):  # pragma: no cover - only a broken create_app gets here
        raise SettingsError("the application was created without settings")
    return found


def _whole_number(source: dict[str, str], key: str, default: int) -> int:
    text = source.get(key) or str(default)
    try:
        number = int(text)
    except ValueError:
        raise SettingsError(f"{key} must be a whole number, not {text!r}") from None
    if number < 0:
        raise SettingsError(f"{key} must not be negative, not {text!r}")
    return number


def _together(source: dict[str, str], key: str, others: tuple[str, ...]) -> str | None:
    given = source.get(key) or None
    missing = [other for other in others if given and not source.get(other)]
    if missing:
        raise SettingsError(f"{key} needs {' and '.join(missing)}")
    return given


def _server(
    source: dict[str, str], key: str, schemes: set[str], others: tuple[str, ...]
) -> str | None:
    given = _together(source, key, others)
    if given and (urlsplit(given).scheme not in schemes or not urlsplit(given).hostname):
        shown = " or ".join(f"{scheme}://host" for scheme in sorted(schemes))
        raise SettingsError(f"{key} must be like {shown}")  # without the value: it has a password
    return given


def _issuer(source: dict[str, str]) -> str | None:
    """Return the issuer as written: what it says of itself must be the same to the letter."""
    given = _server(
        source, "OIDC_ISSUER", {"https", "http"}, ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    )
    local = given is not None and urlsplit(given).hostname in {"localhost", "127.0.0.1", "::1"}
    if given is not None and not given.startswith("https://") and not local:
        raise SettingsError("OIDC_ISSUER must begin with https://")
    return given


def _storage_url(source: dict[str, str]) -> str | None:
    given = source.get("STORAGE_URL") or None
    if given is not None:
        _bucket(given)
        if not (source.get("STORAGE_KEY") and source.get("STORAGE_SECRET")):
            raise SettingsError("STORAGE_URL needs STORAGE_KEY and STORAGE_SECRET")
    return given


def _bucket(given: str) -> Bucket:
    parts = urlsplit(given)
    asked = dict(parse_qsl(parts.query))
    endpoint = asked.get("endpoint")
    if parts.scheme != "s3" or not parts.netloc or asked.keys() - {"endpoint", "region"}:
        raise SettingsError(
            f"STORAGE_URL must be like s3://bucket/folder?endpoint=https://host, not {given!r}"
        )
    if endpoint is not None and urlsplit(endpoint).scheme not in {"https", "http"}:
        raise SettingsError(
            f"the endpoint of STORAGE_URL must begin with https://, not {endpoint!r}"
        )
    folder = parts.path.strip("/")
    return Bucket(
        parts.netloc, f"{folder}/" if folder else "", endpoint, asked.get("region", "us-east-1")
    )


def _location(given: str | None) -> str | None:
    if not given:
        return None
    if not re.fullmatch(r"/[\w./-]*/", given, re.ASCII):
        raise SettingsError(f"X_ACCEL must be a location such as /_media/, not {given!r}")
    return given


def _folder(given: str | None) -> Path | None:
    return Path(given).expanduser().resolve() if given else None


def _database_url(given: str | None, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'sanshi.db'}"
    # Hosting panels hand out postgres:// addresses; SQLAlchemy wants the driver named.
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    return given


def _kept_secret(path: Path) -> str:
    """Return the secret in `path`, creating it once with a mode only its owner can read."""
    if not path.exists():
        create_private(path, secrets.token_hex(32).encode())
    kept = path.read_text(encoding="ascii", errors="replace").strip()
    if len(kept) < 32 or not kept.isascii():
        raise SettingsError(f"{path} is damaged: restore it from a backup")
    return kept
