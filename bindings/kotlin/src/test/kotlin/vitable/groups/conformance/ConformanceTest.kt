package vitable.groups.conformance

import kotlin.test.fail
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import vitable.groups.support.*

/**
 * Runs the shared scenarios: the harness verifies them, and this package only makes the calls. The
 * results are also in `target/conformance/kotlin.json`, for the table of `scripts/conformance_table.py`.
 */
class ConformanceTest {
    private fun run(): JsonArray {
        val only = System.getProperty("vitable.groups.group").orEmpty()
        val folder = System.getProperty("vitable.groups.conformance")!!
        val arguments = arrayOf("--language", "kotlin", "--group", only, "--results", folder)
        return Harness("vitable-groups-scenarios", *arguments).use { harness ->
            runBlocking(Dispatchers.IO) {
                repeat(harness.ready.long("sessions")!!.toInt()) { launch { Agent(harness, "/sessions/$it").run() } }
            }
            harness.post("/results") as JsonArray
        }
    }

    @TestFactory
    fun scenarios(): List<DynamicTest> = run().map { it.jsonObject }.flatMap { group ->
        fun test(name: String, body: () -> Unit) = DynamicTest.dynamicTest("${group.text("group")}: $name", body)
        group.array("passed")!!.map { test(it.content!!) {} } + group.array("failed")!!.map {
            test(it.jsonObject.text("name")!!) { fail(it.jsonObject.text("reason")) }
        }
    }
}
