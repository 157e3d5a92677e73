"""Builds ffmpeg's command lines. ffmpeg-python only compiles graphs here; it never runs anything.

Every command reads one local file under allow-lists, takes streams by number, drops subtitles,
data and metadata, and writes into its working directory under names of ours. No text of a person
ever enters a filter graph.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from sanshi_lms.video.engine.bars import DECODERS, FORMATS, PROTOCOLS
from sanshi_lms.video.engine.facts import Picture, SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.loudness import gain_for, levelled
from sanshi_lms.video.engine.rules import (
    LIMITS,
    SEGMENT_SECONDS,
    Rung,
    key_interval,
    output_rate,
)

SOUND_NAME = "sound"
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 10: "bt2020"}
_BT709 = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@dataclass(frozen=True)
class Plan:
    """What will be made of one source. No rungs: only its sound."""

    facts: SourceFacts
    rungs: tuple[Rung, ...]
    rate: Fraction

    @property
    def has_sound(self) -> bool:
        return self.facts.sound is not None and self.facts.sound.decoded

    @property
    def copies_top(self) -> bool:
        """Whether the source's own picture already is what the largest rendition has to be.

        Then its bytes are taken as they are: half of the work of a ladder, and no loss. Its key
        frames must stand where ours would, or segments of the renditions would not align.
        """
        picture = self.facts.picture
        if picture is None:
            return False
        top, seconds = self.rungs[0], picture.end - picture.start
        plain = picture.codec == "h264" and picture.pixel_format == "yuv420p"
        upright = picture.rotation == 0 and picture.aspect == 1 and not picture.interlaced
        same = (picture.width, picture.height) == (top.width, top.height)
        steady = abs(picture.interval * self.rate - 1) < Fraction(1, 1000)
        no_holes = picture.gap < 1.5 / float(self.rate) and self.facts.seconds - seconds < 0.5
        keys = abs(picture.key_step - key_interval(self.rate) / self.rate) < Fraction(1, 500)
        small = picture.size * 8 <= top.max_rate * seconds
        sdr = not picture.high_dynamic_range
        fit = plain and upright and same and steady and no_holes and keys and small and sdr
        return fit and self.facts.container.startswith("mov")

    @property
    def encoded(self) -> tuple[Rung, ...]:
        """The rungs that have to be encoded."""
        return self.rungs[1:] if self.copies_top else self.rungs

    @property
    def plain_name(self) -> str:
        """The rung that the plain MP4 is made of: the largest that an old phone decodes well."""
        small = [rung for rung in self.rungs if min(rung.width, rung.height) <= 720]
        return (small or list(self.rungs))[0].name if self.rungs else SOUND_NAME


def begin(binary: Ffmpeg) -> list[str]:
    """The program and the options that every call of it carries."""
    return [binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"]


def ladder_command(binary: Ffmpeg, source: Path, plan: Plan) -> list[str]:
    """One decode, every rendition and the sound, as HLS with aligned fMP4 segments.

    Writes ``<rung>/index.m3u8`` (or ``sound/index.m3u8``), each with its segments, and tells its
    progress on stdout.
    """
    file = ffmpeg.input(
        f"file:{source}",
        protocol_whitelist=PROTOCOLS,
        format_whitelist=FORMATS,
        codec_whitelist=DECODERS,
        max_pixels=LIMITS.pixels,
        max_streams=LIMITS.streams,
        t=_seconds(plan.facts.seconds + 1),
    )
    streams: list[Any] = []
    options: dict[str, Any] = {}
    if plan.facts.picture is not None:
        stream = file[str(plan.facts.picture.index)]
        streams += [stream] if plan.copies_top else []
        streams += _pictures(stream, plan, binary) if plan.encoded else []
        options |= _picture_options(plan)
    if plan.has_sound and plan.facts.sound is not None:
        streams.append(_sound(file[str(plan.facts.sound.index)], plan.facts))
        options |= {"c:a": "aac", "b:a": "96k"}
    output = ffmpeg.output(*streams, "%v/index.m3u8", **options, **_hls_options(plan))
    command = ffmpeg.compile(output, cmd=[*begin(binary), "-progress", "pipe:1"])
    return [str(part) for part in command]


def _pictures(stream: Any, plan: Plan, binary: Ffmpeg) -> list[Any]:
    picture = plan.facts.picture
    assert picture is not None  # noqa: S101 -- the caller asked; this is for the type checker
    if picture.interlaced:
        stream = stream.filter("bwdif", mode="send_frame", deint="interlaced")
    stream = stream.filter("fps", fps=str(plan.rate), start_time=0)
    stream = _upright_colour(stream, picture, plan.encoded[0], binary)
    missing = plan.facts.seconds - (picture.end - picture.start)
    if missing > 0.5:  # the lecturer goes on speaking over the last picture
        stream = stream.filter("tpad", stop_mode="clone", stop_duration=_seconds(missing))
    made = []
    for rung in plan.encoded[1:]:
        both = stream.filter_multi_output("split")
        made.append(both[0])
        stream = both[1].filter("scale", rung.width, rung.height, flags="bicubic")
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


def _picture_options(plan: Plan) -> dict[str, Any]:
    """x264 as measured best for lectures: superfast with macroblock tree, capped quality."""
    every = key_interval(plan.rate)
    options: dict[str, Any] = {"c:v:0": "copy"} if plan.copies_top else {}
    for number, rung in enumerate(plan.encoded, len(plan.rungs) - len(plan.encoded)):
        encoder = {
            "c": "libx264",
            "preset": "superfast",
            "profile": "high",
            "crf": 25,
            "x264-params": "mbtree=1:rc-lookahead=20:open-gop=0",
            "g": every,
            "keyint_min": every,
            "sc_threshold": 0,
            "bf": 2,
            "maxrate": rung.max_rate,
            "bufsize": rung.max_rate * 2,
            # A fixed number makes output independent of the machine, and bounds its memory.
            "threads": 2 if number == 0 else 1,
        }
        # Each named with its stream: a copied one takes no encoder's word.
        options |= {f"{name}:v:{number}": value for name, value in encoder.items()}
    return options


def _sound(stream: Any, facts: SourceFacts) -> Any:
    """Stereo at 48 kHz, holes filled with silence so that lips and words stay together."""
    sound = facts.sound
    assert sound is not None  # noqa: S101 -- the caller asked; this is for the type checker
    stream = stream.filter("aresample", 48000, **{"async": 1000, "first_pts": 0})
    stream = stream.filter("aformat", channel_layouts="stereo")
    stream = levelled(stream, gain_for(facts.loudness))
    missing = facts.seconds - (sound.end - sound.start)
    if facts.picture is not None and missing > 0.2:
        stream = stream.filter("apad", pad_dur=_seconds(missing))
    return stream


def _hls_options(plan: Plan) -> dict[str, Any]:
    group = ",agroup:sound" if plan.has_sound and plan.rungs else ""
    parts = [f"v:{n}{group},name:{rung.name}" for n, rung in enumerate(plan.rungs)]
    if plan.has_sound:
        parts.append(f"a:0{group},name:{SOUND_NAME}")
    return {
        "f": "hls",
        "t": _seconds(plan.facts.seconds + 0.5),
        "hls_time": SEGMENT_SECONDS,
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
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
        *inputs, "plain.mp4", c="copy", f="mp4", movflags="+faststart", map_metadata=-1
    )
    return [str(part) for part in ffmpeg.compile(output, cmd=begin(binary))]


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def plan_for(facts: SourceFacts, rungs: tuple[Rung, ...]) -> Plan:
    """The plan for a source, at the frame rate that suits it."""
    rate = output_rate(facts.picture.interval) if facts.picture else Fraction(0)
    return Plan(facts, rungs if facts.picture else (), rate)
