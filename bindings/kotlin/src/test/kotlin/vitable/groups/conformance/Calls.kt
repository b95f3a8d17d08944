package vitable.groups.conformance

import kotlinx.coroutines.flow.take
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import vitable.groups.*

/** One step's call; keeps what it told on the way. */
internal class Calls {
    var meta: JsonElement? = null
    var page: Page<*>? = null
    val before = mutableListOf<JsonElement>()
    val progress: MutableList<JsonElement> = java.util.Collections.synchronizedList(mutableListOf())

    suspend fun make(client: VitableConnect, call: String, params: JsonObject, given: JsonObject): JsonElement? {
        val options = requestOptions(given)
        val groups = client.groups
        fun text(name: String) = params.text(name)!!
        return when (call) {
            "groups.list" -> keep(list(groups, params, options).page())
            "groups.iterate" -> items(list(groups, params, options), params)
            "groups.iterate_pages" -> pages(list(groups, params, options))
            "plans.list" -> keep(list(client.plans, params, options).page())
            "plans.iterate" -> items(list(client.plans, params, options), params)
            "groups.create" ->
                groups.withResponse.create(text("external_reference_id"), text("name"), options).told(::normal)
            "groups.retrieve" -> groups.withResponse.retrieve(text("group_id"), options).told(::normal)
            "groups.update" -> {
                val update = GroupUpdateParams(field(params, "external_reference_id"), field(params, "name"))
                groups.withResponse.update(text("group_id"), update, options).told(::normal)
            }
            "groups.find_by_external_reference_id" ->
                groups.findByExternalReferenceId(text("external_reference_id"), options)?.let(::normal)
            "groups.get_or_create" ->
                normal(groups.getOrCreate(text("external_reference_id"), text("name"), options))
            "get" -> raw(client.get(text("path"), options))
            "post" -> raw(client.post(text("path"), body(params), options))
            "patch" -> raw(client.patch(text("path"), body(params), options))
            else -> sync(groups.members.sync, call, params, options)
        }
    }

    private suspend fun sync(sync: Sync, call: String, params: JsonObject, options: RequestOptions): JsonElement {
        val group = params.text("group_id")!!
        val wait = waitOptions(params, options)
        fun roster(name: String) = params.array(name)?.let { Roster(members(it)) }
        val tell = { seen: SyncProgress -> progress += normal(seen) }
        return when (call) {
            "groups.members.sync.submit" ->
                sync.withResponse.submit(group, roster("members")!!, options).told(::normal)
            "groups.members.sync.retrieve" ->
                sync.withResponse.retrieve(params.text("request_id")!!, group, options).told(::normal)
            "groups.members.sync.wait" ->
                normal(sync.wait(SyncHandle(group, params.text("request_id")!!), wait, tell))
            "groups.members.sync.submit_and_wait" ->
                normal(sync.submitAndWait(group, roster("members")!!, wait, tell))
            "groups.members.sync.apply" -> {
                val apply = ApplyOptions(
                    firstSync = params.flag("first_sync"),
                    guard = guardOptions(params.inner("guard")),
                    wait = wait,
                )
                val done = sync.apply(group, roster("members")!!, roster("previous"), apply, tell)
                fields(
                    "state" to normal(done.state),
                    "outcome" to normal(done.outcome),
                    "report" to normal(done.report),
                    "group_after" to done.groupAfter?.rows(),
                )
            }
            else -> error("there is no call $call")
        }
    }

    suspend fun next(page: Page<*>): JsonElement? = page.nextPage()?.let(::keep)

    private fun <T> Response<T>.told(normal: (T) -> JsonElement): JsonElement {
        meta = normal(metadata)
        return normal(data)
    }

    private fun keep(page: Page<*>): JsonElement {
        meta = normal(page.metadata)
        this.page = page
        return normal(page)
    }

    private suspend fun items(list: PagedList<*>, params: JsonObject): JsonElement {
        val most = params.long("max_items")?.toInt()
        val items = list.items()
        (if (most == null) items else items.take(most)).collect { before += normalItem(it) }
        return json(before)
    }

    private suspend fun pages(list: PagedList<*>): JsonElement {
        list.pages().collect { before += normal(it) }
        return json(before)
    }

    private companion object {
        fun body(params: JsonObject): String = params["body"]?.toString() ?: "null"

        fun raw(answer: RawResponse): JsonElement = parse(answer.body.decodeToString())

        fun list(groups: Groups, params: JsonObject, options: RequestOptions): PagedList<Group> =
            groups.list(params.long("limit"), params.long("page"), prefetch(params), options)

        fun list(plans: Plans, params: JsonObject, options: RequestOptions): PagedList<Plan> =
            plans.list(params.long("limit"), params.long("page"), prefetch(params), options)

        private fun prefetch(params: JsonObject) = params.long("prefetch")?.toInt() ?: 0
    }
}
