"""What the administrator's desk shows of courses: figures, tasks, words for the audit trail."""

from collections.abc import Collection, Mapping
from functools import partial

from flask import url_for

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
from sanshi_lms.courses.editorial import rules as editorial_rules
from sanshi_lms.courses.queries import count_courses, courses_by_id, lessons_by_id, published_since
from sanshi_lms.courses.rules import Status
from sanshi_lms.courses.sight import SEE

_PACK_VERBS = {"add": "新增", "change": "修改", "keep": "不变", "spare": "保留", "remove": "删除"}
WORDS = Words(
    label="课程",
    verbs={
        "courses.create": "新建课程",
        "courses.edit": "修改课程介绍",
        "courses.give": "改课程归属",
        "courses.publish": "发布课程",
        "courses.withdraw": "下架课程",
        "courses.delete": "删除课程",
        "courses.add_lesson": "新增课时",
        "courses.edit_lesson": "修改课时",
        "courses.move_lesson": "调整课时顺序",
        "courses.delete_lesson": "删除课时",
        "courses.attach": "添加附件",
        "courses.detach": "删除附件",
        "courses.load": "从课程包导入",
        "courses.review": "办理三审和定时发布",
        "courses.missed": "没有按时发布",
        "courses.reviews": "开关“发布前要三审”",
        "courses.praise": "评为优秀微课",
        "courses.unpraise": "取消优秀微课",
    },
    fields={
        "unit_id": "单位编号",
        "slug": "网址名",
        "title": "标题",
        "summary": "一句话介绍",
        "description_md": "详细介绍",
        "topic": "主题",
        "kind": "类型",
        "credit_hours": "学时",
        "in_order": "按顺序学",
        "category": "学时类别",
        "audience": "适合谁学",
        "season": "季",
        "issue": "期",
        "status": "状态",
        "target_id": "所用视频或测验的编号",
        "minutes": "时长（分钟）",
        "required": "是否必修",
        "body_md": "正文",
        "step": "位置或步骤",
        "filename": "文件名",
        "course": "课程介绍",
        "reason": "原因",
        "state": "进展",
        "sha256": "版本的指纹",
        "publish_at": "定时发布的时间",
        "three_reviews": "发布前要三审",
        "lesson": "哪一课（编号）",
        "add": "新增的课时",
        "change": "修改的课时",
        "spare": "网站上改过、保留不动的课时",
        "remove": "删除的课时",
    },
    values={
        "status": {one.value: one.label_zh for one in Status},
        "kind": {
            "reading": "图文",
            "files": "资料",
            "video": "视频",
            "quiz": "测验",
            "practical": "实践作业",
            "broadcast": "直播",
            "event": "线下活动",
            "document": "文档",
        },
        "required": {"true": "必修", "false": "选修"},
        "step": {"-1": "上移一位", "1": "下移一位", **editorial_rules.TOLD},
        "state": {one.value: word for one, (word, _) in editorial_rules.STATES.items()},
        "three_reviews": {"true": "开", "false": "关"},
        "course": _PACK_VERBS,
    },
)


def setup() -> None:
    """Enter tiles, task and words."""
    for status, label, order in (
        (Status.PUBLISHED, "已发布课程", 10),
        (Status.DRAFT, "草稿课程", 20),
    ):
        add_desk_tile(
            DeskTile(
                label=label,
                unit="门",
                endpoint="courses_admin.courses",
                permission=SEE,
                order=order,
                count=partial(count_courses, status),
                values={"status": status.value},
                lately=published_since if status is Status.PUBLISHED else None,
                lately_label="发布",
            )
        )
    add_desk_task(DeskTask("新建课程", "plus", "courses_admin.new_course", "courses.edit", 10))
    add_subject_kind(SubjectKind("course", "课程", SEE, _courses))
    add_subject_kind(SubjectKind("lesson", "课时", "courses.edit", _lessons))
    add_words("courses", WORDS)


def _courses(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(course.title, url_for("courses_admin.course", course_id=number))
        for number, course in courses_by_id(ids_in(keys), drafts=True).items()
    }


def _lessons(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(
            f"{lesson.title}（{lesson.course.title}）",
            url_for("courses_admin.lesson", lesson_id=number),
        )
        for number, lesson in lessons_by_id(ids_in(keys), drafts=True).items()
    }
