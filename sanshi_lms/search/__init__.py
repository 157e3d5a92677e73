"""Search: one box over everything that everybody may see, in Chinese, to the second of a video.

For: the index, the search page and its JSON. Not for: what there is to find; each room gives its
documents through `core.registers.add_search_source` and says `core.changes.touch(kind, id)` in the
transaction that changes one. The database is the truth: the index can be thrown away at any time.
"""

from datetime import timedelta

from flask import Flask

from sanshi_lms.core import queue
from sanshi_lms.core.changes import on_change, waiting
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Health, HealthCheck, add_health_check, registers
from sanshi_lms.core.settings import settings
from sanshi_lms.core.shared import share
from sanshi_lms.search import api_routes, cli, jobs, routes, words
from sanshi_lms.search.engine import IndexDamagedError
from sanshi_lms.search.relating import Related, related
from sanshi_lms.search.sources import engine
from sanshi_lms.search.words import admin_routes as words_admin_routes
from sanshi_lms.search.words.models import SynonymGroup

_BEHIND = timedelta(minutes=5)

__all__ = ["Related", "related", "setup"]


def setup(app: Flask) -> None:
    """Open the engine of this installation and let the worker look after it."""
    # What is not used is not loaded either: each engine brings its library along.
    if settings().database_url.startswith("postgresql"):
        from sanshi_lms.search.pg_engine import PostgresEngine

        app.extensions["search"] = PostgresEngine(lambda: db.engine)
    else:
        from sanshi_lms.search.whoosh_engine import WhooshEngine

        app.extensions["search"] = WhooshEngine(settings().index_dir)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(words_admin_routes.blueprint)
    share(app, "search.words", SynonymGroup)
    words.setup()
    app.cli.add_command(cli.search)
    jobs.setup()
    on_change(_wake)
    add_health_check(HealthCheck("index", "搜索索引", _look))
    add_health_check(HealthCheck("index_step", "索引和数据库", _in_step, slow=True))


def _in_step() -> Health:
    """Whether the index knows as many documents as everybody may see, and no change waits long."""
    oldest = waiting(1)
    if oldest and now() - oldest[0].at > _BEHIND:
        minutes = int((now() - oldest[0].at).total_seconds() // 60)
        sentence = (
            f"有改动等了 {minutes} 分钟还搜不到。"
            "请确认后台程序在运行；在运行也不动，请运行 make index。"
        )
        return Health(ok=False, sentence=sentence)
    there = sum(len(set(source.refs())) for source in registers().sources.values())
    try:
        known = engine().count()
    except IndexDamagedError:
        return Health(ok=False, sentence="索引坏了，系统正在自动重建，完成前搜索结果不全。")
    if known != there and not oldest:
        sentence = (
            f"数据库里有 {there} 篇公开内容，索引里是 {known} 篇。请维护人员运行 make index。"
        )
        return Health(ok=False, sentence=sentence)
    return Health(ok=True, sentence=f"正常，{there} 篇都在索引里")


def _wake() -> None:
    queue.wake(jobs.CHANGES)


def _look() -> Health:
    try:
        return Health(ok=True, sentence=f"正常，能搜到 {engine().count()} 篇内容")
    except IndexDamagedError:
        sentence = (
            "搜索暂时不能用，系统正在自动修复。十分钟后还没有恢复，请联系维护人员看后台程序的日志。"
        )
        return Health(ok=False, sentence=sentence)
