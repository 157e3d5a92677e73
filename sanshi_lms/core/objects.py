"""The objects of an S3-compatible bucket by name: the only place that speaks to its library."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from sanshi_lms.core.settings import MEGABYTE, Settings
from sanshi_lms.core.storage import StorageDown

_PIECE = 256 * 1024
_MOST_AT_ONCE = 1000
_TRANSFER = TransferConfig(multipart_threshold=16 * MEGABYTE, multipart_chunksize=16 * MEGABYTE)
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class Objects:
    """A bucket. Every method raises StorageDown when it does not do what it should."""

    client: Any
    bucket: str

    def size(self, name: str) -> int | None:
        """Return how many bytes an object has; None when there is none."""
        with _asking():
            try:
                head = self.client.head_object(Bucket=self.bucket, Key=name)
            except ClientError as error:
                if _is_gone(error):
                    return None
                raise
            return int(head["ContentLength"])

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """Yield `length` bytes (at least one) from `start` on. Raises FileNotFoundError."""
        asked = f"bytes={start}-{start + length - 1}"
        with _asking():
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=name, Range=asked)
            except ClientError as error:
                if _is_gone(error):
                    raise FileNotFoundError(name) from error
                raise
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(_PIECE)

    def fetch(self, name: str, place: Path) -> bool:
        """Copy an object to `place`. Returns False when there is none."""
        with _asking():
            try:
                self.client.download_file(self.bucket, name, str(place), Config=_TRANSFER)
            except ClientError as error:
                if _is_gone(error):
                    return False
                raise
            return True

    def put(self, file: Path, name: str) -> None:
        """Store a file, a large one in several streams."""
        with _asking():
            self.client.upload_file(str(file), self.bucket, name, Config=_TRANSFER)

    def below(self, prefix: str, most: int = _MOST_AT_ONCE) -> Iterator[str]:
        """Yield the names of all objects that begin with `prefix`, asking for `most` at a time."""
        for page in self._pages(Prefix=prefix, PaginationConfig={"PageSize": most}):
            yield from (entry["Key"] for entry in page.get("Contents", ()))

    def children(self, prefix: str) -> set[str]:
        """Return what follows `prefix` up to the next slash."""
        found: set[str] = set()
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            found |= {entry["Key"] for entry in page.get("Contents", ())}
            found |= {entry["Prefix"].rstrip("/") for entry in page.get("CommonPrefixes", ())}
        return {name.removeprefix(prefix) for name in found}

    def remove(self, names: list[str]) -> None:
        """Delete objects; nothing happens for one that is not there."""
        for start in range(0, len(names), _MOST_AT_ONCE):
            batch = [{"Key": name} for name in names[start : start + _MOST_AT_ONCE]]
            with _asking():
                answer = self.client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": batch, "Quiet": True}
                )
            if failed := answer.get("Errors"):
                raise StorageDown(str(failed[:3]))

    def look(self) -> None:
        """Raise StorageDown unless the bucket answers and is ours."""
        with _asking():
            self.client.head_bucket(Bucket=self.bucket)

    def _pages(self, **asked: Any) -> Iterator[dict[str, Any]]:
        with _asking():
            yield from self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, **asked
            )


def connect(chosen: Settings) -> Objects:
    """Return the bucket that STORAGE_URL names. Asks nothing of it yet."""
    place = chosen.bucket()
    client = boto3.client(
        "s3",
        endpoint_url=place.endpoint,
        region_name=place.region,
        aws_access_key_id=chosen.storage_key,
        aws_secret_access_key=chosen.storage_secret,
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 2},
            s3={"addressing_style": "path"},
            # Servers other than Amazon's know the newer checksums only partly.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    return Objects(client, place.name)


@contextmanager
def _asking() -> Iterator[None]:
    """Tell whatever can go wrong between us and the bucket as StorageDown."""
    try:
        yield
    except (ClientError, BotoCoreError, boto3.exceptions.Boto3Error, HTTPError) as error:
        raise StorageDown(str(error)) from error


def _is_gone(error: ClientError) -> bool:
    return str(error.response.get("Error", {}).get("Code")) in _GONE
