package vitable.groups.conformance

import java.net.URLDecoder
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import vitable.groups.*
import vitable.groups.support.*

// Results in the canonical JSON form that the scenarios compare in all languages.

internal val ABORTED = fields("kind" to "aborted")

internal fun ErrorKind.toCode(): String = name.lowercase()

private val SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssX").withZone(ZoneOffset.UTC)
private val MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC)

private fun Instant.toText(): String = (if (nano == 0) SECONDS else MICROS).format(this)

private fun model(extra: Extra, vararg known: Pair<String, Any?>): JsonObject {
    val present = known.filter { (name, value) -> value != null || name in extra.nulls }
    return JsonObject(json(present.toMap()) as JsonObject + extra.fields.mapValues { parse(it.value) })
}

internal fun canonical(group: Group): JsonObject = model(
    group.extra,
    "id" to group.id,
    "organization_id" to group.organizationId,
    "name" to group.name,
    "external_reference_id" to group.externalReferenceId,
    "created_at" to group.createdAt?.toText(),
    "updated_at" to group.updatedAt?.toText(),
)

internal fun canonical(plan: Plan): JsonObject = model(plan.extra, "id" to plan.id, "name" to plan.name)

internal fun canonical(receipt: SyncReceipt): JsonObject = model(
    receipt.extra,
    "request_id" to receipt.requestId,
    "group_id" to receipt.groupId,
    "accepted_at" to receipt.acceptedAt?.toText(),
)

internal fun canonical(state: SyncState): JsonObject = model(
    state.extra,
    "request_id" to state.requestId,
    "group_id" to state.groupId,
    "accepted_at" to state.acceptedAt?.toText(),
    "completed_at" to state.completedAt?.toText(),
    "results" to state.results?.let(::canonical),
)

private fun canonical(results: SyncResults): JsonObject = model(
    results.extra,
    "added_group_member_ids" to results.addedGroupMemberIds,
    "removed_group_member_ids" to results.removedGroupMemberIds,
    "failures" to results.failures.map {
        model(
            it.extra,
            "reference_id" to it.referenceId,
            "operation" to it.operation.toCode(),
            "reason" to it.reason,
        )
    },
)

internal fun SyncOperation.toCode(): String = when (this) {
    SyncOperation.Add -> "add"
    SyncOperation.Remove -> "remove"
    is SyncOperation.Unknown -> value
}

internal fun canonicalItem(item: Any): JsonElement = if (item is Group) canonical(item) else canonical(item as Plan)

internal fun canonical(page: Page<*>): JsonObject = fields(
    "data" to page.items.map { canonicalItem(it) },
    "pagination" to page.pagination?.let {
        model(it.extra, "page" to it.page, "limit" to it.limit, "total" to it.total, "total_pages" to it.totalPages)
    },
    "number" to page.number,
    "next_number" to page.nextNumber,
)

private fun canonical(attempts: List<Attempt>): List<JsonObject> =
    attempts.map { fields("status" to it.status, "reason" to it.reason) }

internal fun canonical(metadata: Metadata): JsonObject = fields(
    "status" to metadata.status,
    "retries" to metadata.attempts.size - 1,
    "attempts" to canonical(metadata.attempts),
    "recovered" to metadata.recovered,
    "repeated" to metadata.repeated,
    "idempotency_key" to metadata.idempotencyKey,
    "request_id" to metadata.requestId,
)

internal fun canonical(error: VitableConnectException): JsonObject {
    val details = error.details
    val known = fields(
        "kind" to error.kind.toCode(),
        "text" to error.message,
        "attempts" to canonical(error.attempts),
        "outcome_unknown" to error.outcomeUnknown,
        "operation" to error.operation,
        "status" to error.status,
        "code" to error.code,
        "trace_id" to error.traceId,
        "request_id" to details.requestId,
        "retry_after" to error.retryAfter?.let { it.toNanos() / 1e9 },
        "idempotency_key" to details.idempotencyKey,
        "sync" to error.syncHandle?.let { mapOf("group_id" to it.groupId, "request_id" to it.requestId) },
        "page" to details.page,
        "details" to details.report?.let(::parse),
        "body" to details.body?.decodeToString(),
    )
    return JsonObject(known.filterValues { it !is JsonNull })
}

internal fun canonical(progress: SyncProgress): JsonObject = fields(
    "polls" to progress.polls,
    "completed" to (progress.state?.isCompleted ?: false),
    "last_error" to progress.lastError?.toCode(),
)

/** A recorded request, with decoded headers, query and body. */
internal fun canonicalRequest(recorded: JsonObject): JsonObject {
    val headers = linkedMapOf<String, String>()
    for (header in recorded.array("headers")!!) {
        val (name, value) = (header as JsonArray).map { it.content!! }
        headers.merge(name, value) { before, after -> "$before, $after" }
    }
    val body = recorded.text("body")?.ifEmpty { null }
    val query = recorded.text("query").orEmpty().split('&').filter(String::isNotEmpty).associate {
        urlDecode(it.substringBefore('=')) to urlDecode(it.substringAfter('=', ""))
    }
    val decoded = fields(
        "headers" to headers,
        "query" to query,
        "body" to body?.let { runCatching { parse(it) }.getOrElse { _ -> json(body) } },
    )
    return JsonObject(recorded + decoded)
}

private fun urlDecode(text: String): String = URLDecoder.decode(text, Charsets.UTF_8)
