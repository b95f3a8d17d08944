package vitable.groups.conformance

import kotlinx.coroutines.flow.take
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import vitable.groups.*
import vitable.groups.support.*

/** Runs the call of one scenario step, and records what it reported besides its result. */
internal class CallRunner {
    var meta: JsonElement? = null
    var page: Page<*>? = null
    val before = mutableListOf<JsonElement>()
    val progress: MutableList<JsonElement> = java.util.Collections.synchronizedList(mutableListOf())

    suspend fun run(client: VitableConnect, call: String, params: JsonObject, given: JsonObject): JsonElement? {
        val options = requestOptions(given)
        val groups = client.groups
        fun text(name: String) = params.text(name)!!
        return when (call) {
            "groups.list" -> record(list(groups, params, options).page())
            "groups.iterate" -> items(list(groups, params, options), params)
            "groups.iterate_pages" -> pages(list(groups, params, options))
            "plans.list" -> record(list(client.plans, params, options).page())
            "plans.iterate" -> items(list(client.plans, params, options), params)
            "groups.create" ->
                groups.withResponse.create(text("external_reference_id"), text("name"), options).record(::canonical)
            "groups.retrieve" -> groups.withResponse.retrieve(text("group_id"), options).record(::canonical)
            "groups.update" -> {
                val update = GroupUpdateParams(field(params, "external_reference_id"), field(params, "name"))
                groups.withResponse.update(text("group_id"), update, options).record(::canonical)
            }
            "groups.find_by_external_reference_id" ->
                groups.findByExternalReferenceId(text("external_reference_id"), options)?.let(::canonical)
            "groups.get_or_create" ->
                canonical(groups.getOrCreate(text("external_reference_id"), text("name"), options))
            "get" -> raw(client.get(text("path"), options))
            "post" -> raw(client.post(text("path"), body(params), options))
            "patch" -> raw(client.patch(text("path"), body(params), options))
            else -> sync(groups.members.sync, call, params, options)
        }
    }

    private suspend fun sync(
        sync: MemberSyncs, call: String, params: JsonObject, options: RequestOptions,
    ): JsonElement {
        val group = params.text("group_id")!!
        val wait = waitOptions(params, options)
        fun roster(name: String) = params.array(name)?.let { Roster(members(it)) }
        val onProgress = { reported: SyncProgress -> progress += canonical(reported) }
        return when (call) {
            "groups.members.sync.submit" ->
                sync.withResponse.submit(group, roster("members")!!, options).record(::canonical)
            "groups.members.sync.retrieve" ->
                sync.withResponse.retrieve(params.text("request_id")!!, group, options).record(::canonical)
            "groups.members.sync.wait" ->
                canonical(sync.wait(SyncHandle(group, params.text("request_id")!!), wait, onProgress))
            "groups.members.sync.submit_and_wait" ->
                canonical(sync.submitAndWait(group, roster("members")!!, wait, onProgress))
            "groups.members.sync.apply" -> {
                val apply = ApplyOptions(
                    firstSync = params.flag("first_sync"),
                    guard = guardOptions(params.inner("guard")),
                    wait = wait,
                )
                val result = sync.apply(group, roster("members")!!, roster("previous"), apply, onProgress)
                fields(
                    "state" to canonical(result.state),
                    "outcome" to canonical(result.outcome),
                    "report" to canonical(result.report),
                    "group_after" to result.groupAfter?.rows(),
                )
            }
            else -> error("unknown call $call")
        }
    }

    suspend fun next(page: Page<*>): JsonElement? = page.nextPage()?.let(::record)

    private fun <T> Response<T>.record(convert: (T) -> JsonElement): JsonElement {
        meta = canonical(metadata)
        return convert(data)
    }

    private fun record(page: Page<*>): JsonElement {
        meta = canonical(page.metadata)
        this.page = page
        return canonical(page)
    }

    private suspend fun items(list: PagedList<*>, params: JsonObject): JsonElement {
        val maxItems = params.long("max_items")?.toInt()
        val items = list.items()
        (if (maxItems == null) items else items.take(maxItems)).collect { before += canonicalItem(it) }
        return json(before)
    }

    private suspend fun pages(list: PagedList<*>): JsonElement {
        list.pages().collect { before += canonical(it) }
        return json(before)
    }

    private companion object {
        fun body(params: JsonObject): String = params["body"]?.toString() ?: "null"

        fun raw(response: RawResponse): JsonElement = parse(response.body.decodeToString())

        fun list(groups: Groups, params: JsonObject, options: RequestOptions): PagedList<Group> =
            groups.list(params.long("limit"), params.long("page"), prefetch(params), options)

        fun list(plans: Plans, params: JsonObject, options: RequestOptions): PagedList<Plan> =
            plans.list(params.long("limit"), params.long("page"), prefetch(params), options)

        private fun prefetch(params: JsonObject) = params.long("prefetch")?.toInt() ?: 0
    }
}
