"""Every route says who may call it; no template opens a hole in the content policy."""

import re
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core.access import declared_access

PACKAGE = Path(__file__).resolve().parents[2] / "sanshi_lms"
TEMPLATES = sorted(PACKAGE.rglob("*.html"))


def test_every_view_states_who_may_call_it(app: Flask) -> None:
    silent = [n for n, view in app.view_functions.items() if declared_access(view) is None]
    assert silent == [], "mark each view with @public, @signed_in or @needs(...)"


def test_views_that_change_things_are_never_reached_by_get(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        both = "GET" in methods and len(methods) > 1
        assert not both, f"{rule.rule}: reading and changing are two views"


# Downloaded as one file and opened without us: no policy of ours reaches it.
SERVED = [file for file in TEMPLATES if file.name != "offline.html"]


@pytest.mark.parametrize("file", SERVED, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_templates_keep_to_the_content_policy(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=\s*[\"']", source), "no inline style: the policy blocks it"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "no inline event handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", source)
    assert "|safe" not in source.replace(" ", ""), "values are escaped; Markup is made in Python"


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_every_form_that_posts_carries_the_token(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b.*?</form>", source, re.DOTALL | re.IGNORECASE):
        if re.search(r"method\s*=\s*[\"']?post", form, re.IGNORECASE):
            assert "csrf" in form or "hidden_tag" in form, form[:120]
