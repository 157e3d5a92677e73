"""How long somebody waits for the first page after `make run`, when all is installed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from bench import ROOT, Figure, percentile, scratch
from bench.installation import install
from tools.serve import first_page


def run(quick: bool) -> list[Figure]:
    """Start as `make run` does, three or nine times, and stop as Ctrl-C does.

    The very first start installs and loads, which depends on the network; it is not counted here.
    """
    starts, stops = [], []
    with scratch("startup") as folder:
        installation = install(folder)
        for attempt in range(4 if quick else 10):
            began = time.perf_counter()
            with subprocess.Popen(
                [sys.executable, "-m", "tools.bootstrap", "run"],
                cwd=ROOT,
                env={**os.environ, **installation.env},
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            ) as process:
                while first_page(installation.address) != 200:
                    if process.poll() is not None:
                        raise RuntimeError("it did not start")
                    time.sleep(0.01)
                took = time.perf_counter() - began
                began = time.perf_counter()
                process.send_signal(signal.SIGINT)
                process.wait(20)
            if attempt:  # the first one fills in the stamps
                starts.append(took)
                stops.append(time.perf_counter() - began)
    return [
        Figure("second start to the first page: p50", percentile(starts, 50), "s", at_most=5),
        Figure("second start to the first page: slowest", max(starts), "s"),
        Figure("Ctrl-C until all has ended: slowest", max(stops), "s", at_most=5),
    ]
