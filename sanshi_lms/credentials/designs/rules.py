"""Rules of designs: what may be written, and how its fields become what is printed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FIELDS = ("姓名", "课程", "学时", "发证日期", "有效期", "编号", "发证单位")
"""What a body may name in braces: 您已学完“{课程}”……"""
LONGEST_HEADING = 12
LONGEST_BODY = 400
LONGEST_NAME = 30
MOST_SIGNATURES = 3
USUAL_PREFIX = "SS"
USUAL_HEADING = "结业证书"
USUAL_ISSUER = "三师微课堂"
USUAL_BODY = "您已学完“{课程}”的全部内容，达到结业要求，计 {学时} 学时。\n特发此证。"
LOOK_ZH = {"contour": "青绿边框，等高线底纹", "plain": "青绿边框，素底", "red": "红色边框，素底"}
_FIELD = re.compile(r"\{([^{}]*)\}")
_CLAUSES = re.compile(r"(?<=[，,；。])")
_PREFIX = re.compile(r"[A-HJKMNP-Z]{2,4}")


@dataclass(frozen=True)
class Signature:
    """Who signs: name and post, and the id of a picture of the signature."""

    name: str
    post: str = ""
    picture_id: int | None = None


@dataclass(frozen=True)
class DesignDraft:
    """A design as its author fills it in."""

    name: str
    heading: str = USUAL_HEADING
    body: str = USUAL_BODY
    issuer: str = USUAL_ISSUER
    prefix: str = USUAL_PREFIX
    portrait: bool = False
    look: str = "contour"
    seal_id: int | None = None
    signatures: Sequence[Signature] = field(default_factory=tuple)


@dataclass(frozen=True)
class Run:
    """A stretch of one paragraph; what a field stands for is printed bold."""

    text: str
    strong: bool = False


def problem(draft: DesignDraft) -> str | None:
    """Return what is wrong with a design and how to mend it; None when it is sound."""
    if not draft.name.strip():
        return "请给样式起个名字，例如：渝中区结业证书。"
    if not 0 < len(draft.heading.strip()) <= LONGEST_HEADING:
        return f"标题要有 1 到 {LONGEST_HEADING} 个字，例如：结业证书。"
    if not 0 < len(draft.body.strip()) <= LONGEST_BODY:
        return f"正文要有 1 到 {LONGEST_BODY} 个字。"
    if not draft.issuer.strip():
        return "请写发证单位。"
    if not _PREFIX.fullmatch(draft.prefix):
        return "编号开头要是 2 到 4 个大写字母，不能用 I、L、O（容易和数字看混）。"
    unknown = [name for name in _FIELD.findall(draft.body) if name not in FIELDS]
    if unknown:
        return f"正文里的 {{{unknown[0][:10]}}} 不认识，可以用的有：{'、'.join(FIELDS)}。"
    if "{" in _FIELD.sub("", draft.body) or "}" in _FIELD.sub("", draft.body):
        return "正文里的大括号没有成对，请写成 {课程} 这样。"
    if "{课程}" not in draft.body:
        return "正文里要有 {课程}，不然看不出这是哪门课的证书。"
    if draft.look not in LOOK_ZH:
        return "请选一种纸样。"
    return None


def paragraphs(body: str, values: Mapping[str, str]) -> list[list[Run]]:
    """Return the printed paragraphs of a body.

    A clause whose fields all have nothing to say (no hours, no end) is left out.
    """
    lines = [_without_empty(line.strip(), values) for line in body.splitlines()]
    return [_runs(line, values) for line in lines if line]


def shows_name(body: str) -> bool:
    """Tell whether the body itself names the holder; else the name stands above it."""
    return "{姓名}" in body


def _without_empty(line: str, values: Mapping[str, str]) -> str:
    kept: list[str] = []
    for clause in _CLAUSES.split(line):
        named = _FIELD.findall(clause)
        if not named or any(values.get(name) for name in named):
            kept.append(clause)
        elif kept and clause.endswith("。"):
            kept[-1] = kept[-1].rstrip("，,；") + "。"
    return "".join(kept).strip()


def _runs(line: str, values: Mapping[str, str]) -> list[Run]:
    runs, at = [], 0
    for found in _FIELD.finditer(line):
        if found.start() > at:
            runs.append(Run(line[at : found.start()]))
        runs.append(Run(values.get(found[1], ""), strong=True))
        at = found.end()
    return [*runs, Run(line[at:])] if at < len(line) else runs
