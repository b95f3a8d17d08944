import Foundation

@testable import VitableGroups

/// A process started by scripts/swift.py that says what to call and verifies the results.
struct Harness: Sendable {
    private let client: VitableConnect

    /// - Parameter variable: the environment variable with the URL.
    init(_ variable: String) throws {
        let url = ProcessInfo.processInfo.environment[variable] ?? ""
        client = try VitableConnect(
            ClientOptions(apiKey: "control", baseUrl: url, timeout: .infinity, maxRetries: 0))
    }

    func post(_ path: String, _ body: JSON = .null) async throws -> JSON {
        try JSON.parse(await client.post(path, json: body.encoded).body)
    }
}
