"""What the administrator's desk shows of people: figures, tasks, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.account.models import Post, Unit
from sanshi_lms.account.queries import count_people, people_by_id
from sanshi_lms.account.rules import DUTIES, ROLES
from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    DeskTask,
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_task,
    add_desk_tile,
    add_subject_kind,
    add_words,
    ids_in,
)

WORDS = Words(
    label="人员",
    verbs={
        "account.register": "注册账号",
        "account.set_password": "设置密码",
        "account.update_profile": "修改个人资料",
        "account.sign_out_everywhere": "退出所有设备",
        "account.sign_out_device": "退出一台设备",
        "account.ask_copy": "要一份数据复制件",
        "account.ask_to_leave": "申请注销账号",
        "account.take_leaving_back": "收回注销申请",
        "account.leave": "注销账号",
        "account.consent": "同意个人信息说明",
        "account.import_people": "导入人员名单",
        "account.import_units": "导入单位名单",
        "account.change_by_roster": "按名单更改",
        "account.invite": "发激活码",
        "account.second_step_on": "开启两步验证",
        "account.second_step_off": "关闭两步验证",
        "account.renew_codes": "换新的备用码",
        "account.use_code": "用备用码登录",
        "account.see_username": "查看完整账号",
        "account.link": "绑定外部账号",
        "account.unlink": "解除外部账号",
        "account.lift_slowdown": "解除登录限制",
        "account.change_standing": "调整角色或登录",
        "account.give_duty": "安排职责",
        "account.end_duty": "结束职责",
        "account.join_besides": "添加兼任单位",
        "account.leave_besides": "结束兼任单位",
        "account.place_person": "确认单位和岗位",
        "account.add_unit": "添加单位",
        "account.change_unit": "修改单位",
        "account.add_leader": "添加单位负责人",
        "account.remove_leader": "移除单位负责人",
        "account.add_post": "添加岗位",
        "account.remove_post": "删除岗位",
    },
    fields={
        "way": "方式",
        "display_name": "姓名",
        "organisation": "单位",
        "role": "角色",
        "active": "能否使用",
        "name": "名称",
        "code": "编号",
        "unit_kind": "类别",
        "unit_id": "单位编号",
        "parent_id": "上级单位编号",
        "post": "岗位",
        "duty": "职责",
        "over": "范围",
        "unit": "单位",
        "person": "人员编号",
        "new": "新增",
        "changed": "更改",
    },
    values={
        "way": {"oidc": "统一账号", "wechat": "微信"},
        "role": {role.name: role.label for role in ROLES.values()},
        "duty": {duty.name: duty.label for duty in DUTIES.values()},
        "active": {"true": "可以", "false": "已停用"},
    },
)


def setup() -> None:
    """Enter tile, task and words."""
    add_desk_tile(
        DeskTile(
            label="注册人数",
            unit="人",
            endpoint="account_admin.people",
            permission="people.manage",
            order=50,
            count=count_people,
            lately=count_people,
        )
    )
    add_desk_task(DeskTask("查找人员", "people", "account_admin.people", "people.manage", 40))
    add_subject_kind(SubjectKind("user", "人员", "people.manage", _people))
    add_subject_kind(SubjectKind("unit", "单位", "people.manage", _units))
    add_subject_kind(SubjectKind("post", "岗位", "people.manage", _posts))
    add_words("account", WORDS)


def _people(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(person.display_name, url_for("account_admin.person", person_id=number))
        for number, person in people_by_id(ids_in(keys)).items()
    }


def _units(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Unit).where(Unit.id.in_(ids_in(keys))))
    return {
        str(unit.id): Subject(unit.name, url_for("account_units_admin.unit", unit_id=unit.id))
        for unit in found
    }


def _posts(keys: Collection[str]) -> Mapping[str, Subject]:
    found = db.session.scalars(select(Post).where(Post.id.in_(ids_in(keys))))
    url = url_for("account_units_admin.posts")
    return {str(post.id): Subject(post.name, url) for post in found}
