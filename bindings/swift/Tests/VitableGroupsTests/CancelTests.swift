import Foundation
import Testing
import VitableGroups

extension Sandboxed {
    @Suite(.timeLimit(.minutes(3))) struct Cancel {
        private func expectCancellation(_ call: @escaping @Sendable (VitableConnect) async throws -> Void) async throws {
            let sandbox = try await Sandbox()
            try await sandbox.fault(#"{"hang": "before", "times": null}"#)
            let client = try sandbox.client(maxRetries: 0)
            let task = Task { try await call(client) }
            try await eventually { try await sandbox.isHanging() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await eventually {
                try await sandbox.requests().contains { $0["aborted"] as? Bool == true }
            }
        }

        @Test func cancelingATaskClosesTheConnection() async throws {
            try await expectCancellation { _ = try await $0.groups.retrieve("grp_1") }
        }

        @Test func cancelingALoopOverItemsClosesTheConnection() async throws {
            try await expectCancellation { for try await _ in $0.groups.list() {} }
        }

        @Test func cancelingAWaitClosesTheConnection() async throws {
            try await expectCancellation {
                let handle = SyncHandle(groupId: "grp_1", requestId: "grpmsr_1")
                _ = try await $0.groups.members.sync.wait(for: handle)
            }
        }

        @Test func aCanceledTaskSendsNothing() async throws {
            let sandbox = try await Sandbox()
            let client = try sandbox.client()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.groups.retrieve("grp_1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await sandbox.requests().isEmpty)
        }

        @Test func twoHundredCallsRunConcurrently() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let groups = try await withThrowingTaskGroup(of: VitableGroups.Group.self) { tasks in
                for _ in 0..<200 {
                    tasks.addTask { try await client.groups.retrieve(group.id) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(groups.count == 200 && Set(groups) == [group])
        }

        #if os(Linux)
        @Test func tenThousandCallsDoNotLeakMemory() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            func retrieve(_ count: Int) async throws {
                for _ in 0..<(count / 50) {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for _ in 0..<50 {
                            tasks.addTask { _ = try await client.groups.retrieve(group.id) }
                        }
                        try await tasks.waitForAll()
                    }
                }
            }
            try await retrieve(2_000)
            let before = try residentKilobytes()
            try await retrieve(10_000)
            // Leaking one response per call would add at least 10 MB.
            let growth = try residentKilobytes() - before
            #expect(growth < 8_000, "10,000 calls added \(growth) KB")
        }

        /// The anonymous memory of this process, in KB.
        private func residentKilobytes() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.filter(\.isNumber)))
        }
        #endif
    }
}
