"""What core itself has to look at that takes a while: clocks, storage, backups, certificates."""

import secrets
import shutil
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import redis
import urllib3
from alembic.script import ScriptDirectory
from cryptography import x509
from flask import Flask
from sqlalchemy import select, text

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.audit_chain import ends_as_remembered
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.last_backup import last_backup
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check
from sanshi_lms.core.settings import REPOSITORY, settings
from sanshi_lms.core.storage import StorageDown, storage

_TIMEOUT = 5.0
_CLOCK_BAD = timedelta(seconds=30)
_SEALED_WITHIN = timedelta(minutes=5)
BACKUP_OLD, BACKUP_BAD = timedelta(hours=36), timedelta(days=7)
DRILL_OLD = timedelta(days=92)
CERTIFICATE_OLD = timedelta(days=14)


def setup(app: Flask) -> None:
    """Enter the checks, those of what is not set up only where it is."""
    with app.app_context():
        chosen = settings()
        for name, label, look, wanted in (
            ("migrations", "数据库版本", migrations, True),
            ("clock", "时钟", clock, True),
            ("media", "媒体文件读写", media, True),
            ("backup", "备份", backup, True),
            ("audit", "操作记录封存", audit, True),
            ("redis", "Redis", redis_answers, chosen.redis_url is not None),
            ("certificate", "网站证书", certificate, _is_https(chosen.public_url)),
        ):
            if wanted:
                add_health_check(HealthCheck(name, label, look, slow=True))


def migrations() -> Health:
    """Whether the tables are those of this program."""
    here = str(db.session.scalar(text("SELECT max(version_num) FROM alembic_version")) or "")
    newest = ScriptDirectory(str(REPOSITORY / "migrations")).get_current_head() or ""
    if here != newest:
        return Health(
            ok=False,
            sentence=f"数据库停在 {here or '最开始'}，程序需要 {newest}。"
            "请停下系统，运行 make run（或 flask --app app db upgrade）后再用。",
        )
    return Health(ok=True, sentence=f"正常，{here}")


def clock() -> Health:
    """Whether our clock goes with the database's and with that of a server we know anyway."""
    heard: list[tuple[str, timedelta]] = []
    if db.engine.dialect.name == "postgresql":
        moment = db.session.scalar(text("SELECT clock_timestamp()"))
        heard.append(("数据库", abs(now() - moment)) if moment else ("数据库", timedelta()))
    for name, url in _servers():
        moment = _date_of(url)
        if moment is not None:
            heard.append((name, abs(now() - moment)))
    for name, apart in heard:
        if apart > _CLOCK_BAD:
            return Health(
                ok=False,
                sentence=f"这台机器的时钟和{name}的相差 {apart.total_seconds():.0f} 秒，"
                "签到、考试时间会不准。请维护人员打开自动对时（NTP）。",
            )
    compared = "、".join(name for name, _ in heard)
    shown = f"{local(now()):%Y-%m-%d %H:%M:%S}"
    told = f"，和{compared}一致" if compared else "（没有别的时钟可以比对）"
    return Health(ok=True, sentence=f"{shown}{told}")


def media() -> Health:
    """Whether a small file can be stored, read back and removed."""
    key, written = f"doctor/{secrets.token_hex(8)}", secrets.token_bytes(32)
    private = storage().private_dir()
    try:
        (private / "file").write_bytes(written)
        came_back = storage().try_out(private / "file", key)
    except (OSError, StorageDown) as error:
        what = "连不上文件存储" if isinstance(error, StorageDown) else "写不了媒体文件夹"
        return Health(
            ok=False, sentence=f"{what}，上传会失败。请维护人员检查存储和权限（{error}）。"
        )
    finally:
        shutil.rmtree(private, ignore_errors=True)
    if came_back != written:
        return Health(ok=False, sentence="存进去的文件读出来不一样，请维护人员马上检查磁盘。")
    return Health(ok=True, sentence="正常，写入、读出、删除都试过")


