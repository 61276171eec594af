"""How this site uses django-allauth: no open sign-up, accounts of a partner platform tied to accounts here, identities told to partners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from trihelix.engines.errors import Problem
from trihelix.kernel import clock, journal
from trihelix.kernel.errors import Denied
from trihelix.kernel.models import Invitation, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from invitations and administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return str(resolve_url(settings.LOGIN_REDIRECT_URL))


class PartnerAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in with a partner platform: ties an identity to the account with the same verified mail; makes no accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """The partner, asked with a nonce and checked whole."""
        from trihelix.site.partner import PartnerOAuth2Adapter

        held = super().get_provider(request, provider, client_id=client_id)
        held.oauth2_adapter_class = PartnerOAuth2Adapter
        return held

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse whoever has no account here, whose mail is not verified there, or fits several; in one sentence for all."""
        from trihelix.site.middleware import refusal

        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                raise ImmediateHttpResponse(refusal(request, _unknown()))
            return
        claims = sociallogin.account.extra_data
        claims = {**claims.get("userinfo", {}), **claims.get("id_token", {}), **claims}
        email, verified = str(claims.get("email") or ""), claims.get("email_verified") is True
        found = list(User.objects.filter(email__iexact=email, is_active=True, system=False)[:2]) if email and verified else []
        if len(found) != 1:
            raise ImmediateHttpResponse(refusal(request, _unknown()))
        sociallogin.connect(request, found[0])
        journal.append(
            action="accounts.connect_partner", register="accounts", at=clock.now(), record=None, actor=found[0].pk,
            changes={"user": [None, found[0].username], "partner": [None, settings.PARTNER["name"] or "partner"]},
        )  # fmt: skip

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """A failed sign-in there says what to do here; what went wrong inside is for the log."""
        from trihelix.site.middleware import refusal

        text = _("没有用合作平台登录成功：对方拒绝、超时或回应不完整。请重试，或用本系统的账号登录。")
        raise ImmediateHttpResponse(refusal(request, Denied(Problem("partner_sign_in", text, field="partner"))))


def _unknown() -> Denied:
    text = _("合作平台已确认您的身份，但本系统没有与之对应的账号。请联系本单位管理员邀请您，邀请时使用同一个已验证的邮箱。")
    return Denied(Problem("no_account", text, field="partner"))


def verified(user: User) -> bool:
    """Whether the account's mail is known to reach its owner: an invitation sent there was accepted, or allauth confirmed it."""
    from allauth.account.models import EmailAddress

    invited = Invitation.objects.filter(user=user, email__iexact=user.email, accepted_at__isnull=False).exists()
    return invited or EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


class ProviderAdapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """What partner platforms learn of an account, by the scopes they were allowed."""

    def get_claims(
        self, purpose: Any, user: Any, client: Any, scopes: Iterable[str], email: str | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        claims: dict[str, Any] = {"sub": str(user.uid)}
        if "profile" in scopes:
            claims |= {"name": user.display_name or user.username, "preferred_username": user.username, "locale": user.language}
        if "email" in scopes and user.email:
            claims |= {"email": user.email, "email_verified": verified(user)}
        return claims

    def get_user_sub(self, client: Any, user: Any) -> str:
        return str(user.uid)

    def get_user_by_sub(self, client: Any, sub: str) -> Any:
        return User.objects.filter(uid=sub, is_active=True).first()

    def get_issuer(self) -> str:
        return str(settings.SITE_URL)
