"""/healthz: database, worker, queue, disk here; rooms add index and ffmpeg. Each told apart."""

import logging
from datetime import timedelta

from flask import Flask, Response, jsonify
from sqlalchemy import func, select, text

from sanshi_lms.core.access import public
from sanshi_lms.core.clock import now
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
Answers = dict[str, tuple[str, Health]]
_LONG = timedelta(minutes=10)
_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Add core's own checks and the route."""
    app.add_url_rule("/healthz", "healthz", healthz)
    with app.app_context():
        add_health_check(HealthCheck("database", "数据库", _database))
        add_health_check(HealthCheck("worker", "后台程序", _worker))
        add_health_check(HealthCheck("queue", "任务队列", _queue))
        add_health_check(HealthCheck("disk", "磁盘空间", _disk))


def look_at_everything() -> Answers:
    """Return each quick check's label and answer by name; a check that breaks is not ok."""
    checks = [check for check in registers().health if not check.slow]
    return {check.name: (check.label, look_at(check)) for check in checks}


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


def look_at(check: HealthCheck) -> Health:
    """Return what a check says; one that breaks is not ok."""
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
    stuck = _longest_wait()
    if stuck is not None and stuck > _LONG:
        minutes = int(stuck.total_seconds() // 60)
        sentence = (
            f"{told}，最早的一个等了 {minutes} 分钟还没有人做。"
            "请看后台程序是否在运行；在运行也不动，请维护人员重新启动系统，任务不会丢。"
        )
        return Health(ok=False, sentence=sentence)
    return Health(ok=True, sentence=f"正常，{told}")


def _longest_wait() -> timedelta | None:
    """Return how long the oldest job waits in a lane where nobody works; None when none does."""
    moment = now()
    working = select(Job.lane).where(Job.state == "leased", Job.lease_until > moment)
    due = select(func.min(Job.run_after)).where(
        Job.state == "pending", Job.run_after <= moment, Job.lane.not_in(working)
    )
    oldest = db.session.scalar(due)
    return None if oldest is None else moment - oldest


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
