"""The demo's district: 60 communities, 80 三师 and 300 needs over a year, all of them invented.

Words come from content/demo/district.toml, chance from its seed, and the needs go their way by the
real actions: what the pages and the effect sheet show is what they would show of a real year.
"""

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from sanshi_lms.account import ensure_person
from sanshi_lms.community.actions import Profile, add_community, confirm_professional, save_profile
from sanshi_lms.community.models import Community, Kind, Member, Profession
from sanshi_lms.community.needs.actions import By, Given, perform
from sanshi_lms.community.needs.filing import CONCERNS, Report, file_need
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.rules import LANGUAGES, CommunityRow
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import REPOSITORY

WORDS = REPOSITORY / "content" / "demo" / "district.toml"
_ASKER, _CADRE, _PRO = (frozenset({actor}) for actor in (Actor.ASKER, Actor.CADRE, Actor.PRO))
_YEAR = timedelta(days=364)
RECENT = 30


@dataclass(frozen=True)
class Pro:
    """An invented 三师 and what they help with."""

    id: int
    helps: frozenset[str]


@dataclass(frozen=True)
class Place:
    """A community of the district and the cadre of its street."""

    community: Community
    cadre_id: int


def load_district(moment: datetime) -> int:
    """Put the district in and return how many needs it has; 0 when it is there already."""
    told = tomllib.loads(WORDS.read_text("utf-8"))
    if db.session.scalar(select(Community.id).where(Community.district == told["district"])):
        return 0
    dice = random.Random(told["seed"])  # noqa: S311 - a story, not a secret
    places = _places(told, moment)
    pros = _pros(told, dice, moment)
    kinds = {kind.name: kind for kind in db.session.scalars(select(Kind))}
    filed: list[Need] = []
    for number in range(told["needs"]):
        filed.append(_tell(number, told, dice, places, pros, kinds, filed, moment))
        if number % 50 == 0:
            db.session.flush()
    return len(filed)


def _places(told: dict[str, Any], moment: datetime) -> list[Place]:
    streets = told["streets"]
    cadres = [
        ensure_person(f"qingfeng-{n:02}", f"{street[:2]}干部", street, "cadre", None)[0]
        for n, street in enumerate(streets, 1)
    ]
    names = [a + b for b in told["name_endings"] for a in told["name_beginnings"]]
    found = []
    for number, name in enumerate(names[: told["communities"]]):
        at = number % len(streets)
        row = CommunityRow(1, told["district"], streets[at], name)
        community = add_community(row, moment - _YEAR, invented=True)
        member = Member(community_id=community.id, user_id=cadres[at].id, since=moment - _YEAR)
        db.session.add(member)
        found.append(Place(community, cadres[at].id))
    db.session.flush()
    return found


def _pros(told: dict[str, Any], dice: random.Random, moment: datetime) -> list[Pro]:
    names = [a + b for b in told["given_names"] for a in told["surnames"]]
    ids = {one.name: one.id for one in db.session.scalars(select(Profession))}
    kinds = {kind.name: kind.id for kind in db.session.scalars(select(Kind))}
    # Three quarters are of the three first professions: that is what the programme is named after.
    professions = [*told["professions"]][:3] * 3 + [*told["professions"]][3:]
    found = []
    for number, name in enumerate(names[: told["professionals"]]):
        profession = professions[number % len(professions)]
        helps = told["professions"][profession]
        person, _ = ensure_person(f"qf-sanshi-{number:02}", name, "虚构的设计单位", "pro", None)
        profile = Profile(
            profession_id=ids[profession],
            districts=(told["district"],),
            kind_ids=tuple(kinds[one] for one in helps),
            about=f"{profession}，常做{helps[0]}和{helps[1]}（虚构人物）。",
            available=number % 13 != 5,
            listed=number % 5 != 2,
            languages=LANGUAGES[: 1 + number % 3],
            most_open=2 + number % 4,
        )
        saved = save_profile(person.id, profile, moment - _YEAR)
        saved.invented = True
        confirm_professional(saved, moment - _YEAR)
        found.append(Pro(person.id, frozenset(helps)))
    dice.shuffle(found)
    return found


