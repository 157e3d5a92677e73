"""The cast of our tests. Each person is created when first asked for."""

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.account import ensure_person
from sanshi_lms.core.db import transaction

NAMES = {
    "admin": "管理员周敏",
    "other_admin": "管理员吴江",
    "author": "讲师陈立",
    "other_author": "讲师赵晴",
    "cadre": "王小明",
    "other_cadre": "李秀英",
    "pro": "刘建国",
    "other_pro": "何静",
    "resident": "张大爷",
    "unit_admin": "区管理员孙蓉",
}
_ROLES = {"unit_admin": "cadre"}


@dataclass
class Cast:
    """People by part; `client(part)` is a browser signed in as them."""

    app: Flask
    password: str
    _ids: dict[str, int] = field(default_factory=dict)

    def id(self, part: str) -> int:
        """Return the user id of `part`, creating the account once."""
        if part not in self._ids:
            role = _ROLES.get(part, part.removeprefix("other_"))
            with self.app.app_context(), transaction():
                person, _ = ensure_person(
                    part.replace("_", "-"), NAMES[part], "石油路街道", role, self.password
                )
                self._ids[part] = person.id
        return self._ids[part]

    def client(self, part: str) -> FlaskClient:
        """Return a client signed in as `part` through the real sign-in form."""
        self.id(part)
        client = self.app.test_client()
        values = {"username": part.replace("_", "-"), "password": self.password}
        answer = client.post("/account/sign-in", data=values)
        assert answer.status_code == 302, answer.text
        return client
