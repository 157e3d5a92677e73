"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal

PERSONAL = (
    Personal("notices_addresses", "user_id", "收消息的邮箱、手机和微信", without=("code_mark",)),
    Personal("notices_notices", "user_id", "站内消息"),
    Personal("notices_deliveries", "user_id", "发到邮箱、手机、微信的消息"),
)
