"""Many people at once: connections that are kept, one thread each, every answer checked."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench import Figure, percentile

CONCURRENCY = 32
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


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

    def sign_in(self, username: str, password: str) -> None:
        _, page = self.ask("GET", "/account/sign-in")
        token = TOKEN.search(page.decode())
        if token is None:
            raise RuntimeError("the sign-in form has no token")
        values = {"username": username, "password": password, "csrf_token": token[1]}
        status, _ = self.ask(
            "POST",
            "/account/sign-in",
            urlencode(values).encode(),
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
        if status != 302:
            raise RuntimeError(f"could not sign in: {status}")


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


def figures(name: str, waits: list[float], seconds: float) -> list[Figure]:
    crowd = f"{CONCURRENCY} at once"
    return [
        Figure(f"{name}, {crowd}", len(waits) / seconds, "1/s"),
        Figure(f"{name}, {crowd}: p50", percentile(waits, 50) * 1000, "ms"),
        Figure(f"{name}, {crowd}: p95", percentile(waits, 95) * 1000, "ms"),
    ]