def backup() -> Health:
    """How old the last good backup is, and when one was last restored for a trial."""
    known = last_backup(settings().data_dir)
    mend = "请维护人员每晚运行一次 make backup。"
    if known.made is None:
        return Health(ok=True, warns=True, sentence=f"还没有备份过。{mend}")
    age = now() - known.made
    shown = f"上次备份是 {local(known.made):%Y-%m-%d %H:%M}（{known.name}）"
    if age > BACKUP_BAD:
        return Health(ok=False, sentence=f"{shown}，已经 {age.days} 天没有备份。{mend}")
    if age > BACKUP_OLD:
        return Health(ok=True, warns=True, sentence=f"{shown}，超过一天半了。{mend}")
    if known.drilled is None or now() - known.drilled > DRILL_OLD:
        sentence = f"{shown}，三个月内没有演练过恢复。请维护人员运行一次 make drill。"
        return Health(ok=True, warns=True, sentence=sentence)
    return Health(ok=True, sentence=f"{shown}，{local(known.drilled):%Y-%m-%d} 演练过恢复")


def audit() -> Health:
    """Whether the trail is sealed up to now and ends where it ended."""
    oldest = select(AuditEntry.at).where(AuditEntry.seal.is_(None)).order_by(AuditEntry.id).limit(1)
    waits = db.session.scalar(oldest)
    if not ends_as_remembered():
        sentence = "操作记录的末尾少了。请保留现场，到“操作记录”点“核对”，并联系维护人员。"
        return Health(ok=False, sentence=sentence)
    if waits is not None and now() - waits > _SEALED_WITHIN:
        since = f"{local(waits):%m-%d %H:%M}"
        sentence = f"从 {since} 起的操作还没有封存。请确认后台程序在运行，再看它的日志。"
        return Health(ok=False, sentence=sentence)
    return Health(ok=True, sentence="正常，到刚才为止的操作都已封存")


def redis_answers() -> Health:
    """Whether Redis answers."""
    try:
        with redis.Redis.from_url(
            settings().redis_url or "", socket_connect_timeout=_TIMEOUT, socket_timeout=_TIMEOUT
        ) as server:
            server.ping()
    except (redis.RedisError, OSError) as error:
        sentence = (
            f"Redis 没有应答（{type(error).__name__}）：后台任务会慢两秒才开始，其他照常。"
            "请维护人员启动 Redis 或检查 REDIS_URL。"
        )
        return Health(ok=False, sentence=sentence)
    return Health(ok=True, sentence="正常")


def certificate() -> Health:
    """Until when browsers trust the certificate of PUBLIC_URL."""
    parts = urlsplit(settings().public_url or "")
    host, port = parts.hostname or "", parts.port or 443
    try:
        ends = _certificate_ends(host, port)
    except ssl.SSLCertVerificationError as error:
        sentence = (
            f"浏览器不会信任 {host} 的证书（{error.verify_message}）。请维护人员换上有效的证书。"
        )
        return Health(ok=False, sentence=sentence)
    except OSError as error:
        sentence = (
            f"从这台机器连不上 {host}（{type(error).__name__}），没法看证书。"
            "如果外面能打开网站，可以不管；否则请检查反向代理。"
        )
        return Health(ok=True, warns=True, sentence=sentence)
    left = ends - now()
    shown = f"有效期到 {local(ends):%Y-%m-%d}"
    if left < CERTIFICATE_OLD:
        sentence = f"{shown}，只剩 {left.days} 天。请维护人员续期，过期后谁也打不开网站。"
        return Health(ok=left > timedelta(days=3), warns=True, sentence=sentence)
    return Health(ok=True, sentence=shown)


def _certificate_ends(host: str, port: int) -> datetime:
    trusted = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_TIMEOUT) as line,
        trusted.wrap_socket(line, server_hostname=host) as safe,
    ):
        given = safe.getpeercert(binary_form=True) or b""
    return x509.load_der_x509_certificate(given).not_valid_after_utc


def _servers() -> list[tuple[str, str]]:
    """Return servers of others that the settings name anyway."""
    chosen = settings()
    found = []
    if chosen.storage_url and (endpoint := chosen.bucket().endpoint):
        found.append(("文件存储", endpoint))
    if chosen.wechat_app_id:
        found.append(("微信", chosen.wechat_api))
    return found


def _date_of(url: str) -> datetime | None:
    try:
        answer = urllib3.request("HEAD", url, timeout=_TIMEOUT, retries=False, redirect=False)
        said = parsedate_to_datetime(answer.headers["Date"])
    except (urllib3.exceptions.HTTPError, KeyError, ValueError, TypeError):
        return None
    return said.astimezone(UTC)


def _is_https(url: str | None) -> bool:
    return url is not None and url.startswith("https://")
