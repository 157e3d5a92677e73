"""A small town to attack: a published course, a draft, and rows that belong to somebody else.

What a stranger must never read carries a mark, so that a leak shows wherever it comes out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from sanshi_lms.account import Unit, User, add_leader, add_unit, place_person
from sanshi_lms.account.grants.actions import end, give
from sanshi_lms.account.memberships.actions import join_besides
from sanshi_lms.account.own_data.models import Copy
from sanshi_lms.account.rules import DUTIES
from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.community.actions import add_community, attach_member
from sanshi_lms.community.events.models import Event
from sanshi_lms.community.experts.models import Advice, Consultation, ExpertTeam
from sanshi_lms.community.lessons.models import TakenWish
from sanshi_lms.community.meetings.models import FollowUp, Meeting
from sanshi_lms.community.models import Kind, Profession, Professional
from sanshi_lms.community.needs.filing import Report, file_need
from sanshi_lms.community.needs.models import Need, NeedPhoto
from sanshi_lms.community.points.models import Redemption, Reward
from sanshi_lms.community.resources.models import Booking, Budget, Resource
from sanshi_lms.community.rules import CommunityRow
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.stars.models import (
    StarCandidate,
    StarCriterion,
    StarObjection,
    StarRound,
)
from sanshi_lms.community.stories.models import Story, StoryPicture
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.jobs import Job
from sanshi_lms.core.options import OptionChange
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.core.storage import storage
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.courses.attachments import attach
from sanshi_lms.courses.editorial.freezing import freeze
from sanshi_lms.courses.editorial.models import EditorialFlow, Excellent
from sanshi_lms.courses.editorial.record import write_down
from sanshi_lms.courses.models import Attachment
from sanshi_lms.credentials import award_certificate
from sanshi_lms.credentials.claims.models import Claim, ClaimProof
from sanshi_lms.credentials.ledger.rule_store import apply_rule, take_in
from sanshi_lms.credentials.ledger.statements import issue_statement
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.documents.models import Document, DocumentPage
from sanshi_lms.learning import tokens
from sanshi_lms.learning.asking.models import VideoQuestion
from sanshi_lms.learning.corrections.actions import ask_correction
from sanshi_lms.learning.notes.actions import write_note
from sanshi_lms.learning.questions.actions import answer, ask
from sanshi_lms.notices import Notice, notify
from sanshi_lms.notices.outbox.models import Delivery
from sanshi_lms.outlets.drafts.models import OfficialAccount
from sanshi_lms.outlets.ledger.models import Publication
from sanshi_lms.outlets.links.models import ChannelLink
from sanshi_lms.practicals.models import HandIn, HandInFile
from sanshi_lms.quizzes.actions import hand_in, start_attempt
from sanshi_lms.quizzes.mistakes.models import Mistake
from sanshi_lms.quizzes.mistakes.spacing import answered
from sanshi_lms.quizzes.models import Item, Paper, PaperVersion
from sanshi_lms.reports.models import ReportFile, SavedView, Schedule
from sanshi_lms.search.words.models import SynonymGroup
from sanshi_lms.training.assignments.actions import Plan, assign
from sanshi_lms.training.assignments.rules import Audience
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.video.access import caption_url, media_url
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.captions import CueText
from sanshi_lms.video.captions.actions import set_captions
from sanshi_lms.video.clips.models import VideoClip
from sanshi_lms.video.models import CaptionTrack, Video
from sanshi_lms.video.queries import find_video
from sanshi_lms.video.uploads.actions import begin_upload
from tests.people import Cast
from tests.quizzes.papers import make_paper
from tests.training.making import make_classes

SAMPLE = REPOSITORY / "content" / "credit-rules" / "sample-90-hours.toml"
DRAFT_MARK = "草稿机密甲乙"
OTHER_MARK = "他人机密丙丁"
# The last one holds every duty that there is, in the district of the cadre alone.
ROLES = ("visitor", "resident", "cadre", "pro", "author", "admin", "unit_admin")
# What belongs to a unit: the own things to the own district, the drafts to the other.
_OWNED: tuple[tuple[Any, str], ...] = (
    (Course, "course_id"),
    (Video, "video_id"),
    (Paper, "paper_id"),
    (Document, "document_id"),
    (Broadcast, "broadcast_id"),
)
_WHEN = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """Ids and addresses of the cadre's own things (`own`) and of everything else."""

    own: dict[str, str]
    foreign: dict[str, str]
    watch_token: str
    other_watch_token: str


