package vitable.groups.conformance

import java.io.File
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import vitable.groups.SandboxProcess

/**
 * The shared scenarios. Results go to `target/conformance/kotlin.json`, from which
 * `scripts/conformance-table` makes the table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private class Case(val group: String, val scenario: JsonObject, private val function: String? = null) {
        val name = scenario.text("name")!!

        suspend fun play(sandbox: SandboxProcess, values: Values) = when (function) {
            null -> play(sandbox, values, scenario)
            else -> playVector(sandbox, values, function, scenario)
        }
    }

    @TestFactory
    fun scenarios(): List<DynamicTest> {
        val only = System.getProperty("vitable.groups.group").orEmpty()
        val cases = (files(SCENARIOS).flatMap(::scenarios) + files(File(SCENARIOS, "vectors")).flatMap(::vectors))
            .filter { only.isEmpty() || it.group == only }
        val failures = runBlocking(Dispatchers.IO) { playAll(cases) }
        if (only.isEmpty()) write(cases, failures)
        return cases.map { case ->
            DynamicTest.dynamicTest("${case.group}: ${case.name}") { failures[case]?.let { throw it } }
        }
    }

    private fun files(folder: File): List<JsonObject> =
        folder.listFiles { file -> file.extension == "json" && file.name !in BESIDE }!!.sorted()
            .map { parse(it.readText()).jsonObject }

    private fun scenarios(file: JsonObject): List<Case> =
        file.array("scenarios")!!.map { Case(file.text("group")!!, it.jsonObject) }

    private fun vectors(file: JsonObject): List<Case> = file.text("function")!!.let { function ->
        if (function !in FUNCTIONS) return emptyList()
        file.array("vectors")!!.map { Case("vectors/${file.text("group")}", it.jsonObject, function) }
    }

    /** Scenarios wait more than they work, so several sandboxes play at the same time. */
    private suspend fun playAll(cases: List<Case>): Map<Case, Throwable> {
        val values = Values(parse(File(SCENARIOS, "values.json").readText()).jsonObject.toMutableMap())
        val failures = ConcurrentHashMap<Case, Throwable>()
        val left = Channel<Case>(Channel.UNLIMITED)
        cases.forEach { left.send(it) }
        left.close()
        coroutineScope {
            repeat(SANDBOXES) {
                launch {
                    val sandbox = SandboxProcess()
                    for (case in left) {
                        try {
                            case.play(sandbox, values)
                        } catch (failure: Throwable) {
                            failures[case] = failure
                        }
                    }
                    sandbox.stop()
                }
            }
        }
        return failures
    }

    private fun write(cases: List<Case>, failures: Map<Case, Throwable>) {
        val records = cases.groupBy(Case::group).map { (group, played) ->
            val (failed, passed) = played.partition { it in failures }
            fields(
                "language" to "kotlin",
                "group" to group,
                "passed" to passed.map(Case::name),
                "failed" to failed.map { fields("name" to it.name, "reason" to "${failures[it]}") },
            )
        }
        val folder = File(System.getProperty("vitable.groups.conformance")!!)
        folder.mkdirs()
        File(folder, "kotlin.json").writeText(json(records).toString())
    }

    private companion object {
        const val SANDBOXES = 4
        val SCENARIOS = File(System.getProperty("vitable.groups.scenarios")!!)
        val BESIDE = setOf("schema.json", "values.json", "coverage.json")
    }
}
