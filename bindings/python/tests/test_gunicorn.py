"""A client that is created before gunicorn forks its workers works in them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from vitable_groups import VitableConnect
from vitable_groups.testing import Sandbox

APP = """
import os
from vitable_groups import VitableConnect

client = VitableConnect()
client.groups.list()  # opens connections and starts threads before the fork
parent = os.getpid()

def app(environ, start_response):
    assert os.getpid() != parent
    names = [group.name for group in client.groups.list()]
    start_response("200 OK", [("content-type", "text/plain")])
    return [",".join(names).encode()]
"""


def test_preloaded_clients_work_in_workers(
    sandbox: Sandbox, client: VitableConnect, tmp_path: Path
) -> None:
    client.groups.create(external_reference_id="tier-1", name="Tier 1")
    (tmp_path / "shop.py").write_text(APP)
    environment = {
        **os.environ,
        "VITABLE_CONNECT_API_KEY": "test",
        "VITABLE_CONNECT_BASE_URL": sandbox.base_url,
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:0", "shop:app"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        lines = iter(server.stderr)
        address = next(found[1] for line in lines if (found := re.search(r"at: (http\S+)", line)))
        for _ in range(8):
            with urllib.request.urlopen(address, timeout=20) as response:
                assert response.read() == b"Tier 1"
    finally:
        server.terminate()
        server.communicate(timeout=20)
