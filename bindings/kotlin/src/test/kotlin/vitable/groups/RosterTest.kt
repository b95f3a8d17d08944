package vitable.groups

import java.nio.file.Path
import java.time.LocalDate
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.test.runTest
import kotlinx.serialization.json.jsonObject
import vitable.groups.support.BASIC_PLAN
import vitable.groups.support.PREMIUM_PLAN
import vitable.groups.support.Sandbox
import vitable.groups.support.long
import vitable.groups.support.member
import vitable.groups.support.parse

class RosterTest {
    private val rosters = Path.of("../../examples/rosters")
    private val client = Sandbox.client()

    @BeforeTest
    fun reset() = Sandbox.reset()

    @Test
    fun `a file is read and checked, and findings include the line`() {
        Roster.read(rosters.resolve("2026-10-members.csv")).use { roster ->
            assertTrue(roster.size > 200)
            assertEquals(RosterFormat.CSV, roster.report!!.format)
            val report = roster.check(today = LocalDate.of(2026, 10, 1))
            assertFalse(report.isOk)
            assertEquals(report.errors, report.findings.count { it.severity == Severity.ERROR }.toLong())
            val finding = report.findings.first { it.severity == Severity.ERROR }
            assertTrue(finding.fix.isNotEmpty() && finding.line != null)
            assertEquals(report.text, report.toString())
        }
    }

    @Test
    fun `members round-trip through a roster`() {
        val members = listOf(
            member("EMP-1").copy(phone = Field.Null, extra = Extra(mapOf("cost_center" to """{"a":[1]}"""))),
            member("EMP-2"),
        )
        Roster(members).use { roster ->
            assertEquals(members, roster.members)
            assertNull(roster.report)
            assertTrue(roster.check(planIds = listOf(BASIC_PLAN)).isOk)
            assertEquals(2, roster.check(planIds = listOf(PREMIUM_PLAN)).byRule["plan_id.unknown"])
            Roster.read(roster.toJson(), ReadOptions(keepUnknown = true)).use { assertEquals(members, it.members) }
        }
        val broken = member("EMP-1").copy(extra = Extra(mapOf("note" to "not json")))
        assertTrue("note" in assertFailsWith<InvalidArgumentException> { Roster(listOf(broken)) }.message!!)
    }

    @Test
    fun `columns can be mapped`() {
        val csv = "Who;first_name;last_name;dob;street;city;state;zip\nE1;A;B;1990-01-01;1 Main;Reno;NV;89501\n"
        val options = ReadOptions(
            delimiter = ";", columns = mapOf("Who" to "reference_id"), defaultPlanId = BASIC_PLAN,
        )
        Roster.read(csv.encodeToByteArray(), options).use { roster ->
            assertEquals(listOf("E1"), roster.members.map { it.referenceId })
            assertContentEquals(roster.toCsv(), Roster.read(roster.toCsv()).toCsv())
        }
        assertFailsWith<InvalidRosterException> { Roster.read("Name,Town\n".encodeToByteArray()) }
        assertFailsWith<InvalidRosterException> { Roster.read(Path.of("no-such-file.csv")) }
    }

    @Test
    fun `line breaks in cells are errors unless allowed, and unclosed quotes are reported with their position`() {
        val header = "reference_id,first_name,last_name,dob,plan_id,street,city,state,zip\n"
        val row = "E1,A,B,1990-01-01,$BASIC_PLAN,\"1 Main\nFlat 2\",Reno,NV,89501\n"
        val file = (header + row).encodeToByteArray()
        assertEquals(1, Roster.read(file).check().byRule["cell.line_break"])
        val allowed = Roster.read(file, ReadOptions(multiLineCells = true))
        assertNull(allowed.check().byRule["cell.line_break"])
        assertEquals("1 Main\nFlat 2", allowed.members.single().address.addressLine1)

        val unclosed = (header + row.replace("Flat 2\"", "Flat 2")).encodeToByteArray()
        val error = assertFailsWith<InvalidRosterException> { Roster.read(unclosed) }
        val details = parse(error.details.report!!).jsonObject
        assertEquals(listOf(2L, row.indexOf('"') + 1L), listOf("line", "column").map(details::long))
    }

    @Test
    fun `values are normalized`() {
        val loose = member("EMP-1").copy(
            dateOfBirth = "05/15/1990", address = Address("1 Main", "Reno", "nevada", "89501"),
        )
        val normalized = Roster(listOf(loose)).normalize(NormalizeOptions(dates = listOf("mm/dd/yyyy")))
        assertEquals(setOf("state", "date"), normalized.report.changes.map { it.rule }.toSet())
        assertEquals("1990-05-15", normalized.roster.members.single().dateOfBirth)
        assertTrue(normalized.roster.check().isOk)
        assertFailsWith<InvalidArgumentException> {
            Roster(listOf(loose)).normalize(NormalizeOptions(dates = listOf("unknown")))
        }
    }

    @Test
    fun `rosters are compared and guarded`() {
        val before = Roster(List(10) { member("EMP-$it") })
        val new = member("EMP-99").copy(firstName = "Jill")
        val after = Roster(List(8) { member("EMP-$it", if (it == 0) PREMIUM_PLAN else BASIC_PLAN) } + new)
        val diff = after.diff(before)
        assertEquals(listOf("EMP-99"), diff.adds.map { it.referenceId })
        assertEquals(20.0, diff.removalShare)
        assertEquals(PREMIUM_PLAN, diff.planChanges.single().planId)
        assertTrue(diff.warnings.isNotEmpty() && !diff.isEmpty)

        after.guard(before)
        after.guard(before, options = GuardOptions(maxRemovals = "2"))
        assertFailsWith<RosterGuardException> { after.guard(before, options = GuardOptions(maxRemovals = "10%")) }
        assertFailsWith<RosterGuardException> { Roster(emptyList()).guard(before) }
        assertFailsWith<InvalidArgumentException> {
            after.guard(before, options = GuardOptions(maxRemovals = "some"))
        }
    }

    @Test
    fun `apply syncs a roster, and blocks invalid ones`() = runTest {
        val sync = client.groups.members.sync
        val group = client.groups.create("tier-1", "Tier 1")
        val first = Roster(List(3) { member("EMP-$it") } + member("EMP-X", "pln_none"))
        val result = sync.apply(group.id, first, options = ApplyOptions(firstSync = true))
        assertEquals(OutcomeStatus.ROWS_FAILED, result.outcome.status)
        assertFalse(result.outcome.isOk)
        assertEquals(3, result.outcome.added)
        assertEquals("EMP-X", result.outcome.failures.single().referenceId)
        assertEquals(SyncOperation.Add, result.outcome.failures.single().operation)
        assertEquals(result.outcome, first.outcome(result.state.results, firstSync = true))

        val corrected = first.corrected(result.state.results!!, mapOf("EMP-X" to member("EMP-X")))
        assertEquals(4, corrected.roster.size)
        val previous = Roster(List(3) { member("EMP-$it") })
        assertTrue(sync.apply(group.id, corrected.roster, previous = previous).outcome.isOk)

        val invalid = Roster(listOf(member("EMP-1").copy(dateOfBirth = "soon")))
        val error = assertFailsWith<InvalidRosterException> { sync.apply(group.id, invalid) }
        assertTrue("date_of_birth" in error.details.report!!)
        assertFalse("soon" in error.toString())
        assertFailsWith<RosterGuardException> { sync.apply(group.id, Roster(emptyList())) }
    }
}
