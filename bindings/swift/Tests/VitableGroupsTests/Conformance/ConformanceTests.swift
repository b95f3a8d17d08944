import Foundation
import Testing

extension Sandboxed {
    /// Runs the shared scenarios: the harness, started by scripts/swift.py, verifies them and writes
    /// the results for `scripts/conformance_table.py`; this package only makes the calls.
    @Suite struct Conformance {
        @Test func scenariosPass() async throws {
            let harness = try Harness("VG_SCENARIOS_URL")
            let sessions = Int(ProcessInfo.processInfo.environment["VG_SESSIONS"] ?? "") ?? 0
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for session in 0..<sessions {
                    tasks.addTask {
                        var agent = Agent(harness, "/sessions/\(session)")
                        try await agent.run()
                    }
                }
                try await tasks.waitForAll()
            }
            let groups = try await harness.post("/results").items
            #expect(groups.contains { !($0["passed"]?.items ?? []).isEmpty })
            for group in groups {
                for failure in group["failed"]?.items ?? [] {
                    let (name, reason) = (failure["name"]?.text ?? "", failure["reason"]?.text ?? "")
                    Issue.record("\(group["group"]?.text ?? ""): \(name): \(reason)")
                }
            }
        }
    }
}
