import Foundation
import Testing

@testable import VitableGroups

extension Sandboxed {
    @Suite(.timeLimit(.minutes(3))) struct Rosters {
        private let fastPolls = WaitOptions(pollInterval: 0.005)
        private let rosters = URL(
            fileURLWithPath: ProcessInfo.processInfo.environment["VG_ROSTERS"] ?? "../../examples/rosters")

        @Test func aFileIsReadAndCheckedAndFindingsIncludeTheLine() throws {
            let roster = try Roster(contentsOf: rosters.appendingPathComponent("2026-10-members.csv"))
            #expect(try roster.count > 200)
            #expect(try roster.report?.format == .csv)
            let report = try roster.check(today: Date(timeIntervalSince1970: 1_790_000_000))
            #expect(!report.isOk && !report.findings.isEmpty)
            let finding = try #require(report.findings.first { $0.severity == .error })
            #expect(!finding.fix.isEmpty && finding.line != nil)
            #expect("\(report)" == report.text)
        }

        @Test func membersRoundTripThroughARoster() throws {
            var first = member("EMP-1")
            first.phone = .null
            first.extra = Extra(fields: ["cost_center": #"{"a":[1]}"#])
            let members = [first, member("EMP-2")]
            let roster = try Roster(members)
            #expect(try roster.members == members)
            #expect(try roster.check(planIds: [basicPlan]).isOk)
            #expect(try roster.check(planIds: [premiumPlan]).byRule["plan_id.unknown"] == 2)
            let known = ReadOptions(keepUnknown: true)
            #expect(try Roster(data: roster.toJSON(), options: known).members == members)
        }

        @Test func columnsCanBeMappedAndInvalidFilesAreRejected() async throws {
            let csv = "Who;first_name;last_name;dob;street;city;state;zip\nE1;A;B;1990-01-01;1 Main;Reno;NV;89501\n"
            let options = ReadOptions(
                delimiter: ";", columns: ["Who": "reference_id"], defaultPlanId: basicPlan)
            let roster = try Roster(data: Data(csv.utf8), options: options)
            #expect(try roster.members.map(\.referenceId) == ["E1"])
            let invalid = try await thrownError { try Roster(data: Data("Name,Town\n".utf8)) }
            #expect(invalid.details.kind == .invalidRoster)
        }

        @Test func lineBreaksInCellsAreErrorsUnlessAllowed() throws {
            let csv =
                "reference_id,first_name,last_name,dob,plan_id,street,city,state,zip\n"
                + "E1,A,B,1990-01-01,\(basicPlan),\"1 Main\nFlat 2\",Reno,NV,89501\n"
            let file = Data(csv.utf8)
            #expect(try Roster(data: file).check().byRule["cell.line_break"] == 1)
            let allowed = try Roster(data: file, options: ReadOptions(multiLineCells: true))
            #expect(try allowed.check().byRule["cell.line_break"] == nil)
            #expect(try allowed.members.first?.address.addressLine1 == "1 Main\nFlat 2")
        }

        @Test func unclosedQuotesAreReportedWithTheirPosition() async throws {
            let header = "reference_id,first_name,last_name,dob,plan_id,street,city,state,zip\n"
            let csv = header + "E1,A,\"B,1990-01-01,\(basicPlan),1 Main,Reno,NV,89501\n"
            let error = try await thrownError { try Roster(data: Data(csv.utf8)) }
            let report = try JSON.parse(try #require(error.details.report))
            #expect(report["line"] == 2 && report["column"] == 6)
        }

        @Test func valuesAreNormalized() throws {
            var loose = member("EMP-1")
            loose.dateOfBirth = "05/15/1990"
            loose.address.state = "nevada"
            let options = NormalizeOptions(dates: ["mm/dd/yyyy"])
            let normalized = try Roster([loose]).normalized(options)
            #expect(Set(normalized.report.changes.map(\.rule)) == ["state", "date"])
            #expect(try normalized.roster.members.first?.dateOfBirth == "1990-05-15")
            #expect(try normalized.roster.check().isOk)
        }

        @Test func rostersAreComparedAndGuarded() async throws {
            let before = try Roster((0..<10).map { member("EMP-\($0)") })
            var new = member("EMP-99")
            new.firstName = "Jill"
            let after = try Roster(
                (0..<8).map { member("EMP-\($0)", plan: $0 == 0 ? premiumPlan : basicPlan) } + [new])
            let diff = try after.diff(from: before)
            #expect(diff.adds.map(\.referenceId) == ["EMP-99"] && diff.removalShare == 20)
            #expect(diff.planChanges.map(\.planId) == [premiumPlan] && !diff.warnings.isEmpty)

            try after.guard(previous: before)
            try after.guard(previous: before, options: GuardOptions(maxRemovals: "2"))
            let blocked = try await thrownError {
                try after.guard(previous: before, options: GuardOptions(maxRemovals: "10%"))
            }
            #expect(blocked.details.kind == .guardRefused)
        }

        @Test func applySyncsARosterAndBlocksInvalidOnes() async throws {
            let client = try await Sandbox().client()
            let sync = client.groups.members.sync
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            let first = try Roster((0..<3).map { member("EMP-\($0)") } + [member("EMP-X", plan: "pln_none")])
            let result = try await sync.apply(first, to: group.id, options: ApplyOptions(firstSync: true))
            #expect(result.outcome.added == 3 && result.outcome.failures.map(\.referenceId) == ["EMP-X"])
            #expect(result.outcome.status == .rowsFailed && !result.outcome.isOk)
            let results = try #require(result.state.results)
            #expect(try first.outcome(of: results, firstSync: true) == result.outcome)

            let corrected = try first.corrected(after: results, replacing: ["EMP-X": member("EMP-X")])
            #expect(try corrected.roster.count == 4)
            let previous = try Roster((0..<3).map { member("EMP-\($0)") })
            #expect(try await sync.apply(corrected.roster, to: group.id, previous: previous).outcome.isOk)

            var wrong = member("EMP-1")
            wrong.dateOfBirth = "soon"
            let invalid = try Roster([wrong])
            let error = try await thrownError { try await sync.apply(invalid, to: group.id) }
            #expect(error.details.kind == .invalidRoster)
            #expect(error.details.report?.contains("date_of_birth") == true)
            #expect(!"\(error)".contains("soon"))
        }

        @Test func progressIsReportedAndAWaitCanBeResumedAfterItsDeadline() async throws {
            let sandbox = try await Sandbox()
            let client = try sandbox.client()
            let sync = client.groups.members.sync
            let group = try await client.groups.create(externalReferenceId: "t", name: "T")
            try await sandbox.settings(#"{"sync_delay_ms": "never"}"#)
            let roster = try Roster([member("EMP-1")])
            let recorder = ProgressRecorder()
            let short = WaitOptions(deadline: 0.1, pollInterval: 0.005)
            let error = try await thrownError {
                try await sync.submitAndWait(roster, to: group.id, options: short) { recorder.add($0) }
            }
            #expect(error.details.kind == .deadline)
            #expect(recorder.polls == Array(0..<Int32(recorder.polls.count)) && recorder.polls.count > 1)

            let handle = try #require(error.details.syncHandle)
            try await sandbox.post("/syncs/complete")
            #expect(try await sync.wait(for: handle, options: fastPolls).isCompleted)
        }
    }
}

final class ProgressRecorder: @unchecked Sendable {
    private let lock = NSLock()
    private var progress: [SyncProgress] = []

    func add(_ update: SyncProgress) {
        lock.withLock { progress.append(update) }
    }

    var polls: [Int32] { lock.withLock { progress.map(\.polls) } }
}
