"""The life of a story (a case, a report …) as data, and what each kind begins with.

The policy asks for cases and experience to share and for 专题报道、深度访谈、短视频、图解 (任务五).
One way of writing, reviewing, publishing and withdrawing serves all of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TITLE_LENGTH = 60
SUMMARY_LENGTH = 200
BODY_LENGTH = 30_000
PLACE_LENGTH = 80
PEOPLE_LENGTH = 300
WORDS_LENGTH = 500
CAPTION_LENGTH = 80
PICTURES = 12
"""Most pictures in the text of one story."""
LESSONS = 8
HINT = "（提示："
"""How a hint of a template begins. None may be left when a story goes to review."""


class State(StrEnum):
    """Where a story stands. Only a published one is seen by people who do not work on it."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Hand(StrEnum):
    """As what somebody acts on a story."""

    WRITER = "writer"
    REVIEWER = "reviewer"


STATES: Mapping[State, tuple[str, str | None, str]] = {
    State.DRAFT: ("草稿", "warn", "写好以后提交，由另一个人审核。"),
    State.REVIEW: ("等审核", "accent", "已经提交，等另一个人审核。现在不能改。"),
    State.PUBLISHED: ("已发布", "good", "所有人都能看到。要修改请先下架。"),
    State.WITHDRAWN: ("已下架", None, "只有参与的人看得到。改好以后可以再提交。"),
}


@dataclass(frozen=True)
class Step:
    """Something that can be done. `second`: not by anybody who wrote on this story; `own`: only."""

    verb: str
    label: str
    told: str
    start: frozenset[State]
    end: State
    hand: Hand
    words: bool = False
    second: bool = False
    own: bool = False


STEPS: Mapping[str, Step] = {
    step.verb: step
    for step in (
        Step("submit", "提交审核", "提交审核", frozenset({State.DRAFT}), State.REVIEW, Hand.WRITER),
        Step("take_back", "先不提交了", "收回来再改", frozenset({State.REVIEW}), State.DRAFT,
             Hand.WRITER, own=True),
        Step("publish", "发布", "审核通过，发布", frozenset({State.REVIEW}), State.PUBLISHED,
             Hand.REVIEWER, second=True),
        Step("return", "退回修改", "退回修改", frozenset({State.REVIEW}), State.DRAFT,
             Hand.REVIEWER, words=True, second=True),
        Step("withdraw", "下架", "下架", frozenset({State.PUBLISHED}), State.WITHDRAWN,
             Hand.REVIEWER, words=True),
        Step("rework", "改一改再发", "拿回来修改", frozenset({State.WITHDRAWN}), State.DRAFT,
             Hand.WRITER),
    )
}  # fmt: skip
WRITING = frozenset({"create", "edit", "submit"})
"""Verbs by which somebody becomes a writer of a story, so that another person must review it."""
TOLD = {"create": "开始写", "edit": "修改"} | {step.verb: step.told for step in STEPS.values()}


class NotAllowed(Exception):
    """A step that cannot be taken now. `str()` is a sentence for whoever tried."""


def possible(state: State, hands: Collection[Hand], *, wrote: bool) -> list[Step]:
    """Return the steps that somebody may take; `wrote` tells whether they wrote on the story."""
    return [
        step
        for step in STEPS.values()
        if state in step.start and step.hand in hands and not _stands_against(step, wrote=wrote)
    ]


def step_of(verb: str, state: State, hands: Collection[Hand], *, wrote: bool) -> Step:
    """Return the step `verb`. Raises NotAllowed when it is not theirs or not possible now."""
    step = STEPS.get(verb)
    if step is None or step.hand not in hands:
        raise NotAllowed("这一步不由您来办。")
    if state not in step.start:
        raise NotAllowed(f"现在是“{STATES[state][0]}”，不能再“{step.label}”了。请看最新情况。")
    if against := _stands_against(step, wrote=wrote):
        raise NotAllowed(against)
    return step


def _stands_against(step: Step, *, wrote: bool) -> str:
    """Return why a step is for somebody else, or nothing."""
    if step.second and wrote:
        return "您写过这一篇，要请另一位管理员来审核。"
    return "提交的人才能收回来。要改请退回，并写明原因。" if step.own and not wrote else ""


