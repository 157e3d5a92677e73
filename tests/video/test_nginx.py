"""A real nginx, set up by deploy/nginx.conf, sends the bytes that the application allows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask

from sanshi_lms.core.settings import Settings
from tests.browser import running_web
from tests.people import Cast
from tests.services import free_port, missing_component, wait_until
from tests.video.making import show_in_course
from tests.video.test_closed import LESSON, close
from tools.nginx import begin_nginx, sample
from tools.serve import Address
from tools.testing import find_nginx


@pytest.fixture
def front(app: Flask, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Addresses of nginx and of the application behind it."""
    program = find_nginx()
    if program is None:
        missing_component("nginx")
        raise AssertionError
    chosen: Settings = app.extensions["settings"]
    behind, own = Address("127.0.0.1", free_port()), free_port()
    extra = {"X_ACCEL": "/_media/", "PROXIES": "1"}
    with running_web(chosen, behind, PUBLIC_URL=f"http://127.0.0.1:{own}", **extra):
        servers = sample(own, behind.port, chosen.media_dir)
        server = begin_nginx(program, tmp_path / "nginx", servers)
        try:
            url = f"http://127.0.0.1:{own}"

            def answers() -> bool:
                assert server.poll() is None, (tmp_path / "nginx/error.log").read_text()
                try:
                    return requests.get(f"{url}/robots.txt", timeout=30).status_code == 200
                except requests.ConnectionError:
                    return False

            wait_until(answers, 60.0)
            yield url, behind.url
        finally:
            server.terminate()
            server.wait(30)


def test_nginx_sends_what_the_application_allows(
    app: Flask, people: Cast, ready_video: int, front: tuple[str, str]
) -> None:
    url, behind = front
    show_in_course(app, ready_video, published=True)
    page = requests.get(url + LESSON, timeout=60).text
    hls, plain = (re.findall(rf'data-{name}="([^"]+)"', page)[0] for name in ("hls", "plain"))
    bare = requests.get(behind + plain, timeout=60)
    assert bare.headers["X-Accel-Redirect"].startswith("/_media/video/")
    assert bare.content == b""
    whole = requests.get(url + plain, timeout=60)
    assert whole.headers["Server"].startswith("nginx")
    assert whole.headers["Content-Type"] == "video/mp4"
    assert "immutable" in whole.headers["Cache-Control"]
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in whole.headers
    part = requests.get(url + plain, headers={"Range": "bytes=100-199"}, timeout=60)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    beyond = requests.get(url + plain, headers={"Range": "bytes=99999999-"}, timeout=60)
    assert beyond.status_code == 416
    again = requests.get(url + plain, headers={"If-None-Match": whole.headers["ETag"]}, timeout=60)
    assert again.status_code == 304
    playlist = requests.get(url + hls, timeout=60)
    assert playlist.text.startswith("#EXTM3U")
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    _assert_nothing_else_is_sent(url, bare.headers["X-Accel-Redirect"])
    _assert_a_closed_lecture_stays_closed(app, people, ready_video, url, plain)


def _assert_nothing_else_is_sent(url: str, inside: str) -> None:
    """Ask for the internal place as a stranger would, with every trick of a path."""
    session = requests.Session()
    for path in (inside, "/_media/", "/_media/video/", "//_media/x", "/x/..//_media/video/"):
        asked = requests.Request("GET", url).prepare()
        asked.url = url + path  # as it is: requests would tidy the dots
        answer = session.send(asked, timeout=60, allow_redirects=False)
        assert answer.status_code == 404, path
    header = requests.get(f"{url}/", headers={"X-Accel-Redirect": inside}, timeout=60)
    assert header.headers["Content-Type"].startswith("text/html")


def _assert_a_closed_lecture_stays_closed(
    app: Flask, people: Cast, video_id: int, url: str, old: str
) -> None:
    close(app, video_id)
    wait_until(lambda: requests.get(url + old, timeout=60).status_code == 403, 60.0)
    cookie = people.client("cadre").get_cookie("sanshi")
    assert cookie is not None
    mine = {"sanshi": cookie.value}
    page = requests.get(url + LESSON, cookies=mine, timeout=60).text
    plain = re.findall(r'data-plain="([^"]+)"', page)[0]
    assert requests.get(url + plain, timeout=60).status_code == 403
    part = requests.get(url + plain, cookies=mine, headers={"Range": "bytes=0-3"}, timeout=60)
    assert (part.status_code, len(part.content)) == (206, 4)
    assert "private" in part.headers["Cache-Control"]
    assert json.dumps(dict(part.headers)).count("_media") == 0
