"""The demo's service list: invented offers of the demo's 三师, checked by nobody real."""

from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import find_person
from sanshi_lms.community.models import Professional
from sanshi_lms.community.services.models import Service, Stage
from sanshi_lms.community.services.rules import State
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db

# account, title, 专项工作, stage, what is left, how long, pay, price
SERVICES = (
    ("pro", "加装电梯方案审查咨询", "城市更新", "方案审查咨询",
     "到现场看一次井道位置，和一楼住户一起看日照影响，留下一页书面意见。", "半天，来回两次",
     "free", ""),
    ("pro", "消防通道现状调研", "完整社区", "现状调研",
     "量一遍通道和登高场地，画一张问题图，标出先改哪几处。", "一天", "free", ""),
    ("sanshi-01", "适老化改造方案", "完整社区", "方案编制",
     "入户看过以后出一套扶手、坡道、照明的图，附材料和费用估算。", "两周", "paid", "看过现场再谈"),
    ("sanshi-02", "楼栋管线体检", "城市体检", "现状调研",
     "查管线图、看井盖和地下室，写一份体检小结，说明急不急。", "一天", "free", ""),
    ("sanshi-03", "小区公共空间议事会", "完整社区", "议事协商",
     "带一张大图来，主持一次居民会，把意见变成一页方案。", "一个晚上", "free", ""),
    ("sanshi-03", "15 分钟生活圈讲解", "15分钟生活圈", "政策宣讲",
     "用本社区的地图讲一次，留下一张缺什么、先补什么的清单。", "一小时", "free", ""),
    ("sanshi-05", "环境整治效果评估", "城市更新", "效果评估",
     "改造前后各走一遍，问二十户居民，写一页评估。", "两天", "paid", "每次 1500 元，街道付"),
    ("sanshi-06", "儿童友好空间方案", "儿童友好", "方案编制",
     "和孩子们一起画一次，再出图，标明哪些材料不能用。", "三周", "free", ""),
    ("sanshi-08", "居民意愿入户沟通", "城市更新", "居民意愿沟通",
     "带社工学生入户问一遍，整理成赞成、担心、条件三张表。", "一周", "free", ""),
)  # fmt: skip


def load_demo(moment: datetime) -> int:
    """Put the invented services in and return how many; 0 when they are here already."""
    if db.session.scalar(select(Service.id).where(Service.invented).limit(1)):
        return 0
    stages = {one.name: one.id for one in db.session.scalars(select(Stage))}
    count = 0
    for number, (account, title, topic, stage, delivers, takes, pay, price) in enumerate(SERVICES):
        person = find_person(account)
        if person is None or db.session.get(Professional, person.id) is None:
            continue
        service = Service(
            nonce=f"demo{number:028}", pro_id=person.id, title=title, topic=topic,
            stage_id=stages[stage], delivers=delivers, takes=takes, pay=pay, price=price,
            state=State.OFFERED.value, words="", version=1, invented=True,
            created_at=moment, updated_at=moment,
        )  # fmt: skip
        db.session.add(service)
        db.session.flush()
        touch("service", service.id)
        count += 1
    return count
