"""The real pipeline on real, awkward and hostile files: it plays, or it is refused and why."""

import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from sanshi_lms.video.engine import Failed, Ffmpeg, Made, Refused, make_all, probe
from tests.video.conftest import Maker, footage

pytestmark = pytest.mark.media

# name → (width, height of the largest rendition, seconds, sound?)
PLAYS: dict[str, tuple[int, int, float, bool]] = {
    "bbb_960x540_60fps_vp8.webm": (960, 540, 1.01, True),
    "bbb_hevc_main10_51.mp4": (640, 360, 4.0, True),
    "bbb_wmv8_wma2.wmv": (640, 360, 4.05, True),
    "bear-vp9-odd-dimensions.webm": (160, 120, 1.0, False),
    "bigbuckbunny.mp4": (1280, 720, 5.31, True),
    "h265_with_metadata_track.mp4": (1080, 1920, 0.1, True),
    "hdr10-video-with-sdr-container.mp4": (1920, 1080, 1.02, True),
    "internal_emulator_transformer_output_270_rotated.mp4": (720, 1280, 4.97, True),
    "sample.avi": (960, 400, 4.09, True),
    "sample.flv": (1080, 720, 1.09, True),
    "sample_android_slow_motion.mp4": (1280, 720, 0.53, False),
    "sample_audio_only.mp4": (0, 0, 1.05, True),
    "sample_edit_list.mp4": (1080, 1920, 2.55, True),
    "sample_fragmented.mp4": (1080, 720, 1.07, True),
    "sample_video_only.mp4": (1080, 720, 1.0, False),
    "sample_with_srt.mkv": (1080, 720, 1.07, True),
    "screencast_vfr.mkv": (1280, 720, 8.6, False),
    "truncated_faststart.mp4": (1280, 720, 2.09, True),
    "bbb_2500ms.ts": (1920, 1080, 2.51, True),
}
REFUSED = {
    "invalid-bitstream.webm": "损坏",
    "sample_malformed_free_box.mp4": "索引",
    "text_renamed.mp4": "文字",
    "truncated_moov_at_end.mp4": "索引",
}


