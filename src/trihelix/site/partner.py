"""The client side of sign-in with a partner platform: an identity token is required, and every one of its claims is checked.

django-allauth trusts the connection to the token endpoint and asks for neither nonce nor signature there; partners of a province
are also reached over inner networks, so both are checked here (OpenID Connect Core 1.0, 3.1.3.7).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import jwt
from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
LEEWAY = 60  # seconds by which the clocks of two platforms may differ


def nonce_of(challenge: str | bytes) -> str:
    """The nonce of one sign-in, from its PKCE challenge: nothing more has to be kept until the person comes back."""
    held = challenge.decode("ascii") if isinstance(challenge, bytes) else challenge
    return salted_hmac("trihelix.partner.nonce", held, algorithm="sha256").hexdigest()


class PartnerClient(OAuth2Client):  # type: ignore[misc]
    """Sends a nonce along with the PKCE challenge."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        return str(super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(extra_params["code_challenge"])}))


class PartnerOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the identity token whole: signature, issuer, audience, times, nonce, and that the user information is of the same person."""

    client_class = PartnerClient
    nonce = ""

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> Any:
        challenge = base64.urlsafe_b64encode(hashlib.sha256((pkce_code_verifier or "").encode("ascii")).digest()).rstrip(b"=")
        self.nonce = nonce_of(challenge)
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("the partner sent no identity token")
        login = super().complete_login(request, app, token, **kwargs)
        data = login.account.extra_data
        if (data.get("userinfo") or {}).get("sub") != data["id_token"]["sub"]:
            raise OAuth2Error("the user information is of somebody else than the identity token")
        return login

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            key = self._key(id_token)
            claims: dict[str, Any] = jwt.decode(
                id_token, key=key, algorithms=[key.algorithm_name], issuer=self.openid_config["issuer"], audience=app.client_id, leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as exc:
            raise OAuth2Error("the identity token is not valid") from exc
        if not hmac.compare_digest(str(claims["nonce"]).encode(), self.nonce.encode()):
            raise OAuth2Error("the identity token belongs to another sign-in")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("the identity token was made for another platform")
        return claims

    def _key(self, id_token: str) -> jwt.PyJWK:
        """The partner's key that the token names; the key says its algorithm, and it is never a shared secret."""
        header = jwt.get_unverified_header(id_token)
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            found = [k for k in answer.json()["keys"] if k.get("kid") == header.get("kid")]
        if len(found) != 1:
            raise jwt.InvalidKeyError("no such key")
        key = jwt.PyJWK(found[0])
        if key.algorithm_name not in ALGORITHMS:
            raise jwt.InvalidAlgorithmError(key.algorithm_name)
        return key


@login_not_required  # type: ignore[untyped-decorator]
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the partner sends people back."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(PartnerOAuth2Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
