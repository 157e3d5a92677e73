"""The job of clips: real ffmpeg on real footage, looked at by a probe and by pixels."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from flask import Flask
from PIL import ImageChops

from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.storage import storage
from sanshi_lms.video import clips_of
from sanshi_lms.video.clips import jobs, making
from sanshi_lms.video.clips.actions import remove_clip, retry_clip
from sanshi_lms.video.clips.layout import COVERS, cover, frame
from sanshi_lms.video.clips.queries import MAKE, standings
from sanshi_lms.video.clips.rules import PURPOSES, Purpose, picture_rate
from sanshi_lms.video.engine import Ffmpeg, make_all, probe
from sanshi_lms.video.models import CaptionCue, CaptionTrack, Video
from tests.people import Cast
from tests.video.clips.making import add_made, ask, bright, files, opened, picture_at, row, size_of

Work = Callable[[], int]


def standing(clip_id: int) -> tuple[str, str]:
    clip = row(clip_id)
    found = standings([clip])[clip.id]
    return found.state, found.message


def test_an_upright_clip_is_what_wechat_takes(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    number = ask(app, people, film)
    assert work() == 1
    with app.app_context():
        clip = row(number)
        assert standing(number) == ("made", "")
        assert (clip.width, clip.height) == (720, 1280)
        assert clip.size <= 10_000_000
    file, picture = files(app, number)
    with av.open(str(file)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height) == (720, 1280)
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48000, 2)
        for stream in (video, sound):
            assert stream.duration is not None
            assert stream.time_base is not None
            length = float(stream.duration * stream.time_base)
            assert length == pytest.approx(2.5, abs=0.05)
    head = file.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "it starts before it is loaded"
    assert size_of(picture) == COVERS["portrait"]


def test_words_stand_in_the_middle_and_come_and_go(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    number = ask(app, people, film, start=0.0, end=3.9)
    work()
    file, _ = files(app, number)
    layout = frame("portrait", 720, (640, 360))
    assert layout.title is not None
    assert layout.picture is not None
    shown = picture_at(file, 1.0)
    for top, bottom in ((0, layout.picture.y), (layout.picture.bottom, layout.height)):
        found = bright(shown, (0, top, layout.width, bottom))
        assert found is not None, "words are there"
        assert layout.safe.x <= found[0] < found[2] <= layout.safe.right
        assert layout.safe.y <= found[1] < found[3] <= layout.safe.bottom
    below = (0, layout.picture.bottom, layout.width, layout.height)
    first, second = (bright(picture_at(file, at), below) for at in (1.0, 3.0))
    assert first is not None
    assert second is not None
    assert second[3] > first[3] + 20, "the long sentence takes two lines"


def test_captions_are_burned_into_the_picture(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    wanted = {"shape": "landscape", "start": 0.0, "end": 2.0}
    with_words = ask(app, people, film, **wanted)
    work()
    with app.app_context(), transaction() as session:
        session.query(CaptionCue).delete()
        session.query(CaptionTrack).delete()
    without = ask(app, people, film, **wanted)
    work()
    layout = frame("landscape", 720, (640, 360))
    pictures = [picture_at(files(app, one)[0], 1.0) for one in (with_words, without)]
    apart = ImageChops.difference(*pictures).convert("L").point(lambda v: 255 if v > 90 else 0)
    found = apart.getbbox()
    assert found is not None, "the two differ"
    zone = layout.words.box
    assert zone.x <= found[0] < found[2] <= zone.right
    assert zone.y <= found[1] < found[3] <= zone.bottom
    white = bright(pictures[0], found)
    assert white is not None, "by white letters"


def test_the_stretch_begins_where_it_was_chosen(
    app: Flask, people: Cast, ffmpeg: Ffmpeg, make_clip: Callable[..., Path], tmp_path: Path,
    work: Work,
) -> None:  # fmt: skip
    """White until 4.5 s, black then, and a tone from there on: between two segments, on neither."""
    source = make_clip(
        "turn.mp4",
        *("-f", "lavfi", "-i", "color=c=white:s=640x360:r=25:d=4.48"),
        *("-f", "lavfi", "-i", "color=c=black:s=640x360:r=25:d=4.52"),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=4.52"),
        *("-filter_complex", "[0][1]concat[v];[2]adelay=4480:all=1[a]", "-map", "[v]"),
        *("-map", "[a]"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )  # fmt: skip
    (tmp_path / "made").mkdir()
    make_all(ffmpeg, source, probe(source, work=tmp_path), tmp_path / "made", lambda _: None)
    video = add_made(app, source, tmp_path / "made", work)
    number = ask(app, people, video, start=2.48, end=6.0, shape="landscape", title="转折")
    work()
    file, _ = files(app, number)
    with av.open(str(file)) as container:
        lights = [(f.time, bytes(f.planes[0])[640]) for f in container.decode(video=0)]
    dark = next(at for at, light in lights if light < 100)
    assert dark == pytest.approx(2.0, abs=0.05)
    with av.open(str(file)) as container:
        loud = next(
            f.time for f in container.decode(audio=0)
            if max(abs(v) for v in memoryview(f.planes[0]).cast("f")) > 0.02
        )  # fmt: skip
    assert loud == pytest.approx(2.0, abs=0.08), "sound and picture stay together"


def test_many_frames_a_second_become_half_as_many(
    app: Flask, people: Cast, ffmpeg: Ffmpeg, make_clip: Callable[..., Path], tmp_path: Path,
    work: Work,
) -> None:  # fmt: skip
    card = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=50:d=4", "-pix_fmt", "yuv420p")
    source = make_clip("calm.mp4", *card, "-c:v", "libx264", "-preset", "ultrafast")
    (tmp_path / "made").mkdir()
    make_all(ffmpeg, source, probe(source, work=tmp_path), tmp_path / "made", lambda _: None)
    video = add_made(app, source, tmp_path / "made", work)
    number = ask(app, people, video, start=0.0, end=2.0, shape="landscape")
    work()
    with av.open(str(files(app, number)[0])) as container:
        assert container.streams.video[0].average_rate == 25
        assert sum(1 for _ in container.decode(video=0)) == 50
        assert container.streams.audio, "silence where nothing was said"


def test_a_short_one_of_noise_holds_its_ten_megabytes(
    app: Flask, people: Cast, ffmpeg: Ffmpeg, make_clip: Callable[..., Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, work: Work,
) -> None:  # fmt: skip
    """What no encoder can make small, under a limit that is as tight for 4 s as ten are for 120."""
    noise = "color=gray:s=640x360:r=25:d=5,noise=alls=100:allf=t"
    source = make_clip(
        "noise.mp4", "-f", "lavfi", "-i", noise, "-c:v", "libx264", "-preset", "ultrafast",
        "-crf", "30", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    (tmp_path / "made").mkdir()
    make_all(ffmpeg, source, probe(source, work=tmp_path), tmp_path / "made", lambda _: None)
    video = add_made(app, source, tmp_path / "made", work)
    tight = Purpose("短片", 2, 3600, 330_000, 720, 2_500_000, 250_000, 64_000, 24)
    monkeypatch.setitem(PURPOSES, "short", tight)
    assert picture_rate(tight, 4.0) < 600_000
    number = ask(app, people, video, start=0.0, end=4.0, shape="landscape")
    work()
    with app.app_context():
        assert standing(number) == ("made", "")
        assert 150_000 < row(number).size <= 330_000


def test_a_lecture_that_is_only_heard_becomes_a_title_with_sound(
    app: Flask, people: Cast, heard: int, work: Work
) -> None:
    for shape in ("portrait", "landscape"):
        number = ask(app, people, heard, shape=shape)
        work()
        with app.app_context():
            assert standing(number) == ("made", ""), shape
        file, picture = files(app, number)
        found = bright(picture_at(file, 1.0), (0, 0, *picture_at(file, 1.0).size))
        assert found is not None, "the title stands there"
        layout = frame(shape, 720, None)
        assert layout.safe.x <= found[0]
        assert found[2] <= layout.safe.right
        assert size_of(picture) == COVERS[shape]


def test_a_cover_has_title_and_label_in_its_margins(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    for shape in ("portrait", "landscape"):
        number = ask(app, people, film, shape=shape)
        work()
        image = opened(files(app, number)[1])
        layout = cover(shape, (640, 360))
        assert layout.title is not None
        for zone in (layout.title, layout.words):
            box = zone.box
            found = bright(image, (0, box.y, image.width, box.bottom))
            assert found is not None
            assert box.x - 2 <= found[0] < found[2] <= box.right + 2


def test_what_does_not_hold_its_promise_is_not_made(
    app: Flask, people: Cast, film: int, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = Purpose("短片", 2, 3600, 10_000, 720, 2_500_000, 1, 64_000, 24)
    monkeypatch.setattr(making, "picture_rate", lambda *_: 400_000)
    monkeypatch.setitem(PURPOSES, "short", tight)
    monkeypatch.setattr("sanshi_lms.video.clips.actions.stretch_problem", lambda *_: None)
    number = ask(app, people, film)
    work()
    with app.app_context():
        state, message = standing(number)
        assert state == "failed"
        assert "超过了" in message
        assert "MB" in message
        assert not storage().exists(row(number).folder), "nothing of it is kept"
        assert clips_made(film) == 0
    monkeypatch.undo()
    with app.app_context(), transaction():
        retry_clip(row(number))
    work()
    with app.app_context():
        assert standing(number) == ("made", "")


def clips_made(video_id: int) -> int:
    with db.session.no_autoflush:
        return len(clips_of(video_id))


def test_a_clip_that_is_removed_leaves_nothing(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    kept, gone, waiting = ask(app, people, film), ask(app, people, film), 0
    work()
    waiting = ask(app, people, film)
    with app.app_context():
        folders = [row(number).folder for number in (kept, gone)]
        assert all(storage().exists(folder) for folder in folders)
        with transaction():
            remove_clip(row(gone))
        with transaction():
            remove_clip(row(waiting))
        assert find_job(MAKE, str(waiting)) is None
        assert [storage().exists(folder) for folder in folders] == [True, False]
    assert work() == 0


def test_who_removes_a_clip_while_it_is_made_leaves_nothing(
    app: Flask, people: Cast, film: int, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, real = ask(app, people, film), making.make_files

    def then_removed(*arguments: object) -> object:
        made = real(*arguments)  # type: ignore[arg-type]
        with transaction():
            remove_clip(row(number))
        return made

    monkeypatch.setattr(jobs, "make_files", then_removed)
    work()
    with app.app_context():
        assert storage().names(f"video/{film}/clips") == []


def test_a_video_that_was_closed_meanwhile_stays_inside(
    app: Flask, people: Cast, film: int, work: Work
) -> None:
    made = ask(app, people, film)
    work()
    number = ask(app, people, film)
    with app.app_context(), transaction():
        db.session.get_one(Video, film).signed_in_only = True
    work()
    with app.app_context():
        state, message = standing(number)
        assert state == "failed"
        assert "仅限登录人员" in message
        assert standing(made)[0] == "made"
    with app.test_request_context():
        assert clips_of(film) == []


def test_a_worker_without_fonts_says_so(
    app: Flask, people: Cast, film: int, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "sans_files", lambda: ("Noto Sans SC", []))
    number = ask(app, people, film)
    work()
    with app.app_context():
        assert "中文字体" in standing(number)[1]
