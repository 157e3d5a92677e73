"""What will be made of one source: renditions, frame rate, and what can be taken as it is. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.rules import Rung, key_interval, output_rate

SOUND_NAME = "sound"
# All media begin at one second: with pictures shown out of order, a decoding time before zero would
# shift the first chunk against the others, and the seam would have a time stamp twice (guide §1.4).
CLOCK_START = 1


@dataclass(frozen=True)
class Plan:
    """What will be made of one source. No rungs: only its sound. `chunked`: in chunks of 24 s."""

    facts: SourceFacts
    rungs: tuple[Rung, ...]
    rate: Fraction
    chunked: bool = False

    @property
    def group(self) -> int:
        """Frames of a segment: from key frame to key frame."""
        return key_interval(self.rate)

    @property
    def total_frames(self) -> int:
        """Frames of a rendition, the last picture held while the lecturer still speaks."""
        picture = self.facts.picture
        if picture is None:
            return 0
        shown = picture.end - self.facts.start
        seconds = self.facts.seconds if self.facts.seconds - shown > 0.5 else shown
        return max(1, round(seconds * self.rate))

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


def plan_for(facts: SourceFacts, rungs: tuple[Rung, ...], *, chunked: bool = False) -> Plan:
    """The plan for a source, at the frame rate that suits it."""
    rate = output_rate(facts.picture.interval) if facts.picture else Fraction(0)
    return Plan(facts, rungs if facts.picture else (), rate, chunked)
