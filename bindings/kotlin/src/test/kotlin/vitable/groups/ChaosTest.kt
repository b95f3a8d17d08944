package vitable.groups

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.test.fail
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.conformance.Calls
import vitable.groups.conformance.NOTHING
import vitable.groups.conformance.array
import vitable.groups.conformance.clientOptions
import vitable.groups.conformance.fields
import vitable.groups.conformance.flag
import vitable.groups.conformance.inner
import vitable.groups.conformance.json
import vitable.groups.conformance.long
import vitable.groups.conformance.normal
import vitable.groups.conformance.parse
import vitable.groups.conformance.text
import vitable.groups.conformance.tuning

/**
 * Calls over a network that fails. The network, the plan and the judgement are those of
 * `crates/vitable-groups-chaos`; what it cannot see is counted here.
 */
class ChaosTest {
    @Test
    fun `the server's state is what the callers were told`() = Harness().use { harness ->
        println("CHAOS_SEED=${harness.seed}")
        val before = sockets()
        while (true) {
            val plan = harness.post("/round") as? JsonObject ?: break
            val records = runBlocking(Dispatchers.Default) {
                plan.array("workers")!!.map { async { work(it.jsonObject) } }.awaitAll().flatten()
            }
            val verdict = harness.post("/verdict", fields("records" to records)).jsonObject
            if (verdict.flag("last")) println(verdict.text("summary"))
            assertTrue(verdict.flag("ok"), "CHAOS_SEED=${harness.seed}: ${verdict["problems"]}")
        }
        Sandbox.eventually("no socket is left") { sockets() <= before }
        // Four of the runtime, and the resolvers that it keeps for some seconds.
        Sandbox.eventually("no thread is left") { threads() <= 4 + 8 }
    }

    /** Makes the steps of one worker; writes down what it was told. */
    private suspend fun work(worker: JsonObject): List<JsonObject> {
        val clients = worker.array("clients")!!.map { given ->
            val options = clientOptions(given.jsonObject).copy(tlsRoots = TlsRoots.Bundled)
            lazy { VitableConnect.tuned(options, null, tuning(given.jsonObject, emptyMap())) }
        }
        val records = worker.array("steps")!!.map { item ->
            val step = item.jsonObject
            val client = clients[step.long("client")!!.toInt()].value
            val calls = Calls()
            val start = System.nanoTime()
            val told = told(calls, client, step)
            val elapsed = (System.nanoTime() - start) / 1e6
            fields("id" to step.long("id"), told, "meta" to calls.meta, "elapsed_ms" to elapsed)
        }
        clients.filter { it.isInitialized() }.forEach { it.value.close() }
        return records
    }

    private suspend fun told(calls: Calls, client: VitableConnect, step: JsonObject): Pair<String, JsonElement?> =
        try {
            val options = step.inner("options") ?: NOTHING
            "result" to calls.make(client, step.text("call")!!, step.inner("params")!!, options)
        } catch (error: VitableConnectException) {
            "error" to normal(error)
        } catch (other: Exception) {
            "foreign" to json("$other")
        }

    private fun sockets(): Int = File("/proc/self/fd").listFiles().orEmpty().count {
        // A handle may close while it is looked at.
        runCatching { "${Files.readSymbolicLink(it.toPath())}" }.getOrDefault("").startsWith("socket:")
    }

    private fun threads(): Int = File("/proc/self/task").listFiles().orEmpty().count {
        runCatching { File(it, "comm").readText() }.getOrDefault("").startsWith("vitable-groups")
    }

    /** The process that makes the network fail, and judges. It ends when its input does. */
    private class Harness : AutoCloseable {
        private val process = ProcessBuilder(
            System.getProperty("vitable.groups.chaos") ?: fail("set -Dvitable.groups.chaos=PATH"),
        ).redirectError(ProcessBuilder.Redirect.INHERIT)
            .apply { environment().putIfAbsent("CHAOS_OPERATIONS", "200") }
            .start()
        private val ready = parse(process.inputReader().readLine()).jsonObject
        private val http = HttpClient.newHttpClient()

        val seed: String get() = ready.text("seed")!!

        fun post(path: String, body: JsonElement? = null): JsonElement {
            val publisher = body?.let { HttpRequest.BodyPublishers.ofString("$it") }
                ?: HttpRequest.BodyPublishers.noBody()
            val request = HttpRequest.newBuilder(URI(ready.text("control_url") + path))
                .header("content-type", "application/json")
                .POST(publisher).build()
            val answer = http.send(request, HttpResponse.BodyHandlers.ofString())
            assertEquals(200, answer.statusCode(), answer.body())
            return parse(answer.body())
        }

        override fun close() {
            process.outputStream.close()
            if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly()
        }
    }
}
