"""Starts an nginx of one's own by deploy/nginx.conf, for tests and measurements."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.environment import ROOT


def sample(port: int, application_port: int, media: Path) -> str:
    """Return deploy/nginx.conf with other ports and folder, without its certificate."""
    return before(f"127.0.0.1:{port}", [f"127.0.0.1:{application_port}"], media)


def before(listen: str, applications: Sequence[str], media: Path) -> str:
    """Return deploy/nginx.conf at `listen`, before these hosts of the application."""
    text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    for old, new in (
        (
            r"server 127\.0\.0\.1:5000;",
            "\n    ".join(f"server {one} max_fails=1 fail_timeout=30s;" for one in applications),
        ),
        (r"server \{\n    listen 80;.*?\n\}\n", ""),
        (r"/var/cache/nginx/sanshi", "cache"),
        (r"listen 443 ssl http2;", f"listen {listen};"),
        (r"ssl_certificate\w* .*", ""),
        (r"alias /srv/sanshi/media/;", f"alias {media}/;"),
    ):
        text, found = re.subn(old, new, text, flags=re.DOTALL if "listen 80" in old else 0)
        if not found:
            raise ValueError(f"deploy/nginx.conf has no {old}")
    return text


def begin_nginx(program: Path, folder: Path, servers: str) -> subprocess.Popen[bytes]:
    """Start `program` with everything it writes in the new folder `folder`."""
    folder.mkdir()
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # a scratch folder is for one account only
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary}\n{servers} }}"
    )
    command = [str(program), "-p", str(folder), "-e", f"{folder}/error.log", "-c", "nginx.conf"]
    return subprocess.Popen(command)
