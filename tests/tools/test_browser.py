"""The browser fixtures notice what they promise to notice."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import PHONE, watched_page

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("browser")]


def test_a_phone_sees_the_real_server(phone: Page, live_url: str) -> None:
    response = phone.goto("/healthz")
    assert response is not None
    assert response.url.startswith(live_url)
    assert "database" in response.json()["parts"]
    assert phone.evaluate("screen.width") == 390


def test_a_script_error_fails_the_test(chromium: Browser, live_url: str) -> None:
    def visit() -> None:
        with watched_page(chromium, live_url, **PHONE) as page:
            page.goto("/healthz")
            page.evaluate("setTimeout(() => { throw new Error('boom') }, 0)")
            page.wait_for_timeout(200)

    with pytest.raises(AssertionError, match="boom"):
        visit()


def test_asking_another_host_fails_the_test(chromium: Browser, live_url: str) -> None:
    def visit() -> None:
        with watched_page(chromium, live_url, bypass_csp=True) as page:
            page.goto("/healthz")
            page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")

    with pytest.raises(AssertionError, match="another host"):
        visit()
