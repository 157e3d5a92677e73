"""Many people at once: connections that are kept, one thread each, every answer checked."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import Figure, percentile
from bench.processes import cpu_seconds_of

CONCURRENCY = 32


@dataclass
class Visitor:
    """A browser without a screen: one connection and its cookies."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Return status and body of one request.

        Raises:
            OSError: the connection broke.
        """
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content


def press(visitors: list[Visitor], once: Callable[[Visitor], int], seconds: float) -> list[float]:
    """Let every visitor ask again and again; return the seconds of each answer.

    Raises:
        RuntimeError: any answer was not 2xx; a fast refusal must not count as a fast page.
    """
    waits: list[float] = []
    wrong: list[str] = []
    until = time.perf_counter() + seconds

    def work(visitor: Visitor) -> None:
        while time.perf_counter() < until and not wrong:
            began = time.perf_counter()
            try:
                status = once(visitor)
            except (OSError, http.client.HTTPException) as error:
                wrong.append(repr(error))
                return
            if not 200 <= status < 300:
                wrong.append(f"status {status}")
                return
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(visitor,)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"not every answer was good: {wrong[0]}")
    return waits


def figures(
    name: str, visitors: list[Visitor], once: Callable[[Visitor], int], seconds: float, server: int
) -> list[Figure]:
    """Press for ``seconds`` after a second of warming up; ``server`` is the process asked.

    CPU time per answer is the figure to compare where the machine has other work to do.
    """
    press(visitors, once, 1.0)
    before = cpu_seconds_of(server)
    waits = press(visitors, once, seconds)
    used = cpu_seconds_of(server) - before
    crowd = f"{name}, {CONCURRENCY} at once"
    return [
        Figure(crowd, len(waits) / seconds, "1/s"),
        Figure(f"{crowd}: p50", percentile(waits, 50) * 1000, "ms"),
        Figure(f"{crowd}: p95", percentile(waits, 95) * 1000, "ms"),
        Figure(f"{name}: CPU of the server", used / len(waits) * 1000, "ms"),
    ]
