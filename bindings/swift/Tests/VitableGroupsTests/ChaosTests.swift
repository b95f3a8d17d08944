import Foundation
import Testing

@testable import VitableGroups

extension Sandboxed {
    /// Calls over an unreliable network. `crates/vitable-groups-chaos`, started by scripts/test swift,
    /// provides the network and the calls to make, and verifies the results; this test also counts
    /// leaked sockets and threads.
    @Suite struct Chaos {
        @Test func theServersStateMatchesWhatTheCallsReported() async throws {
            let harness = try Harness("VG_CHAOS_URL")
            var round = try await harness.post("/round")
            let before = sockets()
            while round != .null {
                let records = try await withThrowingTaskGroup(of: [JSON].self) { tasks in
                    for worker in round["workers"]?.items ?? [] {
                        tasks.addTask { try await run(worker: worker) }
                    }
                    return try await tasks.reduce(into: []) { $0 += $1 }
                }
                let verdict = try await harness.post("/verdict", ["records": .array(records)])
                if verdict["last"] == .bool(true) { print(verdict["summary"]?.text ?? "") }
                #expect(verdict["ok"] == .bool(true), "\(verdict["problems"]?.items ?? [])")
                round = try await harness.post("/round")
            }
            try await eventually { sockets() <= before }
            // Four runtime workers, and resolver threads, which stay alive for a few seconds.
            try await eventually { threads() <= 4 + 8 }
        }
    }
}

/// Runs the steps of one worker and records what each call reported.
private func run(worker: JSON) async throws -> [JSON] {
    var clients: [Int64: VitableConnect] = [:]
    var records: [JSON] = []
    for step in worker["steps"]?.items ?? [] {
        let number = step["client"]?.int ?? 0
        let given = worker["clients"]?.items[Int(number)] ?? [:]
        var options = try clientOptions(given)
        options.tlsRoots = .bundled
        let client =
            try clients[number]
            ?? VitableConnect(options, tokenProvider: nil, tuning: tuning(given, [:]))
        clients[number] = client
        let observed = Observed()
        var record: [String: JSON] = ["id": step["id"] ?? .null]
        let start = ProcessInfo.processInfo.systemUptime
        do {
            record["result"] = try await runCall(
                step["call"]?.text ?? "", client, step["params"] ?? [:], step["options"] ?? [:], observed)
        } catch let error as VitableConnectError {
            record["error"] = try canonical(error)
        } catch {
            record["foreign"] = .string("\(error)")
        }
        record["elapsed_ms"] = .number((ProcessInfo.processInfo.systemUptime - start) * 1000)
        record["meta"] = observed.meta
        records.append(.object(record))
    }
    for client in clients.values {
        client.close()
    }
    return records
}

private func entries(of folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.map { "\(folder)/\($0)" }
}

private func sockets() -> Int {
    entries(of: "/proc/self/fd").filter {
        // A descriptor may be closed meanwhile.
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: $0)
        return target?.hasPrefix("socket:") ?? false
    }.count
}

private func threads() -> Int {
    entries(of: "/proc/self/task").filter {
        let name = try? String(contentsOfFile: "\($0)/comm", encoding: .utf8)
        return name?.hasPrefix("vitable-groups") ?? false
    }.count
}
