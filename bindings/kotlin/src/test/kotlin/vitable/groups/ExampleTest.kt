package vitable.groups

import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import vitable.groups.support.Sandbox

/** Runs the example program. */
class ExampleTest {
    @BeforeTest
    fun reset() {
        Sandbox.reset()
        // The rosters refer to a plan that is not among the sandbox's default plans.
        Sandbox.control("POST", "/seed", """{"plans": [{"id": "pln_C506ZkHHTlKfgy16G-TJBQ", "name": "Family Care"}]}""")
    }

    private fun run(vararg arguments: String): Pair<Int, String> {
        val java = ProcessHandle.current().info().command().get()
        val classPath = System.getProperty("java.class.path")
        val command = listOf(java, "-cp", classPath, "example.DailyJobKt") + arguments
        val process = ProcessBuilder(command).redirectErrorStream(true).apply {
            environment()["VITABLE_CONNECT_BASE_URL"] = Sandbox.url
        }.start()
        val output = process.inputReader().readText()
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "timed out")
        return process.exitValue() to output
    }

    private fun roster(name: String) = File("../../examples/rosters", name).path

    @Test
    fun `the daily job checks, guards, syncs and reports`() {
        val baseline = File.createTempFile("baseline", ".json").apply { delete(); deleteOnExit() }.path
        val (invalid, errors) = run("tier-1", roster("2026-10-members.csv"), baseline, "--first-sync")
        assertEquals(3, invalid, errors)
        assertTrue("not sent: the roster has errors" in errors, errors)

        val (succeeded, first) = run("tier-1", roster("2026-10-members-fixed.csv"), baseline, "--first-sync")
        assertEquals(0, succeeded, first)
        val short = File.createTempFile("short", ".csv").apply { deleteOnExit() }
        short.writeText(File(roster("2026-10-members-fixed.csv")).readLines().take(101).joinToString("\n"))
        val (blocked, third) = run("tier-1", short.path, baseline)
        assertEquals(3, blocked, third)
        assertTrue("leaves out 150 of the 250 members" in third, third)
        val (failed, second) = run("tier-1", roster("2026-11-members.csv"), baseline)
        assertEquals(1, failed, second)
        assertTrue("poll 1: completed" in second, second)
        // Compared with what the group holds, not with the submitted file.
        val (again, fourth) = run("tier-1", roster("2026-11-members.csv"), baseline)
        assertEquals(1, again, fourth)
        assertTrue("1 adds, 0 removals (0.0% of 253)" in fourth && "(rows failed)" in fourth, fourth)
    }
}
