"""Uploading to the real web server while everything breaks: the line, the server, the disk."""

import base64
import dataclasses
import hashlib
import http.client
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from tusclient.client import TusClient

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import storage
from sanshi_lms.video.models import Video
from tests.browser import running_web
from tests.people import Cast
from tests.services import free_port, missing_component, wait_until
from tests.video.test_uploads import TUS, promise
from tools.peer import find_node, find_peer
from tools.serve import Address

PEER = Path(__file__).with_name("tus_peer.cjs")
CHUNK = {"Content-Type": "application/offset+octet-stream"}
RANDOM = random.Random(20261125)


def lecture(size: int) -> bytes:
    return b"\x1aE\xdf\xa3" + RANDOM.randbytes(size - 4)


def credentials(people: Cast, part: str = "author") -> dict[str, str]:
    """Headers by which a program without a browser is this person."""
    client = people.client(part)
    token = re.findall(r'data-token="([^"]+)"', client.get("/admin/video/").text)[0]
    cookie = client.get_cookie("sanshi")
    assert cookie is not None
    return {"Cookie": f"sanshi={cookie.value}", "X-CSRFToken": token}


class Sender:
    """A client on bare sockets that can break off anywhere."""

    def __init__(self, address: Address, headers: dict[str, str]) -> None:
        self.address, self.headers = address, {**headers, **TUS}

    def ask(
        self, method: str, url: str, body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=60)
        connection.request(method, url, body, {**self.headers, **extra})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def begin(self, size: int) -> str:
        answer = self.ask("POST", "/video/uploads", b"", **promise(size))
        assert answer.status == 201
        return answer.headers["Location"]

    def offset(self, url: str) -> int:
        return int(self.ask("HEAD", url).headers["Upload-Offset"])

    @contextmanager
    def half_sent(
        self, url: str, offset: int, body: bytes, sent: int, **headers: str
    ) -> Iterator[None]:
        """Promise the whole body, send `sent` bytes of it, and break off at the end."""
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = {**self.headers, **CHUNK, **extra, "Upload-Offset": str(offset)}
        head = f"PATCH {url} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        with socket.create_connection((self.address.host, self.address.port), 60) as line:
            line.sendall(head.encode() + body[:sent])
            yield
            # A reset, as from a phone in a tunnel, and no orderly farewell.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def sum_of(data: bytes) -> str:
    return f"sha256 {base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def only_video(app: Flask) -> tuple[Video, bytes]:
    with app.app_context():
        db.session.rollback()
        video = db.session.query(Video).one()
        return video, storage().path(video.source_key).read_bytes()


def test_twenty_breaks_of_line_and_server_change_no_byte(
    app: Flask, chosen_settings: Settings, people: Cast
) -> None:
    data = lecture(6_000_000)
    address = Address("127.0.0.1", free_port())
    sender = Sender(address, credentials(people))
    deaths = {7, 14}
    with ExitStack() as servers:
        server = servers.enter_context(running_web(chosen_settings, address))
        url = sender.begin(len(data))
        part = chosen_settings.media_dir / "video" / "uploads" / f"{url.rpartition('/')[2]}.part"
        here, kept_unasked = 0, 0
        for number in range(20):
            body = data[here : here + RANDOM.randrange(200_000, 700_000)]
            sent = RANDOM.randrange(*(1, 190_000) if number % 2 == 0 else (70_000, 190_000))
            checked = number % 2 == 0
            extra = {"Upload_Checksum": sum_of(body)} if checked else {}
            with sender.half_sent(url, here, body, sent, **extra):
                wait_until(lambda: is_held(part), 60)
                if not checked:  # the server has begun to write
                    wait_until(lambda at=here: part.stat().st_size > at, 60)  # type: ignore[misc]
                if number in deaths:
                    os.killpg(server.pid, signal.SIGKILL)
                    server.wait()
            if number in deaths:
                server = servers.enter_context(running_web(chosen_settings, address))
            wait_until(lambda: not is_held(part), 60)
            before, here = here, sender.offset(url)
            assert before <= here <= before + sent
            assert part.read_bytes() == data[:here], "what counts as arrived is what was sent"
            assert not checked or here == before, "nothing unproven is kept"
            kept_unasked += here - before
        assert kept_unasked > 0
        assert sender.offset(url) == here
        whole = hashlib.sha256(data).hexdigest()
        last = sender.ask(
            "PATCH", url, data[here:], **CHUNK, Upload_Offset=str(here), X_Upload_Sha256=whole
        )
        assert last.status == 204
    video, stored = only_video(app)
    assert hashlib.sha256(stored).hexdigest() == whole == video.source_sha256


def is_held(part: Path) -> bool:
    """Tell whether a request is at work on the file; looks without touching its lock."""
    inode = f":{part.stat().st_ino} "
    return any(inode in line for line in Path("/proc/locks").read_text().splitlines())


