"""Every upload is hostile: fifty files that lie, each through the real probe and pipeline.

Each is refused in a Chinese sentence, or plays, in bounded time and memory; nothing of another file
comes out, nobody is called, nothing is left behind.
"""

import os
import re
import resource
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest

from sanshi_lms.video.engine import Failed, Ffmpeg, Made, Refused, examine, make_all
from tests.video import hostile as bad
from tests.video.conftest import Maker

pytestmark = pytest.mark.media
SECRET = "CANARY-7f3a-NEIGHBOUR"
MEMORY_KB = 900_000  # of any child; the largest honest one here needs a tenth


@dataclass
class World:
    """What an attacker would like to reach, and honest files to build on."""

    secret: Path  # a text
    neighbour: Path  # somebody else's lecture: magenta all over
    port: int
    mp4: bytes
    avi: bytes
    mjpeg: bytes
    extra: dict[str, Callable[[], Path]]
    calls: list[bytes] = field(default_factory=list)

    @property
    def inner(self) -> str:
        return f"http://127.0.0.1:{self.port}/latest/meta-data"


@pytest.fixture(scope="module")
def world(make_clip: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("neighbour")
    secret = folder / "secret.txt"
    secret.write_text(SECRET * 50, "utf-8")
    picture = ("-f", "lavfi", "-i", "testsrc=s=160x90:r=10:d=2")
    tone = ("-f", "lavfi", "-i", "sine=d=2:r=44100")
    x264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    pink = ("-f", "lavfi", "-i", "color=magenta:s=160x90:r=10:d=2")
    chapters = folder / "chapters.txt"
    chapters.write_text(
        ";FFMETADATA1\n"
        + "".join(f"key{n}={'x' * 200}\n" for n in range(2000))
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/10000\nSTART={n}\nEND={n + 1}\ntitle={SECRET}{n}\n"
            for n in range(4000)
        ),
        "utf-8",
    )
    subtitles = folder / "s.ass"
    subtitles.write_text(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 99999999\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize\nStyle: Default,../../../etc/passwd,99999999\n[Events]\n"
        "Format: Start, End, Style, Text\n"
        f"Dialogue: 0:00:00.00,0:00:02.00,Default,{{\\fs9999999\\p9}}m 0 0 l 9 9 {SECRET}\n",
        "utf-8",
    )
    font = folder / "a.ttf"
    font.write_bytes(b"\0\1\0\0" + SECRET.encode() * 500)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = World(
            secret,
            make_clip("neighbour.mp4", *pink, *tone, *x264, "-c:a", "aac"),
            listener.getsockname()[1],
            make_clip("honest.mp4", *picture, *tone, *x264, "-c:a", "aac").read_bytes(),
            make_clip("honest.avi", *picture, *tone, *x264, "-c:a", "mp3").read_bytes(),
            make_clip("mjpeg.avi", *picture, "-c:v", "mjpeg", "-q:v", "9").read_bytes(),
            {
                "flood": lambda: make_clip(
                    "flood.mkv", *picture, "-i", str(chapters), "-map_metadata", "1", *x264
                ),
                "subtitles": lambda: make_clip(
                    "ass.mkv", *picture, "-i", str(subtitles), *x264, "-c:s", "ass",
                    "-attach", str(font), "-metadata:s:t", "mimetype=application/x-truetype-font",
                ),
                "gap": lambda: make_clip(
                    "gap.mkv", "-f", "lavfi", "-i", "testsrc=s=64x64:r=1:d=2", "-vf",
                    "setpts='if(eq(N,0),0,100000/TB)'", "-fps_mode", "vfr", "-c:v", "libx264",
                ),
                "sizes": lambda: make_clip(
                    "sizes.ts", *picture, *x264, "-bsf:v", "noise=amount=0", "-f", "mpegts"
                ),
                "webp": lambda: make_clip("a.webp", *picture, "-c:v", "libwebp_anim"),
                "gif": lambda: make_clip("a.gif", *picture),
            },
        )  # fmt: skip
        found.neighbour = found.neighbour.rename(folder / "neighbour.mp4")
        stop = threading.Event()
        listener.settimeout(0.2)
        guard = threading.Thread(target=_listen, args=(listener, found.calls, stop))
        guard.start()
        yield found
        stop.set()
        guard.join()


