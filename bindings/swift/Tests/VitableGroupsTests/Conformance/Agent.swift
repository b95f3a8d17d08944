import Foundation

@testable import VitableGroups

/// A mistake in a scenario or in its runner.
struct ScenarioError: Error, CustomStringConvertible {
    let description: String
}

/// Makes the calls of one session of the harness.
struct Agent {
    let harness: Harness
    let session: String
    private var clients: [VitableConnect] = []
    private var pages: [String: NextPage] = [:]

    init(_ harness: Harness, _ session: String) {
        self.harness = harness
        self.session = session
    }

    mutating func run() async throws {
        var outcome = JSON.null
        while true {
            let call = try await harness.post(session, outcome)
            if call == .null || call["fresh"] == .bool(true) {
                for client in clients { client.close() }
                (clients, pages) = ([], [:])
            }
            if call == .null { return }
            outcome = try await self.outcome(of: call)
        }
    }

    private mutating func outcome(of call: JSON) async throws -> JSON {
        let observed = Observed()
        var outcome: [String: JSON] = [:]
        do {
            outcome["result"] = try await result(of: call, observed)
        } catch let error as VitableConnectError {
            outcome["error"] = try canonical(error)
        } catch is CancellationError {
            outcome["error"] = ["kind": "aborted"]
        } catch {
            outcome["error"] = ["kind": "foreign", "text": .string("\(error)")]
        }
        outcome["meta"] = observed.meta
        outcome["before"] = .array(observed.list("before"))
        outcome["progress"] = .array(observed.list("progress"))
        if let name = call["save"]?.text { pages[name] = observed.page }
        return .object(outcome)
    }

    private mutating func result(of call: JSON, _ observed: Observed) async throws -> JSON {
        let (name, params) = (call["call"]?.text ?? "", call["params"] ?? [:])
        func client() throws -> VitableConnect {
            guard let client = clients.last else { throw ScenarioError(description: "no client") }
            return client
        }
        switch name {
        case "client.new":
            var options = try clientOptions(params)
            // Loading the system's certificates would take most of a scenario's time.
            options.tlsRoots = .bundled
            let tuning = tuning(params, params["variables"] ?? [:])
            return try use(VitableConnect(options, tokenProvider: tokens(params), tuning: tuning))
        case "client.derive":
            return try use(
                client().withOptions(clientOptions(params), tokenProvider: tokens(params)))
        case "client.close":
            try client().close()
            return .null
        case "client.set_api_key":
            try client().setAPIKey(params["api_key"]?.text ?? "")
            return .null
        case "page.next": return try await pages[params["page"]?.text ?? ""]?(observed) ?? .null
        case _ where name.hasPrefix("roster."): return try runRosterCall(name, params)
        default: break
        }
        let (client, options) = (try client(), call["options"] ?? [:])
        guard call["cancel"] == .bool(true) else {
            return try await runCall(name, client, params, options, observed)
        }
        let task = Task { try await runCall(name, client, params, options, observed) }
        _ = try await harness.post("\(session)/hanging")
        task.cancel()
        return try await task.value
    }

    private mutating func use(_ client: VitableConnect) throws -> JSON {
        clients.append(client)
        let url = try client.baseURL
        return ["base_url": .string(url.hasSuffix("/") ? String(url.dropLast()) : url)]
    }
}
