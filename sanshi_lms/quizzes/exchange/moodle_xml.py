"""Moodle XML: read what question banks there export, written so that it comes back equal."""

import re
from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sanshi_lms.quizzes.content import Blank, ItemContent, NumericKey, OptionContent, Pair
from sanshi_lms.quizzes.content_rules import BLANK as GAP
from sanshi_lms.quizzes.exchange.markup import markdown_of
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Fault, Reading, refused
from sanshi_lms.quizzes.exchange.safe import parse_xml
from sanshi_lms.quizzes.exchange.writing import BLANK, DEFAULT_RUBRIC
from sanshi_lms.quizzes.marking import read_number
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

KINDS = (
    "single", "multiple", "true_false", "blanks", "numeric", "matching", "ordering", "short",
)  # fmt: skip
_OURS = {
    "multichoice": "_choice", "truefalse": "_true_false", "shortanswer": "_blank",
    "numerical": "_numeric", "matching": "_matching", "essay": "_essay", "cloze": "_cloze",
    "ordering": "_ordering",
}  # fmt: skip
_TYPES = {
    "single": "multichoice", "multiple": "multichoice", "true_false": "truefalse",
    "numeric": "numerical", "matching": "matching", "ordering": "ordering", "short": "essay",
}  # fmt: skip
_CLOZE = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_SHORT_CLOZE = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_TRUTHS = {"true": True, "false": False, "正确": True, "错误": False, "对": True, "错": False}


def read_moodle_xml(data: bytes) -> Reading:
    """Return the questions of a Moodle XML file. Raises UnsafeFileError."""
    root = parse_xml(data)
    if root.tag != "quiz":
        return refused("这不是 Moodle 的题目文件：最外层应当是 <quiz>。")
    questions = root.findall("question")
    if len(questions) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分几个文件。")
    reading, topic, row = Reading(), "", 0
    for question in questions:
        kind = question.get("type", "")
        if kind == "category":
            path = (question.findtext("category/text") or "").strip().replace("//", "\0")
            last = path.rpartition("/")[2].replace("\0", "/")
            topic = "" if last in ("top", "$course$") else last
            continue
        row += 1
        _read(reading, question, kind, topic, row)
    if not reading.found and not reading.faults:
        reading.fault("整个文件", "文件里没有题目。")
    return reading


def write_moodle_xml(contents: Sequence[ItemContent]) -> bytes:
    """Return the questions as a Moodle XML file."""
    root, topic = Element("quiz"), ""
    for content in contents:
        if content.topic != topic:
            topic = content.topic
            category = SubElement(SubElement(root, "question", type="category"), "category")
            escaped = topic.replace("/", "//")
            _say(category, f"$course$/top/{escaped}" if topic else "$course$/top")
        _write(root, content)
    indent(root, " ")
    written: bytes = tostring(root, "utf-8", xml_declaration=True)
    return written + b"\n"


