"""`trihelix key`: API keys of an account, for programs that call ``/api/v1/``."""

from __future__ import annotations

import click

from trihelix.cli import setup
from trihelix.cli.base import emit


@click.group()
def key() -> None:
    """接口密钥：申请、列出、吊销。"""


@key.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, default=("read", "write"), show_default=True, help="read、write")
@click.option("--days", default=365, show_default=True, type=int, help="有效天数 / days")
@setup.as_option
@setup.json_option
def issue(name: str, scopes: tuple[str, ...], days: int, username: str, as_json: bool) -> None:
    """为账号申请一个密钥；密钥只显示这一次。"""
    setup.ready()
    from trihelix.kernel import keys

    made, token = keys.issue(by=setup.actor(username), name=name, scopes=scopes, days=days)
    emit({"prefix": made.prefix, "token": token, "scopes": made.scopes, "expires_at": made.expires_at}, as_json, token)


@key.command("list")
@setup.as_option
@setup.json_option
def list_(username: str, as_json: bool) -> None:
    """列出账号的密钥（不含密钥本身）。"""
    setup.ready()
    from trihelix.kernel.models import ApiKey

    rows = list(
        ApiKey.objects.filter(user_id=setup.actor(username).user_id).order_by("created_at").values(
            "prefix", "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"
        )
    )  # fmt: skip
    emit(
        {"keys": rows},
        as_json,
        "\n".join(f"{r['prefix']}  {r['name']}  {'、'.join(r['scopes'])}  {'已吊销' if r['revoked_at'] else '有效'}" for r in rows)
        or "没有密钥",
    )


@key.command()
@click.argument("prefix")
@setup.as_option
@setup.json_option
def revoke(prefix: str, username: str, as_json: bool) -> None:
    """吊销一个密钥。"""
    setup.ready()
    from trihelix.kernel import keys

    gone = keys.revoke(by=setup.actor(username), prefix=prefix)
    emit({"prefix": gone.prefix, "revoked_at": gone.revoked_at}, as_json, f"已吊销 {gone.prefix}")
