package vitable.groups.canary

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

/** Keys and health data appear in nothing that is printed: errors, logs, values, reports. */
class CanaryTest {
    private class Output(val code: Int, val out: String, val err: String)

    /** Runs the program in a process of its own, so that what native code prints is seen too. */
    private fun run(vararg arguments: String): Output {
        val folder = createTempDirectory("canary").toFile()
        try {
            val (out, err) = File(folder, "out") to File(folder, "err")
            val java = ProcessHandle.current().info().command().get()
            val program = listOf("vitable.groups.canary.CanaryProgramKt", *arguments)
            val command = listOf(java, "-cp", System.getProperty("java.class.path")) + program
            val process = ProcessBuilder(command).redirectOutput(out).redirectError(err).apply {
                // As loud as can be.
                environment() += mapOf("VITABLE_CONNECT_LOG" to "debug", "RUST_LOG" to "trace", "RUST_BACKTRACE" to "full")
            }.start()
            return Output(process.waitFor(), out.readText(), err.readText())
        } finally {
            folder.deleteRecursively()
        }
    }

    /** What was found is told without the output around it. */
    private fun searched(output: Output) {
        assertEquals(emptyList(), canariesIn(output.out), "on standard output")
        assertEquals(emptyList(), canariesIn(output.err), "on standard error")
    }

    @Test
    fun `the search finds each canary where something prints it`() {
        val output = run("control")
        assertEquals(0, output.code)
        assertEquals(CANARIES, canariesIn(output.out + output.err))
        assertTrue(KEY in canariesIn(output.err) && canariesIn(output.out).size > 5)
    }

    @Test
    fun `nothing private is printed, whatever fails`() {
        val output = run("everything")
        searched(output)
        assertEquals(0, output.code)
        val failures = Regex("(?m)^failures: (\\d+)$").find(output.out)!!.groupValues[1].toInt()
        assertTrue(failures > 16 * FAILURES.size, "$failures")
        // What was searched is what was said.
        for (part in listOf("groups.create: 503", "would unsubscribe everyone", "Member(reference_id: REF-1")) {
            assertTrue(part in output.out, part)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["status 422", "a success that is no JSON", "a dropped connection"])
    fun `nothing private is printed when nobody handles it`(failure: String) {
        val output = run("unhandled", failure)
        searched(output)
        assertEquals(1, output.code)
        assertTrue("Exception" in output.err)
    }
}
