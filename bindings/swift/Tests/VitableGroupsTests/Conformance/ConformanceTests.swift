import Foundation
import Testing

extension Sandboxed {
    /// The shared scenarios. Results go to `swift.json` in VG_CONFORMANCE, from which
    /// `scripts/conformance-table` makes the table.
    @Suite struct Conformance {
        private static let environment = ProcessInfo.processInfo.environment

        @Test func scenariosHold() async throws {
            let folder = URL(fileURLWithPath: Self.environment["VG_SCENARIOS"] ?? "tests/scenarios")
            let only = Self.environment["VG_GROUP"] ?? ""
            let cases = try Case.all(in: folder).filter { only.isEmpty || $0.group == only }
            #expect(!cases.isEmpty)
            let known = try JSON.parse(Data(contentsOf: folder.appendingPathComponent("values.json")))
            let values = Names(known: known.fields)

            // Scenarios wait more than they work, so several sandboxes play at the same time.
            let queue = Queue(cases)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for url in (Self.environment["VG_SANDBOX_URLS"] ?? Sandbox.url).split(separator: " ") {
                    let controls = try Controls(String(url))
                    tasks.addTask {
                        while let next = await queue.next() {
                            do {
                                try await next.play(controls, values)
                                await queue.passed(next)
                            } catch {
                                await queue.failed(next, "\(error)")
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

/// A scenario or, with a function, a vector.
private struct Case: Sendable {
    private static let beside: Set = ["schema.json", "values.json", "coverage.json"]

    let group: String
    let scenario: JSON
    let function: String?

    var name: JSON { scenario["name"] ?? .null }

    static func all(in folder: URL) throws -> [Case] {
        let scenarios = try files(folder).flatMap { file in
            (file["scenarios"]?.items ?? []).map {
                Case(group: file["group"]?.text ?? "", scenario: $0, function: nil)
            }
        }
        let vectors = try files(folder.appendingPathComponent("vectors")).flatMap { file in
            guard let function = file["function"]?.text, functions[function] != nil else { return [Case]() }
            return (file["vectors"]?.items ?? []).map {
                Case(group: "vectors/\(file["group"]?.text ?? "")", scenario: $0, function: function)
            }
        }
        return scenarios + vectors
    }

    private static func files(_ folder: URL) throws -> [JSON] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" && !beside.contains($0.lastPathComponent) }
            .map { try JSON.parse(Data(contentsOf: $0)) }
    }

    func play(_ controls: Controls, _ names: Names) async throws {
        if let function {
            try await playVector(function, scenario, controls, names)
        } else {
            try await Stage.play(scenario, controls, names)
        }
    }
}

/// Hands scenarios out and takes their results.
private actor Queue {
    private var left: [Case]
    private var records: [String: (passed: [JSON], failed: [JSON])] = [:]
    private(set) var failures: [String] = []

    init(_ cases: [Case]) {
        left = cases.reversed()
    }

    func next() -> Case? {
        left.popLast()
    }

    func passed(_ played: Case) {
        records[played.group, default: ([], [])].passed.append(played.name)
    }

    func failed(_ played: Case, _ reason: String) {
        let failure: JSON = ["name": played.name, "reason": .string(reason)]
        records[played.group, default: ([], [])].failed.append(failure)
        failures.append("\(played.group): \(played.name.text ?? ""): \(reason)")
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
