"""The look at what we build on: findings count, exceptions end, silence is not called clean."""

import subprocess
import sys
import tomllib
from datetime import date
from typing import Any

import pytest

from tools import audit
from tools.audit import Finding, Looked, judge, npm_findings
from tools.environment import ROOT

DAY = date(2026, 11, 27)
BAD = Looked("pip-audit", [Finding("GHSA-1", "x 1.0: GHSA-1")])


def allow(until: date, name: str = "GHSA-1") -> dict[str, Any]:
    return {"allow": [{"name": name, "from": "pip-audit", "reason": "r", "until": until}]}


def test_a_finding_counts_unless_it_is_allowed_until_a_day() -> None:
    assert judge([BAD], {}, DAY) == ["pip-audit: x 1.0: GHSA-1"]
    assert judge([BAD], allow(DAY), DAY) == []
    assert judge([BAD], allow(date(2026, 11, 26)), DAY) == ["pip-audit: x 1.0: GHSA-1"]


def test_an_exception_for_what_is_gone_counts_but_not_while_nobody_could_look() -> None:
    assert judge([Looked("pip-audit", [])], allow(DAY), DAY)
    assert judge([Looked("pip-audit", [], "no network")], allow(DAY), DAY) == []


def test_npm_tells_each_weakness_once() -> None:
    via = {"url": "https://x.example/GHSA-2", "title": "bad", "severity": "high"}
    told = {"vulnerabilities": {"a": {"via": [via]}, "b": {"via": ["a", via]}}}
    assert [one.name for one in npm_findings(told)] == ["GHSA-2"]


@pytest.mark.parametrize(
    ("line", "exact"),
    [("a==1.2", True), ("a[b]==1.2 ; python_version > '3'", True), ("a>=1", False),
     ("a==1.*", False), ("a", False)],
)  # fmt: skip
def test_a_pin_names_one_version(line: str, exact: bool) -> None:
    assert bool(audit._PIN.fullmatch(line)) is exact


def test_what_can_be_looked_at_here_is_clean() -> None:
    """The looks that need no network, on this very installation."""
    offline = [audit.pins(), audit.digests(), audit.licences()]
    allowed = tomllib.loads(audit.ALLOWED.read_text("utf-8"))
    assert judge(offline, allowed, DAY) == []


def test_without_a_service_it_says_so_and_passes() -> None:
    """A dead proxy stands for a machine without a network."""
    dead = "http://127.0.0.1:9"
    code = "from tools.audit import *; x = python_weaknesses(); print(x.missed, len(x.findings))"
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "HTTPS_PROXY": dead, "HTTP_PROXY": dead},
    )  # fmt: skip
    assert told.stdout.strip().endswith(" 0")
    assert len(told.stdout.strip()) > 5, "why nobody looked is told"
