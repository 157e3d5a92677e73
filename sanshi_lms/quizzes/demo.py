"""The demo's paper of all kinds of questions, for authors to look at and to copy."""

import io
from datetime import datetime

from PIL import Image, ImageDraw
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.editing import add_item, add_paper
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.pictures.store import in_markdown, keep_picture
from sanshi_lms.quizzes.question_file import ItemDraft, OptionDraft

TITLE = "各种题型的样例（演示）"
KEY = "demo/kinds"
WALL, SHAFT, DOOR = (25, 60, 70), (200, 90, 70), (250, 248, 240)
CASE = """1. 【单选题】第一步先做什么？
A. 直接报建
B. 逐户征求意愿
C. 先交钱
答案：B

2. 【填空题】表决要由专有部分面积占比 ___ 以上的业主参与。
答案：三分之二

3. 【简答题】一楼住户担心采光，您怎样跟他谈？
答案：先听他说完（2 分）【关键词：听】
请三师说明方案（2 分）【关键词：三师、方案】"""


def load_kinds(at: datetime) -> bool:
    """Make the paper; tell whether it was not there yet."""
    if db.session.scalar(select(Paper.id).where(Paper.pack_key == KEY)):
        return False
    paper = add_paper(TITLE, 60, 0, shuffle=False, at=at)
    paper.pack_key = KEY
    paper.practice = True
    for draft in _drafts():
        add_item(paper, draft, at)
    return True


def _drafts() -> list[ItemDraft]:
    name = keep_picture(_plan())
    plan = in_markdown(name, "一层平面图：左边住户，中间楼梯，右边住户，楼梯北侧画着电梯井")
    return [
        ItemDraft(
            "single", f"看平面图，新电梯井在哪里？\n\n{plan}",
            (OptionDraft("楼梯**北侧**", correct=True), OptionDraft("楼梯**南侧**", correct=False)),
            "电梯井在图的上方，也就是楼梯北侧。",
        ),
        ItemDraft(
            "multiple", "参与表决的业主要达到哪些条件？",
            (
                OptionDraft(r"面积占比 $\ge \frac{2}{3}$", correct=True),
                OptionDraft(r"人数占比 $\ge \frac{2}{3}$", correct=True),
                OptionDraft(r"人数占比 $= 1$", correct=False),
            ),
            "面积和人数都要达到三分之二以上。",
            source_clause="《民法典》第二百七十八条",
        ),
        ItemDraft("numeric", "楼层净高 2.8 米，六层一共多高？", (), answers="16.8 ± 0.1 米|m"),
        ItemDraft(
            "matching", "三师各管哪一块？", (),
            answers="规划师 = 用地和出入口\n建筑师 = 平面和采光\n工程师 = 基础和结构\n= 收物业费",
        ),
        ItemDraft(
            "ordering", "加装电梯先做什么，后做什么？", (),
            answers="征求意愿\n业主表决\n方案公示\n报建施工\n竣工验收",
        ),
        ItemDraft(
            "short", "公示期里有人不同意，社区应该做什么？", (),
            answers="当面听取意见（2 分）【关键词：当面、听】\n组织协商（2 分）【关键词：协商】",
        ),
        ItemDraft("case", "三单元想加装电梯，一楼一户不同意。", (), answers=CASE),
        ItemDraft(
            "hotspot", "请点出新电梯井的位置。", (),
            answers=f"图片 {name} 一层平面图\n42 6 58 34",
        ),
    ]  # fmt: skip


def _plan() -> bytes:
    drawn = Image.new("RGB", (900, 600), DOOR)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((40, 220, 860, 560), outline=WALL, width=10)
    for x in (330, 570):
        pen.line((x, 220, x, 560), fill=WALL, width=10)
    for step in range(8):
        pen.line((350, 300 + 30 * step, 550, 300 + 30 * step), fill=WALL, width=3)
    pen.rectangle((390, 50, 510, 190), outline=SHAFT, width=10)
    pen.line((390, 50, 510, 190), fill=SHAFT, width=4)
    pen.line((510, 50, 390, 190), fill=SHAFT, width=4)
    pen.line((420, 220, 480, 220), fill=DOOR, width=12)
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()