def fits(content: ItemContent) -> bool:
    """Tell whether XML can carry the question's characters."""
    return not re.search(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", repr_of(content))


def repr_of(content: ItemContent) -> str:
    """Return all texts of a question together."""
    texts = [content.stem_md, content.explanation_md, content.topic, *content.tags]
    texts += [text for o in content.options for text in (o.text_md, o.feedback_md)]
    texts += [text for blank in content.blanks for text in blank.accepted]
    texts += [*content.sequence, *(t for p in content.pairs for t in (p.left, p.right))]
    texts += list(content.numeric.units) if content.numeric else []
    return "\n".join(texts)


def _read(reading: Reading, question: Element, kind: str, topic: str, row: int) -> None:
    name = (question.findtext("name/text") or "").strip()
    place = f"第 {row} 题" + (f"（{name[:20]}）" if name else "")
    if kind == "description":
        reading.left_out.append(Fault(place, "是一段说明，没有当作题目。"))
        return
    reader = _READERS.get(kind)
    if reader is None:
        reading.fault(place, f"Moodle 的“{kind}”题型这里没有，请改成别的题型或在网页上添加。")
        return
    content, problem = reader(question, _text(question.find("questiontext")))
    grade = read_number(question.findtext("defaultgrade") or "1")
    points = int(grade[0]) if grade and grade[0] == grade[0].to_integral_value() else 1
    tags = tuple(t.text.strip() for t in question.findall("tags/tag/text") if t.text)
    pictures = "图片没有带进来，请在网页上补上。" if question.find(".//file") is not None else None
    whole = ItemContent(**{
        **{name: getattr(content, name) for name in ItemContent.__dataclass_fields__},
        "topic": topic,
        "points": points,
        "tags": tags,
        "explanation_md": _text(question.find("generalfeedback")),
    })  # fmt: skip
    reading.add(whole, place, row, problem or pictures)


Read = tuple[ItemContent, str | None]


def _choice(question: Element, stem: str) -> Read:
    single = (question.findtext("single") or "true").strip().lower() in ("true", "1")
    options = tuple(
        OptionContent(
            _text(answer).replace("\n", " "), _fraction(answer) > 0, _text(answer.find("feedback"))
        )
        for answer in question.findall("answer")
    )
    return ItemContent("single" if single else "multiple", stem, options=options), None


def _true_false(question: Element, stem: str) -> Read:
    said = [(_text(a).strip().lower(), _fraction(a) > 0) for a in question.findall("answer")]
    right = next((text for text, correct in said if correct), "")
    truth = _TRUTHS.get(right)
    options = tuple(
        OptionContent(text, truth is not None and truth == (n == 0))
        for n, text in enumerate(TRUE_FALSE_TEXTS)
    )
    return ItemContent("true_false", stem, options=options), None


def _blank(question: Element, stem: str) -> Read:
    accepted = tuple(_text(a) for a in question.findall("answer") if _fraction(a) == 100)
    partly = any(0 < _fraction(answer) < 100 for answer in question.findall("answer"))
    gapped = stem if GAP.search(stem) else f"{stem} {BLANK}"
    words = "有的答案只给部分分，这里不分等级；请只留全对的答案。" if partly else None
    return ItemContent("blanks", GAP.sub(BLANK, gapped), blanks=(Blank(accepted),)), words


def _numeric(question: Element, stem: str) -> Read:
    answer = next((a for a in question.findall("answer") if _fraction(a) == 100), None)
    value = read_number(_text(answer)) if answer is not None else None
    allowed = read_number((answer.findtext("tolerance") if answer is not None else "") or "0")
    if value is None or allowed is None:
        return ItemContent("numeric", stem), "没有读到数值答案，请补上。"
    units = [u for u in question.findall("units/unit") if _one(u.findtext("multiplier"))]
    names = tuple((u.findtext("unit_name") or "").strip() for u in units)
    return ItemContent("numeric", stem, numeric=NumericKey(value[0], allowed[0], names)), None


def _matching(question: Element, stem: str) -> Read:
    pairs = tuple(
        Pair(_text(sub), _text(sub.find("answer"))) for sub in question.findall("subquestion")
    )
    return ItemContent("matching", stem, pairs=pairs), None


def _ordering(question: Element, stem: str) -> Read:
    steps = tuple(_text(answer) for answer in question.findall("answer"))
    return ItemContent("ordering", stem, sequence=steps), None


def _essay(question: Element, stem: str) -> Read:
    del question
    return ItemContent("short", stem, rubric=DEFAULT_RUBRIC), None


def _cloze(question: Element, stem: str) -> Read:
    del question
    blanks, problem = [], None
    for _, kind, key in _CLOZE.findall(stem):
        if kind not in _SHORT_CLOZE:
            problem = f"填空里的“{kind}”这里没有，请改成填文字的空。"
        answers = re.findall(r"(?:^|~)((?:=|%-?\d+%)?)((?:\\.|[^~\\])*)", key)
        good = [text for mark, text in answers if mark in ("=", "%100%")]
        blanks.append(Blank(tuple(_unclozed(text) for text in good)))
    gapped = _CLOZE.sub(BLANK, stem)
    return ItemContent("blanks", gapped, blanks=tuple(blanks)), problem


_READERS = {kind: globals()[name] for kind, name in _OURS.items()}


def _write(root: Element, content: ItemContent) -> None:
    stem, several = content.stem_md, content.kind == "blanks" and len(content.blanks) > 1
    kind = "cloze" if several else _TYPES.get(content.kind, "shortanswer")
    if several:
        keys = iter(content.blanks)
        stem = GAP.sub(lambda _: _clozed(next(keys)), stem)
    question = SubElement(root, "question", type=kind)
    _say(SubElement(question, "name"), " ".join(content.stem_md.split())[:40] or "题目")
    _say(SubElement(question, "questiontext", format="markdown"), stem)
    _say(SubElement(question, "generalfeedback", format="markdown"), content.explanation_md)
    SubElement(question, "defaultgrade").text = str(content.points)
    if content.kind in ("single", "multiple"):
        SubElement(question, "single").text = "true" if content.kind == "single" else "false"
    if not several:
        _write_key(question, content)
    if content.tags:
        holder = SubElement(question, "tags")
        for tag in content.tags:
            _say(SubElement(holder, "tag"), tag)


def _write_key(question: Element, content: ItemContent) -> None:
    right = sum(option.correct for option in content.options)
    share = f"{(Decimal(100) / max(right, 1)).quantize(Decimal('0.00001')).normalize():f}"
    if content.kind == "true_false":
        for word, option in zip(("true", "false"), content.options, strict=True):
            _answer(question, word, "100" if option.correct else "0")
        return
    for option in content.options:
        made = _answer(question, option.text_md, share if option.correct else "0", "markdown")
        _say(SubElement(made, "feedback", format="markdown"), option.feedback_md)
    for text in content.blanks[0].accepted if content.blanks else ():
        _answer(question, text, "100")
    for pair in content.pairs:
        made = SubElement(question, "subquestion", format="markdown")
        _say(made, pair.left)
        _say(SubElement(made, "answer"), pair.right)
    for step in content.sequence:
        _answer(question, step, "100", "markdown")
    if content.numeric is not None:
        made = _answer(question, f"{content.numeric.value:f}", "100")
        SubElement(made, "tolerance").text = f"{content.numeric.tolerance:f}"
        units = SubElement(question, "units")
        for name in content.numeric.units:
            unit = SubElement(units, "unit")
            SubElement(unit, "multiplier").text = "1"
            SubElement(unit, "unit_name").text = name


def _answer(question: Element, text: str, fraction: str, markup: str = "plain_text") -> Element:
    made = SubElement(question, "answer", fraction=fraction, format=markup)
    _say(made, text)
    return made


def _say(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text


def _text(node: Element | None) -> str:
    if node is None:
        return ""
    text = node.findtext("text") or ""
    markup = node.get("format") or ""
    return markdown_of(text) if markup in ("html", "moodle_auto_format") else text.strip()


def _fraction(answer: Element) -> Decimal:
    read = read_number(answer.get("fraction") or "0")
    return read[0] if read else Decimal(0)


def _one(multiplier: str | None) -> bool:
    read = read_number(multiplier or "1")
    return read is not None and read[0] == 1


def _clozed(blank: Blank) -> str:
    accepted = "~".join("=" + re.sub(r"([\\}~#/\"])", r"\\\1", text) for text in blank.accepted)
    return f"{{1:SHORTANSWER:{accepted}}}"


def _unclozed(text: str) -> str:
    before_feedback = re.match(r"(?:\\.|[^#\\])*", text)
    text = before_feedback[0] if before_feedback else ""
    return re.sub(r"\\(.)", r"\1", text)
