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

class WaitTest {
    private val client = Sandbox.client()
    private val sync = client.groups.members.sync
    private val quick = WaitOptions(pollInterval = Duration.ofMillis(5))

    @BeforeTest
    fun reset() = Sandbox.reset()

    @Test
    fun `progress is told from the submission to the end`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        Sandbox.fault("""{"operation": "groups.members.sync.retrieve", "status": 502, "skip": 1}""")
        val told = CopyOnWriteArrayList<SyncProgress>()
        val state = sync.submitAndWait(group.id, listOf(person("EMP-1")), quick) { progress ->
            told += progress
            if (progress.polls == 3) Sandbox.control("POST", "/syncs/complete")
        }
        assertTrue(state.isCompleted)
        assertEquals(told.indices.toList(), told.map { it.polls })
        assertEquals(group.id, told.first().handle.groupId)
        assertEquals(ErrorKind.INTERNAL_SERVER, told[2].lastError)
        assertEquals(state, told.last().state)
    }

    @Test
    fun `a deadline hands back what resumes the wait`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        val short = quick.copy(deadline = Duration.ofMillis(100))
        val error = assertFailsWith<DeadlineExceededException> {
            sync.submitAndWait(group.id, listOf(person("EMP-1")), short)
        }
        val handle = assertNotNull(error.syncHandle)
        Sandbox.control("POST", "/syncs/complete")
        assertTrue(sync.wait(handle, quick).isCompleted)
    }

    @Test
    fun `what a listener throws ends the wait`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        Sandbox.control("PATCH", "/settings", """{"sync_delay_ms": "never"}""")
        val error = assertFailsWith<IllegalStateException> {
            sync.submitAndWait(group.id, listOf(person("EMP-1")), quick) { error("enough") }
        }
        assertEquals("enough", error.message)
    }
}
