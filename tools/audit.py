"""`python -m tools.audit`: what we build on, as `make check` looks at it.

Known weaknesses are asked for where a service can be reached (pip-audit, npm audit). Where none can
the line says "not checked", which is no finding and no praise. Without a network: every pin exact,
what is installed fits together, the lock of npm names a digest for each file, and every licence is
one of those below. A finding fails, unless audit_allowed.toml lets it pass, with a reason.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from tools.console import say
from tools.environment import ROOT

ALLOWED = Path(__file__).with_name("audit_allowed.toml")
SECONDS = 180.0
# What a city's office may run and change without a duty to us or others that it does not know.
GOOD = re.compile(
    r"Apache|BSD|MIT|ISC|MPL|Mozilla|PSF|Python Software Foundation|LGPL|Unlicense|Zlib|CC0|OFL"
)
_PIN = re.compile(r"[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==[^\s;*]+(?:\s*;.*)?")


@dataclass(frozen=True)
class Finding:
    """Something that is wrong; `name` is what the list of exceptions calls it."""

    name: str
    words: str


@dataclass(frozen=True)
class Looked:
    """What a look came to; `missed` says why it could not be taken."""

    what: str
    findings: list[Finding]
    missed: str = ""


def pins() -> Looked:
    """Every requirement names one version."""
    found = []
    for file in sorted(ROOT.glob("requirements*.txt")):
        for line in file.read_text("utf-8").splitlines():
            words = line.partition("#")[0].strip()
            if words and not words.startswith("-r ") and not _PIN.fullmatch(words):
                found.append(
                    Finding(f"pin:{words}", f"{file.name}: {words} names no exact version")
                )
    return Looked("pins", found)


def fits() -> Looked:
    """What is installed is what its neighbours ask for."""
    told = _run([sys.executable, "-m", "pip", "check"])
    lines = told.stdout.splitlines() if told.returncode else []
    return Looked("pip check", [Finding(f"fit:{line.split()[0]}", line) for line in lines])


def digests() -> Looked:
    """npm's lock names a digest for each file that it fetches."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    bare = [n for n, one in lock["packages"].items() if n and not one.get("integrity")]
    return Looked("npm digests", [Finding(f"digest:{n}", f"{n} has no digest") for n in bare])


def licences() -> Looked:
    """Every library may be used as we use it."""
    found = []
    for one in sorted(distributions(), key=lambda d: d.name.lower()):
        licence = licence_of(one)
        if not GOOD.search(licence):
            words = f"{one.name} {one.version}: licence {licence or 'not told'}"
            found.append(Finding(f"licence:{one.name}", words))
    return Looked("licences", found)


def licence_of(one: Distribution) -> str:
    """Return what a library says of its licence, in whichever of three places."""
    told: Any = one.metadata  # a message, which its type does not say
    listed = [line for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    short = (told.get("License") or "").partition("\n")[0][:60]
    return told.get("License-Expression") or "; ".join(listed) or short


def python_weaknesses() -> Looked:
    """Known weaknesses of what is installed, if the service can be reached."""
    words = ["--progress-spinner", "off", "--format", "json", "--timeout", "8"]
    told = _run([sys.executable, "-m", "pip_audit", *words, "--vulnerability-service", "osv"])
    answer = _json(told.stdout)
    if answer is None or "dependencies" not in answer:
        return Looked("pip-audit", [], _last_line(told.stderr))
    found = [
        Finding(bad["id"], f"{one['name']} {one['version']}: {bad['id']}, {_mended(bad)}")
        for one in answer["dependencies"]
        for bad in one.get("vulns", ())
    ]
    return Looked("pip-audit", found)


def browser_weaknesses() -> Looked:
    """Known weaknesses of what browsers get, if the service can be reached."""
    npm = shutil.which("npm")
    if npm is None:
        return Looked("npm audit", [], "npm is not on this machine")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, folder)
        told = _run([npm, "audit", "--package-lock-only", "--json"], Path(folder))
    answer = _json(told.stdout)
    if answer is None or "vulnerabilities" not in answer:
        return Looked("npm audit", [], _first_line(told.stderr) or "no answer")
    return Looked("npm audit", npm_findings(answer))


def npm_findings(answer: dict[str, Any]) -> list[Finding]:
    """Return what npm knows, once for each weakness."""
    found = {
        str(via["url"]).rpartition("/")[2]: f"{name}: {via['title']} ({via['severity']})"
        for name, one in answer["vulnerabilities"].items()
        for via in one["via"]
        if isinstance(via, dict)
    }
    return [Finding(number, words) for number, words in found.items()]


def judge(looks: Iterable[Looked], allowed: dict[str, Any], today: date) -> list[str]:
    """Return the findings that count, in words; what is allowed too long counts again."""
    known = {one["name"]: one for one in allowed.get("allow", ())}
    seen = {finding.name for look in looks for finding in look.findings}
    found = [
        f"{look.what}: {finding.words}"
        for look in looks
        for finding in look.findings
        if finding.name not in known or known[finding.name]["until"] < today
    ]
    checked = {look.what for look in looks if not look.missed}
    stale = [n for n, one in known.items() if n not in seen and one["from"] in checked]
    return found + [f"audit_allowed.toml: {name} is not found any more" for name in stale]


LOOKS: tuple[Callable[[], Looked], ...] = (
    pins, fits, digests, licences, python_weaknesses, browser_weaknesses,
)  # fmt: skip


def main() -> int:
    """Look at everything; 1 when something counts."""
    looks = [look() for look in LOOKS]
    allowed = tomllib.loads(ALLOWED.read_text("utf-8"))
    wrong = judge(looks, allowed, datetime.now(UTC).date())
    for look in looks:
        if look.missed:
            say(f"  ? {look.what}: not checked 没有检查（{look.missed}）")
        else:
            say(f"  · {look.what}: {len(look.findings) or 'nothing'} found")
    for words in wrong:
        say(f"  ✗ {words}")
    return 1 if wrong else 0


def _run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer within {SECONDS:.0f} s")


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:160] if lines else ""


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:160]


def _mended(bad: dict[str, Any]) -> str:
    versions = bad.get("fix_versions") or ()
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


if __name__ == "__main__":
    sys.exit(main())
