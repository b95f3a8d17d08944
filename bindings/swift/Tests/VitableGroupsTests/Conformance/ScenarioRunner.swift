import Foundation

@testable import VitableGroups

/// Runs one scenario in a reset sandbox; throws on the first difference.
struct ScenarioRunner {
    /// How long to wait for the final state; only failing scenarios reach it.
    static let maxWait: TimeInterval = 5

    let sandbox: SandboxControl
    let given: JSON
    var variables: Variables
    private var current: VitableConnect?
    private var clients: [VitableConnect] = []
    private var pages: [String: NextPage] = [:]
    private let silent = BoundPort(listening: true)
    private let refused = BoundPort(listening: false)

    static func run(
        _ scenario: JSON, _ sandbox: SandboxControl, _ variables: Variables
    ) async throws {
        var runner = ScenarioRunner(sandbox, scenario["given"] ?? [:], variables)
        defer { for client in runner.clients { client.close() } }
        try await runner.run(scenario)
    }

    private init(_ sandbox: SandboxControl, _ given: JSON, _ variables: Variables) {
        self.sandbox = sandbox
        self.given = given
        self.variables = variables
        let port = Int64(sandbox.url.split(separator: ":").last ?? "")
        let ports: [String: JSON] = [
            "base_url": .string(sandbox.url), "sandbox_port": JSON(port),
            "silent_port": .integer(silent.number), "refused_port": .integer(refused.number),
        ]
        self.variables.known.merge(ports) { $1 }
    }

    private mutating func run(_ scenario: JSON) async throws {
        _ = try await control("POST /reset", nil)
        for (name, endpoint) in [
            ("settings", "PATCH /settings"), ("seed", "POST /seed"), ("faults", "POST /faults"),
        ] {
            if let body = given[name] { _ = try await control(endpoint, body) }
        }
        for (index, step) in (scenario["steps"]?.items ?? []).enumerated() {
            do {
                try await run(step: step)
            } catch let mismatch as Mismatch {
                let call = step["call"]?.text ?? ""
                throw Mismatch(description: "step \(index + 1) (\(call)): \(mismatch)")
            }
        }
        try await checkFinalState(scenario["then"] ?? [:])
    }

    private mutating func control(_ control: String, _ body: JSON?) async throws -> JSON {
        let parts = control.split(separator: " ").map(String.init)
        let response = try await sandbox.call(parts[0], parts[1], body.map(variables.fill))
        // Most scenarios use the first group.
        if parts[1] == "/seed", let id = response["groups"]?.items.first?["id"] {
            variables.known["group_id"] = id
        }
        return response
    }

    private mutating func build(_ changes: JSON) throws -> VitableConnect {
        var options = (given["client"]?.fields ?? [:]).merging(changes.fields) { $1 }
        if options["bare"] != .bool(true) {
            options.merge(["api_key": "${api_key}", "base_url": "${base_url}"]) { given, _ in given }
        }
        let filled = try variables.fill(.object(options))
        var clientOptions = try clientOptions(filled)
        // Loading the system's certificates would take most of a scenario's time.
        clientOptions.tlsRoots = .bundled
        let environment = try variables.fill(given["environment"] ?? [:])
        return use(
            try VitableConnect(
                clientOptions, tokenProvider: tokens(filled), tuning: tuning(filled, environment)))
    }

    private mutating func use(_ created: VitableConnect) -> VitableConnect {
        clients.append(created)
        current = created
        return created
    }

    private mutating func client() throws -> VitableConnect {
        try current ?? build([:])
    }

    private mutating func run(step: JSON) async throws {
        let expect = step["expect"] ?? [:]
        let observed = Observed()
        var outcome: [String: JSON] = [:]
        do {
            outcome["result"] = try await call(step, observed)
        } catch let error as VitableConnectError {
            outcome["error"] = try canonical(error)
        } catch is CancellationError {
            outcome["error"] = ["kind": "aborted"]
        }
        if (outcome["error"] == nil) != (expect["error"] == nil) {
            let actual = try JSON.object(outcome).encoded
            throw Mismatch(description: "expected an error or none, got \(actual)")
        }
        outcome["meta"] = observed.meta
        outcome["before"] = .array(observed.list("before"))
        outcome["progress"] = .array(observed.list("progress"))
        for (name, expected) in expect.fields {
            try check(expected, outcome[name], name, &variables)
        }
        if let name = step["save"]?.text { pages[name] = observed.page }
    }

    private mutating func call(_ step: JSON, _ observed: Observed) async throws -> JSON {
        let name = step["call"]?.text ?? ""
        let raw = step["params"] ?? [:]
        func baseURL(_ client: VitableConnect) throws -> JSON {
            let url = try client.baseURL
            return ["base_url": .string(url.hasSuffix("/") ? String(url.dropLast()) : url)]
        }
        if name == "client.new" { return try baseURL(build(raw)) }
        if name == "sandbox" { return try await control(raw["control"]?.text ?? "", raw["body"]) }
        let params = try variables.fill(raw)
        switch name {
        case "client.derive":
            return try baseURL(
                use(
                    client().withOptions(
                        clientOptions(params), tokenProvider: tokens(params))))
        case "client.close":
            try client().close()
            return .null
        case "client.set_api_key":
            try client().setAPIKey(params["api_key"]?.text ?? "")
            return .null
        case "page.next": return try await pages[params["page"]?.text ?? ""]?(observed) ?? .null
        default: break
        }
        if name.hasPrefix("roster.") { return try runRosterCall(name, params) }
        let options = try variables.fill(step["options"] ?? [:])
        let client = try client()
        guard step["cancel"] == .bool(true) else {
            return try await runCall(name, client, params, options, observed)
        }
        let task = Task { try await runCall(name, client, params, options, observed) }
        while try await sandbox.call("GET", "/faults")["hanging"] == 0 {
            await Task.yield()
        }
        task.cancel()
        return try await task.value
    }

    /// Polls until the state matches, since the server sees some events late.
    private func checkFinalState(_ expected: JSON) async throws {
        let end = Date(timeIntervalSinceNow: Self.maxWait)
        while true {
            do {
                return try await compare(expected)
            } catch let mismatch as Mismatch {
                if Date() > end { throw Mismatch(description: "then: \(mismatch)") }
            }
            try await Task.sleep(nanoseconds: 5_000_000)
        }
    }

    private func compare(_ expected: JSON) async throws {
        var variables = variables
        if let requests = expected["requests"] {
            let recorded = try await sandbox.call("GET", "/requests")["requests"]?.items ?? []
            try check(requests, .array(recorded.map(canonical(recorded:))), "requests", &variables)
        }
        if let state = expected["state"] {
            try check(state, await sandbox.call("GET", "/state"), "state", &variables)
        }
    }
}
