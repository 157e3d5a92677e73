"""A real browser on a real server, for tests that look at pages as people do.

`live_url` serves the test's own `app` by the production web server; `phone` (390 px) and `desk`
(1280 px) are pages of a fresh, signed-out Chromium. A test fails when its page raised a script
error, broke the content policy or asked another host for anything.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from sanshi_lms.core.settings import Settings
from tests.services import free_port, missing_component, wait_until
from tools.serve import Address, first_page, web_command
from tools.testing import find_chromium

# A busy machine is slow; what never comes still fails, only later.
expect.set_options(timeout=45_000)
ROOT = Path(__file__).resolve().parents[1]
QUIET = [  # a test browser neither updates itself nor asks its maker for anything
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a story that waited in vain in the browser one more chance; the report names it.

    Two landings were refused for one click each that came before its script on a busy machine.
    What asserts something else than "it comes in time" fails at once, as everywhere.
    """
    again = pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError", "Locator expected to"])
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(again)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session; each page gets a context of its own."""
    program = find_chromium()
    if program is None:
        missing_component("Chromium")
    sandbox = os.geteuid() != 0  # Chromium's own sandbox refuses to work for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=QUIET, chromium_sandbox=sandbox
        )
        yield browser
        browser.close()


@contextmanager
def running_web(
    chosen: Settings, address: Address, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve an installation by the production web server until the block ends."""
    env = {
        **os.environ,
        "DATA_DIR": str(chosen.data_dir),
        "MEDIA_DIR": str(chosen.media_dir),
        "DATABASE_URL": chosen.database_url,
        "SECRET_KEY": chosen.secret_key,
        "LOG_LEVEL": "WARNING",
        "PUBLIC_URL": address.url,
        **settings,
    }
    command = [str(part) for part in web_command(Path(sys.executable), address)]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True
    ) as server:
        try:

            def ready() -> bool:
                assert server.poll() is None, "the web server ended at once"
                return first_page(address) is not None

            wait_until(ready, 120.0)
            yield server
        finally:
            server.terminate()
            try:
                server.wait(5.0)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


@pytest.fixture
def live_url(app: Flask) -> Iterator[str]:
    """Address of the test's own installation, served by the production web server."""
    address = Address("127.0.0.1", free_port())
    with running_web(app.extensions["settings"], address):
        yield address.url


@contextmanager
def watched_page(browser: Browser, url: str, **context_options: Any) -> Iterator[Page]:
    """Open a page in a fresh context and fail afterwards if it did what no page of ours may."""
    complaints: list[str] = []
    host = urlsplit(url).netloc

    def note_console(message: ConsoleMessage) -> None:
        # A refused form or a page that is not there is logged too; a test asserts those itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"console: {message.text}")

    def note_request(request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"http", "https", "ws", "wss"} and asked.netloc != host:
            complaints.append(f"asked another host: {request.url}")

    context = browser.new_context(locale="zh-CN", base_url=url, **context_options)
    context.set_default_timeout(45_000)
    context.on("console", note_console)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("request", note_request)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert complaints == []


@pytest.fixture
def phone(chromium: Browser, live_url: str) -> Iterator[Page]:
    """A page as wide as a phone, signed out, with touch."""
    with watched_page(chromium, live_url, **PHONE) as page:
        yield page


@pytest.fixture
def desk(chromium: Browser, live_url: str) -> Iterator[Page]:
    """A page as wide as an office screen, signed out."""
    with watched_page(chromium, live_url, **DESK) as page:
        yield page
