"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal, acted

PERSONAL = (
    Personal(
        "practicals_hand_ins",
        "user_id",
        "交的实践作业和文件",
        without=("nonce", "decided_by_id"),
        parts=("practicals_files",),
        file="key",
    ),
    acted("practicals_hand_ins", "decided_by_id", "批阅的作业"),
)
