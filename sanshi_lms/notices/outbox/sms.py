"""SMS by webhook: we post what to send to SMS_URL, signed with SMS_SECRET; a gateway does the rest.

The header X-Sanshi-Signature is the hex HMAC-SHA256 of "timestamp.body", X-Sanshi-Timestamp its
time in seconds. `id` stays the same for each try, so that a gateway can drop a repetition.
"""

import hashlib
import hmac
import json
import time

from sanshi_lms.core.settings import settings
from sanshi_lms.notices.outbox.channels import Message, NotSent, call
from sanshi_lms.notices.outbox.rules import phone_problem


class Sms:
    """The channel "sms"."""

    name = "sms"
    label = "短信"
    how = "SMS_URL、SMS_SECRET"
    address_label = "手机号"

    def configured(self) -> bool:
        """Tell whether a gateway is named."""
        return settings().sms_url is not None

    def address_problem(self, address: str) -> str | None:
        """Return what is wrong with a number."""
        return phone_problem(address)

    def send(self, message: Message, address: str) -> None:
        """Hand the message over to the gateway."""
        body = json.dumps(
            {
                "id": f"sanshi-{message.number}",
                "phone": address,
                "title": message.title,
                "text": message.text,
                "url": message.url,
            },
            ensure_ascii=False,
        ).encode()
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Sanshi-Timestamp": stamp,
            "X-Sanshi-Signature": sign(settings().sms_secret or "", stamp, body),
        }
        answer = call("POST", settings().sms_url or "", "短信网关", body=body, headers=headers)
        if answer.get("ok") is False:
            told = str(answer.get("message", ""))[:80]
            raise NotSent(f"短信网关没有发出：{told or '没有说明原因'}。", retry=False)


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a body at a time."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
