// The daily job: check a roster, show what it will change, sync it, wait, and report the outcome.
//
// DailyJob GROUP_REFERENCE ROSTER HELD [--first-sync], with VITABLE_CONNECT_BASE_URL naming the API or a
// sandbox. HELD is the job's own file: what the group holds after a sync, with which the next one compares.
// --first-sync says that the group was never synced. Exit codes: 0 succeeded, 1 the outcome needs attention,
// 3 nothing was sent.

import Foundation
import VitableGroups

/// Stands for a call to your own server, which holds the API key and hands out short-lived tokens.
@Sendable func fetchToken() async throws -> AccessToken {
    let token = ProcessInfo.processInfo.environment["DEMO_ACCESS_TOKEN"] ?? "vit_at_demo"
    return AccessToken(token, expiresIn: 15 * 60)
}

func dailyJob(reference: String, file: String, held: URL, firstSync: Bool) async throws -> Int32 {
    let client = try VitableConnect(tokenProvider: fetchToken)
    defer { client.close() }
    let plans = try await client.plans.list(limit: 100).collect(limit: 1_000).map(\.id)
    let roster = try Roster(contentsOf: URL(fileURLWithPath: file))
    let known = FileManager.default.fileExists(atPath: held.path)
    let previous = known ? try Roster(contentsOf: held) : nil

    let report = try roster.check(planIds: plans)
    print("\(file): \(report.rows) rows, \(report.errors) errors, \(report.warnings) warnings")
    for finding in report.findings where finding.severity == .error {
        print("  \(finding)")
    }
    if let previous {
        print(try roster.diff(from: previous))
    }

    let group = try await client.groups.getOrCreate(externalReferenceId: reference, name: reference)
    // A limit of removals belongs here, too; unless set, it is 10% or 3 members.
    let options = ApplyOptions(firstSync: firstSync)
    do {
        let applied = try await client.groups.members.sync.apply(
            roster, to: group.id, previous: previous, options: options
        ) { progress in
            let done = progress.state?.isCompleted == true
            print("poll \(progress.polls): \(done ? "done" : "in progress")")
        }
        print(applied.outcome)
        // Not the file that was sent: rows may have failed. Health data, as the file is.
        try applied.groupAfter?.json().write(to: held, options: .atomic)
        // Rows that failed, changes that were not planned, results that are missing.
        return applied.outcome.status == .succeeded ? 0 : 1
    } catch VitableError.invalidRoster {
        print("not sent: the roster has errors")
        return 3
    } catch VitableError.guardRefused(let details) {
        print("not sent: \(details.message)")
        return 3
    }
}

let arguments = Array(CommandLine.arguments.dropFirst())
let firstSync = arguments.last == "--first-sync"
guard arguments.count == (firstSync ? 4 : 3) else {
    let usage = "usage: DailyJob GROUP_REFERENCE ROSTER HELD [--first-sync]\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
}
do {
    let code = try await dailyJob(
        reference: arguments[0], file: arguments[1], held: URL(fileURLWithPath: arguments[2]),
        firstSync: firstSync)
    exit(code)
} catch {
    FileHandle.standardError.write(Data("DailyJob: \(error.localizedDescription)\n".utf8))
    exit(4)
}
