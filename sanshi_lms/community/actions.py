"""Writes of communities, the people attached to them, 三师, kinds of needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import find_person
from sanshi_lms.community import rules
from sanshi_lms.community.models import (
    Community,
    HelpedKind,
    Kind,
    MatchWeight,
    Member,
    Profession,
    Professional,
    ServedDistrict,
)
from sanshi_lms.community.privacy import NO_CONTACT, tells_contact
from sanshi_lms.community.queries import weights
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means

_TRIES = 20


@dataclass(frozen=True)
class Profile:
    """What a 三师 says of themselves."""

    profession_id: int
    districts: tuple[str, ...]
    kind_ids: tuple[int, ...]
    about: str
    available: bool
    listed: bool = False
    qualifications: str = ""
    languages: tuple[str, ...] = ()
    association: str = ""
    work: str = ""
    most_open: int = 4


def add_community(
    row: rules.CommunityRow, moment: datetime, *, invented: bool = False
) -> Community:
    """Add a community. Raises Refusal when it is there already or its code is taken."""
    community = Community(
        code=row.code or _free_code(),
        district=row.district,
        street=row.street,
        name=row.name,
        active=True,
        invented=invented,
        created_at=moment,
    )
    with taken_means(f"“{row.name}”没有添加：这个社区已经在名单里，或者编号被别的社区用了。"):
        db.session.add(community)
    note("community.add", f"community:{community.id}", after={"name": community.name})
    return community


def add_communities(rows: Iterable[rules.CommunityRow], moment: datetime) -> int:
    """Add the rows of a table that was looked at before, all of them or, on a Refusal, none."""
    return len([add_community(row, moment) for row in rows])


def change_community(community: Community, name: str, street: str, *, active: bool) -> None:
    """Rename a community or stop taking its needs. Its code stays: it is printed on posters."""
    before = {"name": community.name, "street": community.street, "active": community.active}
    after = {"name": name, "street": street, "active": active}
    if before == after:
        return
    with taken_means("这个街道已经有同名的社区。"):
        community.name, community.street, community.active = name, street, active
    note("community.change", f"community:{community.id}", before, after)


def attach_member(community: Community, username: str, moment: datetime) -> None:
    """Let a person handle the needs of a community. Raises Refusal when there is no such cadre."""
    person = find_person(username)
    if person is None or not person.active:
        raise Refusal("没有这个账号。请先让对方注册，或者检查账号有没有抄错。")
    if not person.may("needs.handle"):
        raise Refusal(f"{person.display_name}的身份不是社区干部，请先到“人员”里调整角色。")
    if db.session.get(Member, (community.id, person.id)) is None:
        db.session.add(Member(community_id=community.id, user_id=person.id, since=moment))
        note(
            "community.attach",
            f"community:{community.id}",
            after={"display_name": person.display_name},
        )


def detach_member(community: Community, person_id: int) -> None:
    """Take a community's needs out of a person's hands; what they did stays told."""
    member = db.session.get(Member, (community.id, person_id))
    if member is not None:
        db.session.delete(member)
        note("community.detach", f"community:{community.id}", before={"person": person_id})


def save_profile(person_id: int, profile: Profile, moment: datetime) -> Professional:
    """Keep what a 三师 says of themselves. An administrator confirms it once.

    Qualifications that changed count as checked no longer. Raises Refusal for phones in the texts.
    """
    for text in (profile.about, profile.work, profile.qualifications, profile.association):
        if tells_contact(text):
            raise Refusal(NO_CONTACT)
    known = db.session.get(Professional, person_id)
    if known is None:
        known = Professional(user_id=person_id, available=True, invented=False)
        db.session.add(known)
    known.profession_id = profile.profession_id
    known.about, known.available = profile.about, profile.available
    known.listed, known.work, known.most_open = profile.listed, profile.work, profile.most_open
    known.languages, known.association = "、".join(profile.languages), profile.association
    written = "\n".join(rules.read_lines(profile.qualifications))
    if written != (known.qualifications or ""):
        known.qualifications, known.qualified_at = written, None
    known.updated_at = moment
    db.session.flush()
    wanted_kinds, wanted_names = set(profile.kind_ids), set(profile.districts)
    kept_names = [one for one in known.districts if one.name in wanted_names]
    kept_kinds = [one for one in known.kinds if one.kind_id in wanted_kinds]
    fresh_names = wanted_names - {one.name for one in kept_names}
    fresh_kinds = wanted_kinds - {one.kind_id for one in kept_kinds}
    known.districts = [
        *kept_names,
        *(ServedDistrict(user_id=person_id, name=name) for name in sorted(fresh_names)),
    ]
    known.kinds = [
        *kept_kinds,
        *(HelpedKind(user_id=person_id, kind_id=kind_id) for kind_id in sorted(fresh_kinds)),
    ]
    db.session.flush()
    note("community.save_profile", f"professional:{person_id}")
    touch("pro", person_id)
    return known


def confirm_professional(professional: Professional, moment: datetime | None) -> None:
    """Let a 三师 be proposed to communities from `moment` on, or no longer (None)."""
    professional.confirmed_at = moment
    if moment is not None and professional.qualifications:
        professional.qualified_at = moment
    touch("pro", professional.user_id)
    if moment is not None:
        note("community.confirm_pro", f"professional:{professional.user_id}")
    else:
        note("community.pause_pro", f"professional:{professional.user_id}")


def check_qualifications(professional: Professional, moment: datetime) -> None:
    """Note that an administrator has seen the papers behind what a 三师 says they are."""
    professional.qualified_at = moment
    names = {"qualifications": professional.qualifications}
    note("community.check_qualifications", f"professional:{professional.user_id}", after=names)


def save_weights(values: Mapping[str, float]) -> None:
    """Keep what each thing counts when a need is matched."""
    before = weights()
    for name, value in values.items():
        row = db.session.get(MatchWeight, name)
        if row is None:
            db.session.add(MatchWeight(name=name, value=value))
        else:
            row.value = value
    after = {**before, **values}
    if before != after:
        note("community.save_weights", "weights:1", before, after)


def save_kind(kind: Kind, values: dict[str, object]) -> None:
    """Change a kind of need; whoever calls works out anew what is late."""
    names = (
        "name", "active", "working_days", "topic",
        "sign_hours", "respond_hours", "close_hours", "confirm_hours",
    )  # fmt: skip
    before = {name: getattr(kind, name) for name in names}
    with taken_means("已经有同名的类别。"):
        for name, value in values.items():
            setattr(kind, name, value)
        kind.sample = False
    after = {name: getattr(kind, name) for name in names}
    if before != after:
        note("community.save_kind", f"kind:{kind.id}", before, after)


def add_kind(name: str) -> Kind:
    """Add a kind of need, with the limits of the first one to begin from."""
    like = db.session.scalar(select(Kind).order_by(Kind.id).limit(1))
    kind = Kind(
        name=name,
        asked_by="resident",
        active=True,
        position=1 + (db.session.scalar(select(Kind.position).order_by(Kind.position.desc())) or 0),
        sign_hours=like.sign_hours if like else 0,
        respond_hours=like.respond_hours if like else 0,
        close_hours=like.close_hours if like else 0,
        confirm_hours=like.confirm_hours if like else 0,
        warn_percent=25,
        sample=False,
    )
    _insert_named(kind, "已经有同名的类别。")
    note("community.add_kind", f"kind:{kind.id}", after={"name": name})
    return kind


def add_profession(name: str) -> Profession:
    """Add an entry to the open list of professions."""
    profession = Profession(name=name)
    _insert_named(profession, "列表里已经有这个专业。")
    note("community.add_profession", f"profession:{profession.id}", after={"name": name})
    return profession


def _insert_named(row: Kind | Profession, taken: str) -> None:
    with taken_means(taken):
        db.session.add(row)


def _free_code() -> str:
    for _ in range(_TRIES):
        code = rules.new_code()
        if db.session.scalar(select(Community.id).where(Community.code == code)) is None:
            return code
    raise Refusal("没有找到空的编号，请自己填一个编号。")
