// A daily job: checks a roster, shows what it changes, syncs it, waits, and reports the outcome.
//
// Usage: DailyJob GROUP_REFERENCE ROSTER BASELINE [--first-sync]. Set VITABLE_CONNECT_BASE_URL to the API or
// a sandbox. The job writes what the group holds after a sync to the file BASELINE, with which the next sync
// compares. Pass --first-sync if the group was never synced. Exit codes: 0 succeeded, 1 the outcome needs
// attention, 3 nothing was sent, 4 error.

import Foundation
import VitableGroups

/// A placeholder for a call to your own server, which holds the API key and issues short-lived tokens.
@Sendable func fetchToken() async throws -> AccessToken {
    let token = ProcessInfo.processInfo.environment["DEMO_ACCESS_TOKEN"] ?? "vit_at_demo"
    return AccessToken(token, expiresIn: 15 * 60)
}

func dailyJob(reference: String, file: String, baseline: URL, firstSync: Bool) async throws -> Int32 {
    let client = try VitableConnect(tokenProvider: fetchToken)
    defer { client.close() }
    let plans = try await client.plans.list(limit: 100).collect(limit: 1_000).map(\.id)
    let roster = try Roster(contentsOf: URL(fileURLWithPath: file))
    let exists = FileManager.default.fileExists(atPath: baseline.path)
    let previous = exists ? try Roster(contentsOf: baseline) : nil

    let report = try roster.check(planIds: plans)
    print("\(file): \(report.rows) rows, \(report.errors) errors, \(report.warnings) warnings")
    for finding in report.findings where finding.severity == .error {
        print("  \(finding)")
    }
    if let previous {
        print(try roster.diff(from: previous))
    }

    let group = try await client.groups.getOrCreate(externalReferenceId: reference, name: reference)
    // Set a limit on removals here; the default is 10% or 3 members, whichever is more.
    let options = ApplyOptions(firstSync: firstSync)
    do {
        let result = try await client.groups.members.sync.apply(
            roster, to: group.id, previous: previous, options: options
        ) { progress in
            let completed = progress.state?.isCompleted == true
            print("poll \(progress.polls): \(completed ? "completed" : "in progress")")
        }
        print(result.outcome)
        // Not the submitted file, as rows may have failed. Health data.
        try result.groupAfter?.toJSON().write(to: baseline, options: .atomic)
        // Anything else: failed rows, unplanned changes or missing results.
        return result.outcome.status == .succeeded ? 0 : 1
    } catch VitableConnectError.invalidRoster {
        print("not sent: the roster has errors")
        return 3
    } catch VitableConnectError.guardRefused(let details) {
        print("not sent: \(details.message)")
        return 3
    }
}

let arguments = Array(CommandLine.arguments.dropFirst())
let firstSync = arguments.last == "--first-sync"
guard arguments.count == (firstSync ? 4 : 3) else {
    let usage = "usage: DailyJob GROUP_REFERENCE ROSTER BASELINE [--first-sync]\n"
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
}
do {
    let code = try await dailyJob(
        reference: arguments[0], file: arguments[1], baseline: URL(fileURLWithPath: arguments[2]),
        firstSync: firstSync)
    exit(code)
} catch {
    FileHandle.standardError.write(Data("DailyJob: \(error.localizedDescription)\n".utf8))
    exit(4)
}
