"""A kit as one archive: article, pictures, covers, QR card, title and digest, and the report."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sanshi_lms.outlets.kits.article import QR, Article, article_of
from sanshi_lms.outlets.kits.drawing import cover_square, cover_wide, encoded, qr_card
from sanshi_lms.outlets.kits.rules import Breach, PictureFile, breaches
from sanshi_lms.outlets.pieces import Piece

FOLDER = "pictures/"


@dataclass(frozen=True)
class Kit:
    """An article with its pictures as bytes by number; `gone` are those that nobody can open."""

    article: Article
    pictures: dict[int, bytes]
    gone: Sequence[int]
    breaches: Sequence[Breach]

    def name(self, number: int) -> str:
        """Return the name of a picture's file."""
        png = self.article.pictures[number - 1].path == QR
        return f"{number:02}.{'png' if png else 'jpg'}"


def make_kit(piece: Piece, address: str, *, transcript: bool = True) -> Kit:
    """Return the kit of a piece whose readers come back by `address`."""
    article = article_of(piece, transcript=transcript)
    pictures: dict[int, bytes] = {}
    for number, picture in enumerate(article.pictures, 1):
        data = qr_card(address) if picture.path == QR else encoded(picture)
        if data is not None:
            pictures[number] = data
    gone = [n for n in range(1, len(article.pictures) + 1) if n not in pictures]
    kit = Kit(article, pictures, gone, ())
    files = [
        PictureFile(kit.name(n), len(data), "png" if kit.name(n).endswith("png") else "jpeg")
        for n, data in pictures.items()
    ]
    html = article.with_pictures(lambda number: f"{FOLDER}{kit.name(number)}")
    found = breaches(article.title, article.digest, html, files, [FOLDER])
    found += [
        Breach(f"第 {number} 张图片打不开", "请到正文里换一张，或者删去它。") for number in gone
    ]
    return Kit(article, pictures, gone, found)


def archive(kit: Kit, piece: Piece, address: str) -> bytes:
    """Return the kit as a ZIP with Chinese names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as box:
        html = kit.article.with_pictures(lambda number: f"{FOLDER}{kit.name(number)}")
        box.writestr("正文.html", as_page(kit.article.title, html))
        box.writestr("标题和摘要.txt", _words(kit.article, address))
        box.writestr("检查结果.txt", _report(kit))
        box.writestr("封面-宽.jpg", cover_wide(piece))
        box.writestr("封面-方.jpg", cover_square(piece))
        box.writestr("二维码.png", qr_card(address))
        for number, data in kit.pictures.items():
            box.writestr(f"{FOLDER}{kit.name(number)}", data)
    return held.getvalue()


def as_page(title: str, html: str) -> str:
    """Return an article as a page of its own, to look at and to copy from."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = f'<body style="margin:16px;font-family:sans-serif;background:#fff">{html}</body>'
    return f'<!doctype html>\n<html lang="zh-CN"><head>{head}</head>{body}</html>\n'


def _words(article: Article, address: str) -> str:
    return f"标题：{article.title}\n摘要：{article.digest}\n作者：三师微课堂\n阅读原文：{address}\n"


def _report(kit: Kit) -> str:
    lines = [f"要改：{one.what}。{one.mend}" for one in kit.breaches]
    lines = lines or ["检查通过，没有超出公众号的限制。"]
    return "\n".join([*lines, *(f"提示：{note}" for note in kit.article.notes)]) + "\n"
