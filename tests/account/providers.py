"""A real OpenID Connect provider on this machine, which a test may let misbehave."""

import threading
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings():  # it still uses what Authlib is about to leave
    warnings.simplefilter("ignore")
    import oidc_provider_mock
    from oidc_provider_mock._storage import storage

Change = Callable[[dict[str, Any]], None]


@dataclass
class Provider:
    """The provider; `change` alters the claims of the next id_tokens, signed again by its key."""

    url: str = ""
    change: Change | None = None
    another_key: bool = False
    challenges: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def agree(self, address: str, subject: str) -> str:
        """Sign in there as `subject` and agree; return the address that it sends back to."""
        self.asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        self.challenges[code] = self.asked["code_challenge"]
        return answer.headers["Location"]

    def name(self, subject: str, **claims: Any) -> None:
        """Say what the provider tells of somebody."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=10)


@contextmanager
def provider() -> Iterator[Provider]:
    """Run the provider until the block ends."""
    state = Provider()
    app: flask.Flask = oidc_provider_mock.app(require_nonce=True)

    @app.before_request
    def check_verifier() -> Any:
        """The library does not look at PKCE: we do."""
        code = flask.request.form.get("code", "")
        if flask.request.path != "/oauth2/token" or code not in state.challenges:
            return None
        verifier = flask.request.form.get("code_verifier", "")
        digest = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        wrong = digest != state.challenges[code]
        return (flask.jsonify(error="invalid_grant"), 400) if wrong else None

    @app.after_request
    def misbehave(answer: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/token" and answer.status_code == 200 and state.change:
            body = answer.get_json()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                known = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
            claims = jwt.decode(body["id_token"], known, algorithms=["RS256"]).claims
            state.change(claims)
            key = RSAKey.generate_key(2048) if state.another_key else known
            head = {"alg": "RS256", "kid": known.kid or known.thumbprint()}
            body["id_token"] = jwt.encode(head, claims, key, algorithms=["RS256"])
            answer.set_data(flask.json.dumps(body))
        return answer

    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
