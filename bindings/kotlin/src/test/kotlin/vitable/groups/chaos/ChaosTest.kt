package vitable.groups.chaos

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
import vitable.groups.TlsRoots
import vitable.groups.VitableConnect
import vitable.groups.VitableConnectException
import vitable.groups.conformance.CallRunner
import vitable.groups.conformance.canonical
import vitable.groups.conformance.clientOptions
import vitable.groups.conformance.tuning
import vitable.groups.support.EMPTY
import vitable.groups.support.Sandbox
import vitable.groups.support.array
import vitable.groups.support.fields
import vitable.groups.support.flag
import vitable.groups.support.inner
import vitable.groups.support.json
import vitable.groups.support.long
import vitable.groups.support.parse
import vitable.groups.support.text

/**
 * Calls over an unreliable network. `crates/vitable-groups-chaos` provides the network and the calls to
 * make, and verifies the results; this test also counts leaked sockets and threads.
 */
class ChaosTest {
    @Test
    fun `the server's state matches what the calls reported`() = Harness().use { harness ->
        println("CHAOS_SEED=${harness.seed}")
        val before = sockets()
        while (true) {
            val round = harness.post("/round") as? JsonObject ?: break
            val records = runBlocking(Dispatchers.Default) {
                round.array("workers")!!.map { async { runWorker(it.jsonObject) } }.awaitAll().flatten()
            }
            val verdict = harness.post("/verdict", fields("records" to records)).jsonObject
            if (verdict.flag("last")) println(verdict.text("summary"))
            assertTrue(verdict.flag("ok"), "CHAOS_SEED=${harness.seed}: ${verdict["problems"]}")
        }
        Sandbox.eventually("all sockets are closed") { sockets() <= before }
        // Four runtime workers, and resolver threads, which stay alive for a few seconds.
        Sandbox.eventually("all threads have ended") { threads() <= 4 + 8 }
    }

    /** Runs the steps of one worker and records what each call reported. */
    private suspend fun runWorker(worker: JsonObject): List<JsonObject> {
        val clients = worker.array("clients")!!.map { given ->
            val options = clientOptions(given.jsonObject).copy(tlsRoots = TlsRoots.Bundled)
            lazy { VitableConnect.tuned(options, null, tuning(given.jsonObject, emptyMap())) }
        }
        val records = worker.array("steps")!!.map { item ->
            val step = item.jsonObject
            val client = clients[step.long("client")!!.toInt()].value
            val runner = CallRunner()
            val start = System.nanoTime()
            val reported = reported(runner, client, step)
            val elapsed = (System.nanoTime() - start) / 1e6
            fields("id" to step.long("id"), reported, "meta" to runner.meta, "elapsed_ms" to elapsed)
        }
        clients.filter { it.isInitialized() }.forEach { it.value.close() }
        return records
    }

    private suspend fun reported(
        runner: CallRunner, client: VitableConnect, step: JsonObject,
    ): Pair<String, JsonElement?> =
        try {
            val options = step.inner("options") ?: EMPTY
            "result" to runner.run(client, step.text("call")!!, step.inner("params")!!, options)
        } catch (error: VitableConnectException) {
            "error" to canonical(error)
        } catch (other: Exception) {
            "foreign" to json("$other")
        }

    private fun sockets(): Int = File("/proc/self/fd").listFiles().orEmpty().count {
        // A descriptor may be closed meanwhile.
        runCatching { "${Files.readSymbolicLink(it.toPath())}" }.getOrDefault("").startsWith("socket:")
    }

    private fun threads(): Int = File("/proc/self/task").listFiles().orEmpty().count {
        runCatching { File(it, "comm").readText() }.getOrDefault("").startsWith("vitable-groups")
    }

    /** The process that injects network faults and verifies the results. It exits when its stdin is closed. */
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
            val response = http.send(request, HttpResponse.BodyHandlers.ofString())
            assertEquals(200, response.statusCode(), response.body())
            return parse(response.body())
        }

        override fun close() {
            process.outputStream.close()
            if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly()
        }
    }
}
