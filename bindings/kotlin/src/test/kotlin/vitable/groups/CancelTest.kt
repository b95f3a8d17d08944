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
import vitable.groups.support.Sandbox

class CancelTest {
    private val client = Sandbox.client(ClientOptions(maxRetries = 0))

    @BeforeTest
    fun reset() = Sandbox.reset()

    private fun hang() = Sandbox.fault("""{"hang": "before", "times": null}""")

    private fun isHanging() = """"hanging":0""" !in Sandbox.control("GET", "/faults").filterNot(Char::isWhitespace)

    private fun isAborted() = """"aborted":true""" in Sandbox.requests().filterNot(Char::isWhitespace)

    @Test
    fun `canceling a coroutine closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        val job = launch { client.groups.retrieve("grp_1") }
        Sandbox.eventually("the request arrives") { isHanging() }
        job.cancelAndJoin()
        Sandbox.eventually("the server sees the connection close") { isAborted() }
    }

    @Test
    fun `a coroutine timeout closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        assertFailsWith<TimeoutCancellationException> {
            withTimeout(200.milliseconds) { client.groups.retrieve("grp_1") }
        }
        Sandbox.eventually("the server sees the connection close") { isAborted() }
    }

    @Test
    fun `canceling the collector of a flow closes the connection`() = runBlocking(Dispatchers.Default) {
        hang()
        val job = launch { client.groups.list().items().collect {} }
        Sandbox.eventually("the request arrives") { isHanging() }
        job.cancelAndJoin()
        Sandbox.eventually("the server sees the connection close") { isAborted() }
    }

    @Test
    fun `canceling a future closes the connection`() {
        hang()
        val future = client.async().groups.retrieve("grp_1")
        Sandbox.eventually("the request arrives") { isHanging() }
        assertTrue(future.cancel(true))
        assertFailsWith<CancellationException> { future.join() }
        Sandbox.eventually("the server sees the connection close") { isAborted() }
    }

    @Test
    fun `two hundred calls run concurrently`() = runBlocking(Dispatchers.Default) {
        val group = client.groups.create("tier-1", "Tier 1")
        val groups = List(200) { async { client.groups.retrieve(group.id) } }.awaitAll()
        assertEquals(setOf(group), groups.toSet())
    }

    @Test
    fun `ten thousand calls do not leak memory`() = runBlocking(Dispatchers.Default) {
        val group = client.groups.create("tier-1", "Tier 1")
        suspend fun retrieve(count: Int) = repeat(count / 50) {
            List(50) { async { client.groups.retrieve(group.id) } }.awaitAll()
        }
        retrieve(5_000)
        val before = residentBytes()
        retrieve(10_000)
        // Leaking one response per call would add at least 10 MB.
        val growth = residentBytes() - before
        assertTrue(growth < 8_000_000, "10,000 calls added $growth bytes")
    }

    /** The anonymous memory of this process; its Java heap is fixed and touched at startup. */
    private fun residentBytes(): Long {
        System.gc()
        return java.io.File("/proc/self/status").readLines()
            .first { it.startsWith("RssAnon:") }.filter(Char::isDigit).toLong() * 1024
    }
}
