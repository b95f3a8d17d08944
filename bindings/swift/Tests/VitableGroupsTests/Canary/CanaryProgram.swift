import Foundation

@testable import VitableGroups

// Runs every operation against every failure, with canaries in all parameters.

private let options = RequestOptions(
    headers: ["x-note": Canary.header], query: ["email": Canary.email],
    body: ["note": Canary.memberJSON])
private let shortWait = WaitOptions(deadline: 0.06, pollInterval: 0.001, request: options)
private let tuning = NativeTuning(retryBaseDelay: 0.001)

private func makeClient(
    at url: String, _ change: (inout ClientOptions) -> Void = { _ in }
) throws -> VitableConnect {
    // A long timeout, as only the unresponsive server is meant to time out.
    var options = ClientOptions(
        apiKey: Canary.key, baseUrl: url, timeout: 30, maxRetries: 1,
        defaultHeaders: ["x-own": Canary.header], defaultQuery: ["phone": Canary.phone],
        tlsRoots: .bundled, ignoreEnvironmentProxy: true)
    change(&options)
    return try VitableConnect(options, tokenProvider: nil, tuning: tuning)
}

private func runOperations(_ client: VitableConnect, _ transcript: Transcript) async throws {
    let groups = client.groups
    let sync = groups.members.sync
    let roster = try Roster([Canary.member])
    let handle = SyncHandle(groupId: "grp_1", requestId: "grpmsr_1")
    let (email, first) = (Canary.email, Canary.first)
    transcript.add(client)
    // Lists and rosters are printed below.
    let params: JSON = [
        "group_id": "grp_1", "request_id": "grpmsr_1", "external_reference_id": .string(email),
        "name": .string(first), "members": .array([]),
    ]
    for operation in try JSON.parse(nativeManifest())["operations"]?.items ?? [] {
        let name = operation["name"]?.text ?? ""
        await transcript.record(name) { try await run(name, client, params, options, Observed()) as Any }
    }
    await transcript.record("groups.members.sync.submit") { try await sync.submit(roster, to: "grp_1", options: options) }
    await transcript.record("groups.list") { try await groups.list(options: options).page() }
    await transcript.record("groups.iterate") { try await groups.list(options: options).collect(limit: 9) }
    await transcript.record("groups.iterate_pages") { for try await page in groups.list(options: options).pages { transcript.add(page) }; return "" }
    await transcript.record("groups.find_by_external_reference_id") { try await groups.find(byExternalReferenceId: email, options: options) as Any }
    await transcript.record("groups.get_or_create") {
        try await groups.getOrCreate(externalReferenceId: email, name: first, options: options)
    }
    await transcript.record("plans.list") { try await client.plans.list(options: options).page() }
    await transcript.record("groups.members.sync.wait") { try await sync.wait(for: handle, options: shortWait) }
    await transcript.record("groups.members.sync.submit_and_wait") { try await sync.submitAndWait(roster, to: "grp_1", options: shortWait) }
    await transcript.record("groups.members.sync.apply") { try await sync.apply(roster, to: "grp_1", options: ApplyOptions(firstSync: true, wait: shortWait)) }
    await transcript.record("get") { try await client.get("/v1/groups", options: options) }
    await transcript.record("post") { try await client.post("/v1/groups", json: Canary.memberJSON, options: options) }
    await transcript.record("patch") { try await client.patch("/v1/groups", json: Canary.memberJSON, options: options) }
    client.close()
}

func runEverything(_ transcript: Transcript) async throws {
    var servers = FailingServer.failures.mapValues(FailingServer.init)
    let refused = FailingServer { _ in nil }
    refused.stop()
    servers["refused"] = refused
    let tokens = try VitableConnect(
        ClientOptions(baseUrl: servers["status 401"]?.url, tlsRoots: .bundled),
        tokenProvider: { AccessToken(Canary.token, expiresIn: 900) }, tuning: tuning)
    let clients = try servers.map { name, server in
        try makeClient(at: server.url) { if name == "no response" { $0.timeout = 0.06 } }
    }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for client in clients + [tokens] {
            tasks.addTask { try await runOperations(client, transcript) }
        }
        try await tasks.waitForAll()
    }
    for server in servers.values { server.stop() }
}

