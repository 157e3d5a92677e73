"""What can go wrong elsewhere, as a sentence for who wants to sign in."""


class NotArrived(Exception):
    """Nobody came back whom we can believe; `sentence` says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


BY_PASSWORD = "也可以用账号和密码登录。"  # noqa: S105 - a sentence


def down(name: str) -> NotArrived:
    """Say that the other house does not answer."""
    return NotArrived(f"现在连不上{name}，请过一会儿再试；{BY_PASSWORD}")


def refused(name: str) -> NotArrived:
    """Say that what came back was not to be believed."""
    return NotArrived(f"{name}登录没有完成，请再点一次登录按钮；{BY_PASSWORD}")
