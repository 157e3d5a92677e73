"""Processes die in the middle of work: nothing accepted is lost, nothing is done twice."""

import os
import signal
import struct
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.settings import Settings
from sanshi_lms.video.engine import Ffmpeg
from sanshi_lms.video.models import Rendition, Video
from tests.browser import DESK, running_web, watched_page
from tests.journeys.conftest import PATIENCE_SECONDS, running_worker, start_worker
from tests.journeys.lectures import make_video
from tests.journeys.walking import SLOW_MS, sign_in
from tests.people import Cast
from tests.services import free_port, wait_until
from tests.video.making import add
from tools.serve import Address

pytestmark = pytest.mark.media
PADDING_BYTES = 10 * 1024 * 1024


def jobs(app: Flask) -> Sequence[Job]:
    """Return all jobs as they stand now, parts of a video included."""
    with app.app_context():
        found = db.session.scalars(select(Job).order_by(Job.id)).all()
        db.session.remove()
        return found


def test_a_worker_killed_in_mid_job_is_made_good_exactly_once(
    app: Flask, chosen_settings: Settings, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    number = add(app, make_video(ffmpeg, tmp_path / "long.mp4", 20, "1280x720"), title="踏勘")
    with start_worker(chosen_settings) as first:
        wait_until(
            lambda: any(job.state == "leased" and job.progress > 0 for job in jobs(app)),
            PATIENCE_SECONDS,
        )
        os.killpg(first.pid, signal.SIGKILL)
    assert [job.state for job in jobs(app)].count("leased") >= 1
    with running_worker(chosen_settings):
        wait_until(lambda: all(job.state == "done" for job in jobs(app)), PATIENCE_SECONDS)
    assert all(job.part_of is None for job in jobs(app)), "the parts have folded into their job"
    with app.app_context():
        video = db.session.get_one(Video, number)
        names = db.session.scalars(select(Rendition.name).where(Rendition.video_id == number)).all()
        assert video.seconds == pytest.approx(20, abs=0.2)
        assert len(names) == len(set(names)) > 1
    made = list((chosen_settings.media_dir / "video" / str(number)).iterdir())
    assert len(made) == 1
    private = chosen_settings.media_dir / ".private"
    assert not private.exists() or not any(private.iterdir())


@pytest.mark.journey
def test_an_upload_survives_the_death_of_the_web_server(
    app: Flask, chosen_settings: Settings, chromium: Browser, people: Cast, ffmpeg: Ffmpeg,
    tmp_path: Path,
) -> None:  # fmt: skip
    recording = make_video(ffmpeg, tmp_path / "入户走访.mp4", 2, "320x180")
    padding = PADDING_BYTES  # a box that players skip: several pieces to send
    with recording.open("ab") as file:
        file.write(struct.pack(">I4s", padding, b"free") + bytes(padding - 8))
    address = Address("127.0.0.1", free_port())
    pieces: list[str] = []
    with ExitStack() as servers:
        first = servers.enter_context(running_web(chosen_settings, address))

        def accident(route: Route) -> None:
            if route.request.method == "PATCH":
                pieces.append(route.request.headers["upload-offset"])
                if len(pieces) == 2:
                    os.killpg(first.pid, signal.SIGKILL)
                    first.wait()
                    servers.enter_context(running_web(chosen_settings, address))
                    route.abort("connectionreset")
                    return
            route.continue_()

        page = servers.enter_context(watched_page(chromium, address.url, **DESK))
        sign_in(page, people, "admin", "/admin/video/")
        page.route("**/video/uploads/**", accident)
        page.locator("input[type=file]").set_input_files(recording)
        expect(page.get_by_role("link", name="入户走访")).to_be_visible(timeout=SLOW_MS)
    assert pieces.count("0") == 1, "what had arrived was not sent again"
    assert pieces[1] == pieces[2], "it went on where the server died"
    with app.app_context():
        video = db.session.scalars(select(Video).where(Video.title == "入户走访")).one()
        assert video.source_size == recording.stat().st_size
        stored = chosen_settings.media_dir / video.source_key
    assert stored.read_bytes() == recording.read_bytes()
