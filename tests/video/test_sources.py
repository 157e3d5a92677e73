"""What cameras, phones, recorders and broken disks really give: it plays as it should look."""

import math
import subprocess
from pathlib import Path

import av
import pytest

from sanshi_lms.video.engine import Ffmpeg, Made, examine, make_all, probe
from tests.video.conftest import Maker
from tests.video.test_media import decoded

pytestmark = pytest.mark.media
CARD = ("-f", "lavfi", "-i", "testsrc=s=160x90:r=25:d=4")
TONE = ("-f", "lavfi", "-i", "sine=d=4:r=44100")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def carried(ffmpeg: Ffmpeg, source: Path, work: Path) -> Made:
    return make_all(ffmpeg, source, examine(ffmpeg, source, work=work), work, lambda _: None)


def levels(ffmpeg: Ffmpeg, path: Path, frequency: int) -> tuple[float, float]:
    """Return how loud a tone is in the left and the right channel, in dB."""
    found = []
    for channel in ("c0", "c1"):
        filters = f"pan=mono|c0={channel},bandpass=f={frequency}:w=60,bandpass=f={frequency}:w=60"
        command = [ffmpeg.path, "-nostdin", "-hide_banner", "-i", str(path), "-vn"]
        command += ["-af", f"{filters},volumedetect", "-f", "null", "-"]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        found.append(float(done.stderr.rsplit("mean_volume: ", 1)[1].split()[0]))
    return found[0], found[1]


@pytest.mark.parametrize(
    ("flags", "tone"),
    [
        (("language=eng", "language=chi"), 900),
        (("language=eng", "language=zho"), 900),
        (("language=und", "language=und"), 300),
    ],
)
def test_of_several_languages_the_chinese_is_heard(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, flags: tuple[str, str], tone: int
) -> None:
    clip = make_clip(
        "two.mkv",
        *CARD,
        *("-f", "lavfi", "-i", "sine=f=300:d=4", "-f", "lavfi", "-i", "sine=f=900:d=4"),
        *("-map", "0", "-map", "1", "-map", "2", *X264, "-c:a", "aac"),
        *("-metadata:s:a:0", flags[0], "-metadata:s:a:1", flags[1], "-disposition:a:0", "default"),
    )
    carried(ffmpeg, clip, tmp_path)
    for other in {300, 900} - {tone}:
        assert min(levels(ffmpeg, tmp_path / "plain.mp4", tone)) > 20 + max(
            levels(ffmpeg, tmp_path / "plain.mp4", other)
        )


def test_the_voice_in_the_middle_of_surround_stays(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    middle = "sine=f=700:d=4,pan=5.1|FL=0*c0|FR=0*c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0"
    clip = make_clip("s.mp4", *CARD, "-f", "lavfi", "-i", middle, *X264, "-c:a", "aac")
    carried(ffmpeg, clip, tmp_path)
    left, right = levels(ffmpeg, tmp_path / "plain.mp4", 700)
    assert left == pytest.approx(right, abs=0.5)
    assert left > -30


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("b.avi", (*X264, "-bf", "2", "-c:a", "mp3")),
        ("long-gop.mkv", (*X264, "-g", "9999", "-c:a", "libopus")),
        ("i.ts", ("-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-c:a", "mp2")),
        ("old.flv", ("-c:v", "flv1", "-c:a", "mp3")),
        ("old.wmv", ("-c:v", "wmv2", "-c:a", "wmav2")),
        ("phone.3gp", ("-vf", "scale=176:144", "-c:v", "h263", "-c:a", "aac", "-ar", "44100")),
        ("web.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")),
        ("odd.mov", ("-vf", "scale=161:91", "-c:v", "png", "-c:a", "pcm_s16le")),
        ("old.rm", ("-c:v", "rv10", "-vf", "scale=176:144", "-c:a", "ac3", "-b:a", "96k")),
        ("edit.mov", ("-c:v", "prores_ks", "-c:a", "pcm_s24le")),
    ],
)
def test_containers_and_codecs(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    made = carried(ffmpeg, make_clip(name, *CARD, *TONE, *arguments), tmp_path)
    plain = decoded(tmp_path / "plain.mp4")
    assert made.seconds == pytest.approx(4, abs=0.2)
    assert plain["seconds"] == pytest.approx(4, abs=0.2)
    assert plain["frames"] == pytest.approx(100, abs=4)
    assert plain["samples"] > 3.5 * 44100
    assert made.notices == []


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp3", "mp3"), ("a.wav", "pcm_s16le"), ("a.m4a", "aac"), ("a.ogg", "libvorbis")],
)
def test_sound_files_become_audio_lessons(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, name: str, codec: str
) -> None:
    made = carried(ffmpeg, make_clip(name, *TONE, "-c:a", codec), tmp_path)
    assert [stream.name for stream in made.streams] == ["sound"]
    assert made.seconds == pytest.approx(4, abs=0.2)
    assert made.side_files == ["waveform.json", "sound.m4a"]
    assert any("只有声音" in notice for notice in made.notices)


