"""An article about a piece: words in order, pictures numbered, everything inside the limits."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from sanshi_lms.core.markdown import plain_text, render_markdown
from sanshi_lms.outlets.kits.rules import MAX_CHARACTERS, MAX_DIGEST, MAX_TITLE, shortened
from sanshi_lms.outlets.kits.styles import PALE, RIVER, SOFT, STYLES, styled, tag
from sanshi_lms.outlets.pieces import Picture, Piece

QR = "qr"
"""The name of the picture with the QR code, which is drawn and not read."""

_PLACE = re.compile(r'<img data-picture="(\d+)"')
_SENTENCES_A_PARAGRAPH = 3
_SENTENCE = re.compile(r"[^。！？]+[。！？]?")


@dataclass(frozen=True)
class Article:
    """What goes into the editor: `html` with numbered places for `pictures`, counted from 1."""

    title: str
    digest: str
    html: str
    pictures: Sequence[Picture]
    notes: Sequence[str] = ()

    def with_pictures(self, address: Callable[[int], str]) -> str:
        """Return the HTML with the address of each picture in its place."""
        return _PLACE.sub(lambda m: f'<img src="{escape(address(int(m[1])))}"', self.html)


def article_of(piece: Piece, *, transcript: bool = True) -> Article:
    """Return the article about a piece; the transcript is left out when it would be too long."""
    html, pictures, notes = _body(piece)
    spoken = _spoken(piece) if transcript else ""
    if spoken and len(html) + len(spoken) + _END_CHARACTERS >= MAX_CHARACTERS:
        notes.append("讲稿全文太长，没有放进正文；想看的人可以点“阅读原文”。")
        spoken = ""
    pictures.append(Picture(QR))
    whole = f"{html}{spoken}{_end(piece, len(pictures))}"
    digest = shortened(piece.summary or plain_text(piece.body_md), MAX_DIGEST)
    title = shortened(piece.title, MAX_TITLE)
    if title != piece.title:
        notes.append(f"原标题超过 {MAX_TITLE} 个字，已经截短，请看看通不通顺。")
    return Article(
        title, digest, f'<section style="padding:0 4px;">{whole}</section>', pictures, notes
    )


def _body(piece: Piece) -> tuple[str, list[Picture], list[str]]:
    html = [tag("p", escape(_origin(piece)), f"margin:0 0 16px;font-size:14px;color:{SOFT};")]
    pictures: list[Picture] = []
    if piece.cover:
        pictures.append(piece.cover)
        html.append(_picture(len(pictures)))
    if piece.summary:
        html.append(tag("blockquote", tag("p", escape(piece.summary), _LEAD)))
    before = len(pictures)
    text, inside, links = styled(str(render_markdown(piece.body_md)))
    html.append(_PLACE.sub(lambda m: f'<img data-picture="{int(m[1]) + before}"', text))
    pictures += [Picture(source, words) for source, words in inside]
    for picture in (one for one in piece.pictures if one != piece.cover):
        pictures.append(picture)
        html.append(_picture(len(pictures), picture.caption))
    if piece.parts:
        rows = "".join(tag("li", escape(title)) for title in piece.parts)
        html += [tag("h2", f"一共 {len(piece.parts)} 节课"), tag("ol", rows)]
    notes = [f"正文里的 {links} 个网址已经改成文字，微信里点不开外部链接。"] if links else []
    return "".join(html), pictures, notes


def _origin(piece: Piece) -> str:
    """Return the line above everything: where it is from and how long it takes."""
    told = ["三师微课堂", piece.of, piece.topic, f"{piece.minutes} 分钟" if piece.minutes else ""]
    return " · ".join(filter(None, told))


def _spoken(piece: Piece) -> str:
    """Return what is said in the video as paragraphs of a few sentences."""
    if not piece.spoken:
        return ""
    whole = "".join(" ".join(cue.text.split()) for cue in piece.spoken)
    sentences = _SENTENCE.findall(whole)
    paragraphs = [
        "".join(sentences[at : at + _SENTENCES_A_PARAGRAPH])
        for at in range(0, len(sentences), _SENTENCES_A_PARAGRAPH)
    ]
    return tag("h2", "讲稿全文") + "".join(tag("p", escape(one)) for one in paragraphs)


def _end(piece: Piece, number: int) -> str:
    watch = "看视频" if piece.video_id else "看全文"
    inside = (
        tag("p", f"扫一扫，{watch}，不用注册", f"margin:0 0 8px;font-size:16px;color:{RIVER};")
        + f'<img data-picture="{number}" style="display:block;width:180px;margin:0 auto;">'
        + tag("p", "也可以点下面的“阅读原文”", f"margin:8px 0 0;font-size:14px;color:{SOFT};")
    )
    box = f"margin:28px 0 0;padding:20px;background:{PALE};border-radius:8px;text-align:center;"
    return tag("section", inside, box)


def _picture(number: int, caption: str = "") -> str:
    shown = f'<img data-picture="{number}" style="{STYLES["img"]}">'
    return shown + (tag("p", escape(caption), _CAPTION) if caption else "")


_LEAD = "margin:0;font-size:16px;line-height:1.9;color:#1a2626;"
_CAPTION = f"margin:0 0 16px;font-size:14px;color:{SOFT};text-align:center;"
_END_CHARACTERS = 1_200
