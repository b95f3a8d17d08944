import Foundation

@testable import VitableGroups

#if os(Linux)
import Glibc
#endif

/// The controls of one sandbox.
struct Controls: Sendable {
    let url: String
    private let client: VitableConnect

    init(_ url: String) throws {
        self.url = url
        client = try VitableConnect(ClientOptions(apiKey: "control", baseUrl: url, tlsRoots: .bundled))
    }

    func call(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let path = "/__sandbox\(path)"
        let json = try body?.encoded ?? "null"
        let answer =
            switch method {
            case "GET": try await client.get(path)
            case "PATCH": try await client.patch(path, json: json)
            default: try await client.post(path, json: json)
            }
        return answer.body.isEmpty ? .null : try JSON.parse(answer.body)
    }
}

/// A port that is bound until the object goes: where the system takes connections and nobody
/// answers, or where it refuses them.
final class Port {
    let descriptor: Int32
    let number: Int64

    init(listening: Bool) {
        #if os(Linux)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        if listening { _ = listen(descriptor, 50) }
        number = Int64(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(descriptor)
    }
}

/// Plays one scenario from a clean sandbox; throws at the first difference.
struct Stage {
    /// How long a condition may take to come true; reached only by scenarios that fail.
    static let patience: TimeInterval = 5

    let controls: Controls
    let given: JSON
    var values: Names
    private var current: VitableConnect?
    private var clients: [VitableConnect] = []
    private var pages: [String: NextPage] = [:]
    private let silent = Port(listening: true)
    private let refused = Port(listening: false)

    static func play(_ scenario: JSON, _ controls: Controls, _ values: Names) async throws {
        var stage = Stage(controls, scenario["given"] ?? [:], values)
        defer { for client in stage.clients { client.close() } }
        try await stage.play(scenario)
    }

    private init(_ controls: Controls, _ given: JSON, _ values: Names) {
        self.controls = controls
        self.given = given
        self.values = values
        let port = Int64(controls.url.split(separator: ":").last ?? "")
        let ports: [String: JSON] = [
            "base_url": .string(controls.url), "sandbox_port": JSON(port),
            "silent_port": .integer(silent.number), "refused_port": .integer(refused.number),
        ]
        self.values.known.merge(ports) { $1 }
    }

    private mutating func play(_ scenario: JSON) async throws {
        _ = try await control("POST /reset", nil)
        for (name, at) in [
            ("settings", "PATCH /settings"), ("seed", "POST /seed"), ("faults", "POST /faults"),
        ] {
            if let body = given[name] { _ = try await control(at, body) }
        }
        for (index, step) in (scenario["steps"]?.items ?? []).enumerated() {
            do {
                try await play(step: step)
            } catch let mismatch as Mismatch {
                let call = step["call"]?.text ?? ""
                throw Mismatch(description: "step \(index + 1) (\(call)): \(mismatch)")
            }
        }
        try await then(scenario["then"] ?? [:])
    }

    private mutating func control(_ control: String, _ body: JSON?) async throws -> JSON {
        let parts = control.split(separator: " ").map(String.init)
        let told = try await controls.call(parts[0], parts[1], body.map(values.fill))
        // The first group is what most scenarios are about.
        if parts[1] == "/seed", let id = told["groups"]?.items.first?["id"] {
            values.known["group_id"] = id
        }
        return told
    }

    private mutating func build(_ changes: JSON) throws -> VitableConnect {
        var options = (given["client"]?.fields ?? [:]).merging(changes.fields) { $1 }
        if options["bare"] != .bool(true) {
            options.merge(["api_key": "${api_key}", "base_url": "${base_url}"]) { given, _ in given }
        }
        let filled = try values.fill(.object(options))
        var made = try clientOptions(filled)
        // Reading the system's certificates takes most of the time of a scenario.
        made.tlsRoots = .bundled
        let environment = try values.fill(given["environment"] ?? [:])
        return adopt(
            try VitableConnect(
                made, tokenProvider: tokens(filled), tuning: tuning(filled, environment)))
    }

    private mutating func adopt(_ made: VitableConnect) -> VitableConnect {
        clients.append(made)
        current = made
        return made
    }

    private mutating func client() throws -> VitableConnect {
        try current ?? build([:])
    }

    private mutating func play(step: JSON) async throws {
        let expect = step["expect"] ?? [:]
        let told = Witness()
        var outcome: [String: JSON] = [:]
        do {
            outcome["result"] = try await call(step, told)
        } catch let error as VitableError {
            outcome["error"] = try normal(error)
        } catch is CancellationError {
            outcome["error"] = ["kind": "aborted"]
        }
        if (outcome["error"] == nil) != (expect["error"] == nil) {
            let came = try JSON.object(outcome).encoded
            throw Mismatch(description: "an error or none expected, and \(came) came")
        }
        outcome["meta"] = told.meta
        outcome["before"] = .array(told.list("before"))
        outcome["progress"] = .array(told.list("progress"))
        for (name, expected) in expect.fields {
            try check(expected, outcome[name], name, &values)
        }
        if let name = step["save"]?.text { pages[name] = told.page }
    }

    private mutating func call(_ step: JSON, _ told: Witness) async throws -> JSON {
        let name = step["call"]?.text ?? ""
        let raw = step["params"] ?? [:]
        func address(_ client: VitableConnect) throws -> JSON {
            let url = try client.baseURL
            return ["base_url": .string(url.hasSuffix("/") ? String(url.dropLast()) : url)]
        }
        if name == "client.new" { return try address(build(raw)) }
        if name == "sandbox" { return try await control(raw["control"]?.text ?? "", raw["body"]) }
        let params = try values.fill(raw)
        switch name {
        case "client.derive":
            return try address(
                adopt(
                    client().withOptions(
                        clientOptions(params), tokenProvider: tokens(params))))
        case "client.close":
            try client().close()
            return .null
        case "client.set_api_key":
            try client().setAPIKey(params["api_key"]?.text ?? "")
            return .null
        case "page.next": return try await pages[params["page"]?.text ?? ""]?(told) ?? .null
        default: break
        }
        if name.hasPrefix("roster.") { return try playRoster(name, params) }
        let options = try values.fill(step["options"] ?? [:])
        let client = try client()
        guard step["cancel"] == .bool(true) else {
            return try await make(name, client, params, options, told)
        }
        let task = Task { try await make(name, client, params, options, told) }
        while try await controls.call("GET", "/faults")["hanging"] == 0 {
            await Task.yield()
        }
        task.cancel()
        return try await task.value
    }

    /// Looks until it fits: a server notices some things late.
    private func then(_ expected: JSON) async throws {
        let end = Date(timeIntervalSinceNow: Self.patience)
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
        var values = values
        if let wanted = expected["requests"] {
            let recorded = try await controls.call("GET", "/requests")["requests"]?.items ?? []
            try check(wanted, .array(recorded.map(normal(recorded:))), "requests", &values)
        }
        if let wanted = expected["state"] {
            try check(wanted, await controls.call("GET", "/state"), "state", &values)
        }
    }
}
