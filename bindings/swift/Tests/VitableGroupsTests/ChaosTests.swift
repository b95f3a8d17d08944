import Foundation
import Testing

@testable import VitableGroups

extension Sandboxed {
    /// Calls over a network that fails. The network, the plan and the judgement are those of
    /// `crates/vitable-groups-chaos`, which scripts/test-swift starts; what it cannot see is counted
    /// here.
    @Suite struct Chaos {
        @Test func theServersStateIsWhatTheCallersWereTold() async throws {
            let url = try #require(ProcessInfo.processInfo.environment["VG_CHAOS_URL"])
            let options = ClientOptions(apiKey: "control", baseUrl: url, timeout: .infinity, maxRetries: 0)
            let harness = try VitableConnect(options)
            func post(_ path: String, _ body: JSON) async throws -> JSON {
                try JSON.parse(await harness.post(path, json: body.encoded).body)
            }
            var plan = try await post("/round", .null)
            let before = sockets()
            while plan != .null {
                let records = try await withThrowingTaskGroup(of: [JSON].self) { tasks in
                    for worker in plan["workers"]?.items ?? [] {
                        tasks.addTask { try await work(worker) }
                    }
                    return try await tasks.reduce(into: []) { $0 += $1 }
                }
                let verdict = try await post("/verdict", ["records": .array(records)])
                if verdict["last"] == .bool(true) { print(verdict["summary"]?.text ?? "") }
                #expect(verdict["ok"] == .bool(true), "\(verdict["problems"]?.items ?? [])")
                plan = try await post("/round", .null)
            }
            try await eventually { sockets() <= before }
            // Four of the runtime, and the resolvers that it keeps for some seconds.
            try await eventually { threads() <= 4 + 8 }
        }
    }
}

/// Makes the steps of one worker; writes down what it was told.
private func work(_ worker: JSON) async throws -> [JSON] {
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
        let told = Witness()
        var record: [String: JSON] = ["id": step["id"] ?? .null]
        let start = ProcessInfo.processInfo.systemUptime
        do {
            record["result"] = try await make(
                step["call"]?.text ?? "", client, step["params"] ?? [:], step["options"] ?? [:], told)
        } catch let error as VitableError {
            record["error"] = try normal(error)
        } catch {
            record["foreign"] = .string("\(error)")
        }
        record["elapsed_ms"] = .number((ProcessInfo.processInfo.systemUptime - start) * 1000)
        record["meta"] = told.meta
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
        // A handle may close while it is looked at.
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
