"""Looks after a storage that is not this machine's own: what is owed to it, its copies here."""

import logging
import time

from flask import Flask, current_app

from sanshi_lms.core import queue
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import StorageDown, storage

WAKER = "core.storage"
_EVERY_SECONDS = 10.0
_log = logging.getLogger(__name__)


def setup(app: Flask) -> None:
    """Let the worker's ticker look after the storage, and /healthz look at it."""
    queue.on_wake(WAKER, run=look_after, due=_is_due)
    with app.app_context():
        if settings().storage_url is not None:
            add_health_check(HealthCheck("storage", "文件存储", _look))


def look_after() -> None:
    """Bring over and delete what is owed, then make room."""
    current_app.extensions[WAKER] = time.monotonic() + _EVERY_SECONDS
    try:
        storage().look_after()
    except StorageDown as down:
        _log.warning("the storage does not answer: %s", down)


def _is_due() -> bool:
    due = current_app.extensions.get(WAKER, 0.0) <= time.monotonic()
    return settings().storage_url is not None and due


def _look() -> Health:
    try:
        owed = storage().look()
    except StorageDown:
        sentence = (
            "连不上文件存储：新上传的内容先存在本机，不会丢；不在本机的旧视频暂时放不出来。"
            "请维护人员检查存储服务和网络，恢复后会自动补传。"
        )
        return Health(ok=False, sentence=sentence)
    told = f"，还有 {owed} 项在补传" if owed else ""
    return Health(ok=True, sentence=f"正常{told}")
