"""Puts limits on itself, then becomes the command it was given.

Run as ``python -I -S launch.py <json limits> <argv…>`` by :mod:`sanshi_lms.core.process`, as a
program of its own: a ``preexec_fn`` in a threaded parent can deadlock between fork and exec.
"""

import ctypes
import json
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def _die_with(parent: int) -> None:
    """Ask the kernel to kill us when the supervising thread ends, however it ends."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    limits = json.loads(sys.argv[1])
    if sys.platform == "linux":
        _die_with(limits["parent"])
    for name, value in limits["rlimits"].items():
        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(which, (value, value))
    os.nice(limits["nice"])
    # Python ignores these at start-up and an ignored signal survives exec: a file over its
    # limit has to end the program instead of making it retry for ever.
    for number in (signal.SIGXFSZ, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 -- argument list, no shell: that is the point


main()
