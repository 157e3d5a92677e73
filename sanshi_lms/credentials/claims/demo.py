"""The demo: an invented claim with a drawn proof, so that somebody can try deciding one."""

import io
import tempfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from sanshi_lms.account import find_person
from sanshi_lms.core.clock import local
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fonts import font_paths
from sanshi_lms.credentials.claims.actions import submit_claim
from sanshi_lms.credentials.claims.proofs import prepare
from sanshi_lms.credentials.claims.queries import claim_by_nonce
from sanshi_lms.credentials.claims.rules import ClaimValues

NONCE = "demo-claim-0000000000000001"
LINES = ("虚构的示例", "社区规划师工作坊 参会证明", "刘建国 共 6 学时")


def load_claim(at: datetime) -> int:
    """Let the demo's professional claim six hours; return whether it is new."""
    person = find_person("pro")
    if person is None or claim_by_nonce(NONCE) is not None:
        return 0
    values = ClaimValues(
        title="社区规划师工作坊（示例）",
        organiser="虚构的规划学会",
        happened_on=local(at).date() - timedelta(days=6),
        hours=Decimal(6),
        category="专业",
        note="演示数据，虚构：证明材料是画出来的。",
    )
    with tempfile.TemporaryDirectory() as folder:
        try:
            submit_claim(person, values, prepare([_picture()], Path(folder)), NONCE, at)
        except Refusal:
            return 0  # somebody claimed the same while trying the demo
    return 1


def _picture() -> bytes:
    sheet = Image.new("RGB", (900, 600), "#fdfbf4")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((20, 20, 880, 580), outline="#8a1f11", width=4)
    fonts = [file for folder in font_paths() for file in sorted(folder.rglob("*.tt*"))]
    for place, line in enumerate(LINES):
        font = ImageFont.truetype(str(fonts[0]), 44) if fonts else None
        text = line if fonts else "DEMO"
        pen.text((450, 170 + 120 * place), text, fill="#222222", font=font, anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
