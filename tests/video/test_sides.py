"""What stands beside a video: posters to choose from, thumbnails, waveform, the sound alone."""

import io
import json
import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.core.db import transaction
from sanshi_lms.core.storage import storage
from sanshi_lms.video import actions
from sanshi_lms.video.access import poster_of, side_url
from sanshi_lms.video.engine import Ffmpeg, Made, Refused, to_jpeg
from sanshi_lms.video.engine.pictures import PICTURE_BYTES
from sanshi_lms.video.engine.rules import Still
from sanshi_lms.video.engine.side_rules import (
    MOST_PEAKS,
    MOST_THUMBS,
    peak_step,
    poster_choices,
    sheets_for,
    thumbs_vtt,
    waveform_json,
)
from sanshi_lms.video.engine.sides import Shown, make_sides, pictures_command
from tests.people import Cast
from tests.video.conftest import Maker
from tests.video.making import get

RATES = st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(10), Fraction(30)])


@settings(max_examples=30)
@given(st.floats(0.1, 12 * 3600), RATES, st.integers(16, 1920), st.integers(16, 1920))
def test_thumbnails_are_bounded_and_cover_the_video(
    seconds: float, rate: Fraction, width: int, height: int
) -> None:
    sheets = sheets_for(seconds, rate, width, height)
    assert 1 <= sheets.count <= MOST_THUMBS + 1
    assert sheets.columns * sheets.width <= 1600
    assert sheets.rows * sheets.height <= 1600
    assert (sheets.count - 1) * sheets.step < seconds + 1
    assert sheets.count * sheets.step >= seconds - 1
    times = re.findall(r"(\d\d):(\d\d):(\d\d\.\d{3}) -->", thumbs_vtt(sheets, seconds, 99))
    assert len(times) == sheets.count


def test_the_index_names_only_sheets_that_were_made() -> None:
    sheets = sheets_for(3000.0, Fraction(25), 1280, 720)
    text = thumbs_vtt(sheets, 3000.0, 2)
    assert text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:08.000\nthumbs.jpg#xywh=0,0,160,90\n")
    assert "thumbs-2.jpg#xywh=1440,810,160,90" in text
    assert "thumbs-3.jpg" not in text
    assert sheets_for(7200.0, Fraction(25), 1280, 720).step == 16


def test_choices_differ_from_each_other() -> None:
    title, again = Still("a", 120, 90, (120, 130)), Still("b", 120.2, 90, (120, 130.3))
    other, black = Still("c", 140, 70, (128, 128)), Still("d", 16, 1)
    assert [still.name for still in poster_choices([black, title, again, other])] == ["a", "c"]
    assert [still.name for still in poster_choices([black])] == ["d"]
    assert poster_choices([]) == []
    many = [Still(str(number), 40 + number * 5, 90) for number in range(10)]
    assert len(poster_choices(many)) == 7


@given(st.floats(0.1, 12 * 3600))
def test_a_waveform_is_never_long(seconds: float) -> None:
    assert seconds / peak_step(seconds) <= MOST_PEAKS + 1


def test_peaks_are_whole_numbers() -> None:
    assert json.loads(waveform_json(0.1, [0.0, -6.0206, -120.0, 0.4])) == {
        "step_seconds": 0.1,
        "peaks": [100, 50, 0, 100],
    }


def test_pictures_of_a_long_lecture_cost_only_key_frames(ffmpeg: Ffmpeg) -> None:
    for seconds, only_keys in ((600.0, True), (20.0, False)):
        command = pictures_command(ffmpeg, seconds, sheets_for(seconds, Fraction(25), 1280, 720))
        assert ("-skip_frame" in command) is only_keys
        assert command.count("-i") == 1, "one decode for stills and thumbnails"


def colour_at(picture: Path, x: int, y: int) -> str:
    """Return which of red, green, blue is strongest at a point of a JPEG."""
    with av.open(str(picture)) as container:
        frame = next(container.decode(video=0))
    assert isinstance(frame, av.VideoFrame)
    shown = frame.reformat(format="rgb24")
    plane = shown.planes[0]
    at = y * plane.line_size + x * 3
    values = list(bytes(plane)[at : at + 3])
    return "rgb"[values.index(max(values))]


