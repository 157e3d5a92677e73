"""Which segments there are, and the playlists that tell of them. Pure.

Parts come in any order; a playlist lists what stands without a gap from the beginning, and never
takes back or renames what it told before: a player that watches a growing one goes on with it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sanshi_lms.video.engine.rules import SEGMENT_SECONDS


@dataclass(frozen=True)
class Segment:
    """A segment in its place: `init` is the file that a player reads before it; size in bytes."""

    number: int
    seconds: float
    size: int
    init: str

    @property
    def file(self) -> str:
        return f"{self.number}.m4s"


@dataclass(frozen=True)
class PartMade:
    """What a part has put in place so far, by stream. `damaged`: the decoder complained."""

    streams: dict[str, list[Segment]]
    codecs: dict[str, str]  # RFC 6381 names, by stream
    damaged: bool = False

    def as_text(self) -> str:
        """Everything that a playlist needs, as JSON."""
        streams = {
            name: [[s.number, s.seconds, s.size, s.init] for s in segments]
            for name, segments in self.streams.items()
        }
        return json.dumps({"streams": streams, "codecs": self.codecs, "damaged": self.damaged})

    @classmethod
    def from_text(cls, text: str) -> "PartMade":
        """Read what `as_text` gave."""
        found = json.loads(text)
        streams = {n: [Segment(*one) for one in each] for n, each in found["streams"].items()}
        return cls(streams, found["codecs"], found["damaged"])

    @property
    def count(self) -> int:
        """How many segments there are."""
        return sum(len(segments) for segments in self.streams.values())


def joined(parts: Iterable[PartMade], name: str) -> list[Segment]:
    """The segments of a stream from the first on, up to the first that is missing."""
    found: dict[int, Segment] = {}
    for part in parts:
        found |= {segment.number: segment for segment in part.streams.get(name, [])}
    ready = list[Segment]()
    while len(ready) in found:
        ready.append(found[len(ready)])
    return ready


def media_playlist(segments: list[Segment], *, complete: bool) -> str:
    """The playlist of one stream (RFC 8216); a growing one is played from its beginning."""
    longest = max([SEGMENT_SECONDS, *(round(segment.seconds) for segment in segments)])
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{longest}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if complete:
        lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    else:
        lines += ["#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES"]
    init = ""
    for segment in segments:
        if segment.init != init:
            init = segment.init
            lines.append(f'#EXT-X-MAP:URI="{init}"')
        lines += [f"#EXTINF:{segment.seconds:.6f},", segment.file]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if complete else [])]) + "\n"
