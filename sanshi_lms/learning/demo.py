"""The demo: invented notes, questions and answers, by real actions; each says that it is one."""

from datetime import datetime, timedelta

from sanshi_lms.account import User, ensure_person, find_person
from sanshi_lms.courses import Lesson, find_lesson
from sanshi_lms.learning.notes.actions import write_note
from sanshi_lms.learning.questions.actions import accept, answer, ask

COURSE = "jiazhuang-dianti"
NOTES = (
    ("yiyuan", 12, "我们 3 栋先从五楼的老赵家问起，他最愿意牵头。"),
    ("yiyuan", 41, ""),
    ("yiyuan", 67, "问产权时带上登记表，出租的那两户要联系房主本人。"),
    ("biaojue", 20, "三分之二参加表决，参加的人里四分之三同意——开会前再看一遍。"),
)
# lesson, second, who asks, question, who answers, answer, whether it was accepted
QUESTIONS = (
    (
        "yiyuan", 38, "cadre", "房主在外地，打电话同意算不算数？", "pro",
        "电话可以先问意愿，但表决要用书面或者能核实身份的线上方式。可以先寄表格，签好寄回。", True,
    ),
    (
        "diceng", 25, "cadre", "一楼住户怕挡光，能不能先请人算一算？", "pro",
        "可以。请设计单位按实际楼间距做一次日照分析，把结果带到协商会上，比口头解释管用。", True,
    ),
    ("fangan", 30, "cadre", "费用按楼层分摊，有没有常用的比例？", "", "", False),
    (
        "yiyuan", None, "neighbour", "我们楼只有五层，也能申请吗？", "", "", False,
    ),
)  # fmt: skip


def load_demo(at: datetime) -> int:
    """Put the demo's notes and questions in; return how many. Doing it again changes nothing."""
    lessons = {
        slug: found
        for slug in ("yiyuan", "biaojue", "diceng", "fangan")
        if (found := find_lesson(COURSE, slug))
    }
    cadre, pro = find_person("cadre"), find_person("pro")
    if cadre is None or pro is None or not lessons:
        return 0
    neighbour, _ = ensure_person("demo-jumin", "张桂英", "虚构的居民", "resident", None)
    people = {"cadre": cadre, "pro": pro, "neighbour": neighbour}
    return _notes(cadre, lessons, at) + _questions(people, lessons, at)


def _notes(person: User, lessons: dict[str, Lesson], at: datetime) -> int:
    written = 0
    for number, (slug, second, text) in enumerate(NOTES):
        if slug in lessons:
            words = f"{text}（示例）" if text else ""
            key, when = f"demo-note-{number}", at - timedelta(days=3, minutes=-number)
            write_note(person.id, lessons[slug], key, second, words, when, bookmark=not text)
            written += 1
    return written


def _questions(people: dict[str, User], lessons: dict[str, Lesson], at: datetime) -> int:
    written = 0
    for number, row in enumerate(QUESTIONS):
        slug, second, asker, text, replier, reply, accepted = row
        if slug not in lessons:
            continue
        when = at - timedelta(days=6 - number)
        person, key = people[asker], f"demo-ask-{number}"
        question = ask(person, lessons[slug], key, second, f"{text}（示例）", when)
        if reply:
            later = when + timedelta(hours=5)
            given = answer(people[replier], question, f"demo-reply-{number}", reply, later)
            if accepted:
                accept(question, given, person)
        written += 1
    return written
