package vitable.groups

import java.time.Duration
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.support.Sandbox
import vitable.groups.support.long
import vitable.groups.support.member
import vitable.groups.support.parse
import vitable.groups.support.text

/** Rosters that could end coverage by accident are blocked. */
class SafetyTest {
    private val client = VitableConnect.tuned(
        ClientOptions(apiKey = "test-key", baseUrl = Sandbox.url), null,
        NativeTuning(retryBaseDelay = Duration.ofMillis(1)),
    )
    private val sync = client.groups.members.sync
    private val fastPolls = WaitOptions(pollInterval = Duration.ofMillis(5))

    @BeforeTest
    fun reset() = Sandbox.reset()

    private fun roster(count: Int) = Roster(List(count) { member("EMP-$it") })

    /** A group synced by another client. */
    private suspend fun groupOf(roster: Roster): String = Sandbox.client().use { other ->
        val group = other.groups.create("tier-1", "Tier 1")
        other.groups.members.sync.submitAndWait(group.id, roster, fastPolls)
        Sandbox.control("DELETE", "/requests")
        group.id
    }

    private suspend fun blocked(call: suspend () -> Any?): JsonObject {
        val error = assertFailsWith<RosterGuardException> { call() }
        assertEquals(ErrorKind.GUARD_REFUSED, error.kind)
        assertFalse(error.outcomeUnknown)
        return parse(error.details.report!!).jsonObject
    }

    private fun assertNothingSent() = assertFalse("groups.members.sync.submit" in Sandbox.requests())

    @Test
    fun `halved rosters are blocked, with and without a previous roster`() = runTest {
        val (all, half) = roster(1_000) to roster(500)
        val group = groupOf(all)

        assertEquals("no_baseline", blocked { sync.apply(group, half) }.text("kind"))
        val error = assertFailsWith<RosterGuardException> { sync.apply(group, half, all) }
        assertEquals("groups.members.sync.apply", error.operation)
        assertTrue("nothing was sent" in error.message!! && "500 of the 1000" in error.message!!, error.message)
        val details = parse(error.details.report!!).jsonObject
        assertEquals("too_many_removals", details.text("kind"))
        assertEquals(listOf(500L, 1_000L), listOf("removals", "previous").map(details::long))

        assertEquals(1_000, Sandbox.subscriptions())
        assertNothingSent()
        assertTrue(sync.apply(group, half, all, ApplyOptions(guard = GuardOptions(maxRemovals = "100%"))).outcome.isOk)
        assertEquals(500, Sandbox.subscriptions())
    }

    @Test
    fun `empty and contradicting baselines are rejected`() = runTest {
        val all = roster(2)
        val group = groupOf(all)
        val first = ApplyOptions(firstSync = true)
        assertEquals("empty_previous_roster", blocked { sync.apply(group, all, roster(0)) }.text("kind"))
        assertEquals("contradicting_baseline", blocked { sync.apply(group, all, all, first) }.text("kind"))
        assertEquals("contradicting_baseline", blocked { all.guard(all, firstSync = true) }.text("kind"))
        assertEquals("no_baseline", blocked { all.guard() }.text("kind"))
        assertEquals("empty_roster", blocked { sync.apply(group, roster(0), all) }.text("kind"))
        assertNothingSent()
        all.guard(firstSync = true)
    }

