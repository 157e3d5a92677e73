"""Account: people, what their role lets them do, which unit they belong to, signing in and out.

For: who somebody is and who answers for them (units/). Not for: what they learn (learning) or
earned (credentials).
"""

from flask import Flask
from flask_login import LoginManager

from sanshi_lms.account import admin_routes, cli, desk, desk_door, routes
from sanshi_lms.account.actions import choose_edition, ensure_person
from sanshi_lms.account.devices import jobs as device_jobs
from sanshi_lms.account.devices import routes as device_routes
from sanshi_lms.account.devices import seen
from sanshi_lms.account.devices.queries import still_signed_in
from sanshi_lms.account.grants import routes as grant_routes
from sanshi_lms.account.grants.queries import (
    may_over,
    people_who_may_over,
    person_within,
    reach_of,
    unit_within,
    within,
)
from sanshi_lms.account.looks import routes as look_routes
from sanshi_lms.account.looks.actions import note_look
from sanshi_lms.account.models import Post, Unit, UnitLeader, User
from sanshi_lms.account.outside import routes as outside_routes
from sanshi_lms.account.outside.ways import buttons, name_of
from sanshi_lms.account.own_data import admin_routes as own_data_admin_routes
from sanshi_lms.account.own_data import jobs as own_data_jobs
from sanshi_lms.account.own_data import routes as own_data_routes
from sanshi_lms.account.own_data.personal import PERSONAL
from sanshi_lms.account.owning.forms import MoveForm, OwnerForm, owner_of_new
from sanshi_lms.account.owning.queries import owned, owner_names, owner_path, sole_unit
from sanshi_lms.account.proof import asks_who
from sanshi_lms.account.queries import (
    count_people,
    find_person,
    people_by_id,
    people_called,
    people_who_may,
    people_with_role,
)
from sanshi_lms.account.rosters import routes as roster_routes
from sanshi_lms.account.rosters.actions import add_by_roster
from sanshi_lms.account.rules import (
    ROLES,
    display_name_problem,
    mask_name,
    normalise_username,
    permissions_of,
    username_problem,
    viewer_mark,
    who_signed_in,
)
from sanshi_lms.account.second_step import routes as second_step_routes
from sanshi_lms.account.sign_in_events import jobs as sign_in_event_jobs
from sanshi_lms.account.sign_in_events import routes as sign_in_event_routes
from sanshi_lms.account.signals import account_touched
from sanshi_lms.account.slowing import routes as slowing_routes
from sanshi_lms.account.standings import Standing, standings_of
from sanshi_lms.account.units import admin_routes as units_admin_routes
from sanshi_lms.account.units.actions import add_leader, add_unit, person_placed, place_person
from sanshi_lms.account.units.forms import named_unit
from sanshi_lms.account.units.queries import (
    find_units,
    led_units,
    people_in,
    posts,
    unit_choices,
    unit_leaders,
    unit_names,
    unit_path,
    unit_paths,
    units_above,
    units_below,
)
from sanshi_lms.core.access import finds_reach
from sanshi_lms.core.options import YES, Option, add_option
from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry

__all__ = [
    "ROLES",
    "MoveForm",
    "OwnerForm",
    "Post",
    "Standing",
    "Unit",
    "UnitLeader",
    "User",
    "account_touched",
    "add_by_roster",
    "add_leader",
    "add_unit",
    "asks_who",
    "choose_edition",
    "count_people",
    "display_name_problem",
    "ensure_person",
    "find_person",
    "find_units",
    "led_units",
    "mask_name",
    "may_over",
    "named_unit",
    "normalise_username",
    "note_look",
    "owned",
    "owner_names",
    "owner_of_new",
    "owner_path",
    "people_by_id",
    "people_called",
    "people_in",
    "people_who_may",
    "people_who_may_over",
    "people_with_role",
    "permissions_of",
    "person_placed",
    "person_within",
    "place_person",
    "posts",
    "reach_of",
    "sole_unit",
    "standings_of",
    "still_signed_in",
    "unit_choices",
    "unit_leaders",
    "unit_names",
    "unit_path",
    "unit_paths",
    "unit_within",
    "units_above",
    "units_below",
    "username_problem",
    "viewer_mark",
    "who_signed_in",
    "within",
]


def setup(app: Flask) -> None:
    """Connect sign-in, routes, menu and commands."""
    login = LoginManager(app)
    login.session_protection = None  # phones change networks between two pages
    login.user_loader(routes.load_person)
    finds_reach(app, reach_of)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(second_step_routes.blueprint)
    app.register_blueprint(device_routes.blueprint)
    app.register_blueprint(look_routes.blueprint)
    app.register_blueprint(outside_routes.blueprint)
    app.add_template_global(buttons, "ways_from_outside")
    app.add_template_global(name_of, "name_of_way")
    app.register_blueprint(sign_in_event_routes.blueprint)
    app.register_blueprint(slowing_routes.blueprint)
    app.register_blueprint(own_data_routes.blueprint)
    app.register_blueprint(own_data_admin_routes.blueprint)
    add_personal(PERSONAL)
    app.register_blueprint(roster_routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    app.register_blueprint(units_admin_routes.blueprint)
    app.register_blueprint(grant_routes.blueprint)
    app.cli.add_command(cli.account)
    desk.setup()
    add_option(
        Option(
            "registration", "账号", "开放注册", "关掉以后，只有导入名单或管理员能开账号",
            kind="switch", usual=YES,
        )
    )  # fmt: skip
    seen.setup(app)
    desk_door.setup(app)
    device_jobs.setup()
    own_data_jobs.setup()
    sign_in_event_jobs.setup()
    for entry in (
        MenuEntry("admin", "人员", "account_admin.people", "people", 60, "people.manage", "人员"),
        MenuEntry(
            "admin", "单位", "account_units_admin.units", "building", 61, "people.manage", "人员"
        ),
        MenuEntry(
            "admin", "注销申请", "own_data_admin.leavings", "bell", 62, "people.manage", "人员"
        ),
        MenuEntry(
            "admin", "登录记录", "sign_in_events.sign_ins", "history", 93, "audit.view", "系统"
        ),
        MenuEntry("admin", "查看记录", "looks.looks", "search", 94, "audit.view", "系统"),
    ):
        add_menu_entry(entry)