def make(ffmpeg: Ffmpeg, path: Path, work: Path) -> Made:
    seen: list[float] = []
    made = make_all(ffmpeg, path, probe(path, work=work), work, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    return made


def decoded(path: Path) -> dict[str, Any]:
    """Decode a file wholly, as a player would, and say what came out."""
    found: dict[str, Any] = {"frames": 0, "samples": 0}
    with av.open(str(path)) as container:
        for frame in container.decode(
            *(s for s in container.streams if s.type in {"video", "audio"})
        ):
            if isinstance(frame, av.VideoFrame):
                found["frames"] += 1
                found["size"] = (frame.width, frame.height)
                found["format"] = frame.format.name
                found["range"] = int(frame.color_range)
            else:
                assert isinstance(frame, av.AudioFrame)
                found["samples"] += frame.samples
                found["channels"] = frame.layout.nb_channels
        found["seconds"] = (container.duration or 0) / 1_000_000
    return found


@pytest.mark.parametrize("name", PLAYS)
def test_real_footage_plays(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    width, height, seconds, sound = PLAYS[name]
    made = make(ffmpeg, footage(name), tmp_path)
    assert (made.width, made.height) == (width, height)
    assert made.seconds == pytest.approx(seconds, abs=0.2)
    plain = decoded(tmp_path / "plain.mp4")
    assert plain["seconds"] == pytest.approx(seconds, abs=0.2)
    assert (plain["samples"] > 0) is sound
    assert plain.get("channels", 2) == 2
    if width:
        assert plain["frames"] > 0
        assert plain["format"] == "yuv420p"
        assert plain["range"] == 1, "limited range"
        assert min(plain["size"]) <= 720
        assert (tmp_path / "poster.jpg").stat().st_size > 500
    for stream in made.streams:
        assert_playlist_is_whole(tmp_path / stream.name, stream.seconds)
    assert_renditions_align(tmp_path, [s.name for s in made.streams if s.kind == "picture"])


def assert_playlist_is_whole(folder: Path, seconds: float) -> None:
    text = (folder / "index.m3u8").read_text("utf-8")
    assert text.startswith("#EXTM3U")
    assert text.rstrip().endswith("#EXT-X-ENDLIST")
    times = [
        float(line[8:].rstrip(",")) for line in text.splitlines() if line.startswith("#EXTINF:")
    ]
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(times) == len(names) == len(list(folder.glob("*.m4s")))
    assert sum(times) == pytest.approx(seconds, abs=0.01)
    assert all(time <= 4.2 for time in times)


def assert_renditions_align(folder: Path, names: list[str]) -> None:
    cuts = [
        [l for l in (folder / name / "index.m3u8").read_text("utf-8").splitlines() if "EXTINF" in l]  # noqa: E741 -- a line
        for name in names
    ]
    assert all(cut == cuts[0] for cut in cuts)


@pytest.mark.parametrize("name", REFUSED)
def test_real_damage_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=REFUSED[name]):
        probe(footage(name), work=tmp_path)


def test_what_a_cut_file_still_holds_is_saved_and_told(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = make(ffmpeg, footage("truncated_faststart.mp4"), tmp_path)
    assert any("末尾约缺 2 秒" in notice for notice in made.notices)


def test_sound_alone_becomes_an_audio_lesson(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    made = make(ffmpeg, footage("sample_audio_only.mp4"), tmp_path)
    assert any("只有声音" in notice for notice in made.notices)
    assert not made.has_poster


def test_a_lecture_of_slides_that_stands_still_while_somebody_speaks(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    clip = make_clip(
        "still.mkv",
        *("-f", "lavfi", "-i", "color=navy:s=640x360:r=1:d=1"),
        *("-f", "lavfi", "-i", "sine=d=12"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    made = make(ffmpeg, clip, tmp_path)
    assert made.seconds == pytest.approx(12, abs=0.2)
    assert decoded(tmp_path / "plain.mp4")["frames"] >= 115, "the last picture stays"


def test_a_copied_rendition_aligns_with_the_encoded_ones(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    """As the studio writes them: a key frame each four seconds. B-frames make it harder."""
    clip = make_clip(
        "fit.mp4",
        *("-f", "lavfi", "-i", "testsrc=s=1280x720:r=25:d=10"),
        *("-f", "lavfi", "-i", "sine=d=10"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "100", "-keyint_min", "100"),
        *("-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )
    made = make(ffmpeg, clip, tmp_path)
    assert [stream.name for stream in made.streams] == ["720p", "360p", "sound"]
    assert_renditions_align(tmp_path, ["720p", "360p"])
    began = [
        first_picture_at(tmp_path / name, number) for name in ("720p", "360p") for number in (0, 1)
    ]
    assert began[0] == pytest.approx(began[2], abs=0.001)
    assert began[1] == pytest.approx(began[3], abs=0.001)
    assert packets(clip) == packets(tmp_path / "plain.mp4"), "not a byte was encoded again"
    plain = decoded(tmp_path / "plain.mp4")
    assert (plain["frames"], plain["size"]) == (250, (1280, 720))


def first_picture_at(folder: Path, number: int) -> float:
    """When the first picture of a segment is shown, in seconds of the rendition's own clock."""
    joined = folder / "joined.mp4"
    init = next(folder.glob("init*"))
    joined.write_bytes(init.read_bytes() + (folder / f"{number}.m4s").read_bytes())
    with av.open(str(joined)) as container:
        return min(
            float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None
        )


def packets(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [p.size for p in container.demux(video=0) if p.size]


def test_full_range_444_portrait_becomes_what_phones_decode(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    clip = make_clip(
        "odd.mov",
        *("-f", "lavfi", "-i", "testsrc2=s=362x642:r=50:d=2"),
        *("-vf", "scale=out_range=pc,format=yuv444p", "-color_range", "pc"),
        *("-c:v", "libx264", "-preset", "ultrafast"),
    )
    make(ffmpeg, clip, tmp_path)
    plain = decoded(tmp_path / "plain.mp4")
    assert (plain["size"], plain["format"], plain["range"]) == ((362, 642), "yuv420p", 1)
    assert plain["frames"] == 50


def test_a_black_beginning_does_not_become_the_poster(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path
) -> None:
    clip = make_clip(
        "black.mp4",
        *("-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=4"),
        *("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=4"),
        *("-filter_complex", "[0][1]concat=n=2", "-c:v", "libx264", "-pix_fmt", "yuv420p"),
    )
    make(ffmpeg, clip, tmp_path)
    with av.open(str(tmp_path / "poster.jpg")) as image:
        frame = next(image.decode(video=0))
        assert isinstance(frame, av.VideoFrame)
        grey = bytes(frame.reformat(format="gray").planes[0])
        assert sum(grey) / len(grey) > 60


def test_audio_and_picture_keep_together_through_segments(
    ffmpeg: Ffmpeg, small_clip: Path, tmp_path: Path
) -> None:
    make(ffmpeg, small_clip, tmp_path)
    with av.open(str(tmp_path / "plain.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert float((video.start_time or 0) * (video.time_base or 0)) == pytest.approx(0, abs=0.03)
        assert float((audio.start_time or 0) * (audio.time_base or 0)) == pytest.approx(0, abs=0.03)
        stamps = [p.pts * p.time_base for p in container.demux(video) if p.pts is not None]
    steps = {b - a for a, b in zip(sorted(stamps), sorted(stamps)[1:], strict=False)}
    assert steps == {Fraction(1, 25)}, "no frame is missing or doubled at a seam"


# Attacks of guide/video.md §3. Each names the neighbour's lecture, which must not come out.


def test_a_text_that_names_other_files_is_never_followed(small_clip: Path, tmp_path: Path) -> None:
    neighbour = tmp_path / "neighbour.mp4"
    neighbour.write_bytes(small_clip.read_bytes())
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{neighbour}\n#EXT-X-ENDLIST\n",
        "concat": "ffconcat version 1.0\nfile neighbour.mp4\n",
        "dash": f'<?xml version="1.0"?><MPD type="static"><BaseURL>{neighbour}</BaseURL></MPD>',
        "sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    }
    for name, text in texts.items():
        for padding in ("", "\0"):  # with a zero byte it is no plain text any more
            attack = tmp_path / f"{name}.mp4"
            attack.write_text(text + padding, "utf-8")
            with pytest.raises(Refused):
                probe(attack, work=tmp_path)


def test_ffmpeg_itself_would_not_follow_it_either(
    ffmpeg: Ffmpeg, small_clip: Path, tmp_path: Path
) -> None:
    """The second bar: were the probe fooled, the command's own allow-list holds."""
    facts = probe(small_clip, work=tmp_path)
    attack = tmp_path / "attack.mp4"
    attack.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{small_clip}\n#EXT-X-ENDLIST\n"
    )
    with pytest.raises(Failed, match=r"损坏|重试"):
        make_all(ffmpeg, attack, facts, tmp_path, lambda _: None)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (
            (
                *("-f", "lavfi", "-i", "color=red:s=8192x8192:r=1:d=1"),
                *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            ),
            "太大",
        ),
        (
            ("-f", "lavfi", "-i", "color=red:s=64x64:r=1:d=1", "-frames:v", "1", "-c:v", "mjpeg"),
            "静止",
        ),
    ],
)
def test_bombs_and_pictures_are_refused(
    make_clip: Maker, tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    with pytest.raises(Refused, match=word):
        probe(make_clip("bomb.mkv", *arguments), work=tmp_path)


def test_a_forty_megapixel_image_called_mp4(make_clip: Maker, tmp_path: Path) -> None:
    image = make_clip("big.png", "-f", "lavfi", "-i", "color=blue:s=8000x5000", "-frames:v", "1")
    disguised = tmp_path / "image.mp4"
    disguised.write_bytes(image.read_bytes())
    with pytest.raises(Refused, match="图片"):
        probe(disguised, work=tmp_path)


def test_a_gap_in_time_is_found_before_it_makes_frames_without_end(
    make_clip: Maker, tmp_path: Path
) -> None:
    gap = make_clip(
        "gap.mkv",
        *("-f", "lavfi", "-i", "testsrc=s=64x64:r=1:d=2"),
        *("-vf", "setpts='if(eq(N,0),0,40000/TB)'", "-fps_mode", "vfr", "-c:v", "libx264"),
    )
    with pytest.raises(Refused, match="时间轴"):
        probe(gap, work=tmp_path)


def test_many_streams_end_in_a_sentence(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    many = tmp_path / "many.mkv"
    tones = [part for _ in range(60) for part in ("-f", "lavfi", "-i", "sine=d=0.2")]
    maps = [part for number in range(60) for part in ("-map", str(number))]
    command = [ffmpeg.path, "-v", "error", *tones, *maps, "-c:a", "pcm_s16le", str(many)]
    subprocess.run(command, check=True, timeout=60)
    with pytest.raises(Refused):
        probe(many, work=tmp_path)
