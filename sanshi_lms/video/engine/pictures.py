"""Turns a picture that a person chose into a JPEG of ours: decoded under limits, nothing kept."""

from pathlib import Path

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.engine.bars import PROTOCOLS
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.probe import Refused

PICTURE_BYTES = 12 * 1024**2
_PIXELS = 60_000_000  # a phone's 50 megapixels pass; 16 000² do not
_SIDE = 1280
_READERS = {b"\xff\xd8\xff": ("jpeg_pipe", "mjpeg"), b"\x89PNG": ("png_pipe", "png")}
_UNREADABLE = "这张图片打不开，可能没有拷贝完整。请换一张 JPG 或 PNG 图片。"


def to_jpeg(binary: Ffmpeg, picture: bytes, work: Path) -> Path:
    """Return a JPEG in ``work``, upright, at most 1280 pixels long. Raises Refused with a sentence.

    Its reader is named, never guessed: an image format that points at other files is not opened.
    """
    if len(picture) > PICTURE_BYTES:
        raise Refused("图片太大，最大 12 MB。请压缩后再上传。")
    reader = next((both for mark, both in _READERS.items() if picture.startswith(mark)), None)
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        reader = ("webp_pipe", "webp")
    if reader is None:
        raise Refused("认不出这张图片。请上传 JPG、PNG 或 WebP 格式的图片。")
    given, made = work / "given", work / "picture.jpg"
    given.write_bytes(picture)
    fit = f"scale={_SIDE}:{_SIDE}:force_original_aspect_ratio=decrease:force_divisible_by=2"
    command = [
        *(binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"),
        *("-protocol_whitelist", PROTOCOLS, "-max_pixels", str(_PIXELS), "-f", reader[0]),
        *("-codec_whitelist", reader[1], "-i", f"file:{given}", "-frames:v", "1"),
        *("-vf", f"{fit}:out_range=pc,format=yuvj420p", "-map_metadata", "-1"),
        *("-fflags", "+bitexact", "-c:v", "mjpeg", "-q:v", "3", "-f", "image2", "-update", "1"),
        str(made),
    ]
    done = run_limited(
        command,
        cwd=work,
        cpu_seconds=10,
        memory_bytes=1536 * 1024**2,
        file_bytes=8 * 1024**2,
        wall_seconds=15,
    )
    if not done.ok or not made.is_file() or not made.stat().st_size:
        raise Refused(_UNREADABLE, done.stderr_tail)
    return made
