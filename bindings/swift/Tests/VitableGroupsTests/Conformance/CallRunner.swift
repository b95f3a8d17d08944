import Foundation

@testable import VitableGroups

/// Fetches the page after a recorded one.
typealias NextPage = @Sendable (Observed) async throws -> JSON

/// What a call reported besides its result.
final class Observed: @unchecked Sendable {
    private let lock = NSLock()
    private var lists: [String: [JSON]] = [:]
    private var recorded: (meta: JSON?, page: NextPage?)

    var meta: JSON? { lock.withLock { recorded.meta } }

    var page: NextPage? { lock.withLock { recorded.page } }

    func add(_ item: JSON, to name: String) {
        lock.withLock { lists[name, default: []].append(item) }
    }

    func list(_ name: String) -> [JSON] {
        lock.withLock { lists[name] ?? [] }
    }

    /// What a response contains.
    func data<T>(_ response: Response<T>) -> T {
        lock.withLock { recorded.meta = canonical(response.metadata) }
        return response.data
    }

    /// The first page of a list, or its items or pages.
    func list<Item>(_ call: String, _ list: PagedList<Item>, _ params: JSON) async throws -> JSON {
        switch call.split(separator: ".").last {
        case "iterate":
            let maxItems = params["max_items"]?.int ?? .max
            for try await item in list {
                add(try canonical(item), to: "before")
                if self.list("before").count == maxItems { break }
            }
        case "iterate_pages": for try await page in list.pages { add(try canonical(page), to: "before") }
        default: return try record(await list.page())
        }
        return .array(self.list("before"))
    }

    private func record<Item>(_ page: Page<Item>) throws -> JSON {
        lock.withLock {
            recorded.meta = canonical(page.metadata)
            recorded.page = { later in
                guard let next = try await page.nextPage() else { return .null }
                return try later.record(next)
            }
        }
        return try canonical(page)
    }
}

/// Runs the call of one scenario step.
func runCall(
    _ call: String, _ client: VitableConnect, _ params: JSON, _ given: JSON, _ observed: Observed
) async throws -> JSON {
    try canonical(await run(call, client, params, requestOptions(given), observed) as Any)
}

/// The calls that the definition of the API does not have, and those with a roster.
func special(
    _ call: String, _ client: VitableConnect, _ params: JSON, _ options: RequestOptions,
    _ observed: Observed
) async throws -> Any? {
    let sync = client.groups.members.sync
    let wait = waitOptions(params, options)
    let onProgress: ProgressHandler = { observed.add(canonical($0), to: "progress") }
    func text(_ name: String) -> String { params[name]?.text ?? "" }
    func roster(_ name: String) throws -> Roster { try Roster(members(params[name])) }
    let (group, body) = (text("group_id"), try params["body"]?.encoded ?? "null")
    switch call {
    case "groups.find_by_external_reference_id":
        return try await client.groups.find(
            byExternalReferenceId: text("external_reference_id"), options: options)
    case "groups.get_or_create":
        return try await client.groups.getOrCreate(
            externalReferenceId: text("external_reference_id"), name: text("name"), options: options)
    case "groups.members.sync.submit":
        return observed.data(
            try await sync.withResponse.submit(roster("members"), to: group, options: options))
    case "groups.members.sync.wait":
        let handle = SyncHandle(groupId: group, requestId: text("request_id"))
        return try await sync.wait(for: handle, options: wait, onProgress: onProgress)
    case "groups.members.sync.submit_and_wait":
        return try await sync.submitAndWait(
            roster("members"), to: group, options: wait, onProgress: onProgress)
    case "groups.members.sync.apply":
        return try await sync.apply(
            roster("members"), to: group,
            previous: try params["previous"] == nil ? nil : roster("previous"),
            options: ApplyOptions(
                firstSync: params["first_sync"] == .bool(true),
                guard: guardOptions(params["guard"]), wait: wait),
            onProgress: onProgress)
    case "get": return try JSON.parse(await client.get(text("path"), options: options).body)
    case "post":
        return try JSON.parse(await client.post(text("path"), json: body, options: options).body)
    case "patch":
        return try JSON.parse(await client.patch(text("path"), json: body, options: options).body)
    default: throw ScenarioError(description: "unknown call \(call)")
    }
}
