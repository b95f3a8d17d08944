import Foundation

@testable import VitableGroups

// Meets every failure with every operation, with canaries wherever values go.

private let options = RequestOptions(
    headers: ["x-note": Canary.header], query: ["email": Canary.email],
    body: ["note": Canary.memberJSON])
private let waiting = WaitOptions(deadline: 0.06, pollInterval: 0.001, request: options)
private let tuning = NativeTuning(retryBaseDelay: 0.001)

private func client(
    at url: String, _ change: (inout ClientOptions) -> Void = { _ in }
) throws -> VitableConnect {
    // Only the server that never answers is not waited for.
    var options = ClientOptions(
        apiKey: Canary.key, baseUrl: url, timeout: 30, maxRetries: 1,
        defaultHeaders: ["x-own": Canary.header], defaultQuery: ["phone": Canary.phone],
        tlsRoots: .bundled, ignoreEnvironmentProxy: true)
    change(&options)
    return try VitableConnect(options, tokenProvider: nil, tuning: tuning)
}

private func meet(_ client: VitableConnect, _ told: Transcript) async throws {
    let groups = client.groups
    let sync = groups.members.sync
    let roster = try Roster([Canary.member])
    let handle = SyncHandle(groupId: "grp_1", requestId: "grpmsr_1")
    let (email, first) = (Canary.email, Canary.first)
    told.add(client)
    await told.meet("groups.list") { try await groups.list(options: options).page() }
    await told.meet("groups.iterate") { try await groups.list(options: options).collect(limit: 9) }
    await told.meet("groups.iterate_pages") { for try await page in groups.list(options: options).pages { told.add(page) }; return "" }
    await told.meet("groups.create") { try await groups.create(externalReferenceId: email, name: first, options: options) }
    await told.meet("groups.retrieve") { try await groups.retrieve("grp_1", options: options) }
    await told.meet("groups.update") {
        try await groups.update("grp_1", externalReferenceId: email, name: first, options: options)
    }
    await told.meet("groups.find_by_external_reference_id") { try await groups.find(externalReferenceId: email, options: options) as Any }
    await told.meet("groups.get_or_create") {
        try await groups.getOrCreate(externalReferenceId: email, name: first, options: options)
    }
    await told.meet("plans.list") { try await client.plans.list(options: options).page() }
    await told.meet("groups.members.sync.submit") { try await sync.submit(roster, to: "grp_1", options: options) }
    await told.meet("groups.members.sync.retrieve") { try await sync.retrieve("grpmsr_1", groupId: "grp_1", options: options) }
    await told.meet("groups.members.sync.wait") { try await sync.wait(for: handle, options: waiting) }
    await told.meet("groups.members.sync.submit_and_wait") { try await sync.submitAndWait(roster, to: "grp_1", options: waiting) }
    await told.meet("groups.members.sync.apply") { try await sync.apply(roster, to: "grp_1", options: ApplyOptions(firstSync: true, wait: waiting)) }
    await told.meet("get") { try await client.get("/v1/groups", options: options) }
    await told.meet("post") { try await client.post("/v1/groups", json: Canary.memberJSON, options: options) }
    await told.meet("patch") { try await client.patch("/v1/groups", json: Canary.memberJSON, options: options) }
    client.close()
}

func meetEverything(_ told: Transcript) async throws {
    var servers = FailingServer.failures.mapValues(FailingServer.init)
    let refused = FailingServer { _ in nil }
    refused.stop()
    servers["refused"] = refused
    let tokens = try VitableConnect(
        ClientOptions(baseUrl: servers["status 401"]?.url, tlsRoots: .bundled),
        tokenProvider: { AccessToken(Canary.token, expiresIn: 900) }, tuning: tuning)
    let clients = try servers.map { name, server in
        try client(at: server.url) { if name == "no answer" { $0.timeout = 0.06 } }
    }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for client in clients + [tokens] {
            tasks.addTask { try await meet(client, told) }
        }
        try await tasks.waitForAll()
    }
    for server in servers.values { server.stop() }
}

