import Foundation
import Testing

@testable import VitableGroups

extension Sandboxed {
    /// Nobody loses coverage by accident: what is not known, or removes too many, is not sent.
    @Suite(.timeLimit(.minutes(3))) struct Safety {
        private let quick = WaitOptions(pollInterval: 0.005)

        private func people(_ count: Int) throws -> Roster {
            try Roster((0..<count).map { person("EMP-\($0)") })
        }

        private func quickClient() throws -> VitableConnect {
            try VitableConnect(
                ClientOptions(apiKey: "test-key", baseUrl: Sandbox.url), tokenProvider: nil,
                tuning: NativeTuning(retryBaseDelay: 0.001))
        }

        /// A group that another program has filled.
        private func group(of roster: Roster, _ sandbox: Sandbox) async throws -> String {
            let other = try sandbox.client()
            defer { other.close() }
            let group = try await other.groups.create(externalReferenceId: "t", name: "T")
            _ = try await other.groups.members.sync.submitAndWait(roster, to: group.id, options: quick)
            return group.id
        }

        private func blocked(_ call: () async throws -> Any?) async throws -> JSON {
            let error = try await failure { try await call() }
            #expect(error.details.kind == .guardRefused && !error.details.outcomeUnknown)
            return try JSON.parse(try #require(error.details.report))
        }

        private func submissions(_ sandbox: Sandbox) async throws -> Int {
            try await sandbox.requests().filter {
                $0["operation"] as? String == "groups.members.sync.submit"
            }.count
        }

        @Test func halfARosterEndsNoSubscriptionWithAPreviousRosterAndWithout() async throws {
            let sandbox = try await Sandbox()
            let (all, half) = (try people(1_000), try people(500))
            let group = try await group(of: all, sandbox)
            let sync = try quickClient().groups.members.sync

            #expect(try await blocked { try await sync.apply(half, to: group) }["kind"] == "no_baseline")
            let error = try await failure { try await sync.apply(half, to: group, previous: all) }
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
            let lifted = ApplyOptions(guard: GuardOptions(maxRemovals: "100%"), wait: quick)
            #expect(try await sync.apply(half, to: group, previous: all, options: lifted).outcome.isOk)
            #expect(try await sandbox.subscriptions() == 500)
        }

        @Test func anEmptyOrAContradictingBaselineIsNotABaseline() async throws {
            let sandbox = try await Sandbox()
            let (all, none) = (try people(2), try people(0))
            let group = try await group(of: all, sandbox)
            let sync = try quickClient().groups.members.sync
            let first = ApplyOptions(firstSync: true)
            let refusals: [(String, () async throws -> Any?)] = [
                ("empty_previous_roster", { try await sync.apply(all, to: group, previous: none) }),
                (
                    "contradicting_baseline",
                    { try await sync.apply(all, to: group, previous: all, options: first) }
                ),
                ("contradicting_baseline", { try all.enforce(previous: all, firstSync: true) }),
                ("no_baseline", { try all.enforce() }),
                ("empty_roster", { try await sync.apply(none, to: group, previous: all) }),
            ]
            for (kind, call) in refusals {
                #expect(try await blocked(call)["kind"]?.text == kind)
            }
            #expect(try await submissions(sandbox) == 1)
            try all.enforce(firstSync: true)
        }

        @Test func aFirstSyncThatWasNotOneSaysSo() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let sync = client.groups.members.sync
            let first = ApplyOptions(firstSync: true, wait: quick)
            let outcome = try await sync.apply(people(2), to: group.id, options: first).outcome
            #expect(outcome.status == .succeeded && outcome.isOk)
            let again = try await sync.apply(people(1), to: group.id, options: first).outcome
            #expect(again.status == .notAsPlanned && !again.isOk)
            #expect(again.notes.contains { $0.contains("0 removals were planned") })
        }

        @Test func aGroupThatTheClientCreatedIsKnownToBeEmptyOnce() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.getOrCreate(externalReferenceId: "t", name: "T")
            let sync = client.groups.members.sync
            let outcome = try await sync.apply(people(2), to: group.id).outcome
            #expect(outcome.status == .succeeded)
            let expected = try #require(outcome.expected)
            #expect(expected.adds == 2 && expected.addsAtMost == 2 && expected.removalsAtLeast == 0)
            let again = try await blocked { try await sync.apply(people(2), to: group.id) }
            #expect(again["kind"] == "no_baseline")
        }

        @Test func afterALostResponseTheOutcomeIsUnknown() async throws {
            let sandbox = try await Sandbox()
            let (all, half) = (try people(4), try people(2))
            let group = try await group(of: all, sandbox)
            let sync = try quickClient().groups.members.sync
            let lost = #"{"operation": "groups.members.sync.submit", "drop": "after"}"#
            try await sandbox.fault(lost)
            let options = ApplyOptions(wait: quick)
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
            let outcome = try people(2).outcome(of: nil, firstSync: true)
            #expect(outcome.status == .unknown && outcome.added == nil && outcome.failed == nil)
            let none = SyncResults(
                addedGroupMemberIds: [], removedGroupMemberIds: [], failures: [])
            let repeated = try people(2).outcome(of: none, previous: people(1), repeated: true)
            #expect(repeated.status == .unknown)
        }

