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

from tests.site.desk.partner import IdentityService
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


def test_a_partner_learns_who_signed_in_and_no_more(visit, partner, settings):
    who = user("jicui")
    Invitation.objects.create(
        email=who.email, name="x", role="member", hash="h", at=clock.now(), expires_at=clock.now(), accepted_at=clock.now(), user=who
    )
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    answer = granted(visit("jicui"), code_challenge=challenge, code_challenge_method="S256", nonce="n1")
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
    keys = jwt.PyJWKSet.from_dict(Client().get("/.well-known/jwks.json").json())
    signed = next(k for k in keys.keys if k.key_id == jwt.get_unverified_header(tokens["id_token"])["kid"])
    claims = jwt.decode(tokens["id_token"], key=signed, algorithms=["RS256"], audience="partner-1", issuer=settings.SITE_URL)
    assert claims["nonce"] == "n1"
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


@pytest.fixture(scope="module")
def elsewhere():
    """A partner's identity service on this machine."""
    with IdentityService() as service:
        yield service


@pytest.fixture
def sign_in_there(settings, elsewhere):
    """``sign_in_there(claims, **faults)``: go through the partner's sign-in over HTTP and come back as the person with those claims."""
    settings.PARTNER = {"name": "合作平台", "server_url": elsewhere.address, "client_id": "us", "secret": "s"}
    app = {"provider_id": "partner", "name": "合作平台", "client_id": "us", "secret": "s", "settings": {"server_url": elsewhere.address}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

    def go(claims: dict[str, Any] | None, error: str = "", **faults: Any) -> tuple[Client, Any]:
        client = Client()
        begun = client.post(reverse("openid_connect_login", args=["partner"]))
        asked = {k: v[0] for k, v in parse_qs(urlsplit(begun["Location"]).query).items()}
        elsewhere.next_answer(asked, claims, faults)
        given = {"state": asked["state"], "error": error} if error else {"state": asked["state"], "code": "c"}
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


@pytest.mark.parametrize(
    "faults",
    [
        {"iss": "https://other.example"}, {"aud": "them"}, {"aud": ["us", "them"]}, {"exp": 0}, {"nonce": "of-another-sign-in"}, {"nonce": None}, {"exp": None},
        {"key": "stranger"}, {"key": "shared"}, {"key": "unsigned"}, {"token": None}, {"userinfo_sub": "somebody-else"},
    ],
    ids=[
        "issuer", "audience", "several-audiences", "expired", "nonce", "no-nonce", "no-end", "key", "shared-key", "unsigned", "no-token", "other-person",
    ],
)  # fmt: skip
def test_a_faulty_identity_token_signs_nobody_in(sign_in_there, faults):
    who = user("jicui")
    claims = {"sub": "p-88", "email": who.email, "email_verified": True}
    client, answer = sign_in_there(claims, **faults)
    assert answer.status_code == 403 and "合作平台" in answer.content.decode()
    assert client.get(reverse("inbox")).status_code == 302
    assert not who.socialaccount_set.exists()


def test_an_administrator_registers_and_ends_a_partner(visit):
    client, address = visit("admin"), reverse("partners")
    form = {"do": "register", "name": "高校服务平台", "addresses": "https://a.example/back\nhttps://b.example/back", "told": ["profile"]}
    page = client.post(address, form)
    made = page.context["made"]
    assert page.context["secret"] in page.content.decode() and made.check_secret(page.context["secret"])
    again = client.get(address).content.decode()
    assert page.context["secret"] not in again and "高校服务平台" in again and "https://b.example/back" in again
    assert made.get_scopes() == ["openid", "profile"]
    for wrong in ("http://a.example/back", "https://a.example/*", "a.example", "https://a.example/#x", ""):
        assert client.post(address, {**form, "addresses": wrong}).status_code == 422, wrong
    assert visit("officer").post(address, form).status_code == 403
    assert client.post(address, {"do": "end", "id": made.pk}).status_code == 302
    assert not type(made).objects.filter(pk=made.pk).exists()
    told = set(
        JournalEntry.objects.filter(action__in=("accounts.register_partner", "accounts.end_partner")).values_list("action", flat=True)
    )
    assert len(told) == 2


def test_a_forged_state_is_refused(sign_in_there):
    client, _ = sign_in_there({"sub": "x"})
    answer = client.get(reverse("openid_connect_callback", args=["partner"]), {"state": "forged", "code": "c"})
    assert answer.status_code in (302, 403) and client.get(reverse("inbox")).status_code == 302
