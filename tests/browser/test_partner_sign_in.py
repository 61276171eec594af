"""Two instances as real processes: one signs people in for the other, by discovery, signed identity token and consent."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import PASSWORD, environment

pytestmark = [pytest.mark.browser, pytest.mark.nodb]

VERIFY = """
import django
django.setup()
from allauth.account.models import EmailAddress
from trihelix.kernel.models import User
who = User.objects.get(username="jicui")
EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
"""


@pytest.fixture
def instance(demo_home, tmp_path):
    """``instance("a", "127.0.0.1", port, **env)``: a served copy of the demo, and its address."""
    running = []

    def start(name: str, host: str, port: int, **more: str) -> str:
        home = tmp_path / name
        shutil.copytree(demo_home, home)
        shutil.rmtree(home / "secrets", ignore_errors=True)
        address = f"http://{host}:{port}"
        env = {**environment(home), "DJANGO_SETTINGS_MODULE": "trihelix.site.settings", "TRIHELIX_SITE_URL": address, **more}
        if name == "provider":
            subprocess.run([sys.executable, "-c", VERIFY], env=env, check=True, timeout=120)
        running.append(subprocess.Popen([sys.executable, "-m", "trihelix.cli", "serve", "--port", str(port), "--no-worker"], env=env))
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2)
                return address
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        pytest.fail(f"{name} did not start within two minutes")

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=30)


def free_ports() -> tuple[int, int]:
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return a.getsockname()[1], b.getsockname()[1]


def test_one_instance_signs_people_in_for_the_other(instance, browser):
    there, here = free_ports()
    provider = instance("provider", "127.0.0.1", there)
    back = f"http://localhost:{here}/accounts/oidc/partner/login/callback/"
    admin = browser.new_page(locale="zh-CN", base_url=provider)
    admin.goto("/accounts/login/")
    admin.locator('button[value="admin"]').click()
    admin.wait_for_url("**/inbox/")
    admin.goto("/accounts/partners/")
    admin.fill("#p-name", "另一套系统")
    admin.fill("#p-addresses", back)
    admin.check("input[value=email]")
    admin.locator("main form button.primary").click()
    ident, secret = admin.locator("main .note code").all_inner_texts()
    admin.close()

    # two hosts, because cookies know no ports
    env = {"TRIHELIX_OIDC_SERVER": provider, "TRIHELIX_OIDC_CLIENT": ident, "TRIHELIX_OIDC_SECRET": secret, "TRIHELIX_OIDC_NAME": "省平台"}
    client = instance("client", "localhost", here, **env)
    page = browser.new_page(locale="zh-CN")
    page.goto(f"{client}/accounts/login/")
    page.get_by_role("button", name="用 省平台 账号登录").click()
    page.wait_for_url(f"{provider}/accounts/login/**")
    page.fill("#f-username", "jicui")
    page.fill("#f-password", PASSWORD)
    page.locator("main form button.primary").first.click()
    page.wait_for_url(f"{provider}/identity/o/authorize**")
    page.locator("button[value=grant]").click()
    page.wait_for_url(f"{client}/inbox/")
    page.goto(f"{client}/account/")
    assert page.locator("h1").is_visible() and "jicui" in page.locator("main").inner_text()
    page.close()
