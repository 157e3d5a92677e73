"""Several hosts on one machine: network namespaces on a bridge, with names of their own.

Each host is a network and UTS namespace that lives as long as one sleeping process; nothing is
left in the machine's own network. This process stands at the bridge itself, as nginx does.
Needs Linux and root.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CLONE_NEWNET = 0x40000000
HUB = "10.99.0.1"
_NEEDED = ("ip", "unshare", "nsenter", "setpriv")


def possible() -> bool:
    """Whether this machine lets us make hosts."""
    if os.geteuid() != 0 or not all(map(shutil.which, _NEEDED)):
        return False
    return subprocess.run(["unshare", "-n", "-u", "true"], check=False).returncode == 0


@dataclass
class Host:
    """A host on the bridge; `cut` takes its cable out, and nobody is told."""

    name: str
    number: int
    anchor: subprocess.Popen[bytes]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"10.99.0.{self.number}"

    def start(
        self, command: Sequence[str | Path], env: Mapping[str, str], log: Path, user: str = "",
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """Run a command on this host; nsenter becomes it, so its pid is the command's."""
        inside = ["nsenter", "-t", str(self.anchor.pid), "-n", "-u", "--"]
        if user:
            account = pwd.getpwnam(user)
            inside += ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"]
            inside += ["--clear-groups", "--"]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*inside, *map(str, command)], env=dict(env), cwd=cwd, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def cut(self) -> None:
        _ip("link", "set", f"v{self.number}", "down")

    def mend(self) -> None:
        _ip("link", "set", f"v{self.number}", "up")


@contextmanager
def network(names: Sequence[str]) -> Iterator[dict[str, Host]]:
    """Make a bridge with a host for each name, and step onto it; all of it goes afterwards."""
    hosts: dict[str, Host] = {}
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open() as before:
        if libc.unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "no network namespace")
        try:
            _ip("link", "set", "lo", "up")
            _ip("link", "add", "hub", "type", "bridge")
            _ip("addr", "add", f"{HUB}/24", "dev", "hub")
            _ip("link", "set", "hub", "up")
            for number, name in enumerate(names, 11):
                hosts[name] = _host(name, number)
            yield hosts
        finally:
            for host in hosts.values():
                for process in (*host.running, host.anchor):
                    stop(process, 3.0)
            libc.setns(before.fileno(), CLONE_NEWNET)


def stop(process: subprocess.Popen[bytes], seconds: float) -> None:
    """End a process, by force if it will not."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()


def _host(name: str, number: int) -> Host:
    awake = f"hostname {name} && exec sleep infinity"
    anchor = subprocess.Popen(["unshare", "-n", "-u", "sh", "-c", awake])
    own = Path("/proc/self/ns/net").readlink()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{anchor.pid}/ns/net").readlink() == own:  # not there yet
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start")
        time.sleep(0.01)
    near, far = f"v{number}", f"w{number}"
    _ip("link", "add", near, "type", "veth", "peer", "name", far)
    _ip("link", "set", far, "netns", str(anchor.pid))
    _ip("link", "set", near, "master", "hub", "up")
    inside = ["nsenter", "-t", str(anchor.pid), "-n", "ip"]
    for words in (
        ["link", "set", "lo", "up"],
        ["addr", "add", f"10.99.0.{number}/24", "dev", far],
        ["link", "set", far, "up"],
    ):
        subprocess.run([*inside, *words], check=True)
    return Host(name, number, anchor)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
