package vitable.groups

import java.io.File
import java.util.concurrent.TimeUnit
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import vitable.groups.support.Sandbox

/** Runs the programs among the documentation's code blocks, which scripts/docs_blocks.py extracts. */
class DocBlocksTest {
    @BeforeTest
    fun reset() {
        Sandbox.reset()
    }

    private fun run(main: String): String {
        val java = ProcessHandle.current().info().command().get()
        val command = listOf(java, "-cp", System.getProperty("java.class.path"), main)
        val process = ProcessBuilder(command).redirectErrorStream(true).apply {
            environment()["VITABLE_CONNECT_BASE_URL"] = Sandbox.url
            environment()["VITABLE_CONNECT_API_KEY"] = "test"
        }.start()
        val output = process.inputReader().readText()
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "timed out")
        assertEquals(0, process.exitValue(), output)
        return output
    }

    private fun programs(language: String, main: Regex): List<Pair<File, MatchResult>> =
        File("target/uniffi/blocks", language).listFiles().orEmpty()
            .mapNotNull { file -> main.find(file.readText())?.let { file to it } }
            .also { assertTrue(it.isNotEmpty(), "no programs in $language") }

    private fun check(file: File, printed: String) {
        val expected = File(file.path.substringBeforeLast('.') + ".txt")
        if (expected.exists()) assertEquals(expected.readText(), printed, file.name)
    }

    @Test
    fun `Kotlin programs print the documented output`() {
        for ((file, _) in programs("kotlin", Regex("""^fun main\(\)""", RegexOption.MULTILINE))) {
            val name = file.nameWithoutExtension
            check(file, run("${name.lowercase()}.${name}Kt"))
        }
    }

    @Test
    fun `Java programs print the documented output`() {
        val main = Regex("""class (\w+) \{(?s:.*)static void main""")
        for ((file, match) in programs("java", main)) {
            check(file, run("${file.nameWithoutExtension.lowercase()}.${match.groupValues[1]}"))
        }
    }
}