def build(app: Flask, people: Cast, folder: Path) -> World:
    """Fill the database of `app`."""
    for role in (*ROLES[1:], "other_cadre", "other_pro", "other_admin"):
        people.id(role)
    paper_id, secret_paper = make_paper(app), make_paper(app)
    own_need, other_need = _needs(app)
    own_class, other_class = make_classes(app, people)
    with app.app_context(), transaction():
        other = db.session.get_one(User, people.id("other_cadre"))
        other.display_name = OTHER_MARK
        video, track = _video(people.id("admin"), "公开的讲课")
        hidden, hidden_track = _video(people.id("admin"), DRAFT_MARK)
        open_lessons = _course("open", "加装电梯", "published", video.id, paper_id)
        draft_lessons = _course("draft", DRAFT_MARK, "draft", hidden.id, secret_paper)
        file, hidden_file = (_attachment(rows[0], folder) for rows in (open_lessons, draft_lessons))
        ids: dict[str, Any] = {
            "attempt_id": start_attempt(paper_id, people.id("cadre"), _WHEN).id,
            "paper_id": paper_id,
            "item_id": _first_item(paper_id),
            "lesson_id": open_lessons[1].id,
            "lecture_id": open_lessons[0].id,
            "course_id": open_lessons[0].course_id,
            "attachment_id": file.id,
            "video_id": video.id,
            "track_id": track.id,
            "clip_id": _clip(video.id, "公开的片段", people.id("author")),
            "person_id": people.id("cadre"),
            "job_id": db.session.scalars(
                select(Job.id).where(Job.kind == "video.transcode", Job.key == str(video.id))
            ).one(),
            "upload_id": begin_upload("讲课.mp4", 9, people.id("admin"), now()).id,
            "number": _certificate(people.id("cadre"), "王小明").number,
            "rule_id": 1,
            "statement_number": _statement(people.id("cadre")),
            **_unit("渝中区", people.id("cadre")),
            "post_id": 1,
            "notice_id": _notice(people.id("cadre"), "有新的任务"),
            "delivery_id": _delivery(people.id("cadre")),
            "version_id": _credit_rule(),
            "asked_id": _asked(open_lessons[0], _first_item(paper_id)),
            "assignment_id": _assignment(open_lessons[0].course_id, people),
            **_claim(people.id("cadre"), "安全培训"),
            "correction_id": _correction(open_lessons[1], people),
            "mistake_id": _mistake(paper_id, people.id("cadre")),
            "practical_id": open_lessons[3].id,
            **_hand_in(open_lessons[3], people.id("cadre"), "我交的作业"),
            **_editorial(open_lessons[0], people.id("author"), "讲得清楚"),
            "broadcast_id": _broadcast(),
            "document_id": _document(people.id("author"), "公开的课件", open_lessons[0].course_id),
            "page_number": 1,
            **_story(people.id("admin"), "办成的事", "published"),
            "wish_id": _wish(people.id("author")),
            "user_id": people.id("pro"),
            "service_id": _service(people.id("pro"), "方案审查", "offered"),
            "stage_id": 1,
            **_star_round(people.id("pro"), "年度评选", "notice"),
            **_redemption(people.id("pro")),
            "event_id": _event("公开的论坛", "open"),
            **_booking(people.id("cadre"), "报告厅", active=True),
            **_synonyms("加装电梯 = 加梯井"),
            **_outlets(open_lessons[0].course_id, people.id("admin"), "公众号甲"),
            **_meeting(own_need["need_id"], "坝子怎么用", "open"),
            **_consultation(own_need["need_id"], "会诊", people),
            "copy_id": _copy(people.id("cadre")),
            **_reports(people.id("admin"), "没学完的人"),
            "change_id": _option_change(people.id("admin")),
        }
        theirs: dict[str, Any] = {
            "person_id": other.id,
            "attempt_id": hand_in(start_attempt(paper_id, other.id, _WHEN), _WHEN).id,
            "paper_id": secret_paper,
            "item_id": _first_item(secret_paper),
            "lesson_id": draft_lessons[1].id,
            "course_id": draft_lessons[0].course_id,
            "asked_id": _asked(draft_lessons[0], _first_item(secret_paper)),
            "attachment_id": hidden_file.id,
            "video_id": hidden.id,
            "clip_id": _clip(hidden.id, DRAFT_MARK, people.id("admin")),
            "track_id": hidden_track.id,
            "upload_id": begin_upload("讲课.mp4", 9, people.id("author"), now()).id,
            "number": _certificate(other.id, OTHER_MARK).number,
            "statement_number": _statement(other.id),
            **_claim(other.id, OTHER_MARK),
            "practical_id": draft_lessons[3].id,
            **_editorial(draft_lessons[0], people.id("author"), DRAFT_MARK),
            "document_id": _document(people.id("author"), DRAFT_MARK, draft_lessons[0].course_id),
            **_hand_in(draft_lessons[3], other.id, OTHER_MARK),
            **_unit("江北区", other.id),
            "notice_id": _notice(other.id, OTHER_MARK),
            "mistake_id": _mistake(paper_id, other.id),
            **_story(people.id("author"), DRAFT_MARK, "draft"),
            "user_id": people.id("other_pro"),
            "service_id": _service(people.id("other_pro"), DRAFT_MARK, "waiting"),
            **_star_round(people.id("other_pro"), DRAFT_MARK, "draft"),
            **_redemption(people.id("other_pro")),
            "event_id": _event(DRAFT_MARK, "draft"),
            **_booking(other.id, DRAFT_MARK, active=False),
            **_synonyms(f"扶手 = {DRAFT_MARK}"),
            **_outlets(draft_lessons[0].course_id, people.id("admin"), DRAFT_MARK),
            **_meeting(other_need["need_id"], OTHER_MARK, "draft"),
            **_consultation(other_need["need_id"], OTHER_MARK, people),
            "copy_id": _copy(other.id),
            **_reports(people.id("other_admin"), OTHER_MARK),
        }
        _give_all(people.id("unit_admin"), ids["unit_id"])
        for made, numbers in ((own_class, ids), (other_class, theirs)):
            db.session.get_one(TrainingClass, made["class_id"]).unit_id = numbers["unit_id"]
            for table, name in _OWNED:
                if name in numbers:
                    db.session.get_one(table, numbers[name]).unit_id = numbers["unit_id"]
        own_talk = _talk(open_lessons[0], people.id("cadre"), people.id("pro"), "公开的提问")
        their_talk = _talk(draft_lessons[0], people.id("author"), people.id("admin"), DRAFT_MARK)
        their_note = write_note(other.id, open_lessons[0], "note-of-other", 3, OTHER_MARK, _WHEN)
        their_talk["note_id"] = their_note.id
    ids.update(own_talk)
    theirs.update(their_talk)
    ids.update(own_need)
    theirs.update(other_need)
    ids.update(own_class)
    theirs.update(other_class)
    words = {"slug": "open", "course_slug": "open", "lesson_slug": "video", "name": "master.m3u8"}
    words["version"] = "1"
    words["series_slug"] = "skills"
    words |= {"source": "lesson", "part": "1", "topic": "城市更新", "report": "sheet"}
    words |= {"language": "zh", "kind": "srt", "year": str(_WHEN.year), "page": "1"}
    with app.test_request_context():
        video = db.session.get_one(Video, ids["video_id"])
        words["token"] = media_url(video, "x").split("/")[3]
        words["caption_token"] = caption_url(video, 1).split("/")[3]
        watch = tokens.issue(people.id("cadre"), ids["lecture_id"], 180_000)
        other_watch = tokens.issue(people.id("other_cadre"), ids["lecture_id"], 180_000)
    return World(
        own={**{k: str(v) for k, v in ids.items()}, **words},
        foreign={
            **{k: str(v) for k, v in {**ids, **theirs}.items()},
            **words,
            "slug": "draft",
            "course_slug": "draft",
        },
        watch_token=watch,
        other_watch_token=other_watch,
    )


