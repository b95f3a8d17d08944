// Our client and its alternative in Swift: URLSession with Codable.

import Foundation
import VitableGroups

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct Ours: BenchClient {
    let client: VitableConnect

    init(_ url: String) throws {
        client = try VitableConnect(ClientOptions(apiKey: key, baseUrl: url))
    }

    func retrieve() async throws -> Int {
        let found = try await client.groups.retrieve(group)
        return read(found.name, found.externalReferenceId)
    }

    func page() async throws -> Int {
        let page = try await client.groups.list(limit: 100).page()
        return page.items.reduce(0) { $0 + read($1.name, $1.externalReferenceId) }
    }

    func all(prefetch: Int) async throws -> Int {
        var total = 0
        for try await found in client.groups.list(limit: 100, prefetch: Int32(prefetch)) {
            total += read(found.name, found.externalReferenceId)
        }
        return total
    }

    func roster() -> [Member] {
        (0..<memberCount).map { number in
            Member(
                referenceId: String(format: "EMP-%06d", number), firstName: "Jane", lastName: "Doe",
                dateOfBirth: "1990-05-15", planId: "pln_C506ZkHHTlKfgy16G-tTJQ",
                address: Address(
                    addressLine1: "123 Main Street", city: "San Francisco", state: "CA",
                    zipcode: "94102"),
                phone: "4155550100", email: "jane.doe@example.com")
        }
    }

    func submit(_ roster: [Member]) async throws -> Int {
        try await client.groups.members.sync.submit(roster, to: group).requestId.utf8.count
    }
}

struct PlainGroup: Codable {
    let id, organization_id, name, external_reference_id, created_at, updated_at: String
}
struct PlainPagination: Codable { let page, limit, total, total_pages: Int }
struct PlainPage: Codable {
    let data: [PlainGroup]
    let pagination: PlainPagination
}
struct PlainEnvelope: Codable { let data: PlainGroup }
struct PlainReceipt: Codable { let request_id, group_id, accepted_at: String }
struct PlainResponse: Codable { let data: PlainReceipt }
struct PlainAddress: Codable, Sendable { let address_line_1, city, state, zipcode: String }
struct PlainMember: Codable, Sendable {
    let reference_id, first_name, last_name, date_of_birth, phone, email, plan_id: String
    let address: PlainAddress
}
struct PlainRoster: Codable, Sendable { let members: [PlainMember] }

struct Session: BenchClient {
    let url: String
    let session: URLSession

    init(_ url: String) {
        self.url = url
        let configuration = URLSessionConfiguration.default
        configuration.httpMaximumConnectionsPerHost = 64
        configuration.httpAdditionalHeaders = ["authorization": "Bearer \(key)"]
        session = URLSession(configuration: configuration)
    }

    func send<T: Decodable>(_ path: String, _ body: Data? = nil) async throws -> T {
        var request = URLRequest(url: URL(string: url + path)!)
        if let body {
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "content-type")
            request.httpBody = body
        }
        let (data, _) = try await session.data(for: request)
        return try JSONDecoder().decode(T.self, from: data)
    }

    func page(_ number: Int) async throws -> PlainPage {
        try await send("/v1/groups?limit=100&page=\(number)")
    }

    func read(_ page: PlainPage) -> Int {
        page.data.reduce(0) { $0 + $1.name.utf8.count + $1.external_reference_id.utf8.count }
    }

    func retrieve() async throws -> Int {
        let found: PlainEnvelope = try await send("/v1/groups/\(group)")
        return found.data.name.utf8.count + found.data.external_reference_id.utf8.count
    }

    func page() async throws -> Int { read(try await page(1)) }

    func all(prefetch: Int) async throws -> Int {
        var (number, total) = (1, 0)
        while true {
            let page = try await page(number)
            total += read(page)
            if number >= page.pagination.total_pages { return total }
            number += 1
        }
    }

    func roster() -> PlainRoster {
        PlainRoster(
            members: (0..<memberCount).map { number in
                PlainMember(
                    reference_id: String(format: "EMP-%06d", number), first_name: "Jane",
                    last_name: "Doe", date_of_birth: "1990-05-15", phone: "4155550100",
                    email: "jane.doe@example.com", plan_id: "pln_C506ZkHHTlKfgy16G-tTJQ",
                    address: PlainAddress(
                        address_line_1: "123 Main Street", city: "San Francisco", state: "CA",
                        zipcode: "94102"))
            })
    }

    func submit(_ roster: PlainRoster) async throws -> Int {
        let response: PlainResponse = try await send(
            "/v1/groups/\(group)/members/sync", try JSONEncoder().encode(roster))
        return response.data.request_id.utf8.count
    }
}
