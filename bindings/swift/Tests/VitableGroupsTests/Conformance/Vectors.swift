import Foundation

@testable import VitableGroups

/// Decisions without I/O, where this package exposes their function.
let functions: [String: @Sendable (JSON, Controls) async throws -> JSON] = [
    "base_url": { input, _ in try baseURL(input) },
    "path": { input, controls in try await path(input, controls) },
    "roster_rules": { input, _ in try rosterRules(input) },
]

func playVector(
    _ function: String, _ vector: JSON, _ controls: Controls, _ names: Names
) async throws {
    var names = names
    let input = try names.fill(vector["input"] ?? .null)
    let came = try await functions[function]?(input, controls)
    try check(vector["output"] ?? .null, came, "output", &names)
}

private func baseURL(_ input: JSON) throws -> JSON {
    do {
        let variables = input["variable"].map { ["VITABLE_CONNECT_BASE_URL": $0] } ?? [:]
        let key: [String: JSON] = ["api_key": "vit_apk_vector"]
        let options = try clientOptions(.object(input.fields.merging(key) { $1 }))
        let client = try VitableConnect(
            options, tokenProvider: nil, tuning: tuning(input, .object(variables)))
        let url = try client.baseURL
        return ["url": .string(url.hasSuffix("/") ? String(url.dropLast()) : url)]
    } catch let error as VitableError {
        return ["error": .string(error.details.kind.code)]
    }
}

private func path(_ input: JSON, _ controls: Controls) async throws -> JSON {
    _ = try await controls.call("POST", "/reset")
    let ids = (input["params"]?.items ?? []).compactMap(\.text)
    let options = ClientOptions(
        apiKey: "vit_apk_vector", baseUrl: controls.url, maxRetries: 0, tlsRoots: .bundled)
    let client = try VitableConnect(options)
    let sync = client.groups.members.sync
    do {
        switch input["operation"]?.text {
        case "groups.retrieve": _ = try await client.groups.retrieve(ids[0])
        case "groups.update": _ = try await client.groups.update(ids[0], name: "x")
        case "groups.members.sync.submit": _ = try await sync.submit([], to: ids[0])
        case "groups.members.sync.retrieve": _ = try await sync.retrieve(ids[1], groupId: ids[0])
        default: throw Mismatch(description: "there is no such operation")
        }
    } catch VitableError.invalidArgument(let details) {
        return ["error": .string(details.kind.code)]
    } catch is VitableError {
        // The sandbox has no such group; it has recorded the path.
    }
    let recorded = try await controls.call("GET", "/requests")["requests"]?.items.first
    return ["path": recorded?["path"] ?? .null]
}

private func rosterRules(_ input: JSON) throws -> JSON {
    // Rows of any type: as a file has them.
    let text = try (input["members"] ?? .null).encoded
    let rows = try Roster(data: Data(text.utf8), options: ReadOptions(format: .json))
    let report = try rows.check(checkOptions(input["options"] ?? [:]))
    let severities = report.findings.map { ($0.rule, JSON.string("\($0.severity)")) }
    return .object(Dictionary(severities) { first, _ in first })
}