def _editorial(lesson: Lesson, person_id: int, words: str) -> dict[str, Any]:
    """Return a frozen version of a lesson's course, and a praise of the lesson."""
    course_id = lesson.course_id
    frozen = freeze(course_id, person_id, _WHEN)
    write_down(course_id, "submit", person_id, _WHEN, version_id=frozen.id, words=words)
    flow = EditorialFlow(course_id=course_id, stage="first", version=1, changed_at=_WHEN)
    flow.frozen_id = frozen.id
    praise = Excellent(subject=f"lesson:{lesson.id}", course_id=course_id, lesson_id=lesson.id)
    praise.reason, praise.by_id, praise.at = words, person_id, _WHEN
    db.session.add_all([flow, praise])
    db.session.flush()
    return {"frozen_number": frozen.number, "praise_id": praise.id}


def _option_change(person_id: int) -> int:
    row = OptionChange(name="contact", before=None, after="培训部", person_id=person_id, at=_WHEN)
    db.session.add(row)
    db.session.flush()
    return row.id


def _copy(user_id: int) -> int:
    """Return a copy of somebody's data that lies ready, whose bytes nobody needs."""
    key = f"copies/{user_id}.zip"
    copy = Copy(user_id=user_id, asked_at=now(), ready_at=now(), key=key, size=1)
    db.session.add(copy)
    db.session.flush()
    return copy.id


