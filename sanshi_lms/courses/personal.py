"""What the room keeps of a person (core/personal): only who did something for the courses."""

from sanshi_lms.core.personal import acted

PERSONAL = (
    acted("courses_editorial_switch", "changed_by_id", "开关三审"),
    acted("courses_editorial_steps", "person_id", "审课和发布的步骤"),
    acted("courses_versions", "person_id", "提交和发布的版本"),
    acted("courses_excellent", "by_id", "评的优秀微课"),
)
