"""Makes SOAK_CALLS calls; ``scripts/soak.py`` monitors the process."""

from __future__ import annotations

import os

from vitable_groups import NotFoundError, VitableConnect

ROW = {
    "reference_id": "E-1",
    "first_name": "Ann",
    "last_name": "Lee",
    "date_of_birth": "1990-05-15",
    "plan_id": "pln_Wgx_PobRSymT_ki30sYaBQ",
    "address": {
        "address_line_1": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "zipcode": "62701",
    },
}


def main() -> None:
    group = os.environ["SOAK_GROUP"]
    client = VitableConnect()
    for number in range(int(os.environ["SOAK_CALLS"])):
        kind = number % 100
        if kind == 0:
            client.groups.members.sync.submit(group, members=[ROW])
        elif kind == 1:
            try:
                client.groups.retrieve("grp_none")
            except NotFoundError:
                continue
            raise AssertionError("found a group that does not exist")
        elif kind == 2:
            client.with_options(timeout=30).plans.list()
        elif kind < 20:
            list(client.groups.list())
        else:
            client.groups.retrieve(group)
    client.close()


main()
