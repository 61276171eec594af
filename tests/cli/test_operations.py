"""Operations as processes of their own: migrate, serve with its worker, backup, restore, verify, seal."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import pytest

from trihelix.cli.bundle import extract
from trihelix.engines.errors import Refused

pytestmark = [pytest.mark.nodb, pytest.mark.slow]
COMMAND = [sys.executable, "-m", "trihelix.cli"]


def environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRIHELIX_") and k != "DATABASE_URL"}
    return {**kept, "TRIHELIX_HOME": str(home), "PYTHONUTF8": "1"}


def trihelix(home: Path, *args: object, code: int = 0) -> dict:
    done = subprocess.run([*COMMAND, *map(str, args), "--json"], env=environment(home), capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (args, done.stdout[-2000:], done.stderr[-2000:])
    return json.loads(done.stdout)


def codes(answer: dict) -> set[str]:
    return {e["code"] for e in answer["errors"]}


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """A migrated data folder with a few bodies, as a real installation would begin."""
    home = tmp_path_factory.mktemp("house")
    assert codes(trihelix(home, "export", "bodies", home / "x.csv", code=2)) == {"not_migrated"}
    first = trihelix(home, "migrate")
    assert first["applied"] and trihelix(home, "migrate")["applied"] == []
    rows = [{"ref": f"b{i}", "title": f"示例单位{i}", "kind": "university", "division": "220100"} for i in range(5)]
    sheet = home / "bodies.jsonl"
    sheet.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    assert trihelix(home, "import", "bodies", sheet)["created"] == 5
    stored = home / "files" / "ab" / ("ab" * 32)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"evidence")
    return home


@pytest.fixture(scope="module")
def bundle(house, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "b.tar.gz"
    made = trihelix(house, "backup", path)
    assert made["sealed"] >= 1 and made["secrets_not_included"] == ["signing.key"] and path.stat().st_mode & 0o077 == 0
    assert codes(trihelix(house, "backup", path, code=2)) == {"file_exists"}
    return path


def test_a_backup_restores_to_the_same_records_files_and_chain(house, bundle, tmp_path):
    with tarfile.open(bundle) as tar:
        names = tar.getnames()
    assert not [n for n in names if "secret" in n or "signing" in n] and "journal.jsonl" in names
    done = trihelix(tmp_path, "restore", bundle)
    assert done["ok"] and done["records"] == 5 and done["missing_secrets"] == ["signing.key"] and done["indexed"] == 5
    assert (tmp_path / "files" / "ab" / ("ab" * 32)).read_bytes() == b"evidence"
    for home in (house, tmp_path):
        trihelix(home, "export", "bodies", home / "out.jsonl")
    assert (house / "out.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    assert trihelix(tmp_path, "verify")["head"] == trihelix(house, "verify", bundle)["head"]
    assert not (tmp_path / ".restore").exists()
    assert codes(trihelix(tmp_path, "restore", bundle, code=2)) == {"home_not_empty"}


def test_a_restore_with_its_secret_in_place_misses_nothing(bundle, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "signing.key").write_text("kept elsewhere")
    assert trihelix(tmp_path, "restore", bundle)["missing_secrets"] == []


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("altered", "member_altered"),
        ("missing", "member_missing"),
        ("unknown", "member_unknown"),
        ("outside", "bad_bundle"),
        ("cut", "bad_bundle"),
    ],
)
def test_a_damaged_bundle_is_refused_and_nothing_is_restored(bundle, tmp_path, harm, code):
    broken, inside, home = tmp_path / "broken.tar.gz", tmp_path / "inside", tmp_path / "home"
    if harm == "cut":
        broken.write_bytes(bundle.read_bytes()[:-200])
    else:
        with tarfile.open(bundle) as tar:
            tar.extractall(inside, filter="data")
        if harm == "altered":
            (inside / "journal.jsonl").write_text("{}\n")
        elif harm == "missing":
            (inside / "journal.jsonl").unlink()
        elif harm == "unknown":
            (inside / "more.txt").write_text("x")
        with tarfile.open(broken, "w:gz") as tar:
            for path in sorted(p for p in inside.rglob("*") if p.is_file()):
                name = str(path.relative_to(inside))
                tar.add(path, arcname=f"../{name}" if harm == "outside" else name)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(Refused) as refused:
        extract(broken, scratch)
    assert {p.code for p in refused.value.problems} == {code}
    if harm == "altered":
        assert codes(trihelix(home, "restore", broken, code=2)) == {code}
        assert list(home.rglob("*")) == []
        assert codes(trihelix(tmp_path / "other", "verify", broken, code=2)) == {code}


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        ("UPDATE kernel_journalentry SET reason = 'x' WHERE id = (SELECT max(id) FROM kernel_journalentry)", "altered"),
        ("DELETE FROM kernel_journalseal WHERE seq = (SELECT max(seq) FROM kernel_journalseal)", "cut"),
        ("UPDATE kernel_journalchange SET changes = '{}' WHERE position = 2", "altered"),
    ],
)
def test_verify_names_what_was_done_to_the_journal(house, tmp_path, harm, fault):
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "trihelix.sqlite3") as database:
        database.execute(harm)
    database.close()
    answer = trihelix(tmp_path, "verify", code=3)
    assert not answer["ok"] and fault in {f["fault"] for f in answer["faults"]} and all(f["message"] for f in answer["faults"])


def test_a_head_noted_elsewhere_shows_a_chain_that_was_cut(house, bundle):
    noted = trihelix(house, "verify", bundle)
    assert trihelix(house, "verify", "--head", f"{noted['sealed']}:{noted['head']}")["ok"]
    ahead = f"{noted['sealed'] + 5}:{'a' * 64}"
    assert {f["fault"] for f in trihelix(house, "verify", "--head", ahead, code=3)["faults"]} == {"cut"}
    assert {f["fault"] for f in trihelix(house, "verify", bundle, "--head", ahead, code=3)["faults"]} == {"cut"}
    assert codes(trihelix(house, "verify", "--head", "5", code=2)) == {"bad_head"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition, seconds: float = 60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def fetch(port: int, path: str, token: str = "", body: dict | None = None) -> dict:
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_serve_answers_its_worker_seals_and_indexes_and_both_end_cleanly(house, tmp_path):
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    token = trihelix(tmp_path, "key", "issue", "test")["token"]
    port = free_port()
    server = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    try:

        def answers():
            try:
                return fetch(port, "/api/v1/me", token)["signed_in"]
            except OSError:
                assert server.poll() is None, server.stderr.read()[-2000:]

        until(answers)
        until(lambda: not _lock_free(tmp_path))
        made = fetch(port, "/api/v1/bodies", token, {"title": "长白山示例研究院", "kind": "institute", "division": "220100"})
        began = time.monotonic()
        until(
            lambda: any(h["uid"] == made["uid"] for h in fetch(port, "/api/v1/search?q=%E9%95%BF%E7%99%BD%E5%B1%B1&kind=bodies")["hits"]),
            10,
        )
        assert time.monotonic() - began < 5
        assert fetch(port, "/api/v1/changes?limit=500")["items"][-1]["uid"] == made["uid"]
        taken = subprocess.run(
            [*COMMAND, "serve", "--port", str(port)], env=environment(tmp_path), capture_output=True, text=True, timeout=60
        )
        assert taken.returncode == 2 and "port_taken" in taken.stderr
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=40)
    until(lambda: _lock_free(tmp_path), 30)
    assert trihelix(tmp_path, "verify")["ok"]


def _lock_free(home: Path) -> bool:
    from trihelix.cli.worker import runs

    return not runs(home)


def test_one_worker_a_folder_and_it_ends_on_sigterm(house, tmp_path):
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    worker = subprocess.Popen([*COMMAND, "worker"], env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: not _lock_free(tmp_path))
        second = subprocess.run([*COMMAND, "worker"], env=environment(tmp_path), capture_output=True, text=True, timeout=60)
        assert second.returncode == 2 and "worker_runs" in second.stderr
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0, worker.stderr.read()[-2000:]
    assert worker.stderr.read() == ""


def test_seal_opens_only_with_the_key_of_the_lot(tmp_path):
    import pyrage

    lot = pyrage.x25519.Identity.generate()
    paper = tmp_path / "bid.pdf"
    paper.write_bytes(b"%PDF-1.7 sealed")
    made = trihelix(tmp_path, "seal", paper, "--recipient", lot.to_public())
    sealed = Path(made["file"])
    assert sealed.name == "bid.pdf.age" and b"sealed" not in sealed.read_bytes()
    assert pyrage.decrypt(sealed.read_bytes(), [lot]) == paper.read_bytes()
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.generate()])
    assert codes(trihelix(tmp_path, "seal", paper, "--recipient", lot.to_public(), code=2)) == {"file_exists"}
    assert codes(trihelix(tmp_path, "seal", paper, "--recipient", "age1nothing", "-o", tmp_path / "x.age", code=2)) == {"bad_recipient"}
    assert not (tmp_path / "x.age").exists()
