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
import vitable.groups.support.*

/**
 * Runs the shared scenarios. Writes the results to `target/conformance/kotlin.json`, from which
 * `scripts/conformance_table.py` builds its table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private class Case(val group: String, val scenario: JsonObject, private val function: String? = null) {
        val name = scenario.text("name")!!

        suspend fun run(sandbox: SandboxProcess, variables: Variables) = when (function) {
            null -> runScenario(sandbox, variables, scenario)
            else -> runVector(sandbox, variables, function, scenario)
        }
    }

    @TestFactory
    fun scenarios(): List<DynamicTest> {
        val only = System.getProperty("vitable.groups.group").orEmpty()
        val cases = (files(SCENARIOS).flatMap(::scenarios) + files(File(SCENARIOS, "vectors")).flatMap(::vectors))
            .filter { only.isEmpty() || it.group == only }
        val failures = runBlocking(Dispatchers.IO) { runAll(cases) }
        if (only.isEmpty()) writeResults(cases, failures)
        return cases.map { case ->
            DynamicTest.dynamicTest("${case.group}: ${case.name}") { failures[case]?.let { throw it } }
        }
    }

    private fun files(folder: File): List<JsonObject> =
        folder.listFiles { file -> file.extension == "json" && file.name !in NOT_SCENARIOS }!!.sorted()
            .map { parse(it.readText()).jsonObject }

    private fun scenarios(file: JsonObject): List<Case> =
        file.array("scenarios")!!.map { Case(file.text("group")!!, it.jsonObject) }

    private fun vectors(file: JsonObject): List<Case> = file.text("function")!!.let { function ->
        if (function !in FUNCTIONS) return emptyList()
        file.array("vectors")!!.map { Case("vectors/${file.text("group")}", it.jsonObject, function) }
    }

    /** Scenarios mostly wait, so several run concurrently, each with its own sandbox. */
    private suspend fun runAll(cases: List<Case>): Map<Case, Throwable> {
        val variables = Variables(parse(File(SCENARIOS, "values.json").readText()).jsonObject.toMutableMap())
        val failures = ConcurrentHashMap<Case, Throwable>()
        val queue = Channel<Case>(Channel.UNLIMITED)
        cases.forEach { queue.send(it) }
        queue.close()
        coroutineScope {
            repeat(SANDBOXES) {
                launch {
                    val sandbox = SandboxProcess()
                    for (case in queue) {
                        try {
                            case.run(sandbox, variables)
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

    private fun writeResults(cases: List<Case>, failures: Map<Case, Throwable>) {
        val results = cases.groupBy(Case::group).map { (group, finished) ->
            val (failed, passed) = finished.partition { it in failures }
            fields(
                "language" to "kotlin",
                "group" to group,
                "passed" to passed.map(Case::name),
                "failed" to failed.map { fields("name" to it.name, "reason" to "${failures[it]}") },
            )
        }
        val folder = File(System.getProperty("vitable.groups.conformance")!!)
        folder.mkdirs()
        File(folder, "kotlin.json").writeText(json(results).toString())
    }

    private companion object {
        const val SANDBOXES = 4
        val SCENARIOS = File(System.getProperty("vitable.groups.scenarios")!!)
        val NOT_SCENARIOS = setOf("schema.json", "values.json", "coverage.json")
    }
}
