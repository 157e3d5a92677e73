"""People and programs that do not give up: each act is sent until it is acknowledged.

Acts come at their own pace, whether or not the earlier ones were answered, and a wait counts from
the moment at which an act was due. What was acknowledged is remembered, to be looked for later.
"""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import quote, urlencode

PATIENCE = 90.0  # then an act counts as lost
TIMEOUT = 5.0  # of one try, as of a phone
PAUSE = 0.3
AT_ONCE = 192
FORM = "application/x-www-form-urlencoded"


@dataclass
class Person:
    """Whom the site knows by `cookie`; `door` is nobody's; `token` is the form token of both."""

    user_id: int
    username: str
    cookie: str
    token: str
    door: str
    watching: str
    attempt_id: int
    sequence: int = 0


@dataclass(frozen=True)
class Act:
    """What was done: due when, acknowledged after how long (None: never)."""

    name: str
    due: float
    wait: float | None
    tries: int


@dataclass
class Acknowledged:
    """What the site said that it has."""

    reports: dict[int, list[int]] = field(default_factory=dict)  # person: sequences
    handed_in: set[int] = field(default_factory=set)
    cookies: list[str] = field(default_factory=list)
    jobs: set[str] = field(default_factory=set)


class Load:
    """Everybody at once, against one address."""

    def __init__(self, address: tuple[str, int], people: list[Person], items: list[int]) -> None:
        self.address, self.people, self.items = address, people, items
        self.acts: list[Act] = []
        self.has = Acknowledged()
        self.faults: list[str] = []
        self.statuses: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._numbers = itertools.count()
        self._watchers = itertools.cycle(people)
        self._quizzes = iter(people)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._clocks: list[threading.Thread] = []

    def begin(self, rates: dict[str, float]) -> None:
        """Let each kind of act come so many times a second."""
        for name, rate in rates.items():
            clock = threading.Thread(target=self._keep_coming, args=(name, rate))
            clock.start()
            self._clocks.append(clock)

    def end(self) -> None:
        """Let nothing more come, and wait until everything has ended well or badly."""
        self._stop.set()
        for clock in self._clocks:
            clock.join()
        self._pool.shutdown(wait=True)

    def _keep_coming(self, name: str, rate: float) -> None:
        began, number = time.monotonic(), 0
        while not self._stop.is_set():
            due = began + number / rate
            number += 1
            if self._stop.wait(max(0.0, due - time.monotonic())):
                return
            one_try = getattr(self, name)()
            if one_try is not None:
                self._pool.submit(self._persist, name, due, one_try)

    def _persist(self, name: str, due: float, one_try: Callable[[], bool]) -> None:
        tries, wait = 0, None
        while time.monotonic() < due + PATIENCE:
            tries += 1
            try:
                if one_try():
                    wait = time.monotonic() - due
                    break
            except (OSError, http.client.HTTPException):
                pass
            except Exception as error:  # a fault of this program must not pass for a lost act
                self.faults.append(f"{name}: {error!r}")
                break
            time.sleep(PAUSE)
        with self._guard:
            self.acts.append(Act(name, due, wait, tries))

    def report(self) -> Callable[[], bool]:
        """Fifteen seconds more of somebody's lecture."""
        with self._guard:
            person = next(self._watchers)
            person.sequence += 1
            sequence = person.sequence
        body = {
            "session": person.watching, "sequence": sequence, "position": sequence * 15,
            "stretches": [[sequence * 15 - 15, sequence * 15]], "rate": 1, "age": 0.01,
        }  # fmt: skip
        sent = json.dumps(body).encode()

        def one_try() -> bool:
            path = "/api/v1/learning/reports"
            status, _, _ = self._ask("POST", path, person.cookie, sent, "application/json")
            if status == 200:
                with self._guard:
                    self.has.reports.setdefault(person.user_id, []).append(sequence)
            return status == 200

        return one_try

    def search(self) -> Callable[[], bool]:
        words = quote(("加装电梯", "议事协商", "消防通道", "laojiu")[next(self._numbers) % 4])
        return lambda: self._ask("GET", f"/api/v1/search?q={words}")[0] == 200

    def hand_in(self) -> Callable[[], bool] | None:
        """Somebody's whole sheet; each person has one."""
        person = next(self._quizzes, None)
        if person is None:
            return None
        values = [(f"item-{item}", "0") for item in self.items]
        form = urlencode([*values, ("then", "anyway"), ("csrf_token", person.token)]).encode()
        path = f"/quizzes/attempts/{person.attempt_id}/hand-in"

        def one_try() -> bool:
            status, headers, _ = self._ask("POST", path, person.cookie, form, FORM)
            done = status == 302 and headers.get("Location", "").endswith("/result")
            if done:
                with self._guard:
                    self.has.handed_in.add(person.attempt_id)
            return done

        return one_try

    def sign_in(self) -> Callable[[], bool]:
        """Somebody at the form, with the right password."""
        person = self.people[next(self._numbers) % 8]
        values = {"username": person.username, "password": PASSWORD, "csrf_token": person.token}
        form = urlencode(values).encode()

        def one_try() -> bool:
            status, headers, _ = self._ask("POST", "/account/sign-in", person.door, form, FORM)
            given = headers.get("Set-Cookie", "")
            if status == 302 and given.startswith("sanshi="):
                with self._guard:
                    self.has.cookies.append(given.partition(";")[0].removeprefix("sanshi="))
                return True
            return False

        return one_try

    def job(self) -> Callable[[], bool]:
        return self._job(0.2)

    def long_job(self) -> Callable[[], bool]:
        return self._job(6.0)

    def _job(self, seconds: float) -> Callable[[], bool]:
        number, tries = next(self._numbers), itertools.count()

        def one_try() -> bool:
            # Another key for each try: what was accepted without our hearing of it may be done too.
            key = f"{number}-{next(tries)}"
            status, _, _ = self._ask("POST", f"/bench/jobs/{key}?seconds={seconds}")
            if status == 200:
                with self._guard:
                    self.has.jobs.add(key)
            return status == 200

        return one_try

    def _ask(
        self, method: str, path: str, cookie: str = "", body: bytes = b"", kind: str = ""
    ) -> tuple[int, Message, bytes]:
        line = http.client.HTTPConnection(*self.address, timeout=TIMEOUT)
        try:
            headers = {"Content-Type": kind} if kind else {}
            if cookie:
                headers["Cookie"] = f"sanshi={cookie}"
            line.request(method, path, body or None, headers)
            answer = line.getresponse()
            said = answer.read()
            self.statuses[f"{method} {path[:12]} {answer.status}"] += 1
            return answer.status, answer.headers, said
        finally:
            line.close()


PASSWORD = "bench-Password-1"  # noqa: S105 - of an installation that lives for minutes
