import Foundation
import Testing
import VitableGroups

let basicPlan = "pln_Wgx_PobRSymT_ki30sYaBQ"
let premiumPlan = "pln_7uJ4s0r3Tq2Yx9vKpLwB1A"

/// The tests that use the sandbox. They run serially, since they share one server.
@Suite(.serialized) struct Sandboxed {}

/// The sandbox started by scripts/test swift, controlled with raw calls of the library.
struct Sandbox {
    static let url = ProcessInfo.processInfo.environment["VG_SANDBOX_URL"] ?? "http://127.0.0.1:4010"

    private let control: VitableConnect

    /// Resets the sandbox to an empty organization.
    init() async throws {
        control = try VitableConnect(ClientOptions(apiKey: "control", baseUrl: Self.url))
        _ = try await control.post("/__sandbox/reset", json: "null")
    }

    func client(maxRetries: Int32 = 2) throws -> VitableConnect {
        try VitableConnect(
            ClientOptions(apiKey: "test-key", baseUrl: Self.url, maxRetries: maxRetries))
    }

    func post(_ path: String, _ json: String = "null") async throws {
        _ = try await control.post("/__sandbox\(path)", json: json)
    }

    func settings(_ json: String) async throws {
        _ = try await control.patch("/__sandbox/settings", json: json)
    }

    func fault(_ json: String) async throws {
        try await post("/faults", json)
    }

    func isHanging() async throws -> Bool {
        try await object("/faults")["hanging"] as? Int != 0
    }

    func requests() async throws -> [[String: Any]] {
        try await object("/requests")["requests"] as? [[String: Any]] ?? []
    }

    func headers(of request: [String: Any]) -> [String: String] {
        let pairs = request["headers"] as? [[String]] ?? []
        return Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// The number of active subscriptions.
    func subscriptions() async throws -> Int {
        let members = try await object("/state")["members"] as? [[String: Any]] ?? []
        return members.filter { $0["active"] as? Bool == true }.count
    }

    private func object(_ path: String) async throws -> [String: Any] {
        let response = try await control.get("/__sandbox\(path)")
        return try JSONSerialization.jsonObject(with: response.body) as? [String: Any] ?? [:]
    }
}

func member(_ reference: String, plan: String = basicPlan) -> Member {
    Member(
        referenceId: reference, firstName: "Jane", lastName: "Doe", dateOfBirth: "1990-05-15",
        planId: plan,
        address: Address(
            addressLine1: "123 Main Street", city: "San Francisco", state: "CA", zipcode: "94102"),
        email: "\(reference)@example.com")
}

/// Returns the error of a call that must fail.
func thrownError<T>(from call: () async throws -> T) async throws -> VitableConnectError {
    do {
        _ = try await call()
    } catch let error as VitableConnectError {
        return error
    }
    throw UnexpectedSuccess()
}

struct UnexpectedSuccess: Error {}

/// Polls until a condition holds; the suite's time limit ends tests where it never does.
func eventually(_ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        await Task.yield()
    }
}
