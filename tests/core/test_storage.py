"""One contract for every storage: a folder of this machine, and a bucket on a real S3 server."""

import os
from pathlib import Path

import pytest

from sanshi_lms.core.bucket import open_bucket
from sanshi_lms.core.settings import Settings, SettingsError
from sanshi_lms.core.storage import Storage
from tests.conftest import settings_in


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage of each kind."""
    if request.param == "folder":
        return Storage(settings_in(tmp_path).media_dir)
    return open_bucket(settings_in(tmp_path, **request.getfixturevalue("bucket_env")))


def put(store: Storage, key: str, data: bytes) -> None:
    folder = store.private_dir()
    (folder / "x").write_bytes(data)
    store.commit_file(folder / "x", key)
    folder.rmdir()


def put_folder(store: Storage, key: str, files: dict[str, bytes]) -> None:
    folder = store.private_dir() / "made"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    store.commit_dir(folder, key)


def test_a_file_comes_back_as_it_was_given(store: Storage) -> None:
    data = os.urandom(300_000)
    assert not store.exists("video/originals/a")
    assert not store.path("video/originals/a").exists()
    put(store, "video/originals/a", data)
    assert store.exists("video/originals/a")
    assert store.exists("video/originals"), "a folder with something in it"
    assert store.is_here("video/originals/a")
    assert store.size("video/originals/a") == len(data)
    assert store.path("video/originals/a").read_bytes() == data
    for start, length in ((0, len(data)), (5, 1), (299_999, 9), (0, 0), (262_143, 2)):
        assert b"".join(store.read("video/originals/a", start, length)) == data[start:][:length]
    put(store, "video/originals/a", b"shorter")
    assert store.path("video/originals/a").read_bytes() == b"shorter"
    assert store.size("video/originals/a") == 7


def test_what_is_not_there_says_so(store: Storage) -> None:
    with pytest.raises(FileNotFoundError):
        store.size("video/none")
    with pytest.raises(FileNotFoundError):
        list(store.read("video/none", 0, 5))
    assert store.keys("video") == []
    store.delete("video/none")


def test_a_folder_is_replaced_as_a_whole(store: Storage) -> None:
    put_folder(store, "video/1/p", {"manifest.json": b"{}", "180p/0.m4s": b"a", "180p/1.m4s": b"b"})
    assert store.keys("video/1") == [
        f"video/1/p/{name}" for name in ("180p/0.m4s", "180p/1.m4s", "manifest.json")
    ]
    put_folder(store, "video/1/p", {"manifest.json": b"{1}", "180p/0.m4s": b"c"})
    assert store.keys("video/1") == ["video/1/p/180p/0.m4s", "video/1/p/manifest.json"]
    assert store.path("video/1/p/180p/0.m4s").read_bytes() == b"c"


def test_deleting_takes_what_is_below_and_no_neighbour(store: Storage) -> None:
    for key in ("video/1/p/a", "video/1/posters/b", "video/12/p/a", "video/1.txt"):
        put(store, key, key.encode())
    store.delete("video/1")
    assert store.keys("video") == ["video/1.txt", "video/12/p/a"]
    assert {"1.txt", "12"} <= set(store.names("video"))
    assert store.names("video/12/p") == ["a"]
    assert store.names("courses") == []
    store.delete("video/1.txt")
    assert store.keys("video") == ["video/12/p/a"]
    assert store.path("video/12/p/a").read_bytes() == b"video/12/p/a"
    put(store, "video/1/p/a", b"again")
    assert store.keys("video/1") == ["video/1/p/a"], "what is deleted can be stored again"


def test_a_key_cannot_leave_the_storage(store: Storage) -> None:
    asks = (store.path, store.exists, store.size, store.delete, store.keys, store.is_here)
    for key in ("", "/etc/passwd", "../x", "a/../b", ".private/x", "a//b", "a/"):
        for ask in asks:
            with pytest.raises(ValueError, match="not a storage key"):
                ask(key)
        with pytest.raises(ValueError, match="not a storage key"):
            put(store, key, b"x")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://bucket", "must be like"), ("s3://", "must be like"), ("bucket", "must be like"),
        ("s3://b?endpoint=file:///etc", "endpoint"), ("s3://b?acl=public", "must be like"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        settings_in(tmp_path, STORAGE_URL=url, STORAGE_KEY="a", STORAGE_SECRET="b")


def test_the_setting_is_understood(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="STORAGE_KEY"):
        settings_in(tmp_path, STORAGE_URL="s3://b")
    keys = {"STORAGE_KEY": "a", "STORAGE_SECRET": "b"}
    url = "s3://weike/media/2026/?endpoint=https://s3.example.cn:9000&region=cq"
    chosen: Settings = settings_in(tmp_path, STORAGE_URL=url, **keys)
    place = chosen.bucket()
    assert (place.name, place.prefix) == ("weike", "media/2026/")
    assert (place.endpoint, place.region) == ("https://s3.example.cn:9000", "cq")
