"""A partner's identity service as a real local server, with faults on request."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

SHARED = "a secret that both sides know, long enough for HMAC"


class IdentityService:
    """Discovery, keys, token and user information; ``next_answer`` says who signs in and what is wrong with the answer."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.answer(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Tests say what went wrong themselves."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> IdentityService:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def next_answer(self, asked: dict[str, str], claims: dict[str, Any] | None, faults: dict[str, Any]) -> None:
        self.asked, self.claims, self.faults = asked, claims, faults

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        status, body = 200, {}
        match handler.path:
            case "/.well-known/openid-configuration":
                body = {"issuer": self.address} | {f"{n}_endpoint": f"{self.address}/{n}" for n in ("authorization", "token", "userinfo")}
                body["jwks_uri"] = f"{self.address}/jwks"
            case "/jwks":
                body = {"keys": [{**jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "k1", "alg": "RS256"}]}
            case "/token" if self.claims is None:
                status, body = 503, {"error": "temporarily_unavailable"}
            case "/token":
                body = {"access_token": "t", "token_type": "Bearer", "expires_in": 60, "id_token": self.token()}
                body = {k: v for k, v in body.items() if v is not None}
            case "/userinfo":
                body = {**(self.claims or {}), "sub": self.faults.get("userinfo_sub", (self.claims or {}).get("sub"))}
            case _:
                status = 404
        sent = json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)

    def token(self) -> str | None:
        """The identity token of the next answer, with its faults."""
        if "token" in self.faults:
            return None
        now = int(time.time())
        claims = {"iss": self.address, "aud": "us", "iat": now, "exp": now + 300, "nonce": self.asked["nonce"], **(self.claims or {})}
        claims |= {k: v for k, v in self.faults.items() if k in ("iss", "aud", "exp", "nonce")}
        claims = {k: v for k, v in claims.items() if v is not None}
        match self.faults.get("key"):
            case "stranger":
                return jwt.encode(claims, self.stranger, algorithm="RS256", headers={"kid": "k1"})
            case "shared":
                return jwt.encode(claims, SHARED, algorithm="HS256", headers={"kid": "k1"})
            case "unsigned":
                return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"})
