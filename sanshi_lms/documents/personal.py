"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import acted

PERSONAL = (
    acted(
        "documents_documents",
        "added_by_id",
        "上传的文档",
        "是课程内容，属于开课单位；只留编号，不留姓名",
    ),
)
