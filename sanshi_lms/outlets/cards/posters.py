"""A poster of something: what it says beside its code, and where the code leads."""

from dataclasses import dataclass, field

from sanshi_lms.core.web import mmss, public_address
from sanshi_lms.outlets.cards.drawing import poster
from sanshi_lms.outlets.cards.rules import FROM_POSTER, second_in, with_query
from sanshi_lms.outlets.cards.subjects import Subject

WATCH = ("扫一扫，马上看", ["微信扫码就能看", "不用下载，不用登录"])
MEMBERS = ("扫一扫，马上看", ["微信扫码打开", "登录以后观看"])
JOIN = ("扫一扫，来报名", ["微信扫码看安排", "点一下就能报名"])
_NEAR = 1.0  # a chapter that begins within a second of where the lecture is opened


@dataclass(frozen=True)
class Start:
    """A place where a lecture may begin: a chapter."""

    second: int
    label: str
    title: str


@dataclass(frozen=True)
class Poster:
    """A poster before it is drawn; `second` is where the lecture begins, 0 at its beginning."""

    subject: Subject
    second: int = 0
    starts: list[Start] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the code leads: the page, by this way, at this second."""
        told = with_query(self.subject.path, {**FROM_POSTER, "t": self.second})
        return public_address(told)

    @property
    def moment(self) -> str:
        """Where the lecture begins, in words."""
        if not self.second:
            return ""
        near = [one.title for one in self.starts if abs(one.second - self.second) <= _NEAR]
        told = f"从 {mmss(self.second)} 看起"
        return f"{told}：{near[0]}" if near else told

    def drawn(self, kind: str) -> bytes:
        """Return it as "png" or "pdf". Raises DrawingError."""
        call, how = WATCH
        if self.subject.kind == "class":
            call, how = JOIN
        elif self.subject.members_only:
            call, how = MEMBERS
        words = {"moment": self.moment, "call": call, "how": how}
        return poster(self.subject, self.address, kind, words)


def poster_of(subject: Subject, asked: str | None = None) -> Poster:
    """Return the poster of `subject`, from the second that the address asks for."""
    video = subject.video
    if video is None or not video.seconds:
        return Poster(subject)
    starts = [
        Start(int(one.start), mmss(one.start), one.title)
        for one in video.chapters
        if 1 <= one.start < video.seconds
    ]
    return Poster(subject, second_in(asked, video.seconds), starts)
