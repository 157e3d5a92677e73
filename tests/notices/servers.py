"""Real servers for tests: one that takes mail, one that takes posts and remembers them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.services import free_port


@dataclass
class Postbox:
    """What a mail server got, and what it answers instead of taking it."""

    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    refuse_receiver: str = ""
    refuse_letter: str = ""
    password: str = "geheim-7"
    url: str = ""

    async def handle_RCPT(  # noqa: N802 - the name that the library calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a receiver."""
        del server, session, options
        if self.refuse_receiver:
            return self.refuse_receiver
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse a letter."""
        del server, session
        if self.refuse_letter:
            return self.refuse_letter
        letter = message_from_bytes(_bytes(envelope), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.receivers += envelope.rcpt_tos
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Let in whoever knows the password."""
        del server, session, envelope, mechanism
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == self.password.encode(), handled=False)


@contextmanager
def mail_server(*, signed_in: bool = False) -> Iterator[Postbox]:
    """Run a mail server on this machine until the block ends."""
    box = Postbox()
    options: dict[str, Any] = {}
    if signed_in:
        options = {"authenticator": box.authenticate, "auth_required": True}
        options["auth_require_tls"] = False
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Asked:
    """One request that a server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass
class Gateway:
    """What a web server got; it answers the next of `answers`, then 200 {}."""

    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def web_server() -> Iterator[Gateway]:
    """Run a web server on this machine until the block ends."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            gateway.asked.append(Asked(self.command, self.path, headers, body))
            status, found = gateway.answers.pop(0) if gateway.answers else (200, {})
            answer = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _answer  # noqa: N815 - the names that the library calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()


def _bytes(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content