def _reports(owner_id: int, name: str) -> dict[str, int]:
    """Return a report's file, view and schedule of somebody."""
    key = f"reports/{owner_id}.csv"
    file = ReportFile(
        owner_id=owner_id, report="sheet", title=name, query="", format="csv", asked_at=now(),
        ready_at=now(), key=key,
    )  # fmt: skip
    view = SavedView(
        owner_id=owner_id, report="sheet", name=name, query="", shared=False, created_at=now()
    )
    db.session.add_all((file, view))
    db.session.flush()
    plan = Schedule(
        owner_id=owner_id, view_id=view.id, every="week", format="csv",
        next_at=now() + timedelta(days=3),
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    return {"report_file_id": file.id, "view_id": view.id, "schedule_id": plan.id}


def _mistake(paper_id: int, user_id: int) -> int:
    """Return a question of the paper that comes back to somebody."""
    version = db.session.scalars(
        select(PaperVersion.id).where(PaperVersion.paper_id == paper_id)
    ).first()
    card, due = answered(None, _WHEN, right=False)
    row = Mistake(user_id=user_id, version_id=version, item_id=_first_item(paper_id), card=card)
    row.due_at, row.last_at = due, _WHEN
    db.session.add(row)
    db.session.flush()
    return row.id


def _talk(lesson: Lesson, asker_id: int, replier_id: int, text: str) -> dict[str, Any]:
    """Return a note, and a question with its reply; those of a draft are somebody else's."""
    asker, replier = db.session.get_one(User, asker_id), db.session.get_one(User, replier_id)
    kept = write_note(asker_id, lesson, f"note-of-{asker_id}", 3, text, _WHEN)
    asked = ask(asker, lesson, f"ask-of-{asker_id}", 3, f"{text}怎么办", _WHEN)
    answer(replier, asked, f"reply-of-{asker_id}", f"{text}这样办", _WHEN)
    return {"note_id": kept.id, "question_id": asked.id}


def _needs(app: Flask) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a need of the cadre's community and one of another; a code opens only its own."""
    found = []
    for name, code, text in (
        ("石油路社区", "OWN", "想装电梯"),
        ("塔坪社区", "FOREIGN", OTHER_MARK),
    ):
        with app.app_context(), transaction():
            community = add_community(CommunityRow(1, "渝中区", "石油路街道", name, code), _WHEN)
            if code == "OWN":
                attach_member(community, "cadre", _WHEN)
            asked = select(Kind).where(Kind.asked_by == "resident", Kind.active).order_by(Kind.id)
            kind = db.session.scalars(asked.limit(1)).one()
            report = Report(
                community.id, kind.id, text, "3 栋", (), "13812345678", "resident", code
            )
            need, _ = file_need(report, [], now())
            photo = NeedPhoto(need_id=need.id, key=f"x/{code}.jpg", width=1, height=1, size=1)
            db.session.add(photo)
            db.session.flush()
            found.append(
                {
                    "community_id": community.id,
                    "need_id": need.id,
                    "photo_id": photo.id,
                    "kind_id": kind.id,
                    "community_code": "OWN",
                    "need_code": db.session.get_one(Need, need.id).code,
                }
            )
    found[1]["need_code"] = found[0]["need_code"]
    return found[0], found[1]


def _story(author_id: int, title: str, state: str) -> dict[str, Any]:
    """Return a case with a picture whose bytes nobody needs."""
    story = Story(
        kind="case", nonce=f"{state:0>32}", title=title, summary=title, body_md=title,
        district="渝中区", state=state, version=1, author_id=author_id, created_at=_WHEN,
        updated_at=_WHEN, published_at=_WHEN if state == "published" else None,
    )  # fmt: skip
    picture = StoryPicture(part="before", key=f"x/{state}.jpg", width=1, height=1, size=1)
    story.pictures.append(picture)
    db.session.add(story)
    db.session.flush()
    return {"story_id": story.id, "picture_id": picture.id}


def _service(pro_id: int, title: str, state: str) -> int:
    """Return a service of a 三师; one who is not offered is not confirmed or listed either."""
    shown = state == "offered"
    profession = db.session.scalars(select(Profession.id)).first()
    pro = Professional(
        user_id=pro_id, profession_id=profession, about=title, listed=shown,
        confirmed_at=_WHEN if shown else None, updated_at=_WHEN,
    )  # fmt: skip
    db.session.add(pro)
    db.session.flush()
    service = Service(
        nonce=f"{state:0>32}", pro_id=pro_id, title=title, topic="城市更新", stage_id=1,
        delivers=title, pay="free", state=state, created_at=_WHEN, updated_at=_WHEN,
    )  # fmt: skip
    db.session.add(service)
    db.session.flush()
    return service.id


def _consultation(need_id: int, title: str, people: Cast) -> dict[str, Any]:
    """Return a consultation of a need's community, with an advice."""
    need = db.session.get_one(Need, need_id)
    team = ExpertTeam(name=f"团队{need_id}", level="市级", topic="", about="", active=True)
    db.session.add(team)
    db.session.flush()
    subject = Consultation(
        nonce=f"{need_id:032}", team_id=team.id, community_id=need.community_id, need_id=need_id,
        way="技术会诊", title=title, problem=title, held_on=_WHEN.date(), state="held", record="",
        version=1, host_id=people.id("admin"), created_at=_WHEN,
    )  # fmt: skip
    db.session.add(subject)
    db.session.flush()
    advice = Advice(consultation_id=subject.id, nonce=f"{need_id:032}", by_id=people.id("pro"),
                    text=title, state="open", result="", at=_WHEN)  # fmt: skip
    db.session.add(advice)
    db.session.flush()
    return {"consultation_id": subject.id, "advice_id": advice.id, "team_id": team.id}


def _meeting(need_id: int, title: str, state: str) -> dict[str, Any]:
    """Return a meeting of a need's community, with something that follows from it."""
    need = db.session.get_one(Need, need_id)
    row = Meeting(
        nonce=f"{state:0>32}", community_id=need.community_id, need_id=need_id, title=title,
        held_at=_WHEN, place="活动室", agenda=title, minutes="", decision="", question="选哪个",
        options="甲\n乙", closes_at=now() + timedelta(days=1), state=state, words="", version=1,
        created_at=_WHEN,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    follow = FollowUp(meeting_id=row.id, nonce=f"{state:0>32}", text=title, who="物业",
                      due_on=_WHEN.date(), result="")  # fmt: skip
    db.session.add(follow)
    db.session.flush()
    return {"meeting_id": row.id, "follow_up_id": follow.id}


def _synonyms(words: str) -> dict[str, Any]:
    """Return a group of words that mean the same."""
    group = SynonymGroup(words=words, updated_at=_WHEN)
    db.session.add(group)
    db.session.flush()
    return {"group_id": group.id}


def _outlets(course_id: int, user_id: int, name: str) -> dict[str, Any]:
    """Return a link of a course, where it was published, and an official account."""
    code = f"abcdef{'ghjk'[course_id % 4]}"
    link = ChannelLink(kind="course", ref=course_id, path="/courses/open", channel="gzh",
                       code=code, label="", made_by_id=user_id, made_at=_WHEN)  # fmt: skip
    row = Publication(
        nonce=f"{course_id:032}", kind="course", ref=course_id, title=name, channel="gzh",
        place=name, url="", published_on=_WHEN.date(), by_id=user_id, at=_WHEN,
    )  # fmt: skip
    account = OfficialAccount(
        name=name, app_id=f"wx{course_id:016}", sealed_secret="", added_at=_WHEN, active=True
    )
    db.session.add_all([link, row, account])
    db.session.flush()
    return {
        "kind": "course", "ref": course_id, "code": code, "picture_number": 1,
        "publication_id": row.id, "account_id": account.id,
    }  # fmt: skip


def _booking(user_id: int, name: str, *, active: bool) -> dict[str, Any]:
    """Return a room, a booking of it by somebody, and money."""
    room = Resource(kind="场地", name=name, opens=0, closes=24, active=active, version=1)
    budget = Budget(title=f"{name}的经费", year=2026, amount=1000, spent=0)
    db.session.add_all([room, budget])
    db.session.flush()
    row = Booking(
        nonce=f"{user_id:032}", resource_id=room.id, user_id=user_id, purpose=name, state="asked",
        starts_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=1, hours=1), words="",
        at=_WHEN,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return {"resource_id": room.id, "booking_id": row.id, "budget_id": budget.id}


def _event(title: str, state: str) -> int:
    """Return an event of tomorrow."""
    row = Event(
        nonce=f"{state:0>32}", code="ABCDE", kind="论坛", title=title, about=title, place="馆",
        starts_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=1, hours=2), seats=9,
        state=state, words="", version=1, created_at=_WHEN,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _redemption(pro_id: int) -> dict[str, Any]:
    """Return a reward that only a far district's 三师 may have, and an exchange of it."""
    reward = Reward(name="参观", about="", district="远区", cost=5, stock=3, active=True)
    db.session.add(reward)
    db.session.flush()
    row = Redemption(nonce=f"{pro_id:032}", reward_id=reward.id, user_id=pro_id, cost=5, at=_WHEN,
                     state="asked", words="")  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return {"reward_id": reward.id, "redemption_id": row.id}


def _star_round(pro_id: int, title: str, state: str) -> dict[str, Any]:
    """Return a round with a candidate and an objection."""
    subject = StarRound(
        title=title, since=_WHEN, until=_WHEN, stars={"3": 60.0}, state=state,
        notice_from=_WHEN, notice_until=now() + timedelta(days=1), created_at=_WHEN,
    )  # fmt: skip
    subject.criteria.append(
        StarCriterion(position=1, source="closed", label="服务", weight=100, target=3)
    )
    db.session.add(subject)
    db.session.flush()
    db.session.add(StarCandidate(round_id=subject.id, user_id=pro_id, evidence={}, score=70,
                                 stars=3))  # fmt: skip
    row = StarObjection(round_id=subject.id, nonce=state, text=title, at=_WHEN, answer="")
    db.session.add(row)
    db.session.flush()
    return {"round_id": subject.id, "objection_id": row.id}


def _wish(person_id: int) -> int:
    row = TakenWish(key="word:扶手", label="扶手", person_id=person_id, taken_at=_WHEN)
    db.session.add(row)
    db.session.flush()
    return row.id


def _correction(lesson: Lesson, people: Cast) -> int:
    who, by = people.id("cadre"), people.id("admin")
    return ask_correction(who, lesson, "complete", "补课有签到表", by, now()).id


def _asked(lesson: Lesson, item_id: int) -> int:
    row = VideoQuestion(lesson_id=lesson.id, second=9, item_id=item_id, created_at=_WHEN)
    db.session.add(row)
    db.session.flush()
    return row.id


def _first_item(paper_id: int) -> int:
    return db.session.scalars(
        select(Item.id).where(Item.paper_id == paper_id).order_by(Item.id).limit(1)
    ).one()


def _course(slug: str, title: str, status: str, video_id: int, paper_id: int) -> list[Lesson]:
    course = Course(
        slug=slug, title=title, summary=title, topic="城市更新", kind="技能培训", status=status
    )
    course.published_at = _WHEN if status == "published" else None
    course.created_at = course.updated_at = _WHEN
    db.session.add(course)
    db.session.flush()
    lessons = [
        Lesson(
            course_id=course.id,
            position=place,
            slug=kind,
            title=title,
            kind=kind,
            target_id=target,
            minutes=5,
            body_md=f"{title}的正文",
            updated_at=_WHEN,
        )
        for place, (kind, target) in enumerate(
            [("video", video_id), ("reading", None), ("quiz", paper_id), ("practical", None)], 1
        )
    ]
    db.session.add_all(lessons)
    db.session.flush()
    return lessons


def _clip(video_id: int, title: str, person_id: int) -> int:
    """Return a clip that looks made."""
    row = VideoClip(
        nonce=f"{video_id:032}", video_id=video_id, start=1.0, end=9.0, shape="portrait",
        purpose="short", title=title[:16], topics="#三师进社区", by_id=person_id, asked_at=_WHEN,
        made_at=_WHEN, made_from="x", width=720, height=1280, seconds=8.0, size=9,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _video(person_id: int, title: str) -> tuple[Video, CaptionTrack]:
    """Return a video that looks made: what its files hold is not what is attacked here."""
    key = f"video/originals/{abs(hash(title)):x}"
    video = add_video(
        title=title, source_name="a.mp4", source_key=key, size=9, person_id=person_id, moment=_WHEN
    )
    media_key = f"video/{video.id}/p-1"
    store = storage()
    for name in (key, f"{media_key}/master.m3u8", f"{media_key}/poster.jpg"):
        store.path(name).parent.mkdir(parents=True, exist_ok=True)
        store.path(name).write_bytes(b"#EXTM3U\n")
    video.media_key, video.made_at, video.seconds = media_key, _WHEN, 180.0
    video.has_poster = True
    db.session.flush()
    full = find_video(video.id)
    assert full is not None
    cues = [CueText(0.0, 3.0, f"{title}说的话")]
    track = set_captions(full, language="zh", cues=cues, sha256=title, moment=_WHEN)
    return full, track


def _attachment(lesson: Lesson, folder: Path) -> Attachment:
    source = folder / f"{lesson.id}.txt"
    source.write_text(f"{lesson.title}的附件", "utf-8")
    return attach(lesson, source, "说明.txt")


def _statement(user_id: int) -> str:
    return issue_statement(db.session.get_one(User, user_id), _WHEN.year, _WHEN).number


def _claim(user_id: int, title: str) -> dict[str, Any]:
    values = {
        "title": title,
        "organiser": "区里",
        "hours": Decimal(4),
        "category": "专业",
        "note": "",
    }
    claim = Claim(
        user_id=user_id, nonce=f"{user_id:032}", happened_on=_WHEN.date(), state="submitted",
        created_at=_WHEN, **values,
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()
    proof = ClaimProof(
        claim_id=claim.id, kind="jpeg", key=f"credentials/claims/{claim.id}/x.jpg",
        sha256=f"{user_id:064}", size=1,
    )  # fmt: skip
    db.session.add(proof)
    db.session.flush()
    return {"claim_id": claim.id, "proof_id": proof.id}


def _hand_in(lesson: Lesson, user_id: int, text: str) -> dict[str, Any]:
    """Return work of somebody, with a photo whose bytes nobody needs."""
    made = HandIn(
        lesson_id=lesson.id, user_id=user_id, number=1, nonce=f"{user_id:032}", text=text,
        state="submitted", created_at=_WHEN,
    )  # fmt: skip
    photo = HandInFile(
        is_photo=True, filename="照片.jpg", content_type="image/jpeg",
        key=f"practicals/{user_id}.jpg", size=1,
    )  # fmt: skip
    made.files.append(photo)
    db.session.add(made)
    db.session.flush()
    return {"hand_in_id": made.id, "file_id": photo.id}


def _broadcast() -> int:
    made = Broadcast(
        nonce="0" * 32, title="直播答疑", starts_at=_WHEN, ends_at=_WHEN + timedelta(hours=1),
        url="https://live.example.cn/1",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def _document(user_id: int, title: str, course_id: int) -> int:
    """Return a document that looks made, shown by a lesson of the course."""
    made = Document(
        nonce=f"{course_id:032}", title=title, source_name="课件.pdf", source_key=f"d/{course_id}",
        sha256="0" * 64, size=9, state="made", pages=1, pages_key=f"documents/{course_id}/x",
        added_by_id=user_id, created_at=_WHEN,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add(DocumentPage(document_id=made.id, number=1, width=9, height=9, words=title))
    db.session.add(
        Lesson(
            course_id=course_id, position=5, slug="document", title=title, kind="document",
            target_id=made.id, minutes=5, body_md="", updated_at=_WHEN,
        )
    )  # fmt: skip
    for name in (f"d/{course_id}", f"documents/{course_id}/x/1.webp"):
        storage().path(name).parent.mkdir(parents=True, exist_ok=True)
        storage().path(name).write_bytes(title.encode())
    return made.id


def _credit_rule() -> int:
    """Return a version of a credit rule that is for everybody."""
    version = take_in(SAMPLE.read_text("utf-8"), now(), None)
    apply_rule(version, "all", "", local(now()).date(), now(), None)
    return version.id


def _certificate(user_id: int, name: str) -> Certificate:
    return award_certificate(user_id, name, "加装电梯", "0.5", f"t:{user_id}", _WHEN)


def _unit(name: str, user_id: int) -> dict[str, int]:
    """Return a district with a person of its own, who works in another unit besides."""
    unit, person = add_unit("区县", name), db.session.get_one(User, user_id)
    place_person(person, unit, "")
    add_leader(unit, person.username)
    besides = join_besides(person, add_unit("单位", f"{name}物业公司"), "", _WHEN)
    grant = give(person, "tutor", unit, by=None, at=_WHEN)
    end(grant, by=None, at=_WHEN)  # a cadre with a desk would be none in the walks
    return {"unit_id": unit.id, "membership_id": besides.id, "grant_id": grant.id}


def _give_all(user_id: int, unit_id: int) -> None:
    """Let a person hold every duty that there is, in one unit."""
    person, unit = db.session.get_one(User, user_id), db.session.get_one(Unit, unit_id)
    for duty in DUTIES:
        give(person, duty, unit, by=None, at=_WHEN)


def _assignment(course_id: int, people: Cast) -> int:
    """Return what the cadre must learn, and so must somebody else."""
    both = frozenset({people.id("cadre"), people.id("other_cadre")})
    plan = Plan("必修", (course_id,), now().date(), Audience(user_ids=both), follows=False)
    admin = db.session.get_one(User, people.id("admin"))
    return assign(plan, admin, "0" * 32, now()).id


def _delivery(user_id: int) -> int:
    failed = Delivery(
        key="world:1", user_id=user_id, channel="mail", address="wang@example.cn", title="任务",
        text="任务", path="/", state="failed", last_error="连不上", next_at=_WHEN, created_at=_WHEN,
    )  # fmt: skip
    db.session.add(failed)
    db.session.flush()
    return failed.id


def _notice(user_id: int, title: str) -> int:
    notify([user_id], "test", title, title, "/", "world:1")
    mine = select(Notice.id).where(Notice.user_id == user_id, Notice.key == "world:1")
    return db.session.scalars(mine).one()
