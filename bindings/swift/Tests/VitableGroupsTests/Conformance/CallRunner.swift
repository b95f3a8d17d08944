import Foundation

@testable import VitableGroups

/// What a call reported besides its result.
final class Observed: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: [String: JSON] = [:]
    private var lists: [String: [JSON]] = [:]
    private var next: NextPage?

    var meta: JSON? {
        get { lock.withLock { stored["meta"] } }
        set { lock.withLock { stored["meta"] = newValue } }
    }

    var page: NextPage? {
        get { lock.withLock { next } }
        set { lock.withLock { next = newValue } }
    }

    func add(_ item: JSON, to name: String) {
        lock.withLock { lists[name, default: []].append(item) }
    }

    func list(_ name: String) -> [JSON] {
        lock.withLock { lists[name] ?? [] }
    }
}

/// Fetches the page after a recorded one.
typealias NextPage = @Sendable (Observed) async throws -> JSON

/// Runs the call of one scenario step.
func runCall(
    _ call: String, _ client: VitableConnect, _ params: JSON, _ given: JSON, _ observed: Observed
) async throws -> JSON {
    let options = try requestOptions(given)
    let groups = client.groups
    func text(_ name: String) -> String { params[name]?.text ?? "" }
    let body = try params["body"]?.encoded ?? "null"
    let prefetch = Int32(params["prefetch"]?.int ?? 0)
    func listGroups() -> PagedList<VitableGroups.Group> {
        groups.list(
            limit: params["limit"]?.int, page: params["page"]?.int, prefetch: prefetch,
            options: options)
    }
    func listPlans() -> PagedList<Plan> {
        client.plans.list(
            limit: params["limit"]?.int, page: params["page"]?.int, prefetch: prefetch,
            options: options)
    }
    func record<T>(_ response: Response<T>, _ convert: (T) throws -> JSON) throws -> JSON {
        observed.meta = canonical(response.metadata)
        return try convert(response.data)
    }

    switch call {
    case "groups.list": return try recordPage(await listGroups().page(), observed, canonical)
    case "groups.iterate": return try await items(listGroups(), params, observed, canonical)
    case "groups.iterate_pages":
        for try await page in listGroups().pages {
            observed.add(try canonical(page, canonical), to: "before")
        }
        return .array(observed.list("before"))
    case "plans.list": return try recordPage(await listPlans().page(), observed, canonical)
    case "plans.iterate": return try await items(listPlans(), params, observed, canonical)
    case "groups.create":
        let created = try await groups.withResponse.create(
            externalReferenceId: text("external_reference_id"), name: text("name"), options: options)
        return try record(created, canonical)
    case "groups.retrieve":
        let found = try await groups.withResponse.retrieve(text("group_id"), options: options)
        return try record(found, canonical)
    case "groups.update":
        let update = GroupUpdateParams(
            externalReferenceId: field(params, "external_reference_id"), name: field(params, "name"))
        return try record(
            await groups.withResponse.update(text("group_id"), update, options: options), canonical)
    case "groups.find_by_external_reference_id":
        let found = try await groups.find(
            byExternalReferenceId: text("external_reference_id"), options: options)
        return try found.map(canonical) ?? .null
    case "groups.get_or_create":
        return try canonical(
            await groups.getOrCreate(
                externalReferenceId: text("external_reference_id"), name: text("name"),
                options: options))
    case "groups.members.sync.submit":
        let receipt = try await groups.members.sync.withResponse.submit(
            Roster(members(params["members"])), to: text("group_id"), options: options)
        return try record(receipt, canonical)
    case "groups.members.sync.retrieve":
        let state = try await groups.members.sync.withResponse.retrieve(
            text("request_id"), groupId: text("group_id"), options: options)
        return try record(state, canonical)
    case "get": return try JSON.parse(await client.get(text("path"), options: options).body)
    case "post":
        return try JSON.parse(await client.post(text("path"), json: body, options: options).body)
    case "patch":
        return try JSON.parse(await client.patch(text("path"), json: body, options: options).body)
    default: return try await runSync(call, groups.members.sync, params, options, observed)
    }
}

private func runSync(
    _ call: String, _ sync: MemberSyncs, _ params: JSON, _ options: RequestOptions, _ observed: Observed
) async throws -> JSON {
    let options = waitOptions(params, options)
    let group = params["group_id"]?.text ?? ""
    let onProgress: ProgressHandler = { observed.add(canonical($0), to: "progress") }
    switch call {
    case "groups.members.sync.wait":
        let handle = SyncHandle(groupId: group, requestId: params["request_id"]?.text ?? "")
        return try canonical(await sync.wait(for: handle, options: options, onProgress: onProgress))
    case "groups.members.sync.submit_and_wait":
        return try canonical(
            await sync.submitAndWait(
                Roster(members(params["members"])), to: group, options: options,
                onProgress: onProgress))
    case "groups.members.sync.apply":
        let result = try await sync.apply(
            Roster(members(params["members"])), to: group,
            previous: try params["previous"].map { try Roster(members($0)) },
            options: ApplyOptions(
                firstSync: params["first_sync"] == .bool(true),
                guard: guardOptions(params["guard"]), wait: options),
            onProgress: onProgress)
        return [
            "state": try canonical(result.state), "outcome": canonical(result.outcome),
            "report": canonical(result.report), "group_after": try result.groupAfter.map(rows) ?? .null,
        ]
    default: throw Mismatch(description: "unknown call \(call)")
    }
}

private func recordPage<Item>(
    _ page: Page<Item>, _ observed: Observed, _ convert: @escaping @Sendable (Item) throws -> JSON
) throws -> JSON {
    observed.meta = canonical(page.metadata)
    observed.page = { (later: Observed) async throws -> JSON in
        guard let next = try await page.nextPage() else { return .null }
        return try recordPage(next, later, convert)
    }
    return try canonical(page, convert)
}

private func items<Item>(
    _ list: PagedList<Item>, _ params: JSON, _ observed: Observed, _ convert: (Item) throws -> JSON
) async throws -> JSON {
    let maxItems = params["max_items"]?.int ?? .max
    for try await item in list {
        observed.add(try convert(item), to: "before")
        if observed.list("before").count == maxItems { break }
    }
    return .array(observed.list("before"))
}