def corners(path: Path) -> dict[str, str]:
    """Return the strongest of red, green and blue near the corners of the first frame."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
    assert isinstance(frame, av.VideoFrame)
    shown = frame.reformat(format="rgb24")
    data, line = bytes(shown.planes[0]), shown.planes[0].line_size

    def at(x: int, y: int) -> str:
        values = list(data[y * line + x * 3 : y * line + x * 3 + 3])
        return "rgb"[values.index(max(values))] if max(values) - min(values) > 60 else "grey"

    right, low = frame.width - 6, frame.height - 6
    return {"tl": at(5, 5), "tr": at(right, 5), "bl": at(5, low), "br": at(right, low)}


@pytest.mark.parametrize(
    ("turn", "wide", "red", "blue"),
    [("0", True, "tl", "tr"), ("90", False, "bl", "tl"), ("180", True, "br", "bl"),
     ("-90", False, "tr", "br")],
)  # fmt: skip
def test_a_phone_held_any_way_is_shown_upright(
    ffmpeg: Ffmpeg,
    make_clip: Maker,
    tmp_path: Path,
    turn: str,
    red: str,
    blue: str,
    *,
    wide: bool,
) -> None:
    boxes = "drawbox=0:0:30:30:red:fill,drawbox=130:0:30:30:blue:fill"
    flat = make_clip(
        "flat.mp4", "-f", "lavfi", "-i", f"color=gray:s=160x90:r=25:d=1,{boxes}", *X264
    )
    clip = make_clip("turned.mp4", "-display_rotation", turn, "-i", str(flat), "-c", "copy")
    made = carried(ffmpeg, clip, tmp_path)
    assert (made.width > made.height) is wide
    for shown in (tmp_path / "plain.mp4", tmp_path / "poster.jpg"):
        found = corners(shown)
        assert (found[red], found[blue]) == ("r", "b")
        assert sorted(found.values()) == ["b", "grey", "grey", "r"]


@pytest.mark.parametrize(("curve", "code"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)])
def test_white_paper_in_hdr_is_white_and_grey_is_grey(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, curve: str, code: float
) -> None:
    """ITU-R BT.2408: white paper is 203 cd/m², 58 % of PQ and 75 % of HLG; grey is 38 %."""
    white, grey = (64 + round(876 * value) for value in (code, 0.38))
    source = (
        f"color=black:s=160x90:r=10:d=1,format=yuv420p10le,"
        f"geq=lum='if(lt(X,80),{white},{grey})':cb=512:cr=512,"
        f"setparams=color_trc={curve}:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
    )
    clip = make_clip(
        "hdr.mp4", "-f", "lavfi", "-i", source, "-c:v", "libx265", "-preset", "ultrafast",
        "-x265-params", "log-level=error", "-tag:v", "hvc1",
    )  # fmt: skip
    facts = probe(clip, work=tmp_path)
    assert facts.picture is not None
    assert facts.picture.high_dynamic_range
    carried(ffmpeg, clip, tmp_path)
    with av.open(str(tmp_path / "plain.mp4")) as container:
        frame = next(container.decode(video=0))
    assert isinstance(frame, av.VideoFrame)
    data, line = bytes(frame.planes[0]), frame.planes[0].line_size
    seen = [(data[45 * line + x] - 16) / 219 for x in (40, 120)]
    assert 0.8 <= seen[0] <= 1.0, "white paper"
    assert 0.3 <= seen[1] <= 0.6, "a grey card"
    assert seen[0] - seen[1] > 0.2


@pytest.mark.parametrize("part", [0.35, 0.8])
@pytest.mark.parametrize(
    ("name", "arguments", "tells"),
    [
        ("t.mkv", (*X264, "-c:a", "aac"), True),
        ("t.flv", (*X264, "-c:a", "aac"), True),
        ("t.avi", ("-c:v", "mpeg4", "-c:a", "mp3"), True),
        ("t.ts", (*X264, "-c:a", "aac"), False),  # a broadcast promises no length
        ("t.mp3", ("-map", "1", "-c:a", "mp3"), True),
        ("t.wav", ("-map", "1", "-c:a", "pcm_s16le"), True),
    ],
)
def test_what_a_cut_copy_still_holds_is_saved(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, name: str,
    arguments: tuple[str, ...], part: float, *, tells: bool,
) -> None:  # fmt: skip
    whole = make_clip(name, *CARD, *TONE, *arguments).read_bytes()
    cut = tmp_path / name
    cut.write_bytes(whole[: int(len(whole) * part)])
    (tmp_path / "work").mkdir()
    made = carried(ffmpeg, cut, tmp_path / "work")
    assert 4 * part - 1.0 <= made.seconds <= 4 * part + 1.0
    assert decoded(tmp_path / "work" / "plain.mp4")["samples"] > 0
    if tells:
        assert any("不完整" in notice for notice in made.notices), made.notices


def test_a_hole_in_a_broadcast_keeps_lips_and_words_together(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    """A second of a transport stream is lost; what follows must not move forward."""
    whole = make_clip("hole.ts", *CARD, *TONE, *X264, "-g", "25", "-c:a", "aac").read_bytes()
    first, second = (len(whole) // 188 * number // 4 * 188 for number in (1, 2))
    cut = tmp_path / "hole.ts"
    cut.write_bytes(whole[:first] + whole[second:])
    facts = probe(cut, work=tmp_path)
    assert facts.seconds == pytest.approx(4, abs=0.3)
    made = carried(ffmpeg, cut, tmp_path)
    assert made.seconds == pytest.approx(4, abs=0.3)
    plain = decoded(tmp_path / "plain.mp4")
    assert plain["frames"] == pytest.approx(100, abs=8)
    assert plain["samples"] / 48000 == pytest.approx(4, abs=0.3)


def test_time_stamps_far_from_zero(ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path) -> None:
    """A recorder that counts from midnight."""
    clip = make_clip("late.ts", *CARD, *TONE, *X264, "-c:a", "aac", "-output_ts_offset", "40000")
    made = carried(ffmpeg, clip, tmp_path)
    assert made.seconds == pytest.approx(4, abs=0.2)
    assert math.isclose(decoded(tmp_path / "plain.mp4")["frames"], 100, abs_tol=3)
