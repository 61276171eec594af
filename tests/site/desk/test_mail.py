"""Mail over SMTP to a real local server: what arrives, once, and what happens while the server is down."""

from __future__ import annotations

import datetime as dt
import socket
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler

from trihelix.kernel import clock, outbox
from trihelix.kernel.letters import send
from trihelix.kernel.models import Outbox, Record, User

pytestmark = pytest.mark.django_db


class Box(Handler):
    """Keeps what arrives; refuses while ``down``."""

    def __init__(self):
        super().__init__()
        self.held, self.down = [], False

    async def handle_DATA(self, server, session, envelope):
        if self.down:
            return "451 try again later"
        self.held.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"

    def handle_message(self, message):
        """Everything is kept by ``handle_DATA``."""


@pytest.fixture
def box(settings):
    handler = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    Outbox.objects.filter(done_at=None).update(done_at=clock.now())  # what the demo queued is not looked at here
    yield handler
    server.stop()


def test_a_letter_arrives_whole_and_once(box):
    for _ in range(2):
        send("li@example.cn", "邀请：请于三日内确认", "您好：\n请打开链接。", "letter-test", clock.now(), **{"X-Kind": "invitation"})
    outbox.drain()
    outbox.drain()
    ((to, message),) = box.held
    assert to == ["li@example.cn"] and str(make_header(decode_header(message["Subject"]))) == "邀请：请于三日内确认"
    assert message.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n").strip() == "您好：\n请打开链接。"
    assert message["Message-ID"].startswith("<letter-") and message["X-Kind"] == "invitation"


def test_a_line_break_in_a_subject_makes_no_header(box):
    send("li@example.cn", "标题\nBcc: thief@example.cn", "正文", "letter-break", clock.now())
    outbox.drain()
    ((to, message),) = box.held
    assert to == ["li@example.cn"] and message["Bcc"] is None


def test_a_notice_reaches_the_mailbox_of_its_person(box):
    who, record = User.objects.get(username="jicui"), Record.objects.filter(register="needs").first()
    outbox.put_notice(record, "需求有新的答复", clock.now(), users=[who.pk], key="notice-test", en="An answer")
    outbox.drain()
    (message,) = [m for to, m in box.held if to == [who.email]]
    assert f"/needs/{record.uid}/" in message.get_payload(decode=True).decode("utf-8")


def test_while_the_server_is_down_mail_waits_with_its_error(box, monkeypatch):
    box.down = True
    send("li@example.cn", "稍后送达", "正文", "letter-down", clock.now())
    outbox.drain()
    row = Outbox.objects.get(kind="letter", key="letter:letter-down")
    assert row.done_at is None and row.attempts == 1 and "451" in row.error and box.held == []
    box.down = False
    assert outbox.drain() == 0, "not before its time"
    Outbox.objects.filter(pk=row.pk).update(next_try=clock.now() - dt.timedelta(seconds=1))
    outbox.drain()
    row.refresh_from_db()
    assert row.done_at and len(box.held) == 1
