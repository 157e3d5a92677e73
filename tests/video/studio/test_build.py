"""A script becomes a real video: decoded here again, looked at and listened to by measurement."""

import array
import shutil
import threading
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from sanshi_lms.core.fonts import font_paths
from sanshi_lms.video.studio import build as build_module
from sanshi_lms.video.studio.build import BuiltLecture, build_lecture
from sanshi_lms.video.studio.encode import BuildFailedError
from sanshi_lms.video.studio.script import parse_script
from sanshi_lms.video.studio.slides import SlidesError, pages_of, render_pages
from sanshi_lms.video.studio.speech import Silent, Spoken, Utterance, best_engine

pytestmark = pytest.mark.media

SAMPLE = Path(__file__).with_name("sample.script.md")
SHORT = "---\ntitle: 短课\n---\n## 一页\n- 一点\n\n就说这一句。\n"
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltLecture:
    return build_lecture(SAMPLE, tmp_path_factory.mktemp("built"), FFMPEG)


def test_the_video_is_what_phones_play(built: BuiltLecture) -> None:
    with av.open(str(built.video)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        context = picture.codec_context
        assert (context.name, context.width, context.height) == ("h264", 1280, 720)
        assert context.pix_fmt == "yuv420p"
        assert picture.average_rate == Fraction(25)
        assert (sound.codec_context.name, sound.codec_context.sample_rate) == ("aac", 48000)
        keys = [p.pts for p in file.demux(picture) if p.is_keyframe and p.pts is not None]
        steps = {float((b - a) * (picture.time_base or 0)) for a, b in pairwise(keys)}
        assert steps == {4.0}
    head = built.video.read_bytes()[:200_000]
    assert b"moov" in head, "the index stands before the media: it starts while it loads"


def test_every_frame_decodes_and_the_length_is_true(built: BuiltLecture) -> None:
    with av.open(str(built.video)) as file:
        frames = sum(1 for _ in file.decode(video=0))
    assert frames == round(built.duration_s * 25)
    with av.open(str(built.video)) as file:
        samples = sum(frame.samples for frame in file.decode(audio=0))
    assert samples / 48000 == pytest.approx(built.duration_s, abs=0.1)


def test_the_voice_is_heard_where_captions_stand(built: BuiltLecture) -> None:
    if not best_engine().audible:
        pytest.skip("no speech engine on this machine")
    first, *_ = _cue_times(built)
    loud = _loudness_by_second(built.video)
    assert max(loud[: int(first[0])], default=0.0) < 0.01, "silence before the first words"
    speaking = [loud[int((start + end) / 2)] for start, end in _cue_times(built)]
    assert min(speaking) > 0.01
    assert max(loud) < 1.0


def test_captions_are_the_narration(built: BuiltLecture) -> None:
    lines = built.captions.read_text().split("\n\n")[1:]
    said = "".join(block.split("\n", 2)[2].strip() for block in lines)
    assert said == "".join(parse_script(SAMPLE.read_text()).sentences)
    assert _cue_times(built)[-1][1] <= built.duration_s


def test_pictures_change_as_points_are_reached(built: BuiltLecture) -> None:
    with av.open(str(built.video)) as file:
        marks = [_lightness(f) for n, f in enumerate(file.decode(video=0)) if n % 25 == 0]
    changes = sum(_differ(a, b) for a, b in pairwise(marks))
    pages = len(pages_of(parse_script(SAMPLE.read_text())))
    assert 0.7 * pages <= changes <= 2 * pages


def test_the_second_build_finds_the_first(built: BuiltLecture) -> None:
    before = built.video.stat()
    again = build_lecture(SAMPLE, built.video.parent.parent, "/no/ffmpeg/is/needed")
    assert again == built
    assert again.video.stat().st_mtime_ns == before.st_mtime_ns


def test_another_word_is_another_build(tmp_path: Path) -> None:
    script = tmp_path / "a.script.md"
    script.write_text(SHORT)
    first = build_lecture(script, tmp_path / "built", FFMPEG, engine=Silent())
    script.write_text(SHORT.replace("这一句", "那一句"))
    second = build_lecture(script, tmp_path / "built", FFMPEG, engine=Silent())
    assert first.video != second.video


def test_two_builders_at_once_build_once(tmp_path: Path) -> None:
    script = tmp_path / "a.script.md"
    script.write_text(SHORT)
    spoken: list[str] = []

    class Counting(Silent):
        def speak(self, utterances: Sequence[Utterance], lead: float, wav: Path) -> Spoken:
            spoken.append(wav.parent.name)
            return super().speak(utterances, lead, wav)

    found: list[BuiltLecture] = []

    def work() -> None:
        found.append(build_lecture(script, tmp_path / "built", FFMPEG, engine=Counting()))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spoken) == 1
    assert len(found) == 3
    assert len(set(found)) == 1


