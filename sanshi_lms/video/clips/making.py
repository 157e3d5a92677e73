"""Makes the files of a clip from the segments that play: knows files and ffmpeg, no database.

Taken from the largest rendition, whose picture is upright, square and BT.709 and whose sound is
levelled, so nothing of a stranger's file is opened here. Every number of a command is ours; every
word stands in a file that libass reads (words.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from sanshi_lms.core.fonts import sans_files
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.clips.layout import Layout
from sanshi_lms.video.clips.rules import Facts, Purpose, picture_rate
from sanshi_lms.video.clips.words import Screen, screens, words_file
from sanshi_lms.video.engine import Failed, Ffmpeg, probe
from sanshi_lms.video.engine.bars import PROTOCOLS
from sanshi_lms.video.engine.graph import begin
from sanshi_lms.video.engine.running import run_ffmpeg
from sanshi_lms.video.engine.wholeness import check_files

CLIP, COVER = "clip.mp4", "cover.jpg"
PICTURE, SOUND, FONTS = "picture", "sound", "fonts"  # links in the working folder
LABEL = "三师微课堂"
GROUND = "0x0a474b"  # river-800 of our pages, around the picture
_BAND = "0x06363a@0.78"
_RATE = 25  # frames a second where there is no picture
# Half of 50 and 60 frames a second: a lecture loses nothing, and takes half the time to encode.
_CALM = "if(gt(source_fps,31),source_fps/2,source_fps)"
_NO_FONT = "服务器上没有中文字体，字幕写不上去。请维护人员运行 make setup 装上字体，再点“重试”。"


@dataclass(frozen=True)
class Order:
    """What is to be made. `start` and `seconds` are those of the stretch in the video."""

    start: float
    seconds: float
    purpose: Purpose
    frame: Layout
    cover: Layout
    title: str
    cues: Sequence[CueText]
    has_sound: bool


def make_files(
    binary: Ffmpeg, order: Order, work: Path, out: Path, on_progress: Callable[[float], None]
) -> Facts:
    """Make clip and cover in `out` and say what the clip is.

    `work` holds links to the folders of the renditions: PICTURE and SOUND, as far as there are
    any. `on_progress` hears the share done; what it raises ends ffmpeg and passes on.

    Raises Failed, or Refused when nobody can read what came out.
    """
    family = _lay_out_fonts(work)
    shown = screens(order.cues, order.start, order.start + order.seconds, order.frame.words)
    _write(work / "clip.ass", words_file(order.frame, family, order.seconds, order.title, shown))
    label = [Screen(0, order.seconds, (LABEL,))]
    _write(work / "cover.ass", words_file(order.cover, family, order.seconds, order.title, label))

    def progress(line: str) -> None:
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.isdigit():
            on_progress(min(0.97, int(value) / 1_000_000 / order.seconds))

    cpu, wall = 240 + 30 * order.seconds, 600 + 30 * order.seconds
    command = clip_command(binary, order, out / CLIP)
    run_ffmpeg(command, work, cpu_seconds=cpu, wall_seconds=wall, on_line=progress)
    check_files([out / CLIP])
    run_ffmpeg(cover_command(binary, order, out / COVER), work, cpu_seconds=120, wall_seconds=240)
    if not (out / COVER).is_file() or not (out / COVER).stat().st_size:
        raise Failed("封面没有做出来。请点“重试”。", f"no {COVER}", retry=True)
    return facts_of(out / CLIP, work)


def clip_command(binary: Ffmpeg, order: Order, made: Path) -> list[str]:
    """Picture, words and sound of the stretch as one MP4 that starts before it is loaded."""
    picture = _placed(_picture(order, order.start, order.seconds + 1), order.frame)
    picture = picture.filter("tpad", stop_mode="clone", stop=-1)
    picture = _with_words(picture, "clip.ass")
    picture = picture.filter("format", "yuv420p").filter(
        "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    )
    sound = _sound(order).filter("aresample", 48000).filter("apad")
    rate = picture_rate(order.purpose, order.seconds)
    options: dict[str, Any] = {
        "t": f"{order.seconds:.3f}",
        "c:v": "libx264",
        "preset": "veryfast",
        "profile:v": "high",
        "crf": order.purpose.quality,
        "maxrate": rate,
        "bufsize": rate,  # BUFFER_SECONDS of it
        "g": 50,
        "threads": 2,  # the same bytes on every machine
        "c:a": "aac",
        "b:a": order.purpose.sound_rate,
        "ac": 2,
        "f": "mp4",
        "movflags": "+faststart",
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
    }
    output = ffmpeg.output(picture, sound, f"file:{made}", **options)
    return _compiled(binary, output, "-progress", "pipe:1")


def cover_command(binary: Ffmpeg, order: Order, made: Path) -> list[str]:
    """The most telling picture of two seconds after the first third, with title and label."""
    moment = order.start + order.seconds * 0.3
    picture = _picture(order, moment, min(2.0, order.seconds))
    picture = _placed(picture.filter("thumbnail", 50), order.cover)
    if order.cover.band is not None:
        band = order.cover.band
        picture = picture.filter(
            "drawbox", band.x, band.y, band.width, band.height, _BAND, t="fill"
        )
    picture = _with_words(picture, "cover.ass")
    # JPEG has one matrix of its own (JFIF), whatever the size.
    matrices = {"in_color_matrix": "bt709", "out_color_matrix": "smpte170m"}
    picture = picture.filter("scale", in_range="tv", out_range="pc", **matrices)
    picture = picture.filter("format", "yuvj420p")
    options = {"frames:v": 1, "c:v": "mjpeg", "q:v": 2, "f": "image2", "update": 1}
    output = ffmpeg.output(picture, f"file:{made}", **options, map_metadata=-1, fflags="+bitexact")
    return _compiled(binary, output)


def facts_of(file: Path, work: Path) -> Facts:
    """What a finished MP4 is, looked at from outside. Raises Refused when it cannot be read."""
    found = probe(file, work=work)
    picture, sound = found.picture, found.sound
    atoms, head = _atoms(file)
    at = head.find(b"avcC")
    return Facts(
        codec=picture.codec if picture else "",
        profile=head[at + 5] if at >= 0 else 0,
        pixel_format=picture.pixel_format if picture else "",
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
        sound=sound.codec if sound else "",
        seconds=found.seconds,
        size=file.stat().st_size,
        begins_with_index=[kind for kind in atoms if kind in (b"moov", b"mdat")][:1] == [b"moov"],
    )


def _atoms(file: Path) -> tuple[list[bytes], bytes]:
    """The boxes of an MP4 in order, and the bytes of the one that is its index."""
    kinds, head, at = list[bytes](), b"", 0
    with file.open("rb") as opened:
        while len(start := opened.read(16)) >= 8:
            length = int.from_bytes(start[:4])
            length = int.from_bytes(start[8:16]) if length == 1 else length
            if length < 8:
                break
            kinds.append(start[4:8])
            if start[4:8] == b"moov":
                opened.seek(at)
                head = opened.read(length)
            at += length
            opened.seek(at)
    return kinds, head


def _picture(order: Order, start: float, seconds: float) -> Any:
    if order.frame.picture is None:
        size = f"{order.frame.width}x{order.frame.height}"
        ground = f"color=c={GROUND}:s={size}:r={_RATE}:d={seconds:.3f},format=rgb24"
        plain = ffmpeg.input(ground, f="lavfi")["0"]
        return plain.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = _stream(PICTURE, start, seconds)["v:0"].filter("setpts", "PTS-STARTPTS")
    return picture.filter("fps", fps=_CALM)


def _sound(order: Order) -> Any:
    if not order.has_sound:
        return ffmpeg.input("anullsrc=r=48000:cl=stereo", f="lavfi")["0"]
    stream = _stream(SOUND, order.start, order.seconds + 1)["a:0"]
    return stream.filter("asetpts", "PTS-STARTPTS")


def _stream(name: str, start: float, seconds: float) -> Any:
    # Our own playlist: the only kind that the HLS reader is allowed to see.
    where = {"ss": f"{start:.3f}", "t": f"{seconds:.3f}"}
    return ffmpeg.input(f"{name}/index.m3u8", f="hls", protocol_whitelist=PROTOCOLS, **where)


def _placed(picture: Any, layout: Layout) -> Any:
    """The picture where the layout wants it, on our ground."""
    box = layout.picture
    if box is None:
        return picture.filter("scale", layout.width, layout.height).filter("setsar", 1)
    picture = picture.filter("scale", box.width, box.height, flags="bicubic").filter("setsar", 1)
    if (box.width, box.height) == (layout.width, layout.height):
        return picture
    return picture.filter("pad", layout.width, layout.height, box.x, box.y, color=GROUND)


def _with_words(picture: Any, name: str) -> Any:
    return picture.filter("ass", filename=name, fontsdir=FONTS)


def _lay_out_fonts(work: Path) -> str:
    family, files = sans_files()
    if not files:
        raise Failed(_NO_FONT, "no Noto Sans SC", retry=True)
    (work / FONTS).mkdir()
    for file in files:
        (work / FONTS / file.name).symlink_to(file.absolute())
    return family


def _write(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def _compiled(binary: Ffmpeg, output: Any, *extra: str) -> list[str]:
    return [str(part) for part in ffmpeg.compile(output, cmd=[*begin(binary), *extra])]
