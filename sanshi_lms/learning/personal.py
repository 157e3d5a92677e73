"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal, acted

_GROUNDS = "是学时和证书的依据；只留编号，不留姓名"
_TALK = "别人的讨论接在后面；署名改为已注销用户"
PERSONAL = (
    Personal("learning_enrolments", "user_id", "参加的课程"),
    Personal("learning_watch_clocks", "user_id", "看课的计时"),
    Personal("learning_watch_records", "user_id", "看到哪里"),
    Personal("learning_uncounted", "user_id", "没有计入的观看"),
    Personal("learning_reading_times", "user_id", "阅读的时间"),
    Personal("learning_reading_clocks", "user_id", "阅读的计时"),
    Personal("learning_presence", "user_id", "是否在场的计时"),
    Personal("learning_notes", "user_id", "笔记"),
    Personal("learning_feedback", "user_id", "对课程的评价"),
    Personal("learning_question_tries", "user_id", "视频里的问题"),
    Personal("learning_completions", "user_id", "学完的课时", _GROUNDS),
    Personal("learning_corrections", "user_id", "学习记录的更正", _GROUNDS,
             without=("asked_by_id",)),
    Personal("learning_correction_decisions", "user_id", "更正的审核结果", _GROUNDS,
             without=("asked_by_id", "by_id")),
    Personal("learning_questions", "writer_id", "提问", _TALK, without=("looked_by_id",)),
    Personal("learning_replies", "writer_id", "回答", _TALK, without=("looked_by_id",)),
    Personal("learning_post_reports", "reporter_id", "举报", "是审看提问和回答的依据；只留编号"),
    acted("learning_questions", "looked_by_id", "审看的提问"),
    acted("learning_replies", "looked_by_id", "审看的回答"),
    acted("learning_rules", "created_by_id", "设定的学完条件"),
    acted("learning_corrections", "asked_by_id", "替别人申请的更正"),
    acted("learning_correction_decisions", "asked_by_id", "替别人申请的更正的结果"),
    acted("learning_correction_decisions", "by_id", "审核的更正"),
)  # fmt: skip
