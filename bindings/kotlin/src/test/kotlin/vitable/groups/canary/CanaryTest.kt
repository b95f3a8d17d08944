package vitable.groups.canary

import java.io.File
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import vitable.groups.nativeManifest
import vitable.groups.support.array
import vitable.groups.support.parse
import vitable.groups.support.text

/** Keys and health data are never printed: in errors, logs, values or reports. */
class CanaryTest {
    private class Output(val code: Int, val out: String, val err: String)

    /** Runs the program in its own process, to include what native code prints. */
    private fun run(vararg arguments: String): Output {
        val folder = createTempDirectory("canary").toFile()
        try {
            val (out, err) = File(folder, "out") to File(folder, "err")
            val java = ProcessHandle.current().info().command().get()
            val program = listOf("vitable.groups.canary.CanaryProgramKt", *arguments)
            val command = listOf(java, "-cp", System.getProperty("java.class.path")) + program
            val process = ProcessBuilder(command).redirectOutput(out).redirectError(err).apply {
                // The most verbose logging.
                environment() += mapOf("VITABLE_CONNECT_LOG" to "debug", "RUST_LOG" to "trace", "RUST_BACKTRACE" to "full")
            }.start()
            return Output(process.waitFor(), out.readText(), err.readText())
        } finally {
            folder.deleteRecursively()
        }
    }

    /** Checks the output without including it in the failure message. */
    private fun assertNoCanaries(output: Output) {
        assertEquals(emptyList(), canariesIn(output.out), "on standard output")
        assertEquals(emptyList(), canariesIn(output.err), "on standard error")
    }

    @Test
    fun `the search finds each printed canary`() {
        val output = run("control")
        assertEquals(0, output.code)
        assertEquals(CANARIES, canariesIn(output.out + output.err))
        assertTrue(KEY in canariesIn(output.err) && canariesIn(output.out).size > 5)
    }

    @Test
    fun `nothing private is printed on any failure`() {
        val output = run("everything")
        assertNoCanaries(output)
        assertEquals(0, output.code)
        val failures = Regex("(?m)^failures: (\\d+)$").find(output.out)!!.groupValues[1].toInt()
        assertTrue(failures > 16 * FAILURES.size, "$failures")
        fun reported(name: String) = Regex("(?m)^$name: (.*)$").find(output.out)!!.groupValues[1].split(" ")
        assertEquals(listOf("${CANARIES.size}"), reported("canaries that were sent"))
        val manifest = parse(nativeManifest()).jsonObject
        val names = { list: String, name: String -> manifest.array(list)!!.map { it.jsonObject.text(name) } }
        assertEquals(emptyList(), names("operations", "name") - reported("operations").toSet())
        // Canceled coroutines throw Kotlin's own exception, and a bug cannot be triggered on purpose.
        assertEquals(listOf("aborted", "internal"), names("error_kinds", "code") - reported("kinds").toSet())
        // The searched output is the expected one.
        for (text in listOf("groups.create: 503", "would end the coverage of everyone", "Member(reference_id: REF-1")) {
            assertTrue(text in output.out, text)
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    fun `nothing private is printed for uncaught exceptions`(failure: String) {
        val output = run("unhandled", failure)
        assertNoCanaries(output)
        assertEquals(1, output.code)
        assertTrue("Exception" in output.err)
    }

    companion object {
        /** All but the unresponsive server, whose client would wait forever. */
        @JvmStatic
        fun failures() = FAILURES.keys - "no response"
    }
}
