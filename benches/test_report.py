"""Checks that the published report matches the measurements, and how verdicts are computed."""

import json
import sys

import report
import targets
from bench_clients import ADAPTERS, BENCH_CLIENTS

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


def test_tables_charts_and_docs_agree_with_the_data():
    if not report.RESULTS.exists():
        # Without measurements, nothing may be published.
        drawn = [*report.CHARTS.glob("bench-*.svg"), *report.RESULTS.parent.glob("RESULTS.md")]
        assert drawn == []
        assert report.page({}, report.PAGE.read_text()) == report.PAGE.read_text()
        return
    stale = [p.name for p, made in report.files(results()).items() if report.read(p) != made]
    assert stale == [], f"{stale} are stale; run benches/report.py"


def test_the_docs_page_has_one_measured_part():
    page = report.PAGE.read_text()
    assert (page.count(report.BEGIN), page.count(report.END)) == (1, 1)


def test_every_available_client_was_measured():
    if not report.RESULTS.exists():
        return
    measured_results = results()
    gone = " ".join(missing["name"] for missing in measured_results["missing"])
    for client in BENCH_CLIENTS:
        for workload in client.workloads:
            known = client.id in measured_results["measures"][workload]
            assert known or client.language in gone or client.name in gone, client.id


def test_a_median_within_the_limit_is_met():
    assert verdict(10, 10) == ["1.00×", "met"]


def test_a_median_above_the_limit_is_missed():
    assert verdict(12, 10) == ["1.20×", "**missed** by 20%"]


def test_missing_measurements_have_no_verdict():
    assert report.verdicts({"W1": {}}) == []


def test_a_peer_is_scaled_by_its_factor():
    target = targets.Target("rust", "W1", "", "cpu_us", 2, True, "reqwest", factor=1.5)
    assert target.value(measures(10, 20)) == 3
    assert target.met(2)
    assert not target.met(1.9)


def test_the_body_size_matches_the_roster():
    body = json.dumps({"members": measured.roster()}, separators=(",", ":"))
    assert targets.body_bytes() == len(body)
