import Foundation
import Testing

@testable import VitableGroups

extension Sandboxed {
    /// Rosters that could end coverage by accident are blocked.
    @Suite(.timeLimit(.minutes(3))) struct Safety {
        private let fastPolls = WaitOptions(pollInterval: 0.005)

        private func roster(_ count: Int) throws -> Roster {
            try Roster((0..<count).map { member("EMP-\($0)") })
        }

        private func client() throws -> VitableConnect {
            try VitableConnect(
                ClientOptions(apiKey: "test-key", baseUrl: Sandbox.url), tokenProvider: nil,
                tuning: NativeTuning(retryBaseDelay: 0.001))
        }

        /// A group synced by another client.
        private func group(of roster: Roster, _ sandbox: Sandbox) async throws -> String {
            let other = try sandbox.client()
            defer { other.close() }
            let group = try await other.groups.create(externalReferenceId: "t", name: "T")
            _ = try await other.groups.members.sync.submitAndWait(roster, to: group.id, options: fastPolls)
            return group.id
        }

        private func blocked(_ call: () async throws -> Any?) async throws -> JSON {
            let error = try await thrownError { try await call() }
            #expect(error.details.kind == .guardRefused && !error.details.outcomeUnknown)
            return try JSON.parse(try #require(error.details.report))
        }

        private func submissions(_ sandbox: Sandbox) async throws -> Int {
            try await sandbox.requests().filter {
                $0["operation"] as? String == "groups.members.sync.submit"
            }.count
        }

        @Test func halvedRostersAreBlockedWithAndWithoutAPreviousRoster() async throws {
            let sandbox = try await Sandbox()
            let (all, half) = (try roster(1_000), try roster(500))
            let group = try await group(of: all, sandbox)
            let sync = try client().groups.members.sync

            #expect(try await blocked { try await sync.apply(half, to: group) }["kind"] == "no_baseline")
            let error = try await thrownError { try await sync.apply(half, to: group, previous: all) }
            guard case .guardRefused(let details) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(details.operation == "groups.members.sync.apply")
            #expect(error.localizedDescription.contains("nothing was sent"))
            #expect(error.localizedDescription.contains("500 of the 1000"))
            let report = try JSON.parse(try #require(details.report))
            #expect(report["kind"] == "too_many_removals")
            #expect(report["removals"] == 500 && report["previous"] == 1000)

            #expect(try await sandbox.subscriptions() == 1_000)
            #expect(try await submissions(sandbox) == 1)
            let lifted = ApplyOptions(guard: GuardOptions(maxRemovals: "100%"), wait: fastPolls)
            #expect(try await sync.apply(half, to: group, previous: all, options: lifted).outcome.isOk)
            #expect(try await sandbox.subscriptions() == 500)
        }

        @Test func emptyAndContradictingBaselinesAreRejected() async throws {
            let sandbox = try await Sandbox()
            let (all, none) = (try roster(2), try roster(0))
            let group = try await group(of: all, sandbox)
            let sync = try client().groups.members.sync
            let first = ApplyOptions(firstSync: true)
            let blockedCalls: [(String, () async throws -> Any?)] = [
                ("empty_previous_roster", { try await sync.apply(all, to: group, previous: none) }),
                (
                    "contradicting_baseline",
                    { try await sync.apply(all, to: group, previous: all, options: first) }
                ),
                ("contradicting_baseline", { try all.guard(previous: all, firstSync: true) }),
                ("no_baseline", { try all.guard() }),
                ("empty_roster", { try await sync.apply(none, to: group, previous: all) }),
            ]
            for (kind, call) in blockedCalls {
                #expect(try await blocked(call)["kind"]?.text == kind)
            }
            #expect(try await submissions(sandbox) == 1)
            try all.guard(firstSync: true)
        }

        @Test func aFalseFirstSyncIsNotAsPlanned() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let sync = client.groups.members.sync
            let first = ApplyOptions(firstSync: true, wait: fastPolls)
            let outcome = try await sync.apply(roster(2), to: group.id, options: first).outcome
            #expect(outcome.status == .succeeded && outcome.isOk)
            let again = try await sync.apply(roster(1), to: group.id, options: first).outcome
            #expect(again.status == .notAsPlanned && !again.isOk)
            #expect(again.notes.contains { $0.contains("0 removals were planned") })
        }

        @Test func aGroupCreatedByTheClientIsKnownToBeEmptyForItsFirstSync() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.getOrCreate(externalReferenceId: "t", name: "T")
            let sync = client.groups.members.sync
            let outcome = try await sync.apply(roster(2), to: group.id).outcome
            #expect(outcome.status == .succeeded)
            let expected = try #require(outcome.expected)
            #expect(expected.adds == 2 && expected.addsAtMost == 2 && expected.removalsAtLeast == 0)
            let again = try await blocked { try await sync.apply(roster(2), to: group.id) }
            #expect(again["kind"] == "no_baseline")
        }

        @Test func afterALostResponseTheOutcomeIsUnknown() async throws {
            let sandbox = try await Sandbox()
            let (all, half) = (try roster(4), try roster(2))
            let group = try await group(of: all, sandbox)
            let sync = try client().groups.members.sync
            let lost = #"{"operation": "groups.members.sync.submit", "drop": "after"}"#
            try await sandbox.fault(lost)
            let options = ApplyOptions(wait: fastPolls)
            let outcome = try await sync.apply(half, to: group, previous: all, options: options).outcome
            #expect(outcome.status == .unknown && outcome.repeated && !outcome.isOk)
            #expect(outcome.added == nil && outcome.removed == nil && outcome.kept == nil)
            #expect(outcome.expected?.removals == 2)

            try await sandbox.fault(lost)
            let twice = try await sync.withResponse.submit(half, to: group).metadata
            #expect(twice.repeated && !twice.recovered)
            #expect(try await !sync.withResponse.submit(half, to: group).metadata.repeated)
        }

        @Test func anOutcomeWithoutResultsIsUnknown() throws {
            let outcome = try roster(2).outcome(of: nil, firstSync: true)
            #expect(outcome.status == .unknown && outcome.added == nil && outcome.failed == nil)
            let none = SyncResults(
                addedGroupMemberIds: [], removedGroupMemberIds: [], failures: [])
            let repeated = try roster(2).outcome(of: none, previous: roster(1), repeated: true)
            #expect(repeated.status == .unknown)
        }

        private func references(_ roster: Roster?) throws -> [String] {
            try #require(roster).members.map(\.referenceId)
        }

        @Test func groupAfterIsThePreviousRosterOfTheNextSync() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T").id
            let sync = client.groups.members.sync
            let known = try roster(2).members
            let failing = try Roster(known + [member("EMP-X", plan: "pln_none")])
            let fixed = try Roster(known + [member("EMP-X")])
            let options = ApplyOptions(wait: fastPolls)
            let first = try await sync.apply(
                failing, to: group, options: ApplyOptions(firstSync: true, wait: fastPolls))
            let again = try await sync.apply(
                failing, to: group, previous: first.groupAfter, options: options)
            for result in [first, again] {
                #expect(result.outcome.status == .rowsFailed)
                #expect(try references(result.groupAfter) == ["EMP-0", "EMP-1"])
            }
            #expect("\(again)".contains("Roster(2 rows)") && !"\(again)".contains("Jane"))
            let last = try await sync.apply(
                fixed, to: group, previous: again.groupAfter, options: options)
            #expect(last.outcome.status == .succeeded && last.outcome.added == 1)
            #expect(try last.groupAfter?.members == fixed.members)
        }

