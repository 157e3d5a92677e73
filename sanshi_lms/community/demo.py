"""The demo: invented communities, 三师 and a year of needs, from a fixed seed, by real actions."""

import random
from datetime import datetime, timedelta

from sqlalchemy import func, select

from sanshi_lms.account import User, ensure_person, find_person
from sanshi_lms.community import demo_stories as stories
from sanshi_lms.community.actions import (
    Profile,
    add_community,
    attach_member,
    confirm_professional,
    save_profile,
)
from sanshi_lms.community.models import Community, Kind, Member, Profession
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.filing import Report, file_need
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.rules import CommunityRow
from sanshi_lms.core.db import db

SEED = 20260312
NEEDS = 40
OPEN = 13
_ASKER, _CADRE, _PRO = (frozenset({actor}) for actor in (Actor.ASKER, Actor.CADRE, Actor.PRO))


def load_demo(moment: datetime) -> int:
    """Put the invented year in and return how many needs it has; 0 when it is there already."""
    if db.session.scalar(select(func.count(Community.id)).where(Community.invented)):
        return 0
    dice = random.Random(SEED)  # noqa: S311 - a story, not a secret
    communities = _communities(moment)
    pros = _pros(moment)
    kinds = {kind.name: kind for kind in db.session.scalars(select(Kind))}
    for number in range(NEEDS):
        _tell(number, dice, communities, pros, kinds, moment)
    _difficulties(communities, pros, kinds, moment)
    db.session.flush()
    return NEEDS + len(stories.DIFFICULTY)


def _communities(moment: datetime) -> list[Community]:
    found = []
    for district, places in stories.DISTRICTS.items():
        for street, name in places:
            row = CommunityRow(1, district, street, name)
            community = add_community(row, moment, invented=True)
            found.append(community)
            if name in stories.CADRES_OWN and find_person("cadre"):
                attach_member(community, "cadre", moment)
    return found


def _pros(moment: datetime) -> list[tuple[User, set[str], set[str]]]:
    professions = {p.name: p.id for p in db.session.scalars(select(Profession))}
    kinds = {kind.name: kind.id for kind in db.session.scalars(select(Kind))}
    own = ("刘建国", *stories.DEMO_PRO)
    found = []
    for number, (name, profession, districts, helps) in enumerate((own, *stories.PROS)):
        username = f"sanshi-{number:02}" if number else "pro"
        person, _ = ensure_person(username, name, "虚构的设计单位", "pro", None)
        profile = Profile(
            profession_id=professions[profession],
            districts=tuple(districts),
            kind_ids=tuple(kinds[k] for k in helps),
            about=f"{profession}，做过{helps[0]}和{helps[1]}（虚构人物）。",
            available=True,
            listed=True,
            languages=("普通话", "重庆话") if number % 2 else ("普通话",),
            association="虚构的行业协会",
            most_open=3 + number % 3,
        )
        saved = save_profile(person.id, profile, moment)
        saved.invented = True
        confirm_professional(saved, moment)
        found.append((person, set(districts), set(helps)))
    return found


def _tell(
    number: int,
    dice: random.Random,
    communities: list[Community],
    pros: list[tuple[User, set[str], set[str]]],
    kinds: dict[str, Kind],
    moment: datetime,
) -> None:
    """Let one need go its way: old ones to their end, the last dozen to where they stand today."""
    kind, text, place, concerns, answer, result = stories.STORIES[number % len(stories.STORIES)]
    is_open = number >= NEEDS - OPEN
    # The demo's cadre finds most of what is open in their own three communities.
    here = communities[number % 3] if is_open and number % 4 else dice.choice(communities)
    ago = (
        timedelta(hours=(NEEDS - number) * 7)
        if is_open
        else timedelta(days=8 + (NEEDS - OPEN - number) * 13, hours=dice.randrange(12))
    )
    if number == NEEDS - 1:
        ago = timedelta(minutes=40)
    began = moment - ago
    report = Report(
        here.id, kinds[kind].id, text, place, concerns, None, "resident",
        f"demo-{number:02}", invented=True,
    )  # fmt: skip
    need, _ = file_need(report, [], began)
    suitable = [p for p, districts, helps in pros if here.district in districts and kind in helps]
    pro = dice.choice(suitable or [p for p, _, helps in pros if kind in helps] or [pros[0][0]])
    _go_on(need, number, dice, pro, answer, result, moment if is_open else None)


def _go_on(
    need: Need,
    number: int,
    dice: random.Random,
    pro: User,
    answer: str,
    result: str,
    until: datetime | None,
) -> None:
    cadre = db.session.scalar(
        select(Member.user_id).where(Member.community_id == need.community_id).limit(1)
    )
    at = need.received_at
    steps: list[tuple[str, int | None, frozenset[Actor], Given, float]] = [
        ("take", cadre, _CADRE, Given(), 0.4 + dice.random() * 2),
        ("assign", cadre, _CADRE, Given(pro_id=pro.id), 0.5 + dice.random() * 8),
        ("respond", pro.id, _PRO, Given(words=answer), 2 + dice.random() * 24),
        ("close", cadre, _CADRE, Given(words=result), 24 + dice.random() * 200),
        ("confirm", None, _ASKER, Given(), 3 + dice.random() * 60),
    ]
    if until is None and number % 9 == 4:
        reason, instead = stories.NOT_YET
        steps[3:] = [("not_feasible", cadre, _CADRE, Given(words=reason, instead=instead), 30)]
    elif until is None and number % 11 == 7:
        again = Given(words="只做了一半，晚上还是老样子。")
        answer_again = Given(words="又请人来看了一次，这次把剩下的也排上了。")
        steps[4:] = [
            ("reopen", None, _ASKER, again, 5),
            ("respond", cadre, _CADRE, answer_again, 6),
            steps[3],
            steps[4],
        ]
    for verb, person_id, actors, given, hours in steps[: _length(number, until)]:
        at += timedelta(hours=hours if until is None else hours / 8)
        if until is not None and at >= until:
            return
        perform(need, verb, By(person_id, actors, at), given, need.version)


def _length(number: int, until: datetime | None) -> int:
    """Return how many steps an open need has taken; an ended one goes to its end."""
    return 99 if until is None else (0, 1, 2, 2, 3, 4)[number % 6]


def _difficulties(
    communities: list[Community],
    pros: list[tuple[User, set[str], set[str]]],
    kinds: dict[str, Kind],
    moment: datetime,
) -> None:
    """The reverse direction: a 三师's own difficulties, one answered and one waiting."""
    kind = next((k for k in kinds.values() if k.asked_by == "pro"), None)
    if kind is None:
        return
    for number, (text, place, answer) in enumerate(stories.DIFFICULTY):
        began = moment - timedelta(days=3, hours=number * 5)
        report = Report(
            communities[0].id, kind.id, text, place, (), None, "pro",
            f"demo-pro-{number}", filed_by_id=pros[0][0].id, invented=True,
        )  # fmt: skip
        need, _ = file_need(report, [], began)
        cadre = db.session.scalar(
            select(Member.user_id).where(Member.community_id == need.community_id)
        )
        later = began + timedelta(hours=1)
        perform(need, "take", By(cadre, _CADRE, later), Given(), need.version)
        if number == 0:
            by = By(cadre, _CADRE, later + timedelta(hours=5))
            perform(need, "respond", by, Given(words=answer), need.version)
