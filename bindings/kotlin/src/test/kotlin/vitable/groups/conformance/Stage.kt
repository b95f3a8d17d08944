package vitable.groups.conformance

import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CancellationException
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.supervisorScope
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.*

/** How long a condition may take to come true; reached only by scenarios that fail. */
private val PATIENCE = 5.seconds

/** Plays a scenario from a clean sandbox; throws at the first difference. */
internal suspend fun play(sandbox: SandboxProcess, values: Values, scenario: JsonObject) {
    sandbox.control("POST", "/reset")
    val here = InetAddress.getLoopbackAddress()
    // The system takes connections of the one and nobody answers; the other is bound and refuses.
    ServerSocket(0, 50, here).use { silent ->
        Socket().use { refused ->
            refused.bind(InetSocketAddress(here, 0))
            val known = values.copy()
            known["base_url"] = sandbox.url
            known["sandbox_port"] = sandbox.url.substringAfterLast(':').toInt()
            known["silent_port"] = silent.localPort
            known["refused_port"] = refused.localPort
            Stage(sandbox, known, scenario.inner("given") ?: NOTHING).play(scenario)
        }
    }
}

/** What one scenario has at hand. */
private class Stage(
    private val sandbox: SandboxProcess,
    private val values: Values,
    private val given: JsonObject,
) {
    private var client: VitableConnect? = null
    private val clients = mutableListOf<VitableConnect>()
    private val pages = mutableMapOf<String, Page<*>>()

    suspend fun play(scenario: JsonObject) {
        try {
            given["settings"]?.let { control("PATCH /settings", it) }
            given["seed"]?.let { control("POST /seed", it) }
            given["faults"]?.let { control("POST /faults", it) }
            scenario.array("steps")!!.forEachIndexed { index, step ->
                try {
                    step(step.jsonObject)
                } catch (mismatch: Mismatch) {
                    throw Mismatch("step ${index + 1} (${step.jsonObject.text("call")}): ${mismatch.message}")
                }
            }
            then(scenario.inner("then") ?: NOTHING)
        } finally {
            clients.forEach(VitableConnect::close)
        }
    }

    private fun control(control: String, body: JsonElement?): JsonElement {
        val (method, path) = control.split(' ')
        val answer = sandbox.control(method, path, body?.let { values.fill(it).toString() })
        val told = if (answer.isEmpty()) JsonNull else parse(answer)
        if (path == "/seed") {
            // The first group is what most scenarios are about.
            told.jsonObject.array("groups")?.firstOrNull()?.let { values["group_id"] = it.jsonObject["id"] }
        }
        return told
    }

    private fun build(changes: JsonObject): VitableConnect {
        val defaults = fields("api_key" to "\${api_key}", "base_url" to "\${base_url}")
        val given = given.inner("client").orEmpty() + changes
        val bare = (given["bare"]).content == "true"
        val options = values.fill(JsonObject(if (bare) given else defaults + given))
        val environment = values.fill(this.given.inner("environment") ?: NOTHING)
        // Reading the system's certificates takes most of the time of a scenario.
        val made = clientOptions(options).copy(tlsRoots = TlsRoots.Bundled)
        return adopt(
            VitableConnect.tuned(made, tokens(options), tuning(options, environment.mapValues { it.value.content!! })),
        )
    }

    private fun adopt(made: VitableConnect): VitableConnect {
        clients += made
        client = made
        return made
    }

    private fun client(): VitableConnect = client ?: build(NOTHING)

    private suspend fun step(step: JsonObject) {
        val expect = step.inner("expect") ?: NOTHING
        val calls = Calls()
        var error: JsonElement? = null
        val result = try {
            call(step, calls) ?: JsonNull
        } catch (failure: VitableConnectException) {
            null.also { error = normal(failure) }
        } catch (_: CancellationException) {
            null.also { error = ABORTED }
        }
        if (error != null && !expect.has("error")) throw Mismatch("no error expected, $error came")
        if (error == null && expect.has("error")) throw Mismatch("an error expected, $result came")
        val told = mapOf(
            "error" to error,
            "result" to result,
            "meta" to calls.meta,
            "before" to json(calls.before),
            "progress" to json(calls.progress.toList()),
        )
        told.forEach { (name, actual) -> expect[name]?.let { check(it, actual, name, values) } }
        step.text("save")?.let { pages[it] = calls.page!! }
    }

    private suspend fun call(step: JsonObject, calls: Calls): JsonElement? {
        val name = step.text("call")!!
        val raw = step.inner("params") ?: NOTHING
        fun address(client: VitableConnect) = fields("base_url" to client.baseUrl.trimEnd('/'))
        if (name == "client.new") return address(build(raw))
        if (name == "sandbox") return control(raw.text("control")!!, raw["body"])
        val params = values.fill(raw)
        when (name) {
            "client.derive" -> return address(adopt(client().withOptions(clientOptions(params), tokens(params))))
            "client.close" -> return null.also { client().close() }
            "client.set_api_key" -> return null.also { client().setApiKey(params.text("api_key")!!) }
            "page.next" -> return calls.next(pages.getValue(params.text("page")!!))
        }
        if (name.startsWith("roster.")) return playRoster(name, params)
        val options = values.fill(step.inner("options") ?: NOTHING)
        val client = client()
        if (!step.flag("cancel")) return calls.make(client, name, params, options)
        return supervisorScope {
            val job = async { calls.make(client, name, params, options) }
            while (!job.isCompleted && hanging() == 0L) delay(1.milliseconds)
            job.cancel()
            job.await()
        }
    }

    private fun hanging() = parse(sandbox.control("GET", "/faults")).jsonObject.long("hanging")

    /** Looks until it fits: a server notices some things late. */
    private suspend fun then(expected: JsonObject) {
        val start = TimeSource.Monotonic.markNow()
        while (true) {
            try {
                return compare(expected, values.copy())
            } catch (mismatch: Mismatch) {
                if (start.elapsedNow() > PATIENCE) throw Mismatch("then: ${mismatch.message}")
            }
            delay(5.milliseconds)
        }
    }

    private fun compare(expected: JsonObject, values: Values) {
        expected["requests"]?.let { wanted ->
            val recorded = parse(sandbox.control("GET", "/requests")).jsonObject.array("requests")!!
            check(wanted, json(recorded.map { request(it.jsonObject) }), "requests", values)
        }
        expected["state"]?.let { check(it, parse(sandbox.control("GET", "/state")), "state", values) }
    }
}