        @Test func aFailedRemovalCountsAsARemovalInTheNextSync() async throws {
            let sandbox = try await Sandbox()
            let (all, fewer) = (try roster(3), try roster(2))
            let group = try await group(of: all, sandbox)
            let sync = try client().groups.members.sync
            let options = ApplyOptions(wait: fastPolls)
            try await sandbox.settings(
                #"{"forced_failures": [{"reference_id": "EMP-2", "operation": "remove"}]}"#)
            let failed = try await sync.apply(fewer, to: group, previous: all, options: options)
            #expect(failed.outcome.status == .rowsFailed && failed.outcome.failedRemovals == 1)
            #expect(try failed.groupAfter?.members == all.members)
            #expect(try fewer.after(failed.state.results, previous: all)?.members == all.members)

            let kept = try Roster(data: #require(failed.groupAfter).toJSON())
            #expect(try fewer.diff(from: kept).removals.map(\.referenceId) == ["EMP-2"])
            let report = try await blocked {
                try fewer.guard(previous: kept, options: GuardOptions(maxRemovals: "0"))
            }
            #expect(report["kind"] == "too_many_removals")
            try await sandbox.settings(#"{"forced_failures": []}"#)
            let next = try await sync.apply(fewer, to: group, previous: kept, options: options)
            #expect(next.outcome.status == .succeeded && next.outcome.removed == 1)
            #expect(try next.groupAfter?.members == fewer.members)
        }

        @Test func membersKnownOnlyByReferenceIDAreKept() throws {
            let failure = SyncFailure(referenceId: "EMP-9", operation: .remove, reason: "no")
            let results = SyncResults(
                addedGroupMemberIds: ["grpmbr_1"], removedGroupMemberIds: [], failures: [failure])
            let groupAfter = try roster(1).after(results, firstSync: true)
            #expect(try references(groupAfter) == ["EMP-0", "EMP-9"])
            for data in [try groupAfter?.toJSON(), try groupAfter?.toCSV()] {
                let kept = try Roster(data: #require(data))
                #expect(try roster(1).diff(from: kept).removals.map(\.referenceId) == ["EMP-9"])
                try roster(1).guard(previous: kept)
            }
            #expect(try roster(1).after(nil, firstSync: true) == nil)
        }

        @Test func newReferenceIDsArePairedWithTheOldOnesAndBlocked() async throws {
            let sandbox = try await Sandbox()
            let (before, after) = (try Roster([member("000123")]), try Roster([member("123")]))
            let pairs = try after.diff(from: before).rekeyed
            #expect(pairs.map(\.entry.referenceId) == ["123"])
            #expect(pairs.map(\.previousReferenceId) == ["000123"])
            let group = try await group(of: before, sandbox)
            let sync = try client().groups.members.sync
            let report = try await blocked { try await sync.apply(after, to: group, previous: before) }
            #expect(report["kind"] == "new_reference_ids" && report["people"] == 1)
            #expect(try await submissions(sandbox) == 1)
            let allowed = GuardOptions(maxRemovals: "0", allowNewReferenceIds: true)
            try after.guard(previous: before, options: allowed)
            let options = ApplyOptions(guard: allowed, wait: fastPolls)
            #expect(try await sync.apply(after, to: group, previous: before, options: options).outcome.isOk)
        }
    }
}
