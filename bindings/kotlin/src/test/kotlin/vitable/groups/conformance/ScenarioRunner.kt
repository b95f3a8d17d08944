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
import vitable.groups.support.*

/** How long to wait for the final state; only failing scenarios reach it. */
private val MAX_WAIT = 5.seconds

/** Runs a scenario in a reset sandbox; throws on the first difference. */
internal suspend fun runScenario(sandbox: SandboxProcess, variables: Variables, scenario: JsonObject) {
    sandbox.control("POST", "/reset")
    val loopback = InetAddress.getLoopbackAddress()
    // The first port accepts connections but never responds; the second is bound and refuses them.
    ServerSocket(0, 50, loopback).use { silent ->
        Socket().use { refused ->
            refused.bind(InetSocketAddress(loopback, 0))
            val local = variables.copy()
            local["base_url"] = sandbox.url
            local["sandbox_port"] = sandbox.url.substringAfterLast(':').toInt()
            local["silent_port"] = silent.localPort
            local["refused_port"] = refused.localPort
            ScenarioRunner(sandbox, local, scenario.inner("given") ?: EMPTY).run(scenario)
        }
    }
}

/** Runs one scenario. */
private class ScenarioRunner(
    private val sandbox: SandboxProcess,
    private val variables: Variables,
    private val given: JsonObject,
) {
    private var client: VitableConnect? = null
    private val clients = mutableListOf<VitableConnect>()
    private val pages = mutableMapOf<String, Page<*>>()

    suspend fun run(scenario: JsonObject) {
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
            checkFinalState(scenario.inner("then") ?: EMPTY)
        } finally {
            clients.forEach(VitableConnect::close)
        }
    }

    private fun control(control: String, given: JsonElement?): JsonElement {
        val (method, path) = control.split(' ')
        val response = sandbox.control(method, path, given?.let { variables.fill(it).toString() })
        val body = if (response.isEmpty()) JsonNull else parse(response)
        if (path == "/seed") {
            // Most scenarios use the first group.
            body.jsonObject.array("groups")?.firstOrNull()?.let { variables["group_id"] = it.jsonObject["id"] }
        }
        return body
    }

    private fun build(changes: JsonObject): VitableConnect {
        val defaults = fields("api_key" to "\${api_key}", "base_url" to "\${base_url}")
        val given = given.inner("client").orEmpty() + changes
        val bare = (given["bare"]).content == "true"
        val options = variables.fill(JsonObject(if (bare) given else defaults + given))
        val environment = variables.fill(this.given.inner("environment") ?: EMPTY)
        // Loading the system's certificates would take most of a scenario's time.
        val clientOptions = clientOptions(options).copy(tlsRoots = TlsRoots.Bundled)
        val tuning = tuning(options, environment.mapValues { it.value.content!! })
        return use(VitableConnect.tuned(clientOptions, tokens(options), tuning))
    }

    private fun use(created: VitableConnect): VitableConnect {
        clients += created
        client = created
        return created
    }

    private fun client(): VitableConnect = client ?: build(EMPTY)

    private suspend fun step(step: JsonObject) {
        val expect = step.inner("expect") ?: EMPTY
        val runner = CallRunner()
        var error: JsonElement? = null
        val result = try {
            call(step, runner) ?: JsonNull
        } catch (failure: VitableConnectException) {
            null.also { error = canonical(failure) }
        } catch (_: CancellationException) {
            null.also { error = ABORTED }
        }
        if (error != null && !expect.has("error")) throw Mismatch("expected no error, got $error")
        if (error == null && expect.has("error")) throw Mismatch("expected an error, got $result")
        val reported = mapOf(
            "error" to error,
            "result" to result,
            "meta" to runner.meta,
            "before" to json(runner.before),
            "progress" to json(runner.progress.toList()),
        )
        reported.forEach { (name, actual) -> expect[name]?.let { check(it, actual, name, variables) } }
        step.text("save")?.let { pages[it] = runner.page!! }
    }

    private suspend fun call(step: JsonObject, runner: CallRunner): JsonElement? {
        val name = step.text("call")!!
        val raw = step.inner("params") ?: EMPTY
        fun baseUrl(client: VitableConnect) = fields("base_url" to client.baseUrl.trimEnd('/'))
        if (name == "client.new") return baseUrl(build(raw))
        if (name == "sandbox") return control(raw.text("control")!!, raw["body"])
        val params = variables.fill(raw)
        when (name) {
            "client.derive" -> return baseUrl(use(client().withOptions(clientOptions(params), tokens(params))))
            "client.close" -> return null.also { client().close() }
            "client.set_api_key" -> return null.also { client().setApiKey(params.text("api_key")!!) }
            "page.next" -> return runner.next(pages.getValue(params.text("page")!!))
        }
        if (name.startsWith("roster.")) return runRosterCall(name, params)
        val options = variables.fill(step.inner("options") ?: EMPTY)
        val client = client()
        if (!step.flag("cancel")) return runner.run(client, name, params, options)
        return supervisorScope {
            val job = async { runner.run(client, name, params, options) }
            while (!job.isCompleted && hanging() == 0L) delay(1.milliseconds)
            job.cancel()
            job.await()
        }
    }

    private fun hanging() = parse(sandbox.control("GET", "/faults")).jsonObject.long("hanging")

    /** Polls until the state matches, since the server sees some events late. */
    private suspend fun checkFinalState(expected: JsonObject) {
        val start = TimeSource.Monotonic.markNow()
        while (true) {
            try {
                return compare(expected, variables.copy())
            } catch (mismatch: Mismatch) {
                if (start.elapsedNow() > MAX_WAIT) throw Mismatch("then: ${mismatch.message}")
            }
            delay(5.milliseconds)
        }
    }

    private fun compare(expected: JsonObject, variables: Variables) {
        expected["requests"]?.let { requests ->
            val recorded = parse(sandbox.control("GET", "/requests")).jsonObject.array("requests")!!
            check(requests, json(recorded.map { canonicalRequest(it.jsonObject) }), "requests", variables)
        }
        expected["state"]?.let { check(it, parse(sandbox.control("GET", "/state")), "state", variables) }
    }
}
