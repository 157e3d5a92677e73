"""/healthz: database, queue and disk here; rooms add index and ffmpeg. Each told apart."""

import logging

from flask import Flask, Response, jsonify
from sqlalchemy import text

from sanshi_lms.core.access import public
from sanshi_lms.core.db import db
from sanshi_lms.core.queue import queue_length
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check, registers
from sanshi_lms.core.settings import MEGABYTE, settings
from sanshi_lms.core.storage import storage

_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Add core's own checks and the route."""
    app.add_url_rule("/healthz", "healthz", healthz)
    with app.app_context():
        add_health_check(HealthCheck("database", "数据库", _database))
        add_health_check(HealthCheck("queue", "任务队列", _queue))
        add_health_check(HealthCheck("disk", "磁盘", _disk))


def look_at_everything() -> dict[str, tuple[str, Health]]:
    """Return every check's label and answer by name; a check that breaks is not ok."""
    return {check.name: (check.label, _look(check)) for check in registers().health}


@public
def healthz() -> tuple[Response, int]:
    """Answer 200 when every part is well, else 503, with each part by name."""
    answers = look_at_everything()
    well = all(answer.ok for _, answer in answers.values())
    parts = {
        name: {"ok": answer.ok, "label": label, "message": answer.sentence}
        for name, (label, answer) in answers.items()
    }
    return jsonify({"ok": well, "parts": parts}), 200 if well else 503


def _look(check: HealthCheck) -> Health:
    try:
        return check.look()
    except Exception:
        _log.exception("health check %s broke", check.name)
        return Health(ok=False, sentence=f"{check.label}没有响应，请查看服务器日志。")


def _database() -> Health:
    db.session.execute(text("SELECT 1"))
    return Health(ok=True, sentence="正常")


def _queue() -> Health:
    return Health(ok=True, sentence=f"正常，{queue_length()} 个唤醒在等候")


def _disk() -> Health:
    free = storage().free_bytes()
    shown = f"剩余 {free // MEGABYTE:,} MB"
    if free < settings().min_free_bytes:
        return Health(ok=False, sentence=f"{shown}，空间不足，请清理磁盘后再上传。")
    return Health(ok=True, sentence=shown)
