"""A real S3-compatible server (SeaweedFS) on free loopback ports, and a line to it that can break.

Started when the first test asks, shared by all workers, ended with the other services.
"""

import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.services import free_port, missing_component, shared_server, wait_until

KEY, SECRET = "sanshi", "linjiang-menhu-7"
BUCKET = "weike"
PARTS = ("master", "volume", "filer", "s3")


def find_weed() -> str | None:
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


def start_weed(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    program = find_weed()
    if program is None:
        missing_component("SeaweedFS (weed)")
    home = folder / "weed"
    home.mkdir()
    rights = {"name": "sanshi", "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}
    (home / "s3.json").write_text(json.dumps({"identities": [{**rights, "actions": ["Admin"]}]}))
    ports = {part: free_port() for part in PARTS}
    listening = [f"-{part}.port={port}" for part, port in ports.items()]
    listening += [f"-{part}.port.grpc={free_port()}" for part in PARTS]
    command = [
        str(program), "-logtostderr=true", "server", f"-dir={home}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={home}/s3.json", *listening,
        "-master.volumeSizeLimitMB=64", "-volume.max=40", "-s3.allowEmptyFolder=false",
        # No services on ports of their own choosing, no word to anybody outside.
        "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
    ]  # fmt: skip
    with (folder / "weed.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{ports['s3']}"

    def ready() -> bool:
        assert server.poll() is None, (folder / "weed.log").read_text()[-2000:]
        try:
            with suppress(client(url).exceptions.BucketAlreadyOwnedByYou):
                client(url).create_bucket(Bucket=BUCKET)
            client(url).put_object(Bucket=BUCKET, Key="ready", Body=b"x")
        except (ClientError, BotoCoreError):
            return False
        return True

    wait_until(ready, 120.0)
    return server, url


def client(url: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - boto3 has no types
    """Return a client of our own making: what it sees is what the server has."""
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    return boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys)


@pytest.fixture(scope="session")
def s3_server() -> str:
    """Address of the server."""
    return shared_server("weed", start_weed)


@pytest.fixture
def bucket_env(s3_server: str) -> dict[str, str]:
    """Settings of an installation that keeps its files in a folder of its own in the bucket.

    One bucket for all: this server sets volumes aside for each.
    """
    return {
        "STORAGE_URL": f"s3://{BUCKET}/{uuid4().hex}?endpoint={s3_server}",
        "STORAGE_KEY": KEY,
        "STORAGE_SECRET": SECRET,
    }


class Line:
    """A line to a server; while it is cut, whoever calls is refused."""

    def __init__(self, server: str) -> None:
        host, _, port = server.removeprefix("http://").partition(":")
        self.to, self.port = (host, int(port)), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._listening: socket.socket | None = None
        self._open: list[socket.socket] = []

    def mend(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        for one in (self._listening, *self._open):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._listening, self._open = None, []

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(self.to)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(s3_server: str) -> Iterator[Line]:
    """A mended line to the server."""
    found = Line(s3_server)
    found.mend()
    yield found
    found.cut()
