package vitable.groups.conformance

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.*
import vitable.groups.support.*

/** The vector functions that this package can call. */
internal val FUNCTIONS: Map<String, suspend (JsonObject, SandboxProcess) -> JsonElement> = mapOf(
    "base_url" to { input, _ -> baseUrl(input) },
    "path" to { input, sandbox -> path(input, sandbox) },
    "roster_rules" to { input, _ -> rosterRules(input) },
)

private fun baseUrl(input: JsonObject): JsonElement = try {
    val variables = input.text("variable")?.let { mapOf("VITABLE_CONNECT_BASE_URL" to it) }.orEmpty()
    val options = clientOptions(JsonObject(fields("api_key" to "vit_apk_vector") + input))
    VitableConnect.tuned(options, null, tuning(input, variables)).use {
        fields("url" to it.baseUrl.trimEnd('/'))
    }
} catch (failure: VitableConnectException) {
    fields("error" to failure.kind.toCode())
}

private suspend fun path(input: JsonObject, sandbox: SandboxProcess): JsonElement {
    sandbox.control("POST", "/reset")
    val ids = input.array("params")!!.map { it.content!! }
    val options = ClientOptions("vit_apk_vector", sandbox.url, maxRetries = 0, tlsRoots = TlsRoots.Bundled)
    val failure = VitableConnect(options).use { client ->
        val sync = client.groups.members.sync
        runCatching {
            when (input.text("operation")) {
                "groups.retrieve" -> client.groups.retrieve(ids[0])
                "groups.update" -> client.groups.update(ids[0], name = "x")
                "groups.members.sync.submit" -> sync.submit(ids[0], emptyList())
                "groups.members.sync.retrieve" -> sync.retrieve(ids[1], ids[0])
                else -> error("unknown operation")
            }
        }.exceptionOrNull()
    }
    if (failure is InvalidArgumentException) return fields("error" to failure.kind.toCode())
    val recorded = parse(sandbox.control("GET", "/requests")).jsonObject.array("requests")!!
    return fields("path" to recorded.first().jsonObject["path"])
}

private fun rosterRules(input: JsonObject): JsonElement {
    // Read from JSON, since vectors contain rows of any type.
    val rows = Roster.read("${input["members"]}".toByteArray(), ReadOptions(format = RosterFormat.JSON))
    val report = rows.check(checkOptions(input.inner("options")!!))
    return json(report.findings.associate { it.rule to it.severity.name.lowercase() })
}

internal suspend fun runVector(sandbox: SandboxProcess, variables: Variables, function: String, vector: JsonObject) {
    val local = variables.copy()
    val actual = FUNCTIONS.getValue(function)(local.fill(vector.inner("input")!!), sandbox)
    check(vector.getValue("output"), actual, "output", local)
}
