package vitable.groups.canary

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import vitable.groups.conformance.array
import vitable.groups.conformance.parse
import vitable.groups.conformance.text
import vitable.groups.nativeManifest

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
        fun told(what: String) = Regex("(?m)^$what: (.*)$").find(output.out)!!.groupValues[1].split(" ")
        assertEquals(listOf("${CANARIES.size}"), told("canaries that were sent"))
        val manifest = parse(nativeManifest()).jsonObject
        val names = { list: String, name: String -> manifest.array(list)!!.map { it.jsonObject.text(name) } }
        assertEquals(emptyList(), names("operations", "name") - told("operations").toSet())
        // Coroutines are cancelled by an exception of their own; a fault of ours cannot be asked for.
        assertEquals(listOf("aborted", "internal"), names("error_kinds", "code") - told("kinds").toSet())
        // What was searched is what was said.
        for (part in listOf("groups.create: 503", "would end the coverage of everyone", "Member(reference_id: REF-1")) {
            assertTrue(part in output.out, part)
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    fun `nothing private is printed when nobody handles it`(failure: String) {
        val output = run("unhandled", failure)
        searched(output)
        assertEquals(1, output.code)
        assertTrue("Exception" in output.err)
    }

    companion object {
        /** A server that never answers keeps its caller waiting for ever. */
        @JvmStatic
        fun failures() = FAILURES.keys - "no answer"
    }
}
