package vitable.groups

import java.util.concurrent.CancellationException
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

class CancelTest {
    private val client = Sandbox.client(ClientOptions(maxRetries = 0))

    @BeforeTest
    fun reset() = Sandbox.reset()

    private fun hang() = Sandbox.fault("""{"hang": "before", "times": null}""")

    private fun isHanging() = """"hanging":0""" !in Sandbox.control("GET", "/faults").filterNot(Char::isWhitespace)

    private fun isAborted() = """"aborted":true""" in Sandbox.requests().filterNot(Char::isWhitespace)

    @Test
    fun `cancelling a coroutine closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        val job = launch { client.groups.retrieve("grp_1") }
        Sandbox.eventually("the request arrives") { isHanging() }
        job.cancelAndJoin()
        Sandbox.eventually("the server sees the end") { isAborted() }
    }

    @Test
    fun `a timeout of the caller closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        assertFailsWith<TimeoutCancellationException> {
            withTimeout(200.milliseconds) { client.groups.retrieve("grp_1") }
        }
        Sandbox.eventually("the server sees the end") { isAborted() }
    }

    @Test
    fun `cancelling the collector of a flow closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        val job = launch { client.groups.list().items().collect {} }
        Sandbox.eventually("the request arrives") { isHanging() }
        job.cancelAndJoin()
        Sandbox.eventually("the server sees the end") { isAborted() }
    }

    @Test
    fun `cancelling a future closes the connection`() {
        hang()
        val future = client.async().groups.retrieve("grp_1")
        Sandbox.eventually("the request arrives") { isHanging() }
        assertTrue(future.cancel(true))
        assertFailsWith<CancellationException> { future.join() }
        Sandbox.eventually("the server sees the end") { isAborted() }
    }

    @Test
    fun `two hundred calls run at the same time`() = runBlocking(Dispatchers.Default) {
        val group = client.groups.create("tier-1", "Tier 1")
        val answers = List(200) { async { client.groups.retrieve(group.id) } }.awaitAll()
        assertEquals(setOf(group), answers.toSet())
    }

    @Test
    fun `ten thousand calls do not grow the process`() = runBlocking(Dispatchers.Default) {
        val group = client.groups.create("tier-1", "Tier 1")
        suspend fun rounds(count: Int) = repeat(count / 50) {
            List(50) { async { client.groups.retrieve(group.id) } }.awaitAll()
        }
        rounds(5_000)
        val before = resident()
        rounds(10_000)
        // A leak of one answer per call would be 10 MB and more.
        val grown = resident() - before
        assertTrue(grown < 8_000_000, "$grown bytes more after 10,000 calls")
    }

    /** What the system counts for this process; its Java heap is touched in full from the start. */
    private fun resident(): Long {
        System.gc()
        return java.io.File("/proc/self/status").readLines()
            .first { it.startsWith("RssAnon:") }.filter(Char::isDigit).toLong() * 1024
    }
}
