import Foundation

@testable import VitableGroups

/// The vector functions that this package can call.
let functions: [String: @Sendable (JSON, SandboxControl) async throws -> JSON] = [
    "base_url": { input, _ in try baseURL(input) },
    "path": { input, sandbox in try await path(input, sandbox) },
    "roster_rules": { input, _ in try rosterRules(input) },
]

func runVector(
    _ function: String, _ vector: JSON, _ sandbox: SandboxControl, _ variables: Variables
) async throws {
    var variables = variables
    let input = try variables.fill(vector["input"] ?? .null)
    let actual = try await functions[function]?(input, sandbox)
    try check(vector["output"] ?? .null, actual, "output", &variables)
}

private func baseURL(_ input: JSON) throws -> JSON {
    do {
        let environment = input["variable"].map { ["VITABLE_CONNECT_BASE_URL": $0] } ?? [:]
        let key: [String: JSON] = ["api_key": "vit_apk_vector"]
        let options = try clientOptions(.object(input.fields.merging(key) { $1 }))
        let client = try VitableConnect(
            options, tokenProvider: nil, tuning: tuning(input, .object(environment)))
        let url = try client.baseURL
        return ["url": .string(url.hasSuffix("/") ? String(url.dropLast()) : url)]
    } catch let error as VitableConnectError {
        return ["error": .string(error.details.kind.code)]
    }
}

private func path(_ input: JSON, _ sandbox: SandboxControl) async throws -> JSON {
    _ = try await sandbox.call("POST", "/reset")
    let ids = (input["params"]?.items ?? []).compactMap(\.text)
    let options = ClientOptions(
        apiKey: "vit_apk_vector", baseUrl: sandbox.url, maxRetries: 0, tlsRoots: .bundled)
    let client = try VitableConnect(options)
    let sync = client.groups.members.sync
    do {
        switch input["operation"]?.text {
        case "groups.retrieve": _ = try await client.groups.retrieve(ids[0])
        case "groups.update": _ = try await client.groups.update(ids[0], name: "x")
        case "groups.members.sync.submit": _ = try await sync.submit([], to: ids[0])
        case "groups.members.sync.retrieve": _ = try await sync.retrieve(ids[1], groupId: ids[0])
        default: throw Mismatch(description: "unknown operation")
        }
    } catch VitableConnectError.invalidArgument(let details) {
        return ["error": .string(details.kind.code)]
    } catch is VitableConnectError {
        // The group does not exist, but the sandbox has recorded the path.
    }
    let recorded = try await sandbox.call("GET", "/requests")["requests"]?.items.first
    return ["path": recorded?["path"] ?? .null]
}

private func rosterRules(_ input: JSON) throws -> JSON {
    // Read from JSON, since vectors contain rows of any type.
    let text = try (input["members"] ?? .null).encoded
    let rows = try Roster(data: Data(text.utf8), options: ReadOptions(format: .json))
    let report = try rows.check(checkOptions(input["options"] ?? [:]))
    let severities = report.findings.map { ($0.rule, JSON.string("\($0.severity)")) }
    return .object(Dictionary(severities) { first, _ in first })
}