def _listen(listener: socket.socket, calls: list[bytes], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        calls.append(connection.recv(100))
        connection.close()


def hls(target: object) -> bytes:
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n".encode()


def mpd(target: object) -> bytes:
    return (
        '<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT9S"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode()


NOT = "文字|认不出|索引"
LIES: dict[str, tuple[Callable[[World], bytes], str | None]] = {
    # texts that name other files; with a zero byte they are no plain text any more
    "hls names a neighbour": (lambda w: hls(w.neighbour), NOT),
    "hls with a zero byte": (lambda w: hls(w.neighbour) + b"\0", NOT),
    "hls reads a secret": (lambda w: hls(w.secret) + b"\0", NOT),
    "hls calls an inner address": (lambda w: hls(w.inner) + b"\0", NOT),
    "hls by concat protocol": (lambda w: hls(f"concat:{w.secret}|{w.inner}") + b"\0", NOT),
    "hls key from an inner address": (
        lambda w: b'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="' + w.inner.encode() + b'"\n\0', NOT,
    ),
    "ffconcat names a neighbour": (lambda _: b"ffconcat version 1.0\nfile neighbour.mp4\n\0", NOT),
    "ffconcat calls": (lambda w: f"ffconcat version 1.0\nfile '{w.inner}'\n\0".encode(), NOT),
    "dash names a neighbour": (lambda w: mpd(w.neighbour) + b"\0", NOT),
    "dash calls": (lambda w: mpd(w.inner) + b"\0", NOT),
    "sdp opens a socket": (
        lambda w: f"v=0\nc=IN IP4 127.0.0.1\nm=video {w.port} RTP/AVP 96\n\0".encode(), NOT,
    ),
    "svg with a file": (
        lambda w: f'<svg><image href="file://{w.secret}"/></svg>\0'.encode(), NOT,
    ),
    "xml with an entity": (
        lambda w: f'<!DOCTYPE a [<!ENTITY b SYSTEM "{w.secret}">]><a>&b;</a>\0'.encode(), NOT,
    ),
    "an ASX list": (lambda w: f'<asx><entry><ref href="{w.inner}"/></asx>\0'.encode(), NOT),
    # two kinds at once
    "playlist behind an ID3 tag": (lambda w: bad.id3(b"x" * 99) + hls(w.neighbour), NOT),
    "playlist inside an MP4": (
        lambda w: bad.box(b"ftyp", b"isom\0\0\0\0") + bad.box(b"free", hls(w.neighbour)), "索引",
    ),
    "MP4 with a playlist behind": (lambda w: w.mp4 + hls(w.neighbour), None),
    "zip called mp4": (lambda _: b"PK\x03\x04" + bytes(4000), "压缩包"),
    "png called mp4": (lambda _: bad.png(16_000, 16_000), "图片"),
    "animated gif": (lambda w: w.extra["gif"]().read_bytes(), "图片"),
    "animated webp": (lambda w: w.extra["webp"]().read_bytes(), "图片"),
    # files that point outside
    "mov data elsewhere": (
        lambda w: bad.edited(w.mp4, {b"dref": bad.outside_reference(str(w.neighbour))}), "",
    ),
    "mov reference film": (lambda w: bad.reference_movie(w.inner), "没有画面|认不出|索引"),
    # numbers that are too large, too small, or make no sense
    "endless duration": (lambda w: bad.edited(w.mp4, bad.durations(0x7FFFFFFF)), None),
    "duration -1": (lambda w: bad.edited(w.mp4, bad.durations(0xFFFFFFFF)), None),
    "duration 0": (lambda w: bad.edited(w.mp4, bad.durations(0)), ""),
    "no time passes": (lambda w: bad.edited(w.mp4, bad.steps(0)), ""),
    "ages pass": (lambda w: bad.edited(w.mp4, bad.steps(0x00FFFFFF)), "静止"),
    "time runs backwards": (lambda w: bad.edited(w.mp4, bad.steps(0xFFFFFFF0)), ""),
    "a hundred thousand seconds between": (lambda w: w.extra["gap"]().read_bytes(), "时间轴|太长"),
    "a matrix of zeros": (
        lambda w: bad.edited(w.mp4, {b"tkhd": lambda c: c[:40] + bytes(36) + c[76:]}), None,
    ),
    "pixels a million wide": (
        lambda w: bad.edited(
            w.mp4, {b"stsd": lambda c: c + b"" if b"avc1" not in c else _wide_pixels(c)}
        ), None,
    ),
    "giant MJPEG": (lambda w: bad.giant_jpegs(w.mjpeg, 0), "解不出来"),
    "giant MJPEG in the middle": (lambda w: bad.giant_jpegs(w.mjpeg, 6), "损坏"),
    "sound of one sample a second": (lambda _: bad.wave(1, 1, bytes(500_000)), "太长"),
    "sound without channels": (lambda _: bad.wave(8000, 0, bytes(8000)), ""),
    "sound that promises 4 GB": (lambda _: bad.wave(8000, 1, bytes(8000), says=0xFFFFFFF0), None),
    # too many of everything
    "10,000 tracks": (lambda _: bad.matroska(bad.tracks(10_000)), "太多"),
    "2,000 tracks of MP4": (lambda w: bad.many_tracks(w.mp4, 2000), "太多"),
    "8,000 PIDs": (lambda _: bad.transport_stream(40, 200), ""),
    "chapters and tags without end": (lambda w: w.extra["flood"]().read_bytes(), None),
    "chapters in chapters": (lambda _: bad.matroska(bad.nested(3000)), ""),
    "a font and wild subtitles": (lambda w: w.extra["subtitles"]().read_bytes(), None),
    "a bomb attached": (
        lambda _: bad.matroska(bad.attachment(b"../../x", b"a/b", bytes(20_000_000))), "",
    ),
    "an attachment of 2^55 bytes": (
        lambda _: bad.matroska(bad.attachment(b"x", b"a/b", b"x", size=1 << 55)), "",
    ),
    "a cover of 256 megapixels": (lambda _: bad.id3(bad.png(16_000, 16_000)) + bytes(999), ""),
    "an index that lies": (
        lambda w: w.avi[: w.avi.rindex(b"idx1") + 8] + os.urandom(400), None,
    ),
    "noise after a true beginning": (lambda _: b"\x1aE\xdf\xa3" + os.urandom(4000), "认不出"),
    "noise as AVI": (lambda _: b"RIFF\0\0\1\0AVI LIST" + os.urandom(4000), ""),
}  # fmt: skip


def _wide_pixels(content: bytes) -> bytes:
    """The picture's sample entry with a pixel shape of 65535 : 1."""
    entry = content[8:]
    shape = bad.box(b"pasp", (65535).to_bytes(4) + (1).to_bytes(4))
    size = int.from_bytes(entry[:4]) + len(shape)
    return content[:8] + size.to_bytes(4) + entry[4:] + shape


def test_there_are_enough() -> None:
    assert len(LIES) >= 40


@pytest.mark.parametrize("name", LIES)
def test_a_lie_gets_nothing(name: str, world: World, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    build, wanted = LIES[name]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    source, work = tmp_path / "upload" / "lie.mp4", tmp_path / "work"
    source.parent.mkdir()
    work.mkdir()
    source.write_bytes(build(world))
    (source.parent / "neighbour.mp4").write_bytes(world.neighbour.read_bytes())
    outcome = carry_through(ffmpeg, source, work)
    if isinstance(outcome, Made):
        assert not wanted, f"{name} plays"
        assert_nothing_foreign(work)
    else:
        assert wanted is not None, outcome
        assert re.search(wanted, outcome), outcome
        assert outcome.endswith("。")
    assert world.calls == [], "nobody is called"
    assert sorted(file.name for file in source.parent.iterdir()) == ["lie.mp4", "neighbour.mp4"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # A child begins as a copy of us, who are a gigabyte after ten thousand tests.
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert used < max(MEMORY_KB, before + 1, ours + 50_000)


def carry_through(ffmpeg: Ffmpeg, source: Path, work: Path) -> Made | str:
    """Return what was made, or the sentence it was refused with."""
    try:
        return make_all(ffmpeg, source, examine(ffmpeg, source, work=work), work, lambda _: None)
    except (Refused, Failed) as refused:
        return str(refused)


def assert_nothing_foreign(work: Path) -> None:
    for file in work.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes(), file.name
    with av.open(str(work / "plain.mp4")) as container:
        kinds = {stream.type for stream in container.streams}
        assert kinds <= {"video", "audio"}, "no subtitles, no data, no attachments"
        assert "title" not in container.metadata
        for frame in container.decode(video=0) if container.streams.video else ():
            tints = frame.reformat(format="yuv444p").planes[1:]
            means = [sum(bytes(plane)) / len(bytes(plane)) for plane in tints]
            assert min(means) < 180, "the neighbour's lecture is magenta"


def test_the_neighbour_would_be_seen(world: World, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """The eyes of these tests see: the neighbour's own lecture fails them."""
    carry_through(ffmpeg, world.neighbour, tmp_path)
    with pytest.raises(AssertionError, match="magenta"):
        assert_nothing_foreign(tmp_path)
    command = [ffmpeg.path, "-nostdin", "-v", "quiet", "-i", world.inner, "-f", "null", "-"]
    subprocess.run(command, check=False, timeout=60)
    assert world.calls, "a call would be heard"
    world.calls.clear()