def send_from_two_sides(address: Address, headers: dict[str, str], data: bytes) -> set[int]:
    """Let two senders bring the same upload at once; return the statuses that they met."""
    sender = Sender(address, headers)
    url = sender.begin(len(data))
    statuses: set[int] = set()

    def send_all() -> None:
        while (here := sender.offset(url)) < len(data):
            piece = data[here : here + 150_000]
            said = {**CHUNK, "Upload_Checksum": sum_of(piece), "Upload_Offset": str(here)}
            statuses.add(sender.ask("PATCH", url, piece, **said).status)

    both = [threading.Thread(target=send_all) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(120)
    return statuses


def test_a_full_disk_keeps_what_arrived_and_goes_on(
    app: Flask, people: Cast, chosen_settings: Settings
) -> None:
    """A real small disk: the promise fits, then something else eats the room."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root; the guard is tested with MIN_FREE_MB")
    media = chosen_settings.media_dir
    media.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(media)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this container may not mount")
    try:
        data = lecture(3_000_000)
        client = people.client("author")
        app.extensions["settings"] = settings_without_guard(chosen_settings)
        answer = client.post("/video/uploads", headers={**TUS, **promise(len(data))})
        url = answer.headers["Location"]
        (media / "other").write_bytes(bytes(6_500_000))
        headers = {**TUS, "Upload-Offset": "0"}
        full = client.patch(url, headers=headers, data=data, content_type=CHUNK["Content-Type"])
        assert full.status_code == 507
        assert "都还在" in full.text
        here = int(client.head(url, headers=TUS).headers["Upload-Offset"])
        part = media / "video" / "uploads" / f"{url.rpartition('/')[2]}.part"
        assert part.read_bytes() == data[:here]
        (media / "other").unlink()
        headers["Upload-Offset"] = str(here)
        rest = client.patch(
            url, headers=headers, data=data[here:], content_type=CHUNK["Content-Type"]
        )
        assert rest.status_code == 204
        assert only_video(app)[1] == data
    finally:
        subprocess.run(["umount", "-l", str(media)], check=True)


def settings_without_guard(chosen: Settings) -> Settings:
    return dataclasses.replace(chosen, min_free_bytes=0)


def peer(*arguments: str, **task: object) -> dict[str, str]:
    """Run tus-js-client in Node; return what it prints at the end."""
    node, folder = find_node(), find_peer()
    if node is None or folder is None:
        missing_component("tus-js-client in Node")
    command = [str(node), str(PEER), str(folder), json.dumps(task), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_independent_clients_and_two_at_once_are_understood(
    app: Flask, people: Cast, live_url: str, tmp_path: Path
) -> None:
    """tus-js-client and tuspy: pieces, a break, going on by HEAD, one long PATCH, checksums."""
    headers, endpoint = credentials(people), f"{live_url}/video/uploads"
    files = {name: tmp_path / f"{name}.mkv" for name in ("node", "long", "python", "gone")}
    for file in files.values():
        file.write_bytes(lecture(900_000 if file.stem != "long" else 18_000_000))
    base = {"endpoint": endpoint, "headers": headers}
    broken = peer(**base, file=str(files["node"]), chunkSize=200_000, stopAt=400_000)
    assert broken["state"] == "stopped"
    done = peer(**base, file=str(files["node"]), chunkSize=200_000, uploadUrl=broken["url"])
    assert done["state"] == "done"
    assert int(done["first"]) >= 400_000, "what had arrived was not sent again"
    assert peer(**base, file=str(files["long"]))["state"] == "done"
    gone = peer(**base, file=str(files["gone"]), chunkSize=200_000, stopAt=200_000, end=True)
    assert gone["state"] == "terminated"

    tus = TusClient(endpoint, headers=headers)
    with files["python"].open("rb") as stream:
        options = {"file_stream": stream, "chunk_size": 200_000, "upload_checksum": True}
        first = tus.uploader(**options, metadata={"filename": "python.mkv"})
        first.upload(stop_at=400_000)
        again = tus.uploader(**options, url=first.url)
        assert again.offset == 400_000
        again.upload()

    place = urlsplit(live_url)
    files["讲课"] = tmp_path / "讲课.mp4"
    files["讲课"].write_bytes(lecture(2_000_000))
    address = Address(place.hostname or "", place.port or 0)
    met = send_from_two_sides(address, headers, files["讲课"].read_bytes())
    assert met <= {204, 409, 410, 423}
    with app.app_context():
        db.session.rollback()
        videos = {video.source_name: video for video in db.session.query(Video)}
        assert set(videos) == {"node.mkv", "long.mkv", "python.mkv", "讲课.mp4"}
        for name, video in videos.items():
            expected = (tmp_path / name).read_bytes()
            assert storage().path(video.source_key).read_bytes() == expected
            assert video.source_sha256 == hashlib.sha256(expected).hexdigest()
        assert not list((storage().root / "video" / "uploads").iterdir())
