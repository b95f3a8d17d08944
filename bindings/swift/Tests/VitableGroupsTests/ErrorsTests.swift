import Foundation
import Testing
import VitableGroups

extension Sandboxed {
    @Suite struct Errors {
        static let statuses: [Int32] = [400, 401, 403, 404, 409, 422, 429, 418, 500, 503]
        static let kinds: [ErrorKind] = [
            .badRequest, .authentication, .permissionDenied, .notFound, .conflict,
            .unprocessableEntity, .rateLimit, .status, .internalServer, .internalServer,
        ]

        @Test(arguments: zip(statuses, kinds))
        func eachStatusHasItsOwnCase(status: Int32, kind: ErrorKind) async throws {
            let sandbox = try await Sandbox()
            let body = #"{"message": "try later", "app_error_code": "odd", "trace_id": "t-1"}"#
            try await sandbox.fault(
                #"{"status": \#(status), "body": \#(body), "headers": {"retry-after": "7"}}"#)
            let client = try sandbox.client(maxRetries: 0)
            let error = try await thrownError { try await client.groups.retrieve("grp_1") }
            let details = error.details
            #expect(details.kind == kind && details.status == status)
            #expect(details.code == "odd" && details.traceId == "t-1" && details.retryAfter == 7)
            #expect(details.operation == "groups.retrieve")
            for text in ["groups.retrieve", "\(status)", "try later", "odd", "t-1"] {
                #expect(error.localizedDescription.contains(text))
            }
            if case .notFound = error { #expect(status == 404) } else { #expect(status != 404) }
        }

        @Test func transportAndResponseErrorsHaveTheirOwnKinds() async throws {
            let sandbox = try await Sandbox()
            let groups = try sandbox.client(maxRetries: 0).groups
            try await sandbox.fault(#"{"drop": "before"}"#)
            let dropped = try await thrownError { try await groups.retrieve("grp_1") }
            #expect(dropped.details.kind == .connection && dropped.details.isTransient)
            #expect(!dropped.details.causes.isEmpty)

            try await sandbox.fault(#"{"hang": "before", "times": 2}"#)
            let slow = try await thrownError {
                try await groups.retrieve("grp_1", options: RequestOptions(timeout: 0.05))
            }
            #expect(slow.details.kind == .timeout)
            let late = try await thrownError {
                try await groups.retrieve("grp_1", options: RequestOptions(deadline: 0.05))
            }
            #expect(late.details.kind == .deadline)
            try await sandbox.post("/faults/release")

            try await sandbox.fault(#"{"status": 200, "body": {"data": {"name": 1}}}"#)
            let invalid = try await thrownError { try await groups.retrieve("grp_1") }
            #expect(invalid.details.kind == .responseValidation)
        }

        @Test func invalidArgumentsAreRejectedBeforeAnythingIsSent() async throws {
            let sandbox = try await Sandbox()
            let client = try sandbox.client()
            for id in ["", " ", ".."] {
                let error = try await thrownError { try await client.groups.retrieve(id) }
                #expect(error.details.kind == .invalidArgument)
            }
            let options = RequestOptions(maxRetries: -1)
            let negative = try await thrownError { try await client.groups.retrieve("g", options: options) }
            #expect(negative.localizedDescription.contains("max_retries"))
            for time in [-1, -.infinity, .nan] as [Double] {
                let options = RequestOptions(timeout: time)
                let error = try await thrownError { try await client.groups.retrieve("g", options: options) }
                #expect(error.localizedDescription.contains("`timeout`"))
            }
            let derived = try await thrownError {
                try client.withOptions(ClientOptions(proxy: "http://proxy.example"))
            }
            #expect(derived.localizedDescription.contains("shares its parent's connections"))
            #expect(try await sandbox.requests().isEmpty)

            let plain = try await thrownError {
                try VitableConnect(ClientOptions(apiKey: "k", baseUrl: "http://example.com"))
            }
            #expect(plain.details.kind == .configuration)
            client.close()
            client.close()
            let closed = try await thrownError { try await client.plans.list().page() }
            #expect(closed.details.kind == .closed)
        }

        @Test func tokensAreReusedAndFetchedAgainAfterA401() async throws {
            let sandbox = try await Sandbox()
            let fetches = Counter()
            let options = ClientOptions(baseUrl: Sandbox.url)
            let client = try VitableConnect(options) {
                AccessToken("vit_at_\(await fetches.next())", expiresIn: 15 * 60)
            }
            for _ in 0..<3 { _ = try await client.plans.list().page() }
            #expect(await fetches.value == 1)
            try await sandbox.fault(#"{"status": 401}"#)
            _ = try await client.plans.list().page()
            #expect(await fetches.value == 2)
            let last = try #require(try await sandbox.requests().last)
            #expect(sandbox.headers(of: last)["authorization"] == "Bearer vit_at_2")

            let broken = try VitableConnect(options) { throw ProviderError() }
            let error = try await thrownError { try await broken.plans.list().page() }
            #expect(error.details.kind == .credentials)
        }
    }
}

private struct ProviderError: Error {}

actor Counter {
    var value = 0

    func next() -> Int {
        value += 1
        return value
    }
}

@Suite struct Values {
    @Test func keysTokensAndHealthDataAreNotPrinted() throws {
        let secret = "vit_apk_secret"
        let values: [Any] = [
            ClientOptions(apiKey: secret), AccessToken(secret), member("EMP-1"), [member("EMP-1")],
            Field("Jane"), RequestOptions(headers: ["a": secret]),
            try Roster([member("E")]), Extra(fields: ["note": "\"Jane\""]),
            try VitableConnect(ClientOptions(apiKey: secret)),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                for sensitive in [secret, "Jane", "1990", "Main", "@example.com"] {
                    #expect(!text.contains(sensitive))
                }
            }
        }
        #expect("\(member("EMP-1"))".contains("EMP-1"))
    }

    @Test func modelsRoundTripThroughCodable() throws {
        var member = member("EMP-1")
        member.phone = .null
        member.extra = Extra(fields: ["cost_center": "[1]"])
        let encoded = try JSONEncoder().encode([member])
        #expect(try JSONDecoder().decode([Member].self, from: encoded) == [member])

        let state = SyncState(
            requestId: "grpmsr_1", groupId: "grp_1", acceptedAt: Date(timeIntervalSince1970: 1),
            completedAt: nil, isCompleted: false,
            results: SyncResults(
                addedGroupMemberIds: [], removedGroupMemberIds: [],
                failures: [SyncFailure(referenceId: "E", operation: .unknown(value: "pause"), reason: "r")]))
        let decoded = try JSONDecoder().decode(SyncState.self, from: JSONEncoder().encode(state))
        #expect(decoded == state && decoded.id == "grpmsr_1" && member.id == "EMP-1")
    }
}
