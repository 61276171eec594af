"""A served demo of its own, and Debian's Chromium by its path."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "demo-Jilin-2025"


def environment(home: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return {**env, "TRIHELIX_HOME": str(home), "TRIHELIX_LOG_LEVEL": "ERROR"}


def trihelix(home: Path, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line in a data folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "trihelix.cli", *args], env=environment(home), capture_output=True, text=True, check=check, timeout=300
    )


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo data folder, built by the command of the README."""
    home = tmp_path_factory.mktemp("demo")
    trihelix(home, "demo", "--no-serve", "--json")
    return home


@pytest.fixture(scope="session")
def served(demo_home: Path) -> Iterator[str]:
    """The address of a served demo, worker included."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "trihelix.cli", "serve", "--port", str(port)], env=environment(demo_home))
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/health/", timeout=2)
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        else:
            pytest.fail("the site did not start within two minutes")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if CHROMIUM is None:
        if os.environ.get("TRIHELIX_CI") == "1":
            pytest.fail("Chromium is missing, and TRIHELIX_CI=1 turns this skip into a failure")
        pytest.skip("Chromium is not installed: install Debian's chromium to run the browser journeys")
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def sign_in(page, served):
    """``sign_in("jicui")``: sign in on the sign-in page."""

    def do(username: str) -> None:
        page.context.clear_cookies()
        page.goto(f"{served}/accounts/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return do


DESKTOP = {"width": 1366, "height": 860}


@pytest.fixture
def page_of(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """``page_of("jicui", viewport=…)``: a page, signed in as a demo account where one is named; every console error fails the test."""
    contexts, errors = [], []

    def make(username: str | None = None, viewport: dict[str, int] = DESKTOP, **options: object) -> Page:
        context = browser.new_context(viewport=viewport, locale="zh-CN", base_url=served, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        if username:
            page.goto("/accounts/login/")
            page.locator(f'button[value="{username}"]').click()
            page.wait_for_url(re.compile(r"^https?://[^/]+/inbox/$"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []
