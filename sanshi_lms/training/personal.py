"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal, acted

_CLASS = "培训班要有完整的名册和考勤，学时据此计算；只留编号，不留姓名"
PERSONAL = (
    Personal("training_assignment_people", "user_id", "必修任务"),
    Personal("training_members", "user_id", "报名的培训班", _CLASS),
    Personal("training_signups", "user_id", "报名的线下课"),
    Personal("training_attendances", "user_id", "考勤", _CLASS, without=("by_id",)),
    Personal("training_exemptions", "user_id", "免修", _CLASS, without=("by_id",)),
    Personal(
        "training_posts", "author_id", "在培训班里发的通知", "班里的人还要看；署名改为已注销用户"
    ),
    acted("training_tutors", "user_id", "担任的班主任和辅导员"),
    acted("training_assignments", "created_by_id", "布置的必修任务"),
    acted("training_attendances", "by_id", "登记的考勤"),
    acted("training_exemptions", "by_id", "批准的免修"),
)
