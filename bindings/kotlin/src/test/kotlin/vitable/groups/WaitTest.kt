package vitable.groups

import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.test.runTest
import vitable.groups.support.Sandbox
import vitable.groups.support.member

class WaitTest {
    private val client = Sandbox.client()
    private val sync = client.groups.members.sync
    private val fastPolls = WaitOptions(pollInterval = Duration.ofMillis(5))

    @BeforeTest
    fun reset() = Sandbox.reset()

    @Test
    fun `progress is reported from the submission to completion`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        Sandbox.fault("""{"operation": "groups.members.sync.retrieve", "status": 502, "skip": 1}""")
        val reported = CopyOnWriteArrayList<SyncProgress>()
        val state = sync.submitAndWait(group.id, listOf(member("EMP-1")), fastPolls) { progress ->
            reported += progress
            if (progress.polls == 3) Sandbox.control("POST", "/syncs/complete")
        }
        assertTrue(state.isCompleted)
        assertEquals(reported.indices.toList(), reported.map { it.polls })
        assertEquals(group.id, reported.first().handle.groupId)
        assertEquals(ErrorKind.INTERNAL_SERVER, reported[2].lastError)
        assertEquals(state, reported.last().state)
    }

    @Test
    fun `a wait can be resumed after its deadline`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        val short = fastPolls.copy(deadline = Duration.ofMillis(100))
        val error = assertFailsWith<DeadlineExceededException> {
            sync.submitAndWait(group.id, listOf(member("EMP-1")), short)
        }
        val handle = assertNotNull(error.syncHandle)
        Sandbox.control("POST", "/syncs/complete")
        assertTrue(sync.wait(handle, fastPolls).isCompleted)
    }

    @Test
    fun `an exception thrown by the listener ends the wait`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        val error = assertFailsWith<IllegalStateException> {
            sync.submitAndWait(group.id, listOf(member("EMP-1")), fastPolls) { error("enough") }
        }
        assertEquals("enough", error.message)
    }
}
