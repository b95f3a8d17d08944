// Run by scripts/dist_test.py in a package that depends on the unpacked sources.

import Foundation
import VitableGroups

let arguments = CommandLine.arguments
let client = try VitableConnect(ClientOptions(apiKey: "k", baseUrl: arguments[1]))
let group = try await client.groups.getOrCreate(externalReferenceId: "swift-1", name: "Swift 1")
let roster = try Roster(contentsOf: URL(fileURLWithPath: arguments[2]))
let done = try await client.groups.members.sync.apply(
    roster, to: group.id, options: ApplyOptions(firstSync: true))
guard done.outcome.added == 250, done.outcome.isOk else { fatalError("\(done.outcome)") }
do {
    _ = try await client.groups.retrieve("grp_nowhere")
    fatalError("found a group that does not exist")
} catch VitableConnectError.notFound {}
client.close()
print("ok")
