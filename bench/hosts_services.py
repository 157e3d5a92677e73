"""PostgreSQL, Redis and a bucket on a host of their own, as durable as those in use."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import psycopg
import redis

from bench.network import Host
from tests.buckets import BUCKET, KEY, SECRET, find_weed
from tools.testing import find_postgres, find_redis

POSTGRES, REDIS, S3 = 5432, 6379, 8333
DATABASE = "lms"


class Services:
    """The three servers; each can be ended and started again."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host, self.folder = host, folder
        folder.mkdir()
        folder.chmod(0o711)
        self.env = {**os.environ, "LC_ALL": "C.UTF-8"}
        programs, server, weed = find_postgres(), find_redis(), find_weed()
        if programs is None or server is None or weed is None:
            raise RuntimeError("PostgreSQL, Redis or SeaweedFS is missing: make test installs them")
        self.programs, self.redis_program, self.weed = programs, server, weed
        self.postgres: subprocess.Popen[bytes] | None = None
        self.redis: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        return f"postgresql://sanshi@{self.host.address}:{POSTGRES}/{DATABASE}"

    @property
    def redis_url(self) -> str:
        return f"redis://{self.host.address}:{REDIS}/0"

    def settings(self) -> dict[str, str]:
        """What each host is told."""
        endpoint = f"http://{self.host.address}:{S3}"
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "STORAGE_URL": f"s3://{BUCKET}/hosts?endpoint={endpoint}",
            "STORAGE_KEY": KEY,
            "STORAGE_SECRET": SECRET,
        }

    def begin(self) -> None:
        """Make the database and the bucket, and start all three."""
        data = self.folder / "postgres"
        data.mkdir()
        subprocess.run(["chown", "postgres", data], check=True)
        words = ["-D", data, "--auth=trust", "--username=sanshi", "--encoding=UTF8"]
        command: list[str | Path] = [self.programs / "initdb", *map(str, words)]
        made = self.host.start(command, self.env, self._log("initdb"), "postgres", cwd=data)
        if made.wait() != 0:
            raise RuntimeError(self._log("initdb").read_text())
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 10.99.0.0/24 trust\n")
        self.start_postgres()
        with psycopg.connect(self.database_url.replace(f"/{DATABASE}", "/postgres"),
                             autocommit=True) as line:  # fmt: skip
            line.execute(f"CREATE DATABASE {DATABASE}".encode())
        self.start_redis()
        self._start_bucket()

    def start_postgres(self) -> None:
        data = self.folder / "postgres"
        words = ["-D", data, "-p", POSTGRES, "-h", "0.0.0.0", "-k", data]  # noqa: S104 - own network
        command: list[str | Path] = [self.programs / "postgres", *map(str, words)]
        self.postgres = self.host.start(
            command, self.env, self._log("postgres"), "postgres", cwd=data
        )
        url = self.database_url.replace(f"/{DATABASE}", "/postgres")
        _until(lambda: psycopg.connect(url, connect_timeout=2).close(), psycopg.OperationalError)

    def start_redis(self) -> None:
        words = ["--port", REDIS, "--protected-mode", "no", "--save", "", "--dir", self.folder]
        self.redis = self.host.start(
            [self.redis_program, *map(str, words)], self.env, self._log("redis")
        )

        def ping() -> None:
            with closing(redis.Redis.from_url(self.redis_url)) as line:
                line.ping()

        _until(ping, redis.ConnectionError)

    def restart_postgres(self) -> None:
        """As `systemctl restart postgresql` does: every session ends at once."""
        assert self.postgres is not None
        self.postgres.send_signal(2)
        self.postgres.wait(60)
        self.start_postgres()

    def restart_redis(self) -> None:
        assert self.redis is not None
        self.redis.terminate()
        self.redis.wait(30)
        self.start_redis()

    def _start_bucket(self) -> None:
        home = self.folder / "weed"
        home.mkdir()
        rights = {"name": "sanshi", "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}
        (home / "s3.json").write_text(
            json.dumps({"identities": [{**rights, "actions": ["Admin"]}]})
        )
        address = self.host.address
        self.host.start(
            [
                self.weed, "-logtostderr=true", "server", f"-dir={home}", f"-ip={address}",
                "-ip.bind=0.0.0.0", "-filer", "-s3", f"-s3.port={S3}",
                f"-s3.config={home}/s3.json", "-master.volumeSizeLimitMB=64", "-volume.max=40",
                "-s3.allowEmptyFolder=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
                "-master.telemetry=false",
            ],
            self.env, self._log("weed"), cwd=home,
        )  # fmt: skip
        _until(lambda: self.bucket().create_bucket(Bucket=BUCKET), Exception, 120)
        _until(lambda: self.bucket().put_object(Bucket=BUCKET, Key="x", Body=b"x"), Exception)

    def bucket(self) -> Any:
        """Return a client of our own: what it sees is what the server has."""
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
        endpoint = f"http://{self.host.address}:{S3}"
        return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def answers(url: str) -> bool:
    """Whether a website answers with a page."""
    try:
        with urlopen(url, timeout=3) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(attempt: Callable[[], object], error: type[Exception], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            attempt()
        except error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