        private func references(_ roster: Roster?) throws -> [String] {
            try #require(roster).members.map(\.referenceId)
        }

        @Test func whatTheGroupHoldsAfterASyncIsThePreviousRosterOfTheNext() async throws {
            let client = try await Sandbox().client()
            let group = try await client.groups.create(externalReferenceId: "t", name: "T").id
            let sync = client.groups.members.sync
            let known = try people(2).members
            let failing = try Roster(known + [person("EMP-X", plan: "pln_none")])
            let fixed = try Roster(known + [person("EMP-X")])
            let options = ApplyOptions(wait: quick)
            let first = try await sync.apply(
                failing, to: group, options: ApplyOptions(firstSync: true, wait: quick))
            let again = try await sync.apply(
                failing, to: group, previous: first.groupAfter, options: options)
            for applied in [first, again] {
                #expect(applied.outcome.status == .rowsFailed)
                #expect(try references(applied.groupAfter) == ["EMP-0", "EMP-1"])
            }
            #expect("\(again)".contains("Roster(2 rows)") && !"\(again)".contains("Jane"))
            let last = try await sync.apply(
                fixed, to: group, previous: again.groupAfter, options: options)
            #expect(last.outcome.status == .succeeded && last.outcome.added == 1)
            #expect(try last.groupAfter?.members == fixed.members)
        }

        @Test func aFailedRemovalIsCountedTheNextDay() async throws {
            let sandbox = try await Sandbox()
            let (all, fewer) = (try people(3), try people(2))
            let group = try await group(of: all, sandbox)
            let sync = try quickClient().groups.members.sync
            let options = ApplyOptions(wait: quick)
            try await sandbox.settings(
                #"{"forced_failures": [{"reference_id": "EMP-2", "operation": "remove"}]}"#)
            let failed = try await sync.apply(fewer, to: group, previous: all, options: options)
            #expect(failed.outcome.status == .rowsFailed && failed.outcome.failedRemovals == 1)
            #expect(try failed.groupAfter?.members == all.members)
            #expect(try fewer.after(failed.state.results, previous: all)?.members == all.members)

            let kept = try Roster(data: #require(failed.groupAfter).json())
            #expect(try fewer.diff(from: kept).removals.map(\.referenceId) == ["EMP-2"])
            let report = try await blocked {
                try fewer.enforce(GuardOptions(maxRemovals: "0"), previous: kept)
            }
            #expect(report["kind"] == "too_many_removals")
            try await sandbox.settings(#"{"forced_failures": []}"#)
            let next = try await sync.apply(fewer, to: group, previous: kept, options: options)
            #expect(next.outcome.status == .succeeded && next.outcome.removed == 1)
            #expect(try next.groupAfter?.members == fewer.members)
        }

        @Test func somebodyOfWhomOnlyTheReferenceIdIsKnownStaysInWhatIsKept() throws {
            let failure = SyncFailure(referenceId: "EMP-9", operation: .remove, reason: "no")
            let results = SyncResults(
                addedGroupMemberIds: ["grpmbr_1"], removedGroupMemberIds: [], failures: [failure])
            let held = try people(1).after(results, firstSync: true)
            #expect(try references(held) == ["EMP-0", "EMP-9"])
            for data in [try held?.json(), try held?.csv()] {
                let kept = try Roster(data: #require(data))
                #expect(try people(1).diff(from: kept).removals.map(\.referenceId) == ["EMP-9"])
                try people(1).enforce(previous: kept)
            }
            #expect(try people(1).after(nil, firstSync: true) == nil)
        }

        @Test func newReferenceIdsAreListedInPairsAndBlocked() async throws {
            let sandbox = try await Sandbox()
            let (before, after) = (try Roster([person("000123")]), try Roster([person("123")]))
            let pairs = try after.diff(from: before).rekeyed
            #expect(pairs.map(\.entry.referenceId) == ["123"])
            #expect(pairs.map(\.previousReferenceId) == ["000123"])
            let group = try await group(of: before, sandbox)
            let sync = try quickClient().groups.members.sync
            let report = try await blocked { try await sync.apply(after, to: group, previous: before) }
            #expect(report["kind"] == "new_reference_ids" && report["people"] == 1)
            #expect(try await submissions(sandbox) == 1)
            let allowed = GuardOptions(maxRemovals: "0", allowNewReferenceIds: true)
            try after.enforce(allowed, previous: before)
            let options = ApplyOptions(guard: allowed, wait: quick)
            #expect(try await sync.apply(after, to: group, previous: before, options: options).outcome.isOk)
        }
    }
}
