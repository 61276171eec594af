"""Run a command with DATABASE_URL pointing at PostgreSQL.

Uses ``$TRIHELIX_TEST_PG`` when set, else starts a private cluster from the system's PostgreSQL in a temporary folder and stops it
afterwards. Without PostgreSQL it says so and passes, except under ``TRIHELIX_CI=1``, where that is a failure.
"""

from __future__ import annotations

import getpass
import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def find_bin() -> Path | None:
    """The newest folder with ``pg_ctl``."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    versions = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl"), key=lambda p: int(p.split("/")[4]))
    return Path(versions[-1]).parent if versions else None


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def as_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: use its own account then."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if getpass.getuser() == "root" else command


def main(command: list[str]) -> int:
    if url := os.environ.get("TRIHELIX_TEST_PG"):
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})
    tools = find_bin()
    if tools is None:
        print("PostgreSQL is not installed: the tests on PostgreSQL are skipped", file=sys.stderr)
        return 1 if os.environ.get("TRIHELIX_CI") == "1" else 0
    folder = Path(tempfile.mkdtemp(prefix="trihelix-pg-"))
    if getpass.getuser() == "root":
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        subprocess.run(
            as_user([str(tools / "initdb"), "-D", str(data), "-U", "trihelix", "--auth=trust", "-E", "UTF8", "--no-sync"]),
            check=True,
            env=env,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
        subprocess.run(
            as_user([str(tools / "pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start"]),
            check=True,
            env=env,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": f"postgres://trihelix@127.0.0.1:{port}/postgres"})
    finally:
        subprocess.run(
            as_user([str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]),
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
