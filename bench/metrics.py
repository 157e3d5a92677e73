"""What counting for Prometheus costs: the same server with it (web:app) and without (app:app).

Both are asked by turns within the same minute, so that what else the machine does meets both.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench import ROOT, Figure, scratch
from bench.crowd import press
from bench.installation import empty_installation, free_port
from bench.processes import cpu_seconds_of
from bench.watch import Crowd, furnish, wait_for
from tools.serve import Address, web_command

ROUNDS = 5
MANY = 8


def run(quick: bool) -> list[Figure]:
    """Press each for 5 × 3 s, or 5 × 1 s when quick."""
    seconds = 1.0 if quick else 3.0
    with scratch("metrics") as folder:
        installation = empty_installation(folder / "data")
        crowd = Crowd(furnish(installation, folder), installation.address.host)
        used = {"with": {"report": 0.0, "page": 0.0}, "without": {"report": 0.0, "page": 0.0}}
        asked = {way: {"report": 0, "page": 0} for way in used}
        servers: dict[str, tuple[subprocess.Popen[bytes], int]] = {}
        try:
            for way, target in (("with", "web:app"), ("without", "app:app")):
                address = Address("127.0.0.1", free_port())
                command = [str(p) for p in web_command(Path(sys.executable), address)]
                command[-1] = target
                server = subprocess.Popen(command, cwd=ROOT, env=installation.env)
                servers[way] = (server, address.port)
                wait_for(address)
            for turn in range(ROUNDS + 1):
                for way, (server, port) in servers.items():
                    for what, make in (("report", crowd.report), ("page", crowd.page)):
                        before = cpu_seconds_of(server.pid)
                        waits = press(port, make, MANY, seconds).checked()[what]
                        if turn:  # the first round warms up
                            used[way][what] += cpu_seconds_of(server.pid) - before
                            asked[way][what] += len(waits)
        finally:
            for server, _ in servers.values():
                server.terminate()
                server.wait(10)
    found = []
    for what in ("report", "page"):
        cost = {way: used[way][what] / asked[way][what] * 1000 for way in used}
        found += [Figure(f"{what} {way} metrics: CPU", value, "ms") for way, value in cost.items()]
        found.append(Figure(f"{what}: CPU with ÷ without", cost["with"] / cost["without"], "×"))
    return found
