"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal, acted

PERSONAL = (
    Personal(
        "quizzes_attempts",
        "user_id",
        "测验的答案和成绩",
        "成绩是学时和证书的依据，也用来改进题目；只留编号，不留姓名",
        without=("seed",),
        parts=("quizzes_extensions", "quizzes_integrity_notes", "quizzes_answers"),
    ),
    Personal("quizzes_mistakes", "user_id", "错题本"),
    acted("quizzes_regrades", "by_id", "改判"),
    acted("quizzes_answer_marks", "by_id", "批阅"),
)
