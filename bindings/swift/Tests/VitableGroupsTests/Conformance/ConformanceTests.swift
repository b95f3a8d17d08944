import Foundation
import Testing

extension Sandboxed {
    /// The shared scenarios. Results go to `swift.json` in VG_CONFORMANCE, from which
    /// `scripts/conformance-table` makes the table.
    @Suite struct Conformance {
        private static let environment = ProcessInfo.processInfo.environment
        private static let beside: Set = ["schema.json", "values.json", "coverage.json"]

        @Test func scenariosHold() async throws {
            let folder = URL(fileURLWithPath: Self.environment["VG_SCENARIOS"] ?? "tests/scenarios")
            let only = Self.environment["VG_GROUP"] ?? ""
            let files = try FileManager.default.contentsOfDirectory(
                at: folder, includingPropertiesForKeys: nil
            ).filter { $0.pathExtension == "json" && !Self.beside.contains($0.lastPathComponent) }
            let cases = try files.map { try JSON.parse(Data(contentsOf: $0)) }
                .filter { only.isEmpty || $0["group"]?.text == only }
                .flatMap { file in (file["scenarios"]?.items ?? []).map { (file["group"]?.text ?? "", $0) } }
            #expect(!cases.isEmpty)
            let known = try JSON.parse(Data(contentsOf: folder.appendingPathComponent("values.json")))
            let values = Names(known: known.fields)

            // Scenarios wait more than they work, so several sandboxes play at the same time.
            let queue = Queue(cases)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for url in (Self.environment["VG_SANDBOX_URLS"] ?? Sandbox.url).split(separator: " ") {
                    let controls = try Controls(String(url))
                    tasks.addTask {
                        while let (group, scenario) = await queue.next() {
                            do {
                                try await Stage.play(scenario, controls, values)
                                await queue.passed(group, scenario)
                            } catch {
                                await queue.failed(group, scenario, "\(error)")
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            for failure in await queue.failures {
                Issue.record("\(failure)")
            }
            if only.isEmpty, let target = Self.environment["VG_CONFORMANCE"] {
                let file = URL(fileURLWithPath: target).appendingPathComponent("swift.json")
                try Data(await queue.report.encoded.utf8).write(to: file)
            }
        }
    }
}

/// Hands scenarios out and takes their results.
private actor Queue {
    private var left: [(String, JSON)]
    private var records: [String: (passed: [JSON], failed: [JSON])] = [:]
    private(set) var failures: [String] = []

    init(_ cases: [(String, JSON)]) {
        left = cases.reversed()
    }

    func next() -> (String, JSON)? {
        left.popLast()
    }

    func passed(_ group: String, _ scenario: JSON) {
        records[group, default: ([], [])].passed.append(scenario["name"] ?? .null)
    }

    func failed(_ group: String, _ scenario: JSON, _ reason: String) {
        let name = scenario["name"] ?? .null
        records[group, default: ([], [])].failed.append(["name": name, "reason": .string(reason)])
        failures.append("\(group): \(name.text ?? ""): \(reason)")
    }

    var report: JSON {
        .array(
            records.map { group, record in
                [
                    "language": "swift", "group": .string(group), "passed": .array(record.passed),
                    "failed": .array(record.failed),
                ]
            })
    }
}