@pytest.mark.media
@pytest.mark.parametrize("each", [4, 20])
def test_each_thumbnail_shows_its_own_moment(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, each: int
) -> None:
    """Red, green, blue, each for some seconds: by every picture, and by key frames."""
    parts = [("-f", "lavfi", "-i", f"color={c}:s=320x180:r=25:d={each}") for c in COLOURS]
    clip = make_clip(
        "colours.mp4",
        *(word for part in parts for word in part),
        *("-filter_complex", "[0][1][2]concat=n=3", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-g", "100", "-keyint_min", "100", "-sc_threshold", "0", "-pix_fmt", "yuv420p"),
    )
    (tmp_path / "plain.mp4").write_bytes(clip.read_bytes())
    shown = Shown(320, 180, Fraction(25))
    sides = make_sides(ffmpeg, tmp_path, seconds=3.0 * each, shown=shown, sound=None)
    assert {"thumbs.jpg", "thumbs.vtt", "poster-1.jpg", "poster-2.jpg"} == set(sides.names)
    cues = re.findall(
        r"(\d\d):(\d\d):(\d\d\.\d+) -->.*\nthumbs\.jpg#xywh=(\d+),(\d+),160,90",
        (tmp_path / "thumbs.vtt").read_text("utf-8"),
    )
    assert len(cues) == (12 if each == 4 else 15)
    for hours, minutes, seconds, x, y in cues:
        moment = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        seen = colour_at(tmp_path / "thumbs.jpg", int(x) + 80, int(y) + 45)
        assert seen == "rgb"[int(moment // each)], f"at {moment} s"


COLOURS = ("red", "lime", "blue")


def test_everything_beside_a_video_is_made(made_media: Path) -> None:
    made = Made.read(made_media)
    assert {"thumbs.jpg", "thumbs.vtt", "waveform.json", "sound.m4a"} <= set(made.side_files)
    assert all((made_media / name).stat().st_size for name in made.side_files)
    left = {file.name for file in made_media.iterdir() if file.is_file()}
    assert left == {*made.side_files, "manifest.json", "master.m3u8", "plain.mp4", "poster.jpg"}
    wave = json.loads((made_media / "waveform.json").read_text("utf-8"))
    assert len(wave["peaks"]) == pytest.approx(9.0 / wave["step_seconds"], abs=2)
    assert 8 <= max(wave["peaks"]) <= 100
    data = (made_media / "sound.m4a").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "starts before it is fully loaded"
    with av.open(str(made_media / "sound.m4a")) as container:
        assert [stream.type for stream in container.streams] == ["audio"]
        assert (container.duration or 0) / 1_000_000 == pytest.approx(9.0, abs=0.1)


def test_files_beside_a_video_have_addresses_and_types(
    app: Flask, client: FlaskClient, ready_video: int
) -> None:
    kinds = {
        "thumbs.vtt": "text/vtt",
        "thumbs.jpg": "image/jpeg",
        "waveform.json": "application/json",
        "sound.m4a": "audio/mp4",
    }
    with app.test_request_context():
        video = get(ready_video)
        urls = {name: side_url(video, name) for name in kinds}
        assert side_url(video, "thumbs-9.jpg") is None
        assert side_url(video, "manifest.json") is None
    for name, kind in kinds.items():
        answer = client.get(urls[name] or "", buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "immutable" in answer.headers["Cache-Control"]


def poster_name(app: Flask, video_id: int) -> str:
    with app.test_request_context():
        return (poster_of(get(video_id)) or "").rpartition("/")[2]


def test_another_moment_becomes_the_poster(people: Cast, app: Flask, ready_video: int) -> None:
    client, url = people.client("author"), f"/admin/video/{ready_video}/poster"
    assert "选这张" in client.get(f"/admin/video/{ready_video}").text
    assert client.post(url, data={"choice": "poster-1.jpg"}).status_code == 302
    assert poster_name(app, ready_video) == "poster-1.jpg"
    client.post(url, data={"choice": "../../secret"})
    assert "没有这张封面" in client.get(f"/admin/video/{ready_video}").text
    assert poster_name(app, ready_video) == "poster-1.jpg"
    client.post(url, data={"choice": "poster.jpg"})
    assert poster_name(app, ready_video) == "poster.jpg"
    assert people.client("cadre").post(url, data={"choice": "poster-1.jpg"}).status_code == 403


def send(client: FlaskClient, video_id: int, picture: bytes) -> str:
    values = {"picture": (io.BytesIO(picture), "a.jpg")}
    url = f"/admin/video/{video_id}/poster"
    client.post(url, data=values, content_type="multipart/form-data")
    return client.get(f"/admin/video/{video_id}").text


def test_a_picture_of_their_own(
    people: Cast, app: Flask, ready_video: int, make_clip: Maker
) -> None:
    client = people.client("author")
    for colour in ("teal", "olive"):
        source = f"color={colour}:s=3000x1500"
        given = make_clip(f"{colour}.png", "-f", "lavfi", "-i", source, "-frames:v", "1")
        assert "封面已更换" in send(client, ready_video, given.read_bytes())
    with app.test_request_context():
        address = poster_of(get(ready_video)) or ""
    assert re.search(r"/own-[0-9a-f]{16}\.jpg$", address)
    shown = client.get(address, buffered=True)
    assert (shown.status_code, shown.mimetype, shown.data[:3]) == (
        200,
        "image/jpeg",
        b"\xff\xd8\xff",
    )
    with app.app_context():
        folder = storage().path(f"video/{ready_video}/posters")
        assert len(list(folder.iterdir())) == 1, "the picture before it is gone"
        assert list((storage().root / ".private").iterdir()) == []
    assert "认不出" in send(client, ready_video, b"")


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 400, "打不开"),
        (b"\xff\xd8\xff\xe0" + b"#EXTM3U\n/etc/passwd\n" * 9, "打不开"),
        (b"#EXTM3U\n/etc/passwd\n", "认不出"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>", "认不出"),
        (b"GIF89a" + b"\0" * 100, "认不出"),
    ],
)
def test_what_is_no_picture_is_refused(
    ffmpeg: Ffmpeg, tmp_path: Path, picture: bytes, word: str
) -> None:
    with pytest.raises(Refused, match=word):
        to_jpeg(ffmpeg, picture, tmp_path)


def test_a_huge_picture_is_refused_before_it_is_read(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="太大"):
        to_jpeg(ffmpeg, b"\xff\xd8\xff" + bytes(PICTURE_BYTES), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_moment_of_the_old_file_does_not_stand_for_the_new(app: Flask, ready_video: int) -> None:
    with app.app_context(), transaction():
        video = get(ready_video)
        video.poster = "poster-1.jpg"
    with app.app_context(), transaction():
        actions.replace_source(
            get(ready_video), source_name="b.mp4", source_key="video/originals/b", size=9
        )
    assert poster_name(app, ready_video) == "poster.jpg"
