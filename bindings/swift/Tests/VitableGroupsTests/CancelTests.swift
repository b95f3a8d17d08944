import Foundation
import Testing
import VitableGroups

extension Sandboxed {
    @Suite(.timeLimit(.minutes(3))) struct Cancel {
        private func cancels(_ call: @escaping @Sendable (VitableConnect) async throws -> Void) async throws {
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

        @Test func cancellingATaskClosesTheConnection() async throws {
            try await cancels { _ = try await $0.groups.retrieve("grp_1") }
        }

        @Test func cancellingALoopOverItemsClosesTheConnection() async throws {
            try await cancels { for try await _ in $0.groups.list() {} }
        }

        @Test func cancellingAWaitClosesTheConnection() async throws {
            try await cancels {
                let handle = SyncHandle(groupId: "grp_1", requestId: "grpmsr_1")
                _ = try await $0.groups.members.sync.wait(for: handle)
            }
        }

        @Test func aTaskThatIsCancelledSendsNothing() async throws {
            let sandbox = try await Sandbox()
            let client = try sandbox.client()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.groups.retrieve("grp_1")
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await sandbox.requests().isEmpty)
        }

        @Test func twoHundredCallsRunAtTheSameTime() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let answers = try await withThrowingTaskGroup(of: VitableGroups.Group.self) { tasks in
                for _ in 0..<200 {
                    tasks.addTask { try await client.groups.retrieve(group.id) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 200 && Set(answers) == [group])
        }

        #if os(Linux)
        @Test func tenThousandCallsDoNotGrowTheProcess() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            func rounds(_ count: Int) async throws {
                for _ in 0..<(count / 50) {
                    try await withThrowingTaskGroup(of: Void.self) { tasks in
                        for _ in 0..<50 {
                            tasks.addTask { _ = try await client.groups.retrieve(group.id) }
                        }
                        try await tasks.waitForAll()
                    }
                }
            }
            try await rounds(2_000)
            let before = try resident()
            try await rounds(10_000)
            // A leak of one answer per call would be 10 MB and more.
            let grown = try resident() - before
            #expect(grown < 8_000, "\(grown) KB more after 10,000 calls")
        }

        /// What the system counts for this process, in KB.
        private func resident() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.filter(\.isNumber)))
        }
        #endif
    }
}