def _tell(
    number: int,
    told: dict[str, Any],
    dice: random.Random,
    places: Sequence[Place],
    pros: Sequence[Pro],
    kinds: dict[str, Kind],
    filed: Sequence[Need],
    moment: datetime,
) -> Need:
    """Let one need go its way; the nearer to today, the less of it has happened."""
    story = dice.choices(told["stories"], [one["weight"] for one in told["stories"]])[0]
    # Busy streets ask more: the first communities come up more often.
    here = places[min(int(dice.expovariate(1 / 18)), len(places) - 1)]
    blanks = {
        "place": dice.choice(told["places"]), "floor": dice.randint(3, 8),
        "count": dice.randint(6, 26),
    }  # fmt: skip
    left = told["needs"] - number
    # The last ones came in these days, so that every state has somebody waiting in it.
    ago = _YEAR * (left / told["needs"]) if left > RECENT else timedelta(hours=3.5 * left)
    began = moment - ago - timedelta(minutes=dice.randint(5, 200))
    report = Report(
        here.community.id, kinds[story["kind"]].id, dice.choice(story["texts"]).format(**blanks),
        blanks["place"], tuple(dice.sample(CONCERNS, dice.randint(1, 2))), None,
        "cadre" if number % 5 == 0 else "resident", f"demo-qf-{number:03}",
        filed_by_id=here.cadre_id if number % 5 == 0 else None, invented=True,
    )  # fmt: skip
    need, _ = file_need(report, [], began)
    able = [one for one in pros if story["kind"] in one.helps]
    pro = able[min(int(dice.expovariate(1 / 6)), len(able) - 1)]
    at = began
    for verb, who, given, hours in _way(number, told, story, blanks, dice, here, pro, filed):
        at += timedelta(hours=hours)
        if at >= moment or (not need.is_open and verb != "reopen"):
            break
        actors = {"a": _ASKER, "c": _CADRE, "p": _PRO}[who]
        person = {"a": None, "c": here.cadre_id, "p": pro.id}[who]
        perform(need, verb, By(person, actors, at), given, need.version)
    return need


Act = tuple[str, str, Given, float]


def _way(
    number: int,
    told: dict[str, Any],
    story: dict[str, Any],
    blanks: dict[str, Any],
    dice: random.Random,
    here: Place,
    pro: Pro,
    filed: Sequence[Need],
) -> list[Act]:
    """Return what happens to a need, with the hours that each act takes."""
    answer = Given(words=dice.choice(story["answers"]).format(**blanks))
    result = Given(words=dice.choice(story["results"]).format(**blanks))
    slow = dice.random() < 0.12
    take: Act = ("take", "c", Given(), dice.uniform(0.2, 1.8) * (3 if slow else 1))
    assign: Act = ("assign", "c", Given(pro_id=pro.id), dice.uniform(0.5, 9))
    respond: Act = ("respond", "p", answer, dice.uniform(1, 20) * (3 if slow else 1))
    close: Act = ("close", "c", result, dice.lognormvariate(4.3, 0.6) * (2.5 if slow else 1))
    ends: Act = ("confirm", "a", Given(), dice.uniform(2, 80))
    called = Given(words="打电话问过，说可以了。")
    if dice.random() < 0.2:
        ends = ("call_back", "c", called, dice.uniform(75, 200))
    if dice.random() < 0.05:  # nobody could be reached
        ends = (ends[0], ends[1], ends[2], 24 * 366)
    twin = next(
        (one for one in reversed(filed) if one.community_id == here.community.id and one.is_open),
        None,
    )
    if number % 6 == 5 and twin is not None:  # only of the last ones is another still open
        return [take, ("merge", "c", Given(words="是同一件事。", need_id=twin.id), 3)]
    if number % 41 == 17:
        return [take, ("withdraw", "c", Given(words="提出人说不用了。"), 5)]
    if number % 17 == 6:
        reason, instead = dice.choice(told["not_yet"])
        given = Given(words=reason, instead=instead)
        return [take, assign, respond, ("not_feasible", "c", given, dice.uniform(20, 90))]
    if number % 13 == 4:
        question = Given(words=dice.choice(told["asked"]))
        reply = Given(words=dice.choice(told["replies"]).format(**blanks))
        asks: list[Act] = [("ask", "p", question, 4), ("reply", "a", reply, dice.uniform(3, 70))]
        return [take, assign, *asks, respond, close, ends]
    if number % 19 == 8:
        complaint = Given(words=dice.choice(told["again"]))
        return [
            take, assign, respond, close, ("reopen", "a", complaint, 6),
            ("respond", "c", Given(words="又去看了，材料换过再做一次。"), 7), close, ends,
        ]  # fmt: skip
    if number % 23 == 9:
        back = Given(words="这段时间排满了，请另找一位。")
        return [take, assign, ("give_back", "p", back, 12), assign, respond, close, ends]
    if number % 7 == 3:  # the community does it without a 三师
        return [take, ("respond", "c", answer, dice.uniform(2, 30)), close, ends]
    return [take, assign, respond, close, ends]
