import Foundation
import VitableGroups

/// The control endpoints of a sandbox.
struct SandboxControl: Sendable {
    let url: String
    private let client: VitableConnect

    init(_ url: String) throws {
        self.url = url
        client = try VitableConnect(ClientOptions(apiKey: "control", baseUrl: url, tlsRoots: .bundled))
    }

    func call(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let path = "/__sandbox\(path)"
        let json = try body?.encoded ?? "null"
        let response =
            switch method {
            case "GET": try await client.get(path)
            case "PATCH": try await client.patch(path, json: json)
            default: try await client.post(path, json: json)
            }
        return response.body.isEmpty ? .null : try JSON.parse(response.body)
    }
}