def test_a_failed_build_leaves_nothing_and_says_why(tmp_path: Path) -> None:
    script = tmp_path / "a.script.md"
    script.write_text(SHORT)
    with pytest.raises(BuildFailedError, match="请重试"):
        build_lecture(script, tmp_path / "built", "/no/such/ffmpeg", engine=Silent())
    assert [p.suffix for p in (tmp_path / "built").iterdir()] == [".lock"]


def test_what_a_killed_builder_left_is_cleared(tmp_path: Path) -> None:
    script = tmp_path / "a.script.md"
    script.write_text(SHORT)
    cache = tmp_path / "built"
    done = build_lecture(script, cache, FFMPEG, engine=Silent())
    key = done.video.parent.name
    shutil.rmtree(done.video.parent)
    (cache / f"building-{key}-dead").mkdir()
    (cache / f"building-{key}-dead" / "lecture.mp4").write_bytes(b"half")
    build_lecture(script, cache, FFMPEG, engine=Silent())
    assert sorted(p.name for p in cache.iterdir()) == [key, f"{key}.lock"]


def test_without_a_chinese_font_it_refuses(tmp_path: Path) -> None:
    script = tmp_path / "a.script.md"
    script.write_text(SHORT)
    with pytest.raises(SlidesError, match="中文字体"):
        build_lecture(script, tmp_path / "built", FFMPEG, engine=Silent(), fonts=[])


@pytest.mark.parametrize("hostile", ['#panic("x")', '"]) #read("/a")', "$ \\ ] } ) #{ [*"])
def test_text_is_shown_and_never_run(tmp_path: Path, hostile: str) -> None:
    lecture = parse_script(f"---\ntitle: '{hostile}'\n---\n## {hostile}\n- {hostile}\n\n说。")
    pages = pages_of(lecture)
    render_pages(lecture, pages, font_paths(), tmp_path)
    assert len(list(tmp_path.glob("*.png"))) == len(pages) == 3


@pytest.mark.parametrize("lengths", [(36, 36, 28), (36, 36, 10, 9, 9), (29, 29, 12, 10, 10, 10)])
def test_the_fullest_slide_keeps_its_foot_free_for_captions(
    tmp_path: Path, lengths: tuple[int, ...]
) -> None:
    points = "".join(f"- {'长' * length}\n" for length in lengths)
    lecture = parse_script(f"---\ntitle: 题\n---\n## {'标' * 18}\n{points}\n说。\n")
    render_pages(lecture, pages_of(lecture)[-1:], font_paths(), tmp_path)
    with av.open(str(tmp_path / "0000.png")) as picture:
        pixels = _lightness(next(picture.decode(video=0)))
    assert min(pixels[: 1280 * 400]) < 60, "there is text"
    assert min(pixels[1280 * 612 :]) > 200, "nothing where the captions will lie"


def test_the_cache_counts_the_builders_own_source() -> None:
    own = build_module._own_files()
    assert b"slides.typ" in own
    assert b"voice.py" in own


def _cue_times(built: BuiltLecture) -> list[tuple[float, float]]:
    def seconds(stamp: str) -> float:
        hours, minutes, rest = stamp.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(rest)

    lines = [line for line in built.captions.read_text().splitlines() if "-->" in line]
    return [(seconds(a), seconds(b)) for a, b in (line.split(" --> ") for line in lines)]


def _loudness_by_second(video: Path) -> list[float]:
    """Root mean square of each second's samples, full scale = 1."""
    with av.open(str(video)) as file:
        samples = array.array("f")
        for frame in file.decode(audio=0):
            samples.frombytes(bytes(frame.planes[0])[: 4 * frame.samples])
    seconds = [samples[i : i + 48000] for i in range(0, len(samples), 48000)]
    return [(sum(s * s for s in part) / len(part)) ** 0.5 for part in seconds]


def _lightness(frame: av.VideoFrame) -> bytes:
    plane = frame.reformat(format="gray").planes[0]
    assert plane.line_size == frame.width
    return bytes(plane)


def _differ(a: bytes, b: bytes) -> bool:
    """Whether two pictures show something different, beyond what coding changes."""
    return sum(abs(x - y) > 40 for x, y in zip(a[::7], b[::7], strict=True)) > 40
