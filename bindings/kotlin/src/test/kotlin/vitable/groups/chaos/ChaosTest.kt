package vitable.groups.chaos

import java.io.File
import java.nio.file.Files
import kotlin.test.Test
import kotlin.test.assertTrue
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
import vitable.groups.support.Harness
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
    fun `the server's state matches what the calls reported`() = Harness("vitable-groups-chaos").use { harness ->
        val seed = harness.ready.text("seed")
        println("CHAOS_SEED=$seed")
        val before = sockets()
        while (true) {
            val round = harness.post("/round") as? JsonObject ?: break
            val records = runBlocking(Dispatchers.Default) {
                round.array("workers")!!.map { async { runWorker(it.jsonObject) } }.awaitAll().flatten()
            }
            val verdict = harness.post("/verdict", fields("records" to records)).jsonObject
            if (verdict.flag("last")) println(verdict.text("summary"))
            assertTrue(verdict.flag("ok"), "CHAOS_SEED=$seed: ${verdict["problems"]}")
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
}
