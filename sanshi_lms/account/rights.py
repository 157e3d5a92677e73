"""The matrix of rights, read off the views' own marks: who may call what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Flask

from sanshi_lms.account.rules import DUTIES, ROLES
from sanshi_lms.core.access import declared_access, keeps_within

EVERYBODY, SIGNED_IN = "public", "signed_in"
RIGHTS_ZH: Mapping[str, str] = {
    EVERYBODY: "不登录就能看的页面",
    SIGNED_IN: "登录后自己的页面",
    "desk.view": "进入工作台",
    "courses.view": "查看没有发布的课程",
    "courses.edit": "编写课程和课时",
    "courses.review": "初审、复审别人提交的课程",
    "courses.publish": "终审、发布、下架课程，评优秀微课",
    "video.upload": "上传和编辑视频",
    "video.embed": "管理哪些网站能嵌入视频",
    "quizzes.edit": "编写题目和试卷",
    "questions.answer": "回答课时下的提问",
    "questions.moderate": "审看提问和回答",
    "practicals.review": "批阅实践作业",
    "quizzes.mark": "批阅简答题",
    "reports.view": "查看报表",
    "people.manage": "管理人员和单位",
    "notices.manage": "管理消息和短信",
    "credentials.view_all": "查看所有人的证书和学时",
    "credentials.revoke": "撤销和换发证书",
    "credentials.rules": "设定学时规则和证书样式",
    "credentials.approve": "审核学时申报",
    "learning.view_all": "查看所有人的学习记录",
    "learning.rules": "设定学完的条件",
    "learning.correct": "更正学习记录",
    "training.manage": "管理培训计划和培训班",
    "jobs.view": "查看、重试、取消后台任务",
    "audit.view": "查看操作记录",
    "health.view": "查看系统状态",
    "settings.edit": "修改网站设置",
    "community.manage": "管理社区和三师名册",
    "stories.write": "写案例和三师故事",
    "stories.review": "审核、发布、下架案例和三师故事",
    "needs.work": "处理需求的页面",
    "needs.ask": "提出需求",
    "needs.handle": "受理本社区的需求",
    "needs.serve": "响应派给自己的需求",
    "needs.see_all": "查看全部需求和统计",
}
# Rights of duties whose pages cannot keep to units, and why: they count for the whole city only.
CITY_ONLY: Mapping[str, str] = {
    "audit.view": "操作记录不按单位分，里面有全市的人和事。",
    "stories.write": "案例和三师故事属于写的人，不属于单位。",
    "stories.review": "案例和三师故事向全市公开，由全市的审核人看过才发布。",
}
# Rights of duties that pages for everybody who is signed in ask for themselves, unit by unit.
ASKED_INSIDE = frozenset({"credentials.approve"})


@dataclass
class Right:
    """A right: its words, which roles and duties hold it, and the addresses that it opens.

    `within` are those of them that keep to units: open to whoever holds the right for some only.
    """

    name: str
    label: str
    roles: frozenset[str]
    duties: frozenset[str] = frozenset()
    addresses: list[str] = field(default_factory=list)
    within: list[str] = field(default_factory=list)

    @property
    def for_units(self) -> str:
        """How far the right goes when it is given for a unit: "all", "some" or "none" of it."""
        if self.name in ASKED_INSIDE:
            return "all"
        if not self.within:
            return "none"
        return "all" if len(self.within) == len(self.addresses) else "some"


def rights_of(app: Flask) -> Sequence[Right]:
    """Return every right that a view asks for or a role holds, in the order of its words."""
    held = {name for role in ROLES.values() for name in role.permissions}
    found = {name: _right(name) for name in (*RIGHTS_ZH, *sorted(held - RIGHTS_ZH.keys()))}
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        name = declared_access(app.view_functions[rule.endpoint])
        if name is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            right = found.setdefault(name, _right(name))
            right.addresses.append(f"{method} {rule.rule}")
            if keeps_within(app.view_functions[rule.endpoint]):
                right.within.append(f"{method} {rule.rule}")
    return list(found.values())


def _right(name: str) -> Right:
    holders = {r.name for r in ROLES.values() if name in r.permissions or name == SIGNED_IN}
    if name == EVERYBODY:
        holders = set(ROLES)
    duties = {duty.name for duty in DUTIES.values() if name in duty.permissions}
    return Right(name, RIGHTS_ZH.get(name, name), frozenset(holders), frozenset(duties))