/// Arguments that cannot be sent.
func misuse(_ told: Transcript) async throws {
    let server = FailingServer(FailingServer.failures["status 400"] ?? { $0 })
    defer { server.stop() }
    let url = server.url
    let usual = try client(at: url)
    let headers = ["x-bad": "\(Canary.header)\nx-evil: \(Canary.key)"]
    await told.meet { try await usual.groups.list(options: RequestOptions(headers: headers)).page() }
    await told.meet {
        try await usual.groups.list(options: RequestOptions(body: ["note": Canary.first])).page()
    }
    await told.meet { try await usual.get("https://user:\(Canary.key)@elsewhere.example/\(Canary.email)") }
    await told.meet { try await usual.post("/v1/groups", json: String(Canary.memberJSON.dropLast(5))) }
    await told.meet { try usual.setAPIKey("\(Canary.key)\n\(Canary.key)") }
    await told.meet { try client(at: url) { $0.apiKey = "\(Canary.key)\u{0}" } }
    await told.meet { try client(at: "https://user:\(Canary.key)@example.com") }
    await told.meet { try client(at: "http://\(Canary.city).example") }
    await told.meet { try client(at: url) { $0.proxy = "http://user:\(Canary.key)@" } }
    await told.meet { try client(at: url) { $0.tlsRoots = .pem(text: Canary.key) } }
    await told.meet { try await usual.groups.list(options: RequestOptions(timeout: -1)).page() }
    let sync = usual.groups.members.sync
    var nameless = Canary.member
    nameless.firstName = ""
    await told.meet { [nameless] in try await sync.apply(Roster([nameless]), to: "grp_1") }
    await told.meet { try await sync.apply(Roster([]), to: "grp_1") }
    await told.meet { try await sync.apply(Roster([Canary.member]), to: "grp_1") }
    var renamed = Canary.member
    renamed.referenceId = "REF-2"
    await told.meet { [renamed] in
        try await sync.apply(Roster([Canary.member]), to: "grp_1", previous: Roster([renamed]))
    }
    struct Shut: Error {}
    let vaultless = try VitableConnect(
        ClientOptions(baseUrl: url, tlsRoots: .bundled), tokenProvider: { throw Shut() }, tuning: tuning)
    await told.meet { try await vaultless.groups.retrieve("grp_1") }
    let silent = FailingServer { _ in nil }
    let late = RequestOptions(deadline: 0.06)
    await told.meet { try await client(at: silent.url).groups.retrieve("grp_1", options: late) }
    silent.stop()
    var member = Canary.member
    member.extra = Extra(fields: ["a": Canary.first])
    await told.meet { [member] in try await usual.groups.members.sync.submit([member], to: "grp_1") }
    usual.close()
    await told.meet { try await usual.groups.members.sync.submit([Canary.member], to: "grp_1") }
}

/// What holds canaries, and is printed by mistake.
func values(_ told: Transcript) throws {
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
        member, member.address, member.phone, extra, options, waiting, ApplyOptions(wait: waiting),
        secrets, AccessToken(Canary.token), update, group, [member], ["a": member], (member, member),
        Response(data: group, metadata: metadata), metadata, RawResponse(
            body: Data(Canary.memberJSON.utf8), metadata: metadata),
    ]
    for value in printed { told.add(value) }
}

private let metadata = Metadata(
    status: 200, headers: ["x-echo": Canary.header], url: "https://api.example/?email=\(Canary.email)",
    method: "GET", version: "HTTP/1.1", requestId: nil, elapsed: 0.1, attempts: [],
    idempotencyKey: nil, recovered: false, repeated: false)

/// Rosters with errors in every row: reports, refusals, unreadable files.
func rosters(_ told: Transcript) async throws {
    var bad = Canary.member
    bad.dateOfBirth += "x"
    bad.phone = Field("\(Canary.phone)7")
    bad.email = Field("\(Canary.email)@")
    bad.address.zipcode += "1"
    let (wrong, good) = (try Roster([bad, bad]), try Roster([Canary.member]))
    told.add(wrong)
    told.add(try wrong.check())
    told.add(try wrong.check().findings)
    told.add(try wrong.diff(from: good))
    let tidy = try wrong.normalized(NormalizeOptions(zip: true, dates: ["mm/dd/yyyy"]))
    told.add(tidy)
    told.add(tidy.report)
    await told.meet { try Roster([]).enforce(previous: good) }
    let failure = SyncFailure(referenceId: "REF-1", operation: .add, reason: "Invalid plan_id")
    let results = SyncResults(
        addedGroupMemberIds: [], removedGroupMemberIds: [], failures: [failure])
    told.add(results)
    told.add(try good.outcome(of: results, firstSync: true))
    told.add(try good.outcome(of: nil))
    let state = SyncState(
        requestId: "grpmsr_1", groupId: "grp_1", acceptedAt: nil, completedAt: nil,
        isCompleted: true, results: results)
    told.add(
        try ApplyResult(
            state: state, outcome: good.outcome(of: results, previous: good), report: good.check(),
            groupAfter: good.after(results, previous: good)))
    var renamed = Canary.member
    renamed.referenceId = "REF-2"
    told.add(try good.diff(from: Roster([renamed])))
    told.add(try good.corrected(after: results, replacing: ["REF-1": bad]))
    let row = "REF-1,\(Canary.first),\(Canary.last),\(Canary.birth),\(Canary.email)"
    let header = "reference_id,first_name,last_name,date_of_birth,email\n"
    let texts = [
        row, "\(header)\"\(row)", "\(header)\(row),\(row)", String("[\(Canary.memberJSON)".dropLast(5)),
        "{\"members\": \"\(Canary.email)\"}", "\"\(Canary.email)\"",
    ]
    for text in texts {
        await told.meet {
            let roster = try Roster(data: Data(text.utf8))
            told.add(try roster.report as Any)
            return try roster.check()
        }
    }
}
