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
        func eachStatusHasItsCase(status: Int32, kind: ErrorKind) async throws {
            let sandbox = try await Sandbox()
            let body = #"{"message": "no luck", "app_error_code": "odd", "trace_id": "t-1"}"#
            try await sandbox.fault(
                #"{"status": \#(status), "body": \#(body), "headers": {"retry-after": "7"}}"#)
            let client = try sandbox.client(maxRetries: 0)
            let error = try await failure { try await client.groups.retrieve("grp_1") }
            let details = error.details
            #expect(details.kind == kind && details.status == status)
            #expect(details.code == "odd" && details.traceId == "t-1" && details.retryAfter == 7)
            #expect(details.operation == "groups.retrieve")
            for part in ["groups.retrieve", "\(status)", "no luck", "odd", "t-1"] {
                #expect(error.localizedDescription.contains(part))
            }
            if case .notFound = error { #expect(status == 404) } else { #expect(status != 404) }
        }

        @Test func brokenSlowAndSenselessAnswersAreToldApart() async throws {
            let sandbox = try await Sandbox()
            let groups = try sandbox.client(maxRetries: 0).groups
            try await sandbox.fault(#"{"drop": "before"}"#)
            let broken = try await failure { try await groups.retrieve("grp_1") }
            #expect(broken.details.kind == .connection && broken.details.isTransient)
            #expect(!broken.details.causes.isEmpty)

            try await sandbox.fault(#"{"hang": "before", "times": 2}"#)
            let slow = try await failure {
                try await groups.retrieve("grp_1", options: RequestOptions(timeout: 0.05))
            }
            #expect(slow.details.kind == .timeout)
            let late = try await failure {
                try await groups.retrieve("grp_1", options: RequestOptions(deadline: 0.05))
            }
            #expect(late.details.kind == .deadline)
            try await sandbox.post("/faults/release")

            try await sandbox.fault(#"{"status": 200, "body": {"data": {"name": 1}}}"#)
            let senseless = try await failure { try await groups.retrieve("grp_1") }
            #expect(senseless.details.kind == .responseValidation)
        }

        @Test func mistakesAreFoundBeforeAnythingIsSent() async throws {
            let sandbox = try await Sandbox()
            let client = try sandbox.client()
            for id in ["", " ", ".."] {
                let error = try await failure { try await client.groups.retrieve(id) }
                #expect(error.details.kind == .invalidArgument)
            }
            let options = RequestOptions(maxRetries: -1)
            let negative = try await failure { try await client.groups.retrieve("g", options: options) }
            #expect(negative.localizedDescription.contains("max_retries"))
            for time in [-1, -.infinity, .nan] as [Double] {
                let options = RequestOptions(timeout: time)
                let error = try await failure { try await client.groups.retrieve("g", options: options) }
                #expect(error.localizedDescription.contains("`timeout`"))
            }
            let derived = try await failure {
                try client.withOptions(ClientOptions(proxy: "http://proxy.example"))
            }
            #expect(derived.localizedDescription.contains("shares its connections"))
            #expect(try await sandbox.requests().isEmpty)

            let plain = try await failure {
                try VitableConnect(ClientOptions(apiKey: "k", baseUrl: "http://example.com"))
            }
            #expect(plain.details.kind == .configuration)
            client.close()
            client.close()
            let closed = try await failure { try await client.plans.list().page() }
            #expect(closed.details.kind == .closed)
        }

        @Test func tokensAreFetchedOnceForManyCallsAndAgainAfterA401() async throws {
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

            let broken = try VitableConnect(options) { throw NoFailure() }
            let error = try await failure { try await broken.plans.list().page() }
            #expect(error.details.kind == .credentials)
        }
    }
}

actor Counter {
    var value = 0

    func next() -> Int {
        value += 1
        return value
    }
}

@Suite struct Values {
    @Test func keysTokensAndHealthDataDoNotPrint() throws {
        let secret = "vit_apk_secret"
        let values: [Any] = [
            ClientOptions(apiKey: secret), AccessToken(secret), person("EMP-1"), [person("EMP-1")],
            Field("Jane"), RequestOptions(headers: ["a": secret]),
            try Roster([person("E")]), Extra(fields: ["note": "\"Jane\""]),
            try VitableConnect(ClientOptions(apiKey: secret)),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                for word in [secret, "Jane", "1990", "Main", "@example.com"] {
                    #expect(!text.contains(word))
                }
            }
        }
        #expect("\(person("EMP-1"))".contains("EMP-1"))
    }

    @Test func modelsSurviveCoding() throws {
        var member = person("EMP-1")
        member.phone = .null
        member.extra = Extra(fields: ["cost_center": "[1]"])
        let coded = try JSONEncoder().encode([member])
        #expect(try JSONDecoder().decode([Member].self, from: coded) == [member])

        let state = SyncState(
            requestId: "grpmsr_1", groupId: "grp_1", acceptedAt: Date(timeIntervalSince1970: 1),
            completedAt: nil, isCompleted: false,
            results: SyncResults(
                addedGroupMemberIds: [], removedGroupMemberIds: [],
                failures: [SyncFailure(referenceId: "E", operation: .unknown(value: "pause"), reason: "r")]))
        let again = try JSONDecoder().decode(SyncState.self, from: JSONEncoder().encode(state))
        #expect(again == state && again.id == "grpmsr_1" && member.id == "EMP-1")
    }
}
