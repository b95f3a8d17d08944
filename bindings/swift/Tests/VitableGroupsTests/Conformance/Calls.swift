import Foundation

@testable import VitableGroups

/// What a call told on the way.
final class Witness: @unchecked Sendable {
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

/// Gets the page after one that was kept.
typealias NextPage = @Sendable (Witness) async throws -> JSON

/// Makes one step's call.
func make(
    _ call: String, _ client: VitableConnect, _ params: JSON, _ given: JSON, _ told: Witness
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
    func tell<T>(_ response: Response<T>, _ normalize: (T) throws -> JSON) throws -> JSON {
        told.meta = normal(response.metadata)
        return try normalize(response.data)
    }

    switch call {
    case "groups.list": return try keep(await listGroups().page(), told, normal)
    case "groups.iterate": return try await items(listGroups(), params, told, normal)
    case "groups.iterate_pages":
        for try await page in listGroups().pages {
            told.add(try normal(page, normal), to: "before")
        }
        return .array(told.list("before"))
    case "plans.list": return try keep(await listPlans().page(), told, normal)
    case "plans.iterate": return try await items(listPlans(), params, told, normal)
    case "groups.create":
        let made = try await groups.withResponse.create(
            externalReferenceId: text("external_reference_id"), name: text("name"), options: options)
        return try tell(made, normal)
    case "groups.retrieve":
        let found = try await groups.withResponse.retrieve(text("group_id"), options: options)
        return try tell(found, normal)
    case "groups.update":
        let update = GroupUpdateParams(
            externalReferenceId: field(params, "external_reference_id"), name: field(params, "name"))
        return try tell(
            await groups.withResponse.update(text("group_id"), update, options: options), normal)
    case "groups.find_by_external_reference_id":
        let found = try await groups.find(
            externalReferenceId: text("external_reference_id"), options: options)
        return try found.map(normal) ?? .null
    case "groups.get_or_create":
        return try normal(
            await groups.getOrCreate(
                externalReferenceId: text("external_reference_id"), name: text("name"),
                options: options))
    case "groups.members.sync.submit":
        let receipt = try await groups.members.sync.withResponse.submit(
            Roster(members(params["members"])), to: text("group_id"), options: options)
        return try tell(receipt, normal)
    case "groups.members.sync.retrieve":
        let state = try await groups.members.sync.withResponse.retrieve(
            text("request_id"), groupId: text("group_id"), options: options)
        return try tell(state, normal)
    case "get": return try JSON.parse(await client.get(text("path"), options: options).body)
    case "post":
        return try JSON.parse(await client.post(text("path"), json: body, options: options).body)
    case "patch":
        return try JSON.parse(await client.patch(text("path"), json: body, options: options).body)
    default: return try await follow(call, groups.members.sync, params, options, told)
    }
}

private func follow(
    _ call: String, _ sync: Sync, _ params: JSON, _ options: RequestOptions, _ told: Witness
) async throws -> JSON {
    let options = waitOptions(params, options)
    let group = params["group_id"]?.text ?? ""
    let onProgress: ProgressHandler = { told.add(normal($0), to: "progress") }
    switch call {
    case "groups.members.sync.wait":
        let handle = SyncHandle(groupId: group, requestId: params["request_id"]?.text ?? "")
        return try normal(await sync.wait(for: handle, options: options, onProgress: onProgress))
    case "groups.members.sync.submit_and_wait":
        return try normal(
            await sync.submitAndWait(
                Roster(members(params["members"])), to: group, options: options,
                onProgress: onProgress))
    case "groups.members.sync.apply":
        let done = try await sync.apply(
            Roster(members(params["members"])), to: group,
            previous: try params["previous"].map { try Roster(members($0)) },
            options: ApplyOptions(
                firstSync: params["first_sync"] == .bool(true),
                guard: guardOptions(params["guard"]), wait: options),
            onProgress: onProgress)
        return [
            "state": try normal(done.state), "outcome": normal(done.outcome),
            "report": normal(done.report), "group_after": try done.groupAfter.map(rows) ?? .null,
        ]
    default: throw Mismatch(description: "there is no call \(call)")
    }
}

private func keep<Item>(
    _ page: Page<Item>, _ told: Witness, _ item: @escaping @Sendable (Item) throws -> JSON
) throws -> JSON {
    told.meta = normal(page.metadata)
    told.page = { (later: Witness) async throws -> JSON in
        guard let next = try await page.nextPage() else { return .null }
        return try keep(next, later, item)
    }
    return try normal(page, item)
}

private func items<Item>(
    _ list: PagedList<Item>, _ params: JSON, _ told: Witness, _ normal: (Item) throws -> JSON
) async throws -> JSON {
    let most = params["max_items"]?.int ?? .max
    for try await item in list {
        told.add(try normal(item), to: "before")
        if told.list("before").count == most { break }
    }
    return .array(told.list("before"))
}
