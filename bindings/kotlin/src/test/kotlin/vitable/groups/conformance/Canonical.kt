package vitable.groups.conformance

import java.lang.reflect.Modifier
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

internal fun ErrorKind.toCode(): String = name.lowercase()

private val SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssX").withZone(ZoneOffset.UTC)
private val MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSX").withZone(ZoneOffset.UTC)

/** What Kotlin's objects have besides the data. */
private val CONVENIENCES = setOf("is_ok", "is_completed", "is_empty", "text", "extra")

private val ENCODINGS = mapOf("utf8" to "utf-8", "utf16_le" to "utf-16le", "utf16_be" to "utf-16be", "windows1252" to "windows-1252")

/** Any value of the library; an object by the fields of its class. */
internal fun canonical(value: Any?): JsonElement = when (value) {
    is Instant -> json((if (value.nano == 0) SECONDS else MICROS).format(value))
    is SyncOperation -> json(if (value is SyncOperation.Unknown) value.value else value.javaClass.simpleName.lowercase())
    is Enum<*> -> value.name.lowercase().let { json(ENCODINGS[it] ?: it) }
    is List<*> -> JsonArray(value.map(::canonical))
    is Roster -> value.rows()
    is Page<*> -> canonical(value)
    is Any if value.javaClass.packageName == "vitable.groups" -> record(value)
    else -> json(value)
}

private fun record(value: Any): JsonObject {
    val all = value.javaClass.declaredFields.filter { !Modifier.isStatic(it.modifiers) }.associate {
        it.isAccessible = true
        it.name.replace(Regex("[A-Z]")) { capital -> "_" + capital.value.lowercase() } to it.get(value)
    }
    val known = (all - CONVENIENCES - "entry").mapValues { canonical(it.value) }
    val entry = all["entry"]?.let { canonical(it) as JsonObject }.orEmpty()
    val extra = all["extra"] as? Extra ?: return JsonObject(entry + known)
    val present = known.filter { (name, field) -> field !is JsonNull || name in extra.nulls }
    return JsonObject(present + extra.fields.mapValues { parse(it.value) })
}

internal fun canonical(page: Page<*>): JsonObject = fields(
    "data" to page.items.map(::canonical),
    "pagination" to canonical(page.pagination),
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
