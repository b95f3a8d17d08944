package vitable.groups

import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The example program, run as its users run it. */
class ExampleTest {
    @BeforeTest
    fun reset() {
        Sandbox.reset()
        // The rosters name a plan that was linked to the organization later.
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
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end")
        return process.exitValue() to output
    }

    private fun roster(name: String) = File("../../examples/rosters", name).path

    @Test
    fun `the daily job refuses, sends and explains`() {
        val held = File.createTempFile("held", ".json").apply { delete(); deleteOnExit() }.path
        val (refused, errors) = run("tier-1", roster("2026-10-members.csv"), held, "--first-sync")
        assertEquals(3, refused, errors)
        assertTrue("not sent: the roster has errors" in errors, errors)

        val (sent, first) = run("tier-1", roster("2026-10-members-fixed.csv"), held, "--first-sync")
        assertEquals(0, sent, first)
        val short = File.createTempFile("short", ".csv").apply { deleteOnExit() }
        short.writeText(File(roster("2026-10-members-fixed.csv")).readLines().take(101).joinToString("\n"))
        val (blocked, third) = run("tier-1", short.path, held)
        assertEquals(3, blocked, third)
        assertTrue("leaves out 150 of the 250 members" in third, third)
        val (failed, second) = run("tier-1", roster("2026-11-members.csv"), held)
        assertEquals(1, failed, second)
        assertTrue("poll 1: done" in second, second)
        // Compared with what the group holds, not with the file that was sent.
        val (again, fourth) = run("tier-1", roster("2026-11-members.csv"), held)
        assertEquals(1, again, fourth)
        assertTrue("1 adds, 0 removals (0.0% of 253)" in fourth && "(rows failed)" in fourth, fourth)
    }
}
