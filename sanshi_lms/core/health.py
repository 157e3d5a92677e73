"""/healthz: database, worker, queue, disk here; rooms add index and ffmpeg. Each told apart."""

import logging

from flask import Flask, Response, jsonify
from sqlalchemy import func, select, text

from sanshi_lms.core.access import public
from sanshi_lms.core.db import db
from sanshi_lms.core.heartbeat import is_beating
from sanshi_lms.core.jobs import Job, is_active
from sanshi_lms.core.queue import queue_length
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check, registers
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import storage
from sanshi_lms.core.web import bytes_zh

_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Add core's own checks and the route."""
    app.add_url_rule("/healthz", "healthz", healthz)
    with app.app_context():
        add_health_check(HealthCheck("database", "数据库", _database))
        add_health_check(HealthCheck("worker", "后台程序", _worker))
        add_health_check(HealthCheck("queue", "任务队列", _queue))
        add_health_check(HealthCheck("disk", "磁盘空间", _disk))


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
    dialect = db.engine.dialect.name
    size = db.session.scalar(text(_SIZE[dialect])) if dialect in _SIZE else None
    return Health(ok=True, sentence=f"正常，占用 {bytes_zh(size)}" if size else "正常")


def _queue() -> Health:
    queue_length()  # raises when the queue cannot be reached
    waiting = (
        db.session.scalar(select(func.count(Job.id)).where(Job.part_of.is_(None), is_active())) or 0
    )
    told = f"有 {waiting} 个任务在做或在等候" if waiting else "没有任务在等候"
    return Health(ok=True, sentence=f"正常，{told}")


def _worker() -> Health:
    if is_beating():
        return Health(ok=True, sentence="正在运行")
    sentence = (
        "后台程序没有运行：视频不会转码，改动也搜不到。已上传的内容不会丢。"
        "请让维护人员重新启动系统（make run），启动后会接着做。"
    )
    return Health(ok=False, sentence=sentence)


def _disk() -> Health:
    free, total = storage().free_bytes(), storage().total_bytes()
    shown = f"还剩 {bytes_zh(free)}，共 {bytes_zh(total)}"
    used = 1 - free / total
    if free < settings().min_free_bytes:
        sentence = f"{shown}，空间不足，视频传不上来。请删除不用的视频，或请维护人员扩大磁盘。"
        return Health(ok=False, sentence=sentence, used=used)
    return Health(ok=True, sentence=shown, used=used)
