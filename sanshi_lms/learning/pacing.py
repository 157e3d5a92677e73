"""How often players report: often while few watch, seldom while many do. Pure.

An app that is killed says nothing more, so the place it goes on from is as old as its last report.
A report each five seconds keeps that within five seconds; ten thousand people doing so would cost
three times what the machine has. So each answer names the pause until the next report: the
shortest one while all reports together stay below what is easy, and up to the longest one beyond.
"""

import threading

SHORTEST_SECONDS = 5.0
LONGEST_SECONDS = 15.0
EASY_PER_SECOND = 200.0  # reports; the rest of the machine is for pages and pictures
_LOOK_EVERY = 5.0


class Pace:
    """The pause that all players of this process are told, from how many reports come."""

    def __init__(self, easy_per_second: float = EASY_PER_SECOND) -> None:
        """Begin slowly: after a restart everybody comes back at once."""
        self.easy_per_second = easy_per_second
        self._guard = threading.Lock()
        self._pause = LONGEST_SECONDS
        self._since: float | None = None
        self._count = 0

    def after(self, at: float) -> float:
        """Count a report that came at `at` seconds; return the pause until the next one."""
        with self._guard:
            if self._since is None:
                self._since = at
            passed = at - self._since
            if passed >= _LOOK_EVERY:
                # So many players, at this pause, made this rate: the pause at which it is easy.
                wanted = self._pause * (self._count / passed) / self.easy_per_second
                self._pause = min(LONGEST_SECONDS, max(SHORTEST_SECONDS, wanted))
                self._since, self._count = at, 0
            self._count += 1
            return round(self._pause, 1)