    @Test
    fun `a false first sync is not as planned`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        val first = ApplyOptions(firstSync = true)
        assertEquals(OutcomeStatus.SUCCEEDED, sync.apply(group.id, roster(2), options = first).outcome.status)
        val again = sync.apply(group.id, roster(1), options = first).outcome
        assertEquals(OutcomeStatus.NOT_AS_PLANNED, again.status)
        assertFalse(again.isOk)
        assertTrue(again.notes.any { "0 removals were planned" in it }, again.text)
    }

    @Test
    fun `a group created by the client is known to be empty for its first sync`() = runTest {
        val group = client.groups.getOrCreate("tier-1", "Tier 1")
        val outcome = sync.apply(group.id, roster(2)).outcome
        assertEquals(OutcomeStatus.SUCCEEDED, outcome.status)
        assertEquals(listOf(2L, 2L, 0L), outcome.expected!!.run { listOf(adds, addsAtMost, removalsAtLeast) })
        assertEquals("no_baseline", blocked { sync.apply(group.id, roster(2)) }.text("kind"))
    }

    @Test
    fun `after a lost response the outcome is unknown`() = runTest {
        val (all, half) = roster(4) to roster(2)
        val group = groupOf(all)
        Sandbox.fault("""{"operation": "groups.members.sync.submit", "drop": "after"}""")
        val outcome = sync.apply(group, half, all).outcome
        assertEquals(OutcomeStatus.UNKNOWN, outcome.status)
        assertTrue(outcome.repeated && !outcome.isOk)
        assertEquals(listOf(null, null, null), listOf(outcome.added, outcome.removed, outcome.kept))
        assertEquals(2, outcome.expected!!.removals)

        Sandbox.fault("""{"operation": "groups.members.sync.submit", "drop": "after"}""")
        val response = sync.withResponse.submit(group, half)
        assertTrue(response.metadata.repeated && !response.metadata.recovered)
        assertFalse(sync.withResponse.submit(group, half).metadata.repeated)
    }

    @Test
    fun `an outcome without results is unknown`() {
        val outcome = roster(2).outcome(null, firstSync = true)
        assertEquals(OutcomeStatus.UNKNOWN, outcome.status)
        assertNull(outcome.added)
        assertNull(outcome.failed)
        val none = SyncResults(emptyList(), emptyList(), emptyList())
        assertEquals(OutcomeStatus.UNKNOWN, roster(2).outcome(none, roster(1), repeated = true).status)
    }

    private fun references(roster: Roster?) = roster!!.members.map { it.referenceId }

    private fun forceFailures(failures: String) =
        Sandbox.control("PATCH", "/settings", """{"forced_failures": [$failures]}""")

    @Test
    fun `groupAfter is the previous roster of the next sync`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1").id
        val failing = Roster(roster(2).members + member("EMP-X", "pln_none"))
        val fixed = Roster(roster(2).members + member("EMP-X"))
        val first = sync.apply(group, failing, options = ApplyOptions(firstSync = true, wait = fastPolls))
        val again = sync.apply(group, failing, first.groupAfter, ApplyOptions(wait = fastPolls))
        for (result in listOf(first, again)) {
            assertEquals(OutcomeStatus.ROWS_FAILED, result.outcome.status, result.outcome.text)
            assertEquals(listOf("EMP-0", "EMP-1"), references(result.groupAfter))
        }
        assertTrue("groupAfter=Roster(2 rows)" in again.toString() && "Jane" !in again.toString())
        val last = sync.apply(group, fixed, again.groupAfter, ApplyOptions(wait = fastPolls))
        assertEquals(OutcomeStatus.SUCCEEDED to 1L, last.outcome.run { status to added })
        assertEquals(fixed.members, last.groupAfter!!.members)
    }

    @Test
    fun `a failed removal counts as a removal in the next sync`() = runTest {
        val (all, fewer) = roster(3) to roster(2)
        val group = groupOf(all)
        forceFailures("""{"reference_id": "EMP-2", "operation": "remove"}""")
        val failed = sync.apply(group, fewer, all, ApplyOptions(wait = fastPolls))
        assertEquals(OutcomeStatus.ROWS_FAILED to 1L, failed.outcome.run { status to failedRemovals })
        assertEquals(all.members, failed.groupAfter!!.members)
        assertEquals(all.members, fewer.after(failed.state.results, all)!!.members)

        val kept = Roster.read(failed.groupAfter.toJson())
        assertEquals(listOf("EMP-2"), fewer.diff(kept).removals.map { it.referenceId })
        val none = GuardOptions(maxRemovals = "0")
        assertEquals("too_many_removals", blocked { fewer.guard(kept, options = none) }.text("kind"))
        forceFailures("")
        val next = sync.apply(group, fewer, kept, ApplyOptions(wait = fastPolls))
        assertEquals(OutcomeStatus.SUCCEEDED to 1L, next.outcome.run { status to removed })
        assertEquals(fewer.members, next.groupAfter!!.members)
    }

    @Test
    fun `members known only by reference ID are kept`() {
        val failure = SyncFailure("EMP-9", SyncOperation.Remove, "no")
        val results = SyncResults(listOf("grpmbr_1"), emptyList(), listOf(failure))
        val groupAfter = roster(1).after(results, firstSync = true)!!
        assertEquals(listOf("EMP-0", "EMP-9"), references(groupAfter))
        for (kept in listOf(groupAfter.toJson(), groupAfter.toCsv()).map { Roster.read(it) }) {
            assertEquals(listOf("EMP-9"), roster(1).diff(kept).removals.map { it.referenceId })
            roster(1).guard(kept)
        }
        assertNull(roster(1).after(null, firstSync = true))
    }

    @Test
    fun `new reference IDs are paired with the old ones and blocked`() = runTest {
        val (before, after) = Roster(listOf(member("000123"))) to Roster(listOf(member("123")))
        val pair = after.diff(before).rekeyed.single()
        assertEquals("123" to "000123", pair.entry.referenceId to pair.previousReferenceId)
        val group = groupOf(before)
        val details = blocked { sync.apply(group, after, before) }
        assertEquals("new_reference_ids" to 1L, details.text("kind") to details.long("people"))
        assertNothingSent()
        val allowed = GuardOptions(maxRemovals = "0", allowNewReferenceIds = true)
        after.guard(before, options = allowed)
        assertTrue(sync.apply(group, after, before, ApplyOptions(guard = allowed)).outcome.isOk)
    }
}
