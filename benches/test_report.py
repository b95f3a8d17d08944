"""What is published agrees with what was measured, and verdicts follow the figures."""

import json
import sys

import report
import targets
from contestants import ADAPTERS, CONTESTANTS

sys.path.insert(0, str(ADAPTERS / "python"))
import measured


def measures(ours: float, peer: float) -> dict:
    return {
        "W1": {
            "rust/ours": {"cpu_us": [ours, ours * 9, ours]},
            "rust/reqwest": {"cpu_us": [peer, peer, peer * 9]},
        }
    }


def results() -> dict:
    return json.loads(report.RESULTS.read_text())


def verdict(ours: float, peer: float) -> list[str]:
    return report.verdicts(measures(ours, peer))[0][2:]


def tables_charts_and_docs_agree_with_the_data():
    if not report.RESULTS.exists():
        # Nothing was measured yet, so nothing may be published.
        drawn = [*report.CHARTS.glob("bench-*.svg"), *report.RESULTS.parent.glob("RESULTS.md")]
        assert drawn == []
        assert report.page({}, report.PAGE.read_text()) == report.PAGE.read_text()
        return
    stale = [p.name for p, made in report.files(results()).items() if report.read(p) != made]
    assert stale == [], f"{stale} do not agree with results.json; run benches/report.py"


def the_page_of_the_docs_has_one_place_for_the_figures():
    page = report.PAGE.read_text()
    assert (page.count(report.BEGIN), page.count(report.END)) == (1, 1)


def everybody_who_could_take_part_was_measured():
    if not report.RESULTS.exists():
        return
    kept = results()
    gone = " ".join(missing["name"] for missing in kept["missing"])
    for contestant in CONTESTANTS:
        for workload in contestant.workloads:
            known = contestant.id in kept["measures"][workload]
            assert known or contestant.language in gone or contestant.name in gone, contestant.id


def a_median_within_the_limit_is_met():
    assert verdict(10, 10) == ["1.00×", "met"]


def a_median_above_the_limit_is_missed_by_how_much():
    assert verdict(12, 10) == ["1.20×", "**missed** by 20%"]


def what_was_not_measured_has_no_verdict():
    assert report.verdicts({"W1": {}}) == []


def a_peer_counts_with_its_factor():
    target = targets.Target("rust", "W1", "", "cpu_us", 2, True, "reqwest", factor=1.5)
    assert target.value(measures(10, 20)) == 3
    assert target.met(2)
    assert not target.met(1.9)


def the_size_of_the_body_is_that_of_the_roster():
    body = json.dumps({"members": measured.roster()}, separators=(",", ":"))
    assert targets.body_bytes() == len(body)


TESTS = [
    tables_charts_and_docs_agree_with_the_data,
    the_page_of_the_docs_has_one_place_for_the_figures,
    everybody_who_could_take_part_was_measured,
    a_median_within_the_limit_is_met,
    a_median_above_the_limit_is_missed_by_how_much,
    what_was_not_measured_has_no_verdict,
    a_peer_counts_with_its_factor,
    the_size_of_the_body_is_that_of_the_roster,
]


def main() -> int:
    failed = 0
    for test in TESTS:
        try:
            test()
        except Exception as error:
            failed += 1
            print(f"{test.__name__}: {error!r}")
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
