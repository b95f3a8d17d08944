"""CPU time, wall time and memory of the measured section."""

import contextlib
import json
import time

MEMBERS = 10_000
GROUP = "grp_C506ZkHHTlKfgy16G-000001"
KEY = "vit_apk_bench"
HEADERS = {"authorization": f"Bearer {KEY}"}
JSON_HEADERS = HEADERS | {"content-type": "application/json"}


def memory(which: str) -> int:
    """Resident memory in KB: `VmRSS` is the current value, `VmHWM` the peak; 0 without /proc."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(which))
    except OSError:
        return 0


class Section:
    def __init__(self) -> None:
        # Resets the peak memory.
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as control:
            control.write("5")
        self.memory = memory("VmRSS")
        self.wall = time.perf_counter_ns()
        self.cpu = time.process_time_ns()

    def end(self, units: int, check: int) -> None:
        cpu, wall = time.process_time_ns() - self.cpu, time.perf_counter_ns() - self.wall
        line = {
            "cpu_us": cpu / 1e3,
            "wall_us": wall / 1e3,
            "growth_kb": memory("VmHWM") - self.memory,
            "units": units,
            "check": check,
        }
        print(json.dumps(line), flush=True)


def warm_up(workload: str, units: int) -> int:
    return 0 if workload[:2] in ("W4", "W5") else min(units // 10, 200)


def roster() -> list[dict[str, object]]:
    return [
        {
            "reference_id": f"EMP-{n:06}",
            "first_name": "Jane",
            "last_name": "Doe",
            "date_of_birth": "1990-05-15",
            "phone": "4155550100",
            "email": "jane.doe@example.com",
            "plan_id": "pln_C506ZkHHTlKfgy16G-tTJQ",
            "address": {
                "address_line_1": "123 Main Street",
                "city": "San Francisco",
                "state": "CA",
                "zipcode": "94102",
            },
        }
        for n in range(MEMBERS)
    ]
