"""Run by scripts/dist_test.py in an environment with only the installed wheel."""

import asyncio
import importlib.metadata
import json
import pathlib
import sys

import vitable_groups
from vitable_groups import NotFoundError, Roster
from vitable_groups.testing import Sandbox

version, roster_file, seed_file = sys.argv[1:]
assert vitable_groups.__version__ == version
# Python writes 0.2.0-rc.1 as 0.2.0rc1.
python = version.replace("-alpha.", "a").replace("-beta.", "b").replace("-rc.", "rc")
assert importlib.metadata.version("vitable-groups") == python
assert not (importlib.metadata.requires("vitable-groups") or [])
package = pathlib.Path(vitable_groups.__file__).parent
assert package.joinpath("py.typed").is_file()
assert "site-packages" in package.parts
licenses = [str(path) for path in importlib.metadata.files("vitable-groups") or []]
assert any(path.endswith("LICENSE") for path in licenses), licenses
assert any(path.endswith("THIRD-PARTY-LICENSES.txt") for path in licenses), licenses

with Sandbox() as sandbox:
    sandbox.seed(**json.loads(pathlib.Path(seed_file).read_text()))
    client = sandbox.client()
    group = client.groups.get_or_create(external_reference_id="tier-1", name="Tier 1")
    done = client.groups.members.sync.apply(group.id, roster=Roster.read(roster_file))
    assert done.outcome.added == 250 and not done.outcome.failures, done.outcome
    try:
        client.groups.retrieve("grp_nowhere")
    except NotFoundError as error:
        assert error.status_code == 404
    else:
        raise AssertionError("found a group that does not exist")

    async def again() -> None:
        async with sandbox.async_client() as other:
            assert (await other.groups.retrieve(group.id)).data.name == "Tier 1"

    asyncio.run(again())
print("ok")
