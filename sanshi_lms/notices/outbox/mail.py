"""Mail by SMTP: MAIL_URL names the server, MAIL_FROM the sender."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sanshi_lms.core.settings import settings
from sanshi_lms.notices.outbox.channels import TIMEOUT_SECONDS, Message, NotSent
from sanshi_lms.notices.outbox.rules import mail_problem

SENDER = "三师微课堂"


class Mail:
    """The channel "mail"."""

    name = "mail"
    label = "邮件"
    how = "MAIL_URL、MAIL_FROM"
    address_label = "邮箱地址"

    def configured(self) -> bool:
        """Tell whether a server is named."""
        return settings().mail_url is not None

    def address_problem(self, address: str) -> str | None:
        """Return what is wrong with a mail address."""
        return mail_problem(address)

    def send(self, message: Message, address: str) -> None:
        """Hand the mail over to the server."""
        letter = _letter(message, address)
        with _told(), _server() as server:
            server.send_message(letter)


@dataclass(frozen=True)
class Greeted:
    """How a server answered: `encrypted` names the protocol, "" when the line is open to all."""

    encrypted: str


def greet() -> Greeted:
    """Connect, say EHLO, encrypt and sign in as for a mail, and leave. Raises NotSent."""
    with _told(), _server() as server:
        server.ehlo_or_helo_if_needed()
        line = server.sock
        return Greeted((line.version() or "") if isinstance(line, ssl.SSLSocket) else "")


@contextmanager
def _told() -> Iterator[None]:
    """Put into words what a mail server refuses."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        raise NotSent(f"收件地址被拒收（{code}），请核对邮箱。", retry=code < 500) from refused
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent("邮件服务器不接受账号或密码，请检查 MAIL_URL。") from error
    except smtplib.SMTPResponseException as error:
        sentence = f"邮件服务器没有接受，回答是 {error.smtp_code}。"
        raise NotSent(sentence, retry=error.smtp_code < 500) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent("邮件服务器不支持要求的方式，请检查 MAIL_URL。") from error
    except (smtplib.SMTPException, OSError) as error:
        sentence = f"连不上邮件服务器（{type(error).__name__}），系统会自动再试。"
        raise NotSent(sentence, down=True) from error


def _letter(message: Message, address: str) -> EmailMessage:
    sender = settings().mail_from
    letter = EmailMessage()
    letter["Subject"] = message.title
    name, _, host = sender.partition("@")
    letter["From"] = MailAddress(SENDER, name, host)
    letter["To"] = address
    # The same number for each try: a server or reader that gets it twice shows it once.
    letter["Message-ID"] = f"<sanshi-{message.number}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    where = f"点这里查看：{message.url}" if message.url else "请登录三师微课堂，在“消息”里查看。"
    letter.set_content(
        f"{message.text or message.title}\n\n{where}\n\n"
        "这封邮件由系统自动发出，不用回复。不想再收，请登录后在“消息 → 通知方式”里关闭。\n"
    )
    return letter


def _server() -> smtplib.SMTP:
    parts = urlsplit(settings().mail_url or "")
    host, trusted = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trusted
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme == "smtp+tls":
            server.starttls(context=trusted)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