@dataclass(frozen=True)
class Kind:
    """A kind of story: what it is called, and the headings with hints that it begins with."""

    name: str
    label: str
    about: str
    sections: tuple[tuple[str, str], ...]
    needs_video: bool = False
    needs_picture: bool = False

    def template(self) -> str:
        """Return the Markdown that a new one begins with."""
        return "\n\n".join(f"## {heading}\n\n{HINT}{hint}）" for heading, hint in self.sections)


CASE = "case"
KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(CASE, "案例", "一件办成的事：原来什么样、怎么做的、现在什么样", (
            ("原来什么样", "居民遇到了什么问题，影响到谁，之前试过什么办法。"),
            ("怎么做的", "谁来看的、商量了几次、定了什么方案、分几步做。"),
            ("现在什么样", "做成了什么，居民怎么说，还有什么没做完。"),
            ("别的社区可以怎么用", "哪些做法能照着用，哪些要看条件，最容易卡在哪里。"),
        )),
        Kind("feature", "专题报道", "一个主题，几个现场，几组数字", (
            ("这件事为什么值得说", "一两段话：发生了什么，和读者有什么关系。"),
            ("现场", "到过哪里，看到什么。写人和细节，配照片。"),
            ("怎么做到的", "三师做了什么，社区做了什么，居民出了什么主意。"),
            ("数字", "几户、几个月、多少钱，写明数字从哪里来。"),
            ("下一步", "接下来做什么，读者可以在哪里看进展、提建议。"),
        )),
        Kind("interview", "深度访谈", "和一个人好好聊一次", (
            ("被访人", "姓名、职业、在哪个社区做过什么。发表前请本人看过并同意。"),
            ("为什么找到这位", "一两句话。"),
            ("问答", "每个问题用“**问：**”开头，回答用“**答：**”开头。一次只问一件事。"),
            ("一句话", "最想让读者记住的一句原话。"),
        )),
        Kind("clip", "短视频", "一两分钟，一件事", (
            ("看点", "一句话说清楚视频里有什么。"),
            ("分镜和解说词", "按镜头写：画面，解说。听不见的人靠这里知道视频说了什么。"),
            ("出镜的人", "谁出镜，是否同意公开。小孩出镜要有监护人同意。"),
        ), needs_video=True),
        Kind("infographic", "图解", "一张图讲清一个流程", (
            ("图", "上传图片以后，把给出的写法粘贴到这里。"),
            ("图里写了什么", "把图上的步骤用文字再写一遍，看不见图的人也能读。"),
            ("依据", "流程和数字出自哪个文件，哪一年。"),
        ), needs_picture=True),
    )
}  # fmt: skip
PIECES = tuple(name for name in KINDS if name != CASE)


@dataclass(frozen=True)
class Draft:
    """What must be known of a story before it goes to review."""

    kind: str
    summary: str
    body: str
    district: str
    has_video: bool
    pictures: int


def problems(draft: Draft) -> list[str]:
    """Return, in plain words, all that keeps a story from going to review."""
    kind, found = KINDS[draft.kind], []
    if not draft.summary:
        found.append("还没有写一句话介绍。")
    if not draft.body:
        found.append("还没有写正文。")
    if HINT in draft.body:
        found.append("正文里还有没换掉的提示，请写好内容，删掉以“（提示：”开头的句子。")
    if draft.kind == CASE and not draft.district:
        found.append("还没有填区县。")
    if kind.needs_video and not draft.has_video:
        found.append("还没有选视频：请先做成一节视频课并发布，再到这里选。")
    if kind.needs_picture and not draft.pictures:
        found.append("还没有图片，请先上传。")
    return found


def days_between(began: date | None, ended: date | None) -> int | None:
    """Return how many days something took, both ends counted; None when it is not known."""
    return (ended - began).days + 1 if began and ended and ended >= began else None


def money_text(yuan: int | None) -> str:
    """Return an amount as people say it: 8500 元, 1.2 万元, 36 万元."""
    if yuan is None:
        return ""
    if yuan < 10_000:
        return f"{yuan} 元"
    return f"{yuan / 10_000:.2f}".rstrip("0").rstrip(".") + " 万元"
