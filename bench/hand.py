"""What an expert would type for the same outputs and settings, and what most people type."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sanshi_lms.video.engine.rules import QUALITY, Content

RATE = 25
SIZES = ((1920, 1080, 4_000_000), (1280, 720, 2_200_000), (640, 360, 700_000))
GROUP = "100"  # a key frame each 4 s, as long as a segment


def by_hand(ffmpeg: str, source: Path, folder: Path, content: Content) -> None:
    """One command for the ladder with our settings, then the by-products from what it made."""
    folder.mkdir()
    x264 = ["-preset", "superfast", "-profile:v", "high", "-crf", str(QUALITY[content]), "-bf", "2",
            "-x264-params",
            "mbtree=1:rc-lookahead=10:b-adapt=0:open-gop=0:sync-lookahead=0"]  # fmt: skip
    _run(ffmpeg, folder, *_ladder(source, x264, threads=1))
    plain = ["-i", "720p/index.m3u8", "-i", "sound/index.m3u8", "-c", "copy"]
    _run(ffmpeg, folder, *plain, "-movflags", "+faststart", "plain.mp4")
    filters = "[0:v]split[a][b];[a]fps=10/60[s];[b]scale=160:90:flags=area,tile=10x2[t]"
    _run(ffmpeg, folder, "-skip_frame", "nokey", "-i", "plain.mp4", "-filter_complex", filters,
         "-map", "[s]", "-frames:v", "10", "-q:v", "3", "still-%d.jpg",
         "-map", "[t]", "-frames:v", "1", "-q:v", "6", "thumbs-%d.jpg")  # fmt: skip
    wave = "asetnsamples=4800,astats=metadata=1:reset=1,ametadata=mode=print:file=wave.txt"
    _run(ffmpeg, folder, "-i", "sound/index.m3u8", "-c", "copy", "sound.m4a",
         "-af", wave, "-f", "null", "-")  # fmt: skip


def usual(ffmpeg: str, source: Path, folder: Path) -> None:
    """The ladder as it is usually made: veryfast, CRF 23; one decode, to be fair to it."""
    folder.mkdir()
    _run(ffmpeg, folder, *_ladder(source, ["-preset", "veryfast", "-crf", "23"], threads=2))


def _ladder(source: Path, x264: list[str], *, threads: int) -> list[str]:
    """`threads` encode the largest size, one each of the others."""
    filters = (
        f"[0:v]fps={RATE},scale=1920:1080,format=yuv420p,split[a][r];"
        "[r]scale=1280:720,split[b][q];[q]scale=640:360[c];"
        "[0:a]aresample=48000,aformat=channel_layouts=stereo,alimiter=limit=0.7079:level=0[s]"
    )
    names = [f"v:{n},agroup:s,name:{height}p" for n, (_, height, _) in enumerate(SIZES)]
    rates = [
        part
        for n, (_, _, most) in enumerate(SIZES)
        for part in (
            *(f"-maxrate:v:{n}", str(most), f"-bufsize:v:{n}", str(2 * most)),
            *(f"-threads:v:{n}", str(threads if n == 0 else 1)),
        )
    ]
    return [
        "-i", str(source), "-filter_complex", filters,
        "-map", "[a]", "-map", "[b]", "-map", "[c]", "-map", "[s]", "-c:v", "libx264", *x264,
        "-g", GROUP, "-keyint_min", GROUP, "-sc_threshold", "0", *rates,
        "-c:a", "aac", "-b:a", "96k", "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod",
        "-hls_segment_type", "fmp4", "-hls_flags", "independent_segments+temp_file",
        "-hls_segment_filename", "%v/%d.m4s", "-master_pl_name", "master.m3u8",
        "-var_stream_map", " ".join([*names, "a:0,agroup:s,name:sound"]), "%v/index.m3u8",
    ]  # fmt: skip


def _run(ffmpeg: str, folder: Path, *arguments: str) -> None:
    quiet = [ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    subprocess.run([*quiet, *arguments], cwd=folder, check=True)
