package vitable.groups.conformance

import java.time.Duration
import java.time.temporal.ChronoUnit
import java.util.concurrent.ConcurrentLinkedQueue
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.*
import vitable.groups.support.*

// Options and members as scenarios specify them.

private fun JsonObject.time(name: String): Duration? = when {
    !has(name) -> null
    else -> long(name)?.let(Duration::ofMillis) ?: ChronoUnit.FOREVER.duration
}

/** Strings by name; null to omit one. */
private fun JsonObject.texts(name: String): Map<String, String?> =
    inner(name).orEmpty().mapValues { it.value.content }

internal fun clientOptions(given: JsonObject): ClientOptions = ClientOptions(
    apiKey = given.text("api_key"),
    baseUrl = given.text("base_url"),
    preferEnvironment = given.has("base_url") && given.text("base_url") == null,
    environment = given.text("environment")?.let(VitableConnect::environment),
    timeout = given.time("timeout_ms"),
    connectTimeout = given.time("connect_timeout_ms"),
    deadline = given.time("deadline_ms"),
    maxRetries = given.long("max_retries")?.toInt(),
    defaultHeaders = given.texts("default_headers"),
    defaultQuery = given.texts("default_query").mapValues { it.value!! },
    organization = given.text("organization"),
    userAgent = given.text("user_agent"),
    maxResponseBytes = given.long("max_response_bytes"),
)

internal fun tuning(given: JsonObject, environment: Map<String, String>): NativeTuning = NativeTuning(
    retryBaseDelay = given.time("retry_base_delay_ms"),
    retryMaxDelay = given.time("retry_max_delay_ms"),
    maxServerDelay = given.time("max_server_delay_ms"),
    ignoreLongServerDelay = given.flag("ignore_long_server_delay"),
    variables = environment,
)

internal fun tokens(given: JsonObject): TokenProvider? = given.array("token_provider")?.let { list ->
    val queue = ConcurrentLinkedQueue<JsonElement>(list)
    TokenProvider {
        val next = checkNotNull(queue.poll()) { "the scenario has no more tokens" }.jsonObject
        next.text("fail")?.let { error(it) }
        AccessToken(next.text("token")!!, next.time("expires_in_ms"))
    }
}

internal fun requestOptions(given: JsonObject): RequestOptions = RequestOptions(
    timeout = given.time("timeout_ms"),
    connectTimeout = given.time("connect_timeout_ms"),
    deadline = given.time("deadline_ms"),
    maxRetries = given.long("max_retries")?.toInt(),
    headers = given.texts("headers"),
    query = given.texts("query"),
    body = given.inner("body").orEmpty().mapValues { it.value.toString() } +
        given.array("omit_body").orEmpty().associate { it.content!! to null },
    idempotencyKey = given.text("idempotency_key"),
    organization = given.text("organization"),
    allowOtherOrigin = given.flag("allow_other_origin"),
)

internal fun waitOptions(params: JsonObject, options: RequestOptions): WaitOptions = WaitOptions(
    deadline = params.time("deadline_ms"),
    pollInterval = params.time("poll_ms") ?: Duration.ofMillis(1),
    request = options,
)

internal fun guardOptions(given: JsonObject?): GuardOptions = GuardOptions(
    maxRemovals = given?.text("max_removals"),
    allowEmpty = given?.flag("allow_empty") ?: false,
    allowNewReferenceIds = given?.flag("allow_new_reference_ids") ?: false,
)

internal fun field(row: JsonObject, name: String): Field = when {
    !row.has(name) -> Field.Absent
    else -> row.text(name)?.let(Field::Value) ?: Field.Null
}

/** Rows as Kotlin's [Member]s. */
internal fun members(rows: List<JsonElement>): List<Member> {
    val options = ReadOptions(format = RosterFormat.JSON, keepUnknown = true)
    return Roster.read("${JsonArray(rows)}".toByteArray(), options).members
}
