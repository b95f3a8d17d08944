// `Workloads CLIENT WORKLOAD URL UNITS` runs one workload and prints one line of JSON.

import com.sun.management.OperatingSystemMXBean
import java.io.File
import java.lang.management.ManagementFactory
import java.util.concurrent.atomic.AtomicInteger
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

const val GROUP: String = "grp_C506ZkHHTlKfgy16G-000001"
const val KEY: String = "vit_apk_bench"
const val MEMBERS: Int = 10_000

interface BenchClient {
    suspend fun retrieve(): Int
    suspend fun page(): Int
    suspend fun all(prefetch: Int): Int
    fun roster(): Any
    suspend fun submit(roster: Any): Int
}

private fun memory(which: String): Long = runCatching {
    val line = File("/proc/self/status").readLines().first { it.startsWith(which) }
    line.filter(Char::isDigit).toLong()
}.getOrDefault(0)

private suspend fun inFlight(width: Int, count: Int, call: suspend () -> Int): Int = coroutineScope {
    val left = AtomicInteger(count)
    List(width) {
        async {
            var total = 0
            while (left.getAndDecrement() > 0) total += call()
            total
        }
    }.awaitAll().sum()
}

/** `exit MODE URL SLOW_URL`: exits with code 3, with or without calls in flight. */
private fun leave(mode: String, url: String, slowUrl: String) {
    runBlocking {
        Ours(url).retrieve()
        if (mode == "in-flight") {
            val slow = Ours(slowUrl)
            repeat(16) { CoroutineScope(Dispatchers.Default).launch { slow.retrieve() } }
            Ours(url).retrieve()
        }
    }
    exitProcess(3)
}

fun main(arguments: Array<String>) {
    if (arguments[0] == "exit") leave(arguments[1], arguments[2], arguments[3])
    val (name, workload, url, unitsText) = arguments
    val units = unitsText.toInt()
    val kind = workload.substringBefore('-')
    val prefetch = workload.substringAfter('-', "0").toInt()
    val client = when (name) {
        "ours" -> Ours(url)
        "java.net.http" -> JavaHttp(url)
        "okhttp" -> Okhttp(url)
        else -> error("no such client: $name")
    }
    runBlocking {
        client.retrieve()
        val roster = if (kind == "W5") client.roster() else Unit
        suspend fun work(count: Int): Int = when (kind) {
            "W1" -> (1..count).fold(0) { sum, _ -> sum + client.retrieve() }
            "W2" -> (1..count).fold(0) { sum, _ -> sum + client.page() }
            "W3" -> inFlight(64, count) { client.retrieve() }
            "W4" -> client.all(prefetch)
            else -> (1..count).fold(0) { sum, _ -> sum + client.submit(roster) }
        }
        // The JVM compiles hot code; without a warm-up, a short run would measure the compiler.
        if (kind != "W4" && kind != "W5") work(units) else if (kind == "W5") work(1)
        runCatching { File("/proc/self/clear_refs").writeText("5") }
        val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
        val before = memory("VmRSS")
        val wall = System.nanoTime()
        val cpu = system.processCpuTime
        val check = work(units)
        val cpuTook = (system.processCpuTime - cpu) / 1e3
        val wallTook = (System.nanoTime() - wall) / 1e3
        val growth = memory("VmHWM") - before
        println("{\"cpu_us\":$cpuTook,\"wall_us\":$wallTook,\"growth_kb\":$growth,\"units\":$units,\"check\":$check}")
    }
    exitProcess(0)
}
