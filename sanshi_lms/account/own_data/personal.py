"""What the room account itself keeps of a person (core/personal), and the trail of acts."""

import secrets
from functools import partial

from sqlalchemy import select

from sanshi_lms.account.grants.actions import end_all
from sanshi_lms.account.models import User
from sanshi_lms.account.own_data.models import Copy
from sanshi_lms.account.own_data.rules import GONE_NAME, gone_username
from sanshi_lms.account.rosters.models import NO_PASSWORD
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.personal import Personal, acted
from sanshi_lms.core.storage import storage


def close_account(user_id: int) -> None:
    """Leave of an account only its number: nobody signs in, nothing says who it was."""
    person = db.session.get_one(User, user_id)
    person.username, person.display_name = gone_username(user_id), GONE_NAME
    person.organisation, person.post, person.unit_id = "", "", None
    person.password_hash, person.session_mark = NO_PASSWORD, secrets.token_hex(8)
    person.active = person.elder_edition = False
    db.session.flush()


def drop_zips(user_id: int) -> None:
    """Delete the files of a person's copies, whose rows are about to go."""
    for key in db.session.scalars(select(Copy.key).where(Copy.user_id == user_id)):
        if key:
            after_commit(partial(storage().delete, key))


def end_duties(user_id: int) -> None:
    """Let a person who leaves keep no duty at the desk."""
    end_all(user_id, now())


PERSONAL = (
    Personal("account_users", "id", "账号资料",
             "别的记录靠这个编号相连；账号名、姓名、单位、岗位、密码都清空，再也不能登录",
             without=("password_hash", "session_mark"), becomes=close_account),
    Personal("account_standings", "user_id", "以前的岗位和身份", "学时按当时的岗位计算；只留编号"),
    Personal("account_memberships", "user_id", "归属过的单位",
             "学时和名单按当时的单位计算；只留编号"),
    Personal("account_grants", "user_id", "安排给您的职责",
             "谁在什么时候能做什么要能查到；只留编号", becomes=end_duties),
    acted("account_grants", "granted_by_id", "安排过的职责"),
    acted("account_grants", "ended_by_id", "结束过的职责"),
    Personal("account_invitations", "user_id", "激活码", without=("digest",)),
    Personal("account_second_steps", "user_id", "两步验证", without=("sealed_secret", "used_turn")),
    Personal("account_recovery_codes", "user_id", "备用码", without=("digest",)),
    Personal("account_sign_ins", "user_id", "登录过的设备", without=("key", "mark")),
    Personal("account_sign_in_events", "user_id", "登录记录",
             "网络安全法要求留存至少六个月；到期自动删除", without=("bundle",)),
    Personal("account_identities", "user_id", "绑定的外部账号"),
    Personal("account_looks", "whose_id", "谁看过您的电话和账号",
             "证明谁看过别人的信息；三年后自动删除"),
    acted("account_looks", "by_id", "看过别人电话和账号的记录"),
    Personal("account_unit_leaders", "user_id", "负责的单位"),
    Personal("account_leavings", "user_id", "注销申请", "证明已经按您的要求办完；只留编号"),
    Personal("account_copies", "user_id", "这样的复制件", without=("key",), becomes=drop_zips),
    # Of acts upon others only what the person did, when: the rest tells about the others.
    Personal("core_audit_entries", "person_id", "操作记录",
             "网络安全法要求留存操作日志，而且一条接一条锁住，不能改",
             without=("before", "after", "subject", "seal", "digest")),
)  # fmt: skip
