"""A crowd that costs little: raw sockets in one event loop, every answer checked."""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Request = tuple[bytes, str]  # what is sent, and the name under which its wait is kept


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_OPENED_AT_ONCE = 200
_SIGN_IN = b"/account/sign-in"


@dataclass
class Waits:
    """Seconds from when an answer was due to be asked for until it was there, by name."""

    by_name: dict[str, list[float]] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)  # how late each was sent: the crowd's own fault
    own_cpu: float = 0.0  # seconds that the crowd itself computed
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, seconds: float) -> None:
        self.by_name.setdefault(name, []).append(seconds)

    def checked(self) -> dict[str, list[float]]:
        """Return the waits.

        Raises:
            RuntimeError: an answer was neither 200 nor a form's that was taken; a fast refusal must
                not count as a fast answer.
        """
        if self.wrong:
            raise RuntimeError(f"{len(self.wrong)} wrong answers, the first: {self.wrong[0]}")
        return self.by_name


def request(
    method: str, path: str, host: str, cookie: str, body: bytes = b"", kind: str = JSON
) -> bytes:
    """Return the bytes of one request; ``kind`` is that of its body."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n"
    if cookie:
        head += f"Cookie: sanshi={cookie}\r\n"
    if method == "POST":
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes, waits: Waits
) -> None:
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
    else:
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size + 2)
        await reader.readline()
    # A form that was taken sends on; to the sign-in page it sends whom it does not know.
    taken = b" 302 " in head[:13] and sent.startswith(b"POST") and _SIGN_IN not in head
    if b" 200 " not in head[:13] and not taken:
        waits.wrong.append(f"{head[:60]!r} {body[:200]!r}")


async def _closed(port: int, people: Iterator[Request], until: float, waits: Waits) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        sent, name = next(people)
        began = time.perf_counter()
        await _ask(reader, writer, sent, waits)
        waits.note(name, time.perf_counter() - began)
    writer.close()


def allow_lines(wanted: int) -> None:
    """Let this process open so many connections.

    Raises:
        RuntimeError: the machine does not allow it.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 100:
        if hard < wanted + 100:
            raise RuntimeError(f"{wanted} connections need `ulimit -Hn` of {wanted + 100}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 100, hard))


def press(port: int, make: Callable[[], Request], at_once: int, seconds: float) -> Waits:
    """Let `at_once` connections ask again and again."""
    waits = Waits()

    def endless() -> Iterator[Request]:
        while True:
            yield make()

    async def all_of_them() -> None:
        until = time.perf_counter() + seconds
        people = endless()
        await asyncio.gather(*(_closed(port, people, until, waits) for _ in range(at_once)))

    asyncio.run(all_of_them())
    return waits


def arrive(
    port: int,
    makes: list[tuple[Callable[[], Request], float]],
    seconds: float,
    lines: int,
    begin: Callable[[], float],
) -> tuple[Waits, float]:
    """Let requests come at a rate each (per second), whether or not the earlier ones are answered.

    A wait counts from the moment at which the request was due, so a server that falls behind shows.
    `lines` connections are open all the time and take turns, as browsers keep theirs; what `begin`
    says when they are is returned too.
    """
    waits = Waits()
    said: list[float] = []

    async def all_of_them() -> None:
        due: asyncio.Queue[tuple[float, Request] | None] = asyncio.Queue()

        opening = asyncio.Semaphore(_OPENED_AT_ONCE)
        ready = asyncio.Semaphore(0)

        async def line() -> None:
            async with opening:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            ready.release()
            while (one := await due.get()) is not None:
                at, (sent, name) = one
                await _ask(reader, writer, sent, waits)
                waits.note(name, time.perf_counter() - at)
            writer.close()

        workers = [asyncio.create_task(line()) for _ in range(lines)]
        for _ in workers:
            await ready.acquire()
        # Ten thousand lines are a heap that a collection walks for a third of a second: the crowd's
        # own pause, and every answer of that time would count as the server's.
        gc.collect()
        gc.freeze()
        said.append(begin())
        began, own = time.perf_counter(), time.process_time()
        times = sorted(
            (began + n / rate, place)
            for place, (_, rate) in enumerate(makes)
            for n in range(int(rate * seconds))
        )
        for at, place in times:
            pause = at - time.perf_counter()
            if pause > 0:
                await asyncio.sleep(pause)
            due.put_nowait((at, makes[place][0]()))
            waits.late.append(time.perf_counter() - at)
        waits.own_cpu = time.process_time() - own
        for _ in workers:
            due.put_nowait(None)
        await asyncio.gather(*workers)

    asyncio.run(all_of_them())
    return waits, said[0]
