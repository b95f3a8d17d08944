import Foundation
import Testing

extension Sandboxed {
    /// Runs the shared scenarios. Writes the results to `swift.json` in VG_CONFORMANCE, from which
    /// `scripts/conformance_table.py` builds its table.
    @Suite struct Conformance {
        private static let environment = ProcessInfo.processInfo.environment

        @Test func scenariosPass() async throws {
            let folder = URL(fileURLWithPath: Self.environment["VG_SCENARIOS"] ?? "tests/scenarios")
            let only = Self.environment["VG_GROUP"] ?? ""
            let cases = try Case.all(in: folder).filter { only.isEmpty || $0.group == only }
            #expect(!cases.isEmpty)
            let known = try JSON.parse(Data(contentsOf: folder.appendingPathComponent("values.json")))
            let variables = Variables(known: known.fields)

            // Scenarios mostly wait, so several run concurrently, each with its own sandbox.
            let queue = Queue(cases)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for url in (Self.environment["VG_SANDBOX_URLS"] ?? Sandbox.url).split(separator: " ") {
                    let sandbox = try SandboxControl(String(url))
                    tasks.addTask {
                        while let next = await queue.next() {
                            do {
                                try await next.run(sandbox, variables)
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

/// A scenario, or a vector if it has a function.
private struct Case: Sendable {
    private static let notScenarios: Set = ["schema.json", "values.json", "coverage.json"]

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
            .filter { $0.pathExtension == "json" && !notScenarios.contains($0.lastPathComponent) }
            .map { try JSON.parse(Data(contentsOf: $0)) }
    }

    func run(_ sandbox: SandboxControl, _ variables: Variables) async throws {
        if let function {
            try await runVector(function, scenario, sandbox, variables)
        } else {
            try await ScenarioRunner.run(scenario, sandbox, variables)
        }
    }
}

/// Distributes the scenarios and collects their results.
private actor Queue {
    private var remaining: [Case]
    private var results: [String: (passed: [JSON], failed: [JSON])] = [:]
    private(set) var failures: [String] = []

    init(_ cases: [Case]) {
        remaining = cases.reversed()
    }

    func next() -> Case? {
        remaining.popLast()
    }

    func passed(_ finished: Case) {
        results[finished.group, default: ([], [])].passed.append(finished.name)
    }

    func failed(_ finished: Case, _ reason: String) {
        let failure: JSON = ["name": finished.name, "reason": .string(reason)]
        results[finished.group, default: ([], [])].failed.append(failure)
        failures.append("\(finished.group): \(finished.name.text ?? ""): \(reason)")
    }

    var report: JSON {
        .array(
            results.map { group, result in
                [
                    "language": "swift", "group": .string(group), "passed": .array(result.passed),
                    "failed": .array(result.failed),
                ]
            })
    }
}