/// Calls with invalid arguments.
func invalidArguments(_ transcript: Transcript) async throws {
    let server = FailingServer(FailingServer.failures["status 400"] ?? { $0 })
    defer { server.stop() }
    let url = server.url
    let client = try makeClient(at: url)
    let headers = ["x-bad": "\(Canary.header)\nx-evil: \(Canary.key)"]
    await transcript.record { try await client.groups.list(options: RequestOptions(headers: headers)).page() }
    await transcript.record {
        try await client.groups.list(options: RequestOptions(body: ["note": Canary.first])).page()
    }
    await transcript.record { try await client.get("https://user:\(Canary.key)@elsewhere.example/\(Canary.email)") }
    await transcript.record { try await client.post("/v1/groups", json: String(Canary.memberJSON.dropLast(5))) }
    await transcript.record { try client.setAPIKey("\(Canary.key)\n\(Canary.key)") }
    await transcript.record { try makeClient(at: url) { $0.apiKey = "\(Canary.key)\u{0}" } }
    await transcript.record { try makeClient(at: "https://user:\(Canary.key)@example.com") }
    await transcript.record { try makeClient(at: "http://\(Canary.city).example") }
    await transcript.record { try makeClient(at: url) { $0.proxy = "http://user:\(Canary.key)@" } }
    await transcript.record { try makeClient(at: url) { $0.tlsRoots = .pem(text: Canary.key) } }
    await transcript.record { try await client.groups.list(options: RequestOptions(timeout: -1)).page() }
    let sync = client.groups.members.sync
    var nameless = Canary.member
    nameless.firstName = ""
    await transcript.record { [nameless] in try await sync.apply(Roster([nameless]), to: "grp_1") }
    await transcript.record { try await sync.apply(Roster([]), to: "grp_1") }
    await transcript.record { try await sync.apply(Roster([Canary.member]), to: "grp_1") }
    var renamed = Canary.member
    renamed.referenceId = "REF-2"
    await transcript.record { [renamed] in
        try await sync.apply(Roster([Canary.member]), to: "grp_1", previous: Roster([renamed]))
    }
    struct VaultSealed: Error {}
    let clientWithFailingProvider = try VitableConnect(
        ClientOptions(baseUrl: url, tlsRoots: .bundled), tokenProvider: { throw VaultSealed() }, tuning: tuning)
    await transcript.record { try await clientWithFailingProvider.groups.retrieve("grp_1") }
    let unresponsive = FailingServer { _ in nil }
    let shortDeadline = RequestOptions(deadline: 0.06)
    await transcript.record { try await makeClient(at: unresponsive.url).groups.retrieve("grp_1", options: shortDeadline) }
    unresponsive.stop()
    var member = Canary.member
    member.extra = Extra(fields: ["a": Canary.first])
    await transcript.record { [member] in try await client.groups.members.sync.submit([member], to: "grp_1") }
    client.close()
    await transcript.record { try await client.groups.members.sync.submit([Canary.member], to: "grp_1") }
}

/// Values that contain canaries and might be printed.
func recordValues(_ transcript: Transcript) throws {
    let member = Canary.member
    let extra = Extra(fields: ["note": Canary.memberJSON])
    let group = VitableGroups.Group(
        id: "grp_1", organizationId: nil, name: "One", externalReferenceId: "one", createdAt: nil,
        updatedAt: nil, extra: extra)
    let secrets = ClientOptions(
        apiKey: Canary.key, defaultHeaders: ["a": Canary.key], proxy: "http://user:\(Canary.key)@proxy")
    let update = GroupUpdateParams(
        externalReferenceId: Field(Canary.email), name: Field(Canary.first))
    let printed: [Any] = [
        member, member.address, member.phone, extra, options, shortWait, ApplyOptions(wait: shortWait),
        secrets, AccessToken(Canary.token), update, group, [member], ["a": member], (member, member),
        Response(data: group, metadata: metadata), metadata, RawResponse(
            body: Data(Canary.memberJSON.utf8), metadata: metadata),
    ]
    for value in printed { transcript.add(value) }
}

private let metadata = Metadata(
    status: 200, headers: ["x-echo": Canary.header], url: "https://api.example/?email=\(Canary.email)",
    method: "GET", version: "HTTP/1.1", requestId: nil, elapsed: 0.1, attempts: [],
    idempotencyKey: nil, recovered: false, repeated: false)

/// Reports of rosters with errors in every row, blocked rosters, and unreadable files.
func recordRosters(_ transcript: Transcript) async throws {
    var bad = Canary.member
    bad.dateOfBirth += "x"
    bad.phone = Field("\(Canary.phone)7")
    bad.email = Field("\(Canary.email)@")
    bad.address.zipcode += "1"
    let (invalid, good) = (try Roster([bad, bad]), try Roster([Canary.member]))
    transcript.add(invalid)
    transcript.add(try invalid.check())
    transcript.add(try invalid.check().findings)
    transcript.add(try invalid.diff(from: good))
    let normalized = try invalid.normalized(NormalizeOptions(zip: true, dates: ["mm/dd/yyyy"]))
    transcript.add(normalized)
    transcript.add(normalized.report)
    await transcript.record { try Roster([]).guard(previous: good) }
    let failure = SyncFailure(referenceId: "REF-1", operation: .add, reason: "Invalid plan_id")
    let results = SyncResults(
        addedGroupMemberIds: [], removedGroupMemberIds: [], failures: [failure])
    transcript.add(results)
    transcript.add(try good.outcome(of: results, firstSync: true))
    transcript.add(try good.outcome(of: nil))
    let state = SyncState(
        requestId: "grpmsr_1", groupId: "grp_1", acceptedAt: nil, completedAt: nil,
        isCompleted: true, results: results)
    transcript.add(
        try ApplyResult(
            state: state, outcome: good.outcome(of: results, previous: good), report: good.check(),
            groupAfter: good.after(results, previous: good)))
    var renamed = Canary.member
    renamed.referenceId = "REF-2"
    transcript.add(try good.diff(from: Roster([renamed])))
    transcript.add(try good.corrected(after: results, replacing: ["REF-1": bad]))
    let row = "REF-1,\(Canary.first),\(Canary.last),\(Canary.birth),\(Canary.email)"
    let header = "reference_id,first_name,last_name,date_of_birth,email\n"
    let texts = [
        row, "\(header)\"\(row)", "\(header)\(row),\(row)", String("[\(Canary.memberJSON)".dropLast(5)),
        "{\"members\": \"\(Canary.email)\"}", "\"\(Canary.email)\"",
    ]
    for text in texts {
        await transcript.record {
            let roster = try Roster(data: Data(text.utf8))
            transcript.add(try roster.report as Any)
            return try roster.check()
        }
    }
}
