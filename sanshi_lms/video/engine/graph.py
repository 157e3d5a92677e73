"""Builds ffmpeg's command lines. ffmpeg-python only compiles graphs here; it never runs anything.

Every command reads one local file under allow-lists, takes streams by number, drops subtitles,
data and metadata, and writes into its working directory under names of ours. No text of a person
ever enters a filter graph.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import ffmpeg

from sanshi_lms.video.engine.bars import PROTOCOLS, guarded
from sanshi_lms.video.engine.facts import Picture, SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.loudness import gain_for, levelled
from sanshi_lms.video.engine.parts import FIRST_SEGMENTS, Part
from sanshi_lms.video.engine.plan import CLOCK_START, SOUND_NAME, Plan
from sanshi_lms.video.engine.rules import QUALITY, SEGMENT_SECONDS, Rung

_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
_BT709 = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


_LIGHT_PIXELS = 1920 * 1088
SOUND_HEAD = FIRST_SEGMENTS * SEGMENT_SECONDS + 1


def begin(binary: Ffmpeg) -> list[str]:
    """The program and the options that every call of it carries."""
    return [binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"]


def part_command(binary: Ffmpeg, source: Path, plan: Plan, part: Part) -> list[str]:
    """One decode, every rendition and the sound of a part, as HLS with aligned fMP4 segments.

    Writes ``<rung>/index.m3u8`` (or ``sound/index.m3u8``), each with its segments numbered as in
    the whole, and tells its progress on stdout.
    """
    picture, sound = plan.facts.picture, plan.facts.sound
    file = guarded(source, **_window(plan, part), **_decoder(picture))
    streams: list[Any] = []
    options: dict[str, Any] = {}
    if picture is not None and (part.copies or part.rungs):
        stream = file[str(picture.index)]
        streams += [stream] if part.copies else []
        streams += _pictures(stream, plan, part, binary) if part.rungs else []
        options |= _picture_options(plan, part)
    if part.sound and sound is not None:
        streams.append(_sound(file[str(sound.index)], plan.facts, part))
        options |= {"c:a": "aac", "b:a": "96k"}
    output = ffmpeg.output(*streams, "%v/index.m3u8", **options, **_hls_options(plan, part))
    start = [*begin(binary), *_filter_threads(picture), "-progress", "pipe:1"]
    return [str(part) for part in ffmpeg.compile(output, cmd=start)]


def _filter_threads(picture: Picture | None) -> list[str]:
    """Scaling is light work: cut into slices for several threads it costs 5 % more of everything.

    Tone mapping and deinterlacing are not light, and would be what all else waits for.
    """
    heavy = picture is not None and (picture.high_dynamic_range or picture.interlaced)
    return [] if heavy else ["-filter_complex_threads", "1"]


def _decoder(picture: Picture | None) -> dict[str, Any]:
    """One thread decodes H.264 of up to 1080p ten times as fast as the ladder takes it.

    Each further thread holds more frames; what is harder to decode gets as many as there are.
    """
    if picture is None or picture.codec != "h264":
        return {}
    return {"threads": 1} if picture.width * picture.height <= _LIGHT_PIXELS else {}


def _window(plan: Plan, part: Part) -> dict[str, Any]:
    """What of the source is read: the lead, the part, and a little more."""
    if not part.frames:
        return {"t": _seconds(plan.facts.seconds + 1)}
    begin, end = (part.first - part.lead) / plan.rate, (part.first + part.frames) / plan.rate
    reach = {"t": _seconds(float(end - begin) + 1)}
    return {"ss": f"{float(begin):.6f}", **reach} if begin else reach


def _pictures(stream: Any, plan: Plan, part: Part, binary: Ffmpeg) -> list[Any]:
    picture = plan.facts.picture
    assert picture is not None  # noqa: S101 -- the caller asked; this is for the type checker
    steps = [rung for rung in plan.encoded if rung.name in (part.through or part.rungs)]
    if picture.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    stream = stream.filter("fps", fps=str(plan.rate), start_time=0)
    missing = plan.facts.seconds - (picture.end - picture.start)
    if part.frames:  # exactly so many frames, whatever the source has there
        stream = stream.filter("tpad", stop_mode="clone", stop=-1)
        stream = stream.filter(
            "trim", start_frame=part.lead, end_frame=part.lead + part.frames
        ).filter("setpts", "PTS-STARTPTS")
    stream = _upright_colour(stream, picture, steps[0], binary)
    if not part.frames and missing > 0.5:  # the lecturer goes on speaking over the last picture
        stream = stream.filter("tpad", stop_mode="clone", stop_duration=_seconds(missing))
    made = []
    for larger, rung in pairwise(steps):
        if larger.name in part.rungs:
            both = stream.filter_multi_output("split")
            made.append(both[0])
            stream = both[1]
        stream = stream.filter("scale", rung.width, rung.height, flags="bicubic")
        stream = stream.filter("setsar", 1)
    return [*made, stream]


def _upright_colour(stream: Any, picture: Picture, top: Rung, binary: Ffmpeg) -> Any:
    """The top size in 8-bit BT.709 limited range, which every phone decodes and shows alike."""
    if picture.high_dynamic_range and binary.can_tone_map:
        curve = "smpte2084" if picture.transfer == 16 else "arib-std-b67"
        stream = stream.filter("scale", top.width, top.height, flags="bicubic").filter(
            "zscale", t="linear", npl=203, tin=curve, min="2020_ncl", pin="2020", rin="limited"
        )
        stream = stream.filter("format", "gbrpf32le").filter("zscale", p="709")
        # White paper (203 cd/m², ITU-R BT.2408) stays nearly white; only what shines is held back.
        stream = stream.filter("tonemap", tonemap="mobius", param=0.5, desat=0)
        stream = stream.filter("zscale", t="709", m="709", p="709", r="limited")
    else:
        # Untagged files follow the custom of their size: HD is BT.709, smaller is BT.601.
        custom = "bt709" if min(picture.width, picture.height) >= 720 else "smpte170m"
        stream = stream.filter(
            "scale",
            top.width,
            top.height,
            flags="bicubic",
            in_color_matrix=_MATRICES.get(picture.matrix, custom),
            out_color_matrix="bt709",
            out_range="tv",
        )
    name, values = _BT709.split("=", 1)
    colours = dict(pair.split("=") for pair in values.split(":"))
    return stream.filter("format", "yuv420p").filter("setsar", 1).filter(name, **colours)


def _picture_options(plan: Plan, part: Part) -> dict[str, Any]:
    """x264 as measured best for lectures: superfast with macroblock tree, capped quality."""
    every = plan.group
    options: dict[str, Any] = {"c:v:0": "copy"} if part.copies else {}
    rungs = [rung for rung in plan.encoded if rung.name in part.rungs]
    for number, rung in enumerate(rungs, int(part.copies)):
        encoder = {
            "c": "libx264",
            "preset": "superfast",
            "profile": "high",
            "crf": QUALITY[plan.facts.content],
            # A lookahead in its own thread would hold frames and save nothing: the same bytes.
            "x264-params": "mbtree=1:rc-lookahead=10:b-adapt=0:open-gop=0:sync-lookahead=0",
            "g": every,
            "keyint_min": every,
            "sc_threshold": 0,
            "bf": 2,
            "maxrate": rung.max_rate,
            "bufsize": rung.max_rate * 2,
            # A fixed number makes output independent of the machine, and bounds its memory.
            # The sizes are encoded beside each other: two threads on the largest cost 5 % more
            # CPU for the same wall time.
            "threads": 1,
        }
        # Each named with its stream: a copied one takes no encoder's word.
        options |= {f"{name}:v:{number}": value for name, value in encoder.items()}
    return options


def _sound(stream: Any, facts: SourceFacts, part: Part) -> Any:
    """Stereo at 48 kHz, holes filled with silence so that lips and words stay together."""
    sound = facts.sound
    assert sound is not None  # noqa: S101 -- the caller asked; this is for the type checker
    stream = stream.filter("aresample", 48000, **{"async": 1000, "first_pts": 0})
    stream = stream.filter("aformat", channel_layouts="stereo")
    stream = levelled(stream, gain_for(facts.loudness))
    missing = facts.seconds - (sound.end - sound.start)
    if facts.picture is not None and missing > 0.2:
        stream = stream.filter("apad", pad_dur=_seconds(missing))
    return stream.filter("atrim", end=SOUND_HEAD) if part.sound == "head" else stream


def _hls_options(plan: Plan, part: Part) -> dict[str, Any]:
    names = [plan.rungs[0].name] if part.copies else []
    names += [rung.name for rung in plan.encoded if rung.name in part.rungs]
    group = ",agroup:sound" if part.sound and names else ""
    parts = [f"v:{n}{group},name:{name}" for n, name in enumerate(names)]
    if part.sound:
        parts.append(f"a:0{group},name:{SOUND_NAME}")
    start = float(part.first / plan.rate) if part.first else 0.0
    return {
        "f": "hls",
        "t": _seconds(plan.facts.seconds + 0.5),
        "output_ts_offset": f"{start + CLOCK_START:.6f}",
        "start_number": part.first // plan.group if part.first else 0,
        "hls_time": SEGMENT_SECONDS,
        "hls_playlist_type": "event",
        "hls_segment_type": "fmp4",
        "hls_segment_options": "movflags=+frag_discont",
        "hls_flags": "independent_segments+temp_file",
        "hls_segment_filename": "%v/%d.m4s",
        "var_stream_map": " ".join(parts),
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "max_muxing_queue_size": 4096,
    }


def plain_command(binary: Ffmpeg, plan: Plan) -> list[str]:
    """A plain MP4 that starts before it is fully loaded, from parts that are already encoded."""
    names = [plan.plain_name]
    if plan.rungs and plan.has_sound:
        names.append(SOUND_NAME)
    # Our own playlists, just written: the only place where the HLS reader is allowed.
    inputs = [
        ffmpeg.input(f"{name}/index.m3u8", f="hls", protocol_whitelist=PROTOCOLS) for name in names
    ]
    output = ffmpeg.output(
        *inputs,
        "plain.mp4",
        c="copy",
        f="mp4",
        movflags="+faststart",
        map_metadata=-1,
        output_ts_offset=-CLOCK_START,  # the encoder's silence before the first word stays hidden
    )
    return [str(part) for part in ffmpeg.compile(output, cmd=[*begin(binary), "-copyts"])]


def _seconds(value: float) -> str:
    return f"{value:.3f}"
