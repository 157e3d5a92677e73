"""`python -m bench [--only NAME …] [--quick]`: measure, print a table, write bench/results.json."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
import time
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench import ROOT, Figure
from bench.machine import facts

RESULTS = Path(__file__).parent / "results.json"
# The order matters: what needs a quiet machine comes first.
NAMES = (
    "startup",
    "memory",
    "search",
    "watch",
    "load",
    "pages",
    "delivery",
    "certificate",
    "quizzes",
    "reports",
    "metrics",
    "hosts",
    "video",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="this measurement only")
    parser.add_argument("--quick", action="store_true", help="small samples, for a first look")
    chosen = parser.parse_args()
    results = kept_results()
    failed = False
    for name in chosen.only or NAMES:
        if importlib.util.find_spec(f"bench.{name}") is None:
            continue
        print(f"… {name}", file=sys.stderr, flush=True)
        began = time.monotonic()
        try:
            figures = importlib.import_module(f"bench.{name}").run(chosen.quick)
        except Exception:  # one broken measurement must not cost the others
            traceback.print_exc()
            failed = True
            continue
        results[name] = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "quick": chosen.quick,
            "took_seconds": round(time.monotonic() - began, 1),
            "machine": facts(),
            "figures": [{**asdict(figure), "kept": figure.kept} for figure in figures],
        }
        show(name, figures)
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
        failed = failed or not all(figure.kept for figure in figures)
    print(f"→ {RESULTS.relative_to(ROOT)}")
    return 1 if failed else 0


def kept_results() -> dict[str, object]:
    """Earlier results stay beside a run of one measurement; each carries its own date."""
    try:
        found = json.loads(RESULTS.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def show(name: str, figures: list[Figure]) -> None:
    for figure in figures:
        bounds = []
        if figure.at_most is not None:
            bounds.append(f"≤ {figure.at_most:g}")
        if figure.at_least is not None:
            bounds.append(f"≥ {figure.at_least:g}")
        verdict = ("✓" if figure.kept else "✗ MISSED") if bounds else ""
        number = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.3g}"
        print(
            f"{name:12} {figure.name:52} {number:>9} {figure.unit:4} {' '.join(bounds)} {verdict}"
        )


if __name__ == "__main__":
    sys.exit(main())
