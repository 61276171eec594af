"""Second factor, and sign-in with and by partner platforms: this instance as provider and as client of itself, and a faulty partner."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client
from django.urls import reverse

from trihelix.cli.demo.province import PASSWORD
from trihelix.kernel import clock
from trihelix.kernel.models import Invitation, JournalEntry, User

pytestmark = pytest.mark.django_db


def user(name):
    return User.objects.get(username=name)


def test_a_second_factor_is_asked_before_the_session_begins(visit):
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

    secret = generate_totp_secret()
    TOTP.activate(user("jicui"), secret)
    assert Authenticator.objects.filter(user=user("jicui")).exists() and get_adapter()
    client = visit()
    answer = client.post(reverse("login"), {"username": "jicui", "password": PASSWORD, "next": "/needs/"})
    assert answer.status_code == 302 and "2fa" in answer["Location"]
    assert client.get(reverse("inbox")).status_code == 302, "half a sign-in is none"
    assert client.post(answer["Location"], {"code": "000000"}).status_code == 200
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    done = client.post(answer["Location"], {"code": code})
    assert done.status_code == 302 and done["Location"] == "/needs/" and client.get(reverse("inbox")).status_code == 200


def test_second_factor_pages_answer_in_the_sites_own_frame(visit):
    client = visit()
    client.post(reverse("login"), {"username": "jicui", "password": PASSWORD})
    asked = client.get(reverse("mfa_activate_totp"))
    assert "reauthenticate" in asked["Location"], "the password is asked again before a factor is changed"
    client.post(asked["Location"], {"password": PASSWORD})
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
        page = client.get(reverse(name))
        assert page.status_code == 200 and 'class="brand"' in page.content.decode(), name


def test_nobody_signs_up_unasked(visit):
    page = visit().post(reverse("account_signup"), {"username": "sneak", "password1": "long-enough-77", "password2": "long-enough-77"})
    assert not User.objects.filter(username="sneak").exists() and page.status_code in (200, 302)


# as provider


@pytest.fixture
def partner(db):
    from allauth.idp.oidc.models import Client as Partner

    made = Partner(
        id="partner-1", name="合作平台", type="confidential", scopes="openid\nprofile\nemail", redirect_uris="https://partner.example/back"
    )
    made.set_secret("partner-secret")
    made.save()
    return made


def granted(client: Client, **more: str) -> Any:
    query = {
        "client_id": "partner-1",
        "response_type": "code",
        "scope": "openid profile email",
        "redirect_uri": "https://partner.example/back",
        "state": "s1",
        **more,
    }
    page = client.get("/identity/o/authorize", query)
    if page.status_code != 200 or "form" not in page.context:
        return page
    return client.post(
        "/identity/o/authorize", {**page.context["form"].initial, "scopes": ["openid", "profile", "email"], "action": "grant"}
    )


def test_a_partner_learns_who_signed_in_and_no_more(visit, partner):
    who = user("jicui")
    Invitation.objects.create(
        email=who.email, name="x", role="member", hash="h", at=clock.now(), expires_at=clock.now(), accepted_at=clock.now(), user=who
    )
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    answer = granted(visit("jicui"), code_challenge=challenge, code_challenge_method="S256")
    assert answer.status_code == 302 and answer["Location"].startswith("https://partner.example/back?"), answer.content[:300]
    back = parse_qs(urlsplit(answer["Location"]).query)
    assert back["state"] == ["s1"]
    form = {
        "grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": "https://partner.example/back", "client_id": "partner-1",
        "client_secret": "partner-secret", "code_verifier": verifier,
    }  # fmt: skip
    wrong = Client().post("/identity/o/api/token", {**form, "client_secret": "guess"})
    assert wrong.status_code in (400, 401)
    tokens = Client().post("/identity/o/api/token", form).json()
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["sub"] == str(who.uid) and claims["aud"] == "partner-1"
    told = Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert told["preferred_username"] == "jicui" and told["email"] == who.email and told["email_verified"] is True
    again = Client().post("/identity/o/api/token", form)
    assert again.status_code in (400, 401), "a code serves once"


def test_a_partner_with_another_address_is_refused(visit, partner):
    answer = granted(visit("jicui"), redirect_uri="https://evil.example/back")
    assert answer.status_code in (200, 400) and "evil.example" not in answer.headers.get("Location", "")
    assert visit().get("/.well-known/openid-configuration").json()["authorization_endpoint"].endswith("/identity/o/authorize")


# as client of a partner


@pytest.fixture
def sign_in_there(settings, monkeypatch):
    """``sign_in_there(claims)``: go through the partner's sign-in and come back with those claims."""
    from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

    settings.PARTNER = {"name": "合作平台", "server_url": "https://idp.example", "client_id": "us", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "partner",
                    "name": "合作平台",
                    "client_id": "us",
                    "secret": "s",
                    "settings": {"server_url": "https://idp.example"},
                }
            ]
        }
    }
    config = {
        "authorization_endpoint": "https://idp.example/authorize", "token_endpoint": "https://idp.example/token",
        "userinfo_endpoint": "https://idp.example/userinfo", "jwks_uri": "https://idp.example/jwks", "issuer": "https://idp.example",
    }  # fmt: skip
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", property(lambda self: config))

    def go(claims: dict[str, Any] | None, error: str = "") -> tuple[Client, Any]:
        from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error

        def token(self, code, pkce_code_verifier=None, **kwargs):
            if claims is None:
                raise OAuth2Error("the partner is down")
            return {"access_token": "t", "token_type": "Bearer"}

        monkeypatch.setattr(OAuth2Client, "get_access_token", token)
        monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", lambda self, token: claims)
        client = Client()
        begun = client.post(reverse("openid_connect_login", args=["partner"]))
        state = parse_qs(urlsplit(begun["Location"]).query)["state"][0]
        given = {"state": state, "error": error} if error else {"state": state, "code": "c"}
        return client, client.get(reverse("openid_connect_callback", args=["partner"]), given)

    return go


