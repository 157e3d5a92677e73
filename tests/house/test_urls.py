"""Addresses that people have kept: on posters, in QR codes, in chats. None may vanish.

urls.txt lists every page that can be opened by its address. A new page is entered there; one that
goes needs a redirect in its place.
"""

from pathlib import Path

from flask import Flask

LISTED = Path(__file__).with_name("urls.txt")
NOT_KEPT = ("/admin/", "/api/", "/static/", "/video/", "/healthz", "/metrics")


def pages(app: Flask) -> set[str]:
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {rule.rule for rule in rules if not rule.rule.startswith(NOT_KEPT)}


def test_no_address_vanishes(app: Flask) -> None:
    listed = set(LISTED.read_text(encoding="utf-8").split())
    assert listed - pages(app) == set(), "redirect the old address instead of dropping it"
    assert pages(app) - listed == set(), "enter the new page in tests/house/urls.txt"
