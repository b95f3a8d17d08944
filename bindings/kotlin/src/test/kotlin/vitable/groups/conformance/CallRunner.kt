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

    suspend fun run(client: VitableConnect, call: String, params: JsonObject, given: JsonObject): JsonElement =
        canonical(call(client, call, params, requestOptions(given)))

    /** The calls that the definition of the API does not have. */
    suspend fun special(client: VitableConnect, call: String, params: JsonObject, options: RequestOptions): Any? {
        val sync = client.groups.members.sync
        val wait = waitOptions(params, options)
        fun text(name: String) = params.text(name)!!
        fun roster(name: String) = params.array(name)?.let { Roster(members(it)) }
        val onProgress = { reported: SyncProgress -> progress += canonical(reported) }
        return when (call) {
            "groups.find_by_external_reference_id" ->
                client.groups.findByExternalReferenceId(text("external_reference_id"), options)
            "groups.get_or_create" ->
                client.groups.getOrCreate(text("external_reference_id"), text("name"), options)
            "groups.members.sync.wait" ->
                sync.wait(SyncHandle(text("group_id"), text("request_id")), wait, onProgress)
            "groups.members.sync.submit_and_wait" ->
                sync.submitAndWait(text("group_id"), roster("members")!!, wait, onProgress)
            "groups.members.sync.apply" -> {
                val guard = guardOptions(params.inner("guard"))
                val apply = ApplyOptions(firstSync = params.flag("first_sync"), guard = guard, wait = wait)
                sync.apply(text("group_id"), roster("members")!!, roster("previous"), apply, onProgress)
            }
            "get" -> raw(client.get(text("path"), options))
            "post" -> raw(client.post(text("path"), "${params["body"]}", options))
            "patch" -> raw(client.patch(text("path"), "${params["body"]}", options))
            else -> error("unknown call $call")
        }
    }

    suspend fun next(page: Page<*>): JsonElement? = page.nextPage()?.let(::record)

    /** What a response contains. */
    fun <T : Any> data(response: Response<T>): T {
        meta = canonical(response.metadata)
        return response.data
    }

    /** The first page of a list, or its items or pages. */
    suspend fun list(call: String, list: PagedList<*>, params: JsonObject): JsonElement {
        when (call.substringAfterLast('.')) {
            "iterate" -> list.items().take(params.long("max_items")?.toInt() ?: Int.MAX_VALUE).collect { before += canonical(it) }
            "iterate_pages" -> list.pages().collect { before += canonical(it) }
            else -> return record(list.page())
        }
        return json(before)
    }

    private fun record(page: Page<*>): JsonElement {
        meta = canonical(page.metadata)
        this.page = page
        return canonical(page)
    }

    private fun raw(response: RawResponse): JsonElement = parse(response.body.decodeToString())
}