def test_a_verified_mail_ties_the_identity_to_the_account(sign_in_there):
    claims = {"sub": "p-77", "email": user("jicui").email, "email_verified": True, "name": "某人"}
    client, answer = sign_in_there(claims)
    assert answer.status_code == 302 and client.get(reverse("inbox")).status_code == 200
    assert JournalEntry.objects.filter(action="accounts.connect_partner", actor=user("jicui")).exists()
    again, answer = sign_in_there({"sub": "p-77"})
    assert answer.status_code == 302 and again.get(reverse("inbox")).status_code == 200, "the tie holds by the subject alone"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x", "email": "stranger@nowhere.example", "email_verified": True},
        {"sub": "x", "email": "jicui@demo.example", "email_verified": False},
        {"sub": "x", "email": "jicui@demo.example"},
        {"sub": "x"},
    ],
    ids=["unknown", "unverified", "silent", "no-mail"],
)
def test_strangers_and_unverified_mails_get_one_and_the_same_refusal(sign_in_there, claims):
    client, answer = sign_in_there(claims)
    text = answer.content.decode()
    assert answer.status_code == 403 and "没有与之对应的账号" in text and "jicui" not in text
    assert client.get(reverse("inbox")).status_code == 302 and not User.objects.filter(email="stranger@nowhere.example").exists()


def test_a_partner_that_refuses_or_is_down_says_what_to_do(sign_in_there):
    for claims, error in ((None, ""), ({"sub": "x"}, "access_denied")):
        client, answer = sign_in_there(claims, error)
        assert client.get(reverse("inbox")).status_code == 302
        if answer.status_code != 302:
            assert answer.status_code == 403 and "合作平台" in answer.content.decode()


def test_a_forged_state_is_refused(sign_in_there):
    client, _ = sign_in_there({"sub": "x"})
    answer = client.get(reverse("openid_connect_callback", args=["partner"]), {"state": "forged", "code": "c"})
    assert answer.status_code in (302, 403) and client.get(reverse("inbox")).status_code == 302
