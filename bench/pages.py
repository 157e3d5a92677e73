"""Pages under load: catalogue, lesson page and watch report, 32 people at once, all signed in.

A real granian on a loopback port with the demo's courses, and one lesson whose video plays. The
load comes from this process, so both share the machine, as a small server shares its own.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from bench import Figure, scratch
from bench.installation import PASSWORD, Installation, empty_installation
from bench.visitors import CONCURRENCY, Visitor, figures
from sanshi_lms import create_app
from sanshi_lms.account import ensure_person
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.settings import Settings
from sanshi_lms.video.engine import find_ffmpeg

COURSE = """\
title: 测量用的课程
summary: 只在测量时存在。
description: 只在测量时存在。
audience: [社区干部]
topic: 城市更新
kind: 技能培训
credit_hours: 0.5
status: published
"""
LESSON = "---\ntitle: 测量用的一课\nkind: video\nminutes: 10\nvideo: clip.mp4\n---\n\n正文。\n"
LESSON_PATH = "/courses/celiang/yi"
CLIP_SECONDS = 600
TOKEN = re.compile(r'data-session="([^"]+)"')
REPORTS = "/api/v1/learning/reports"


@dataclass
class Watcher:
    """What the player of one person would know."""

    session: str
    sequence: int = 0
    position: float = field(default=0.0)

    def body(self) -> bytes:
        """The next report: a tenth of a second more, which the clock allows at this pace."""
        start, self.position = self.position, self.position + 0.1
        self.sequence += 1
        return json.dumps(
            {
                "session": self.session,
                "sequence": self.sequence,
                "stretches": [[round(start, 3), round(self.position, 3)]],
                "position": round(self.position, 3),
            }
        ).encode()


def run(quick: bool) -> list[Figure]:
    """Press each page for 20 s, or 3 s when quick."""
    seconds = 3.0 if quick else 20.0
    with scratch("pages") as folder:
        installation = empty_installation(folder / "data")
        visitors = furnish(installation, folder)
        with installation.running(worker=False) as (web,):
            return measure(visitors, seconds, web.pid)


def measure(visitors: list[Visitor], seconds: float, server: int) -> list[Figure]:
    watchers = {id(visitor): Watcher(session_of(visitor)) for visitor in visitors}

    def catalogue(visitor: Visitor) -> int:
        return visitor.ask("GET", "/courses/")[0]

    def lesson(visitor: Visitor) -> int:
        return visitor.ask("GET", LESSON_PATH)[0]

    def report(visitor: Visitor) -> int:
        body = watchers[id(visitor)].body()
        return visitor.ask("POST", REPORTS, body, **{"Content-Type": "application/json"})[0]

    asked = {"catalogue": catalogue, "lesson page": lesson, "watch report": report}
    return [
        figure
        for name, once in asked.items()
        for figure in figures(name, visitors, once, seconds, server)
    ]


def session_of(visitor: Visitor) -> str:
    _, page = visitor.ask("GET", LESSON_PATH)
    found = TOKEN.search(page.decode())
    if found is None:
        raise RuntimeError("the lesson page shows no player")
    return html.unescape(found[1])


def furnish(installation: Installation, folder: Path) -> list[Visitor]:
    """Load a lesson that plays and the demo; return people who are signed in."""
    app = load_lesson(installation, folder)
    installation.flask("demo", "load")
    visitors = [sign_in(app, installation, number) for number in range(CONCURRENCY)]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return visitors


def load_lesson(installation: Installation, folder: Path) -> Flask:
    """Load a lesson that plays; return the application in this process."""
    pack = folder / "content/courses/celiang"
    pack.mkdir(parents=True)
    (pack / "course.yaml").write_text(COURSE, "utf-8")
    (pack / "01-yi.md").write_text(LESSON, "utf-8")
    make_clip(pack / "clip.mp4")
    installation.flask("db", "upgrade")
    installation.flask("courses", "load", str(folder / "content"))
    app = create_app(Settings.from_env(installation.env))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        while run_next("slow"):
            pass
    return app


def make_clip(path: Path) -> None:
    """Ten minutes that cost little to transcode: small, still, and quiet."""
    subprocess.run(
        [
            find_ffmpeg(None).path, "-nostdin", "-loglevel", "error",
            "-f", "lavfi", "-i", f"color=teal:s=320x180:r=10:d={CLIP_SECONDS}",
            "-f", "lavfi", "-i", f"anullsrc=d={CLIP_SECONDS}",
            "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest", str(path),
        ],
        check=True,
    )  # fmt: skip


def sign_in(app: Flask, installation: Installation, number: int) -> Visitor:
    """Sign in through the real form, in this process, where no limit stands in the way."""
    name = f"bench-{number}"
    with app.app_context(), transaction():
        ensure_person(name, "王小明", "示范社区", "cadre", PASSWORD)
    browser = app.test_client()
    answer = browser.post("/account/sign-in", data={"username": name, "password": PASSWORD})
    cookie = browser.get_cookie("sanshi")
    if answer.status_code != 302 or cookie is None:
        raise RuntimeError(f"could not sign in: {answer.status_code}")
    address = installation.address
    return Visitor(address.host, address.port, {"sanshi": cookie.value})
