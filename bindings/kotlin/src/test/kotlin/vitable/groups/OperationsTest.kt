package vitable.groups

import java.time.Instant
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import vitable.groups.support.BASIC_PLAN
import vitable.groups.support.PREMIUM_PLAN
import vitable.groups.support.Sandbox
import vitable.groups.support.member

class OperationsTest {
    private val client = Sandbox.client()

    @BeforeTest
    fun reset() = Sandbox.reset()

    @Test
    fun `a group is created, retrieved and updated`() = runTest {
        val created = client.groups.create("tier-1", "Tier 1")
        assertTrue(created.id.startsWith("grp_"))
        assertEquals("tier-1", created.externalReferenceId)
        assertTrue(created.createdAt!! > Instant.parse("2020-01-01T00:00:00Z"))

        assertEquals(created, client.groups.retrieve(created.id))

        val renamed = client.groups.update(created.id, name = "Tier One")
        assertEquals("Tier One", renamed.name)
        assertEquals("tier-1", renamed.externalReferenceId)
        assertTrue(""""body":"{\"name\":\"Tier One\"}"""" in Sandbox.requests())

        val updated = client.groups.update(
            created.id, GroupUpdateParams(Field.Value("tier-one"), Field.Absent),
        )
        assertEquals("tier-one", updated.externalReferenceId)
    }

    @Test
    fun `groups are found by reference ID and created only once`() = runTest {
        assertNull(client.groups.findByExternalReferenceId("tier-1"))
        val created = client.groups.getOrCreate("tier-1", "Tier 1")
        assertEquals(created, client.groups.getOrCreate("tier-1", "Tier 1"))
        assertEquals(created, client.groups.findByExternalReferenceId("tier-1"))
    }

    @Test
    fun `pages and items are emitted in order and fetched on demand`() = runTest {
        Sandbox.control("POST", "/seed", """{"many_groups": {"count": 25, "prefix": "seed"}}""")
        val list = client.groups.list(limit = 10)

        assertEquals(listOf(10, 10, 5), list.pages().map { it.items.size }.toList())
        assertEquals(25, list.items().toList().map { it.id }.distinct().size)
        assertEquals(25, client.groups.list(limit = 10, prefetch = 3).toList(1_000).size)

        val first = list.page()
        assertEquals(3L, first.pagination?.totalPages)
        val second = assertNotNull(first.nextPage())
        assertEquals(2L, second.number)
        assertEquals(200, second.metadata.status)
        assertNull(second.nextPage()!!.nextPage())

        Sandbox.control("DELETE", "/requests")
        assertEquals(5, list.items().take(5).toList().size)
        assertEquals(1, Regex(""""operation":"groups.list"""").findAll(Sandbox.requests()).count())
    }

    @Test
    fun `plans are listed`() = runTest {
        assertEquals(listOf(BASIC_PLAN, PREMIUM_PLAN), client.plans.list().toList(10).map { it.id })
        assertEquals(1, client.plans.list(limit = 1).page().items.size)
    }

    @Test
    fun `a roster is submitted and its sync retrieved`() = runTest {
        val group = client.groups.create("tier-1", "Tier 1")
        val receipt = client.groups.members.sync.submit(group.id, listOf(member("EMP-1")))
        assertEquals(group.id, receipt.groupId)
        val state = client.groups.members.sync.wait(SyncHandle(group.id, receipt.requestId))
        assertTrue(state.isCompleted)
        assertEquals(1, state.results!!.addedGroupMemberIds.size)
        assertEquals(state, client.groups.members.sync.retrieve(receipt.requestId, group.id))
    }

    @Test
    fun `responses include metadata`() = runTest {
        Sandbox.fault("""{"operation": "groups.create", "status": 503, "headers": {"retry-after-ms": "1"}}""")
        val response = client.groups.withResponse.create("tier-1", "Tier 1")
        assertEquals(201, response.metadata.status)
        assertEquals(listOf<Int?>(503, 201), response.metadata.attempts.map { it.status })
        assertNotNull(response.metadata.idempotencyKey)
        assertFalse(response.metadata.recovered)
        assertEquals("application/json", response.metadata.headers["content-type"])
        assertEquals(response.data, client.groups.withResponse.retrieve(response.data.id).data)
    }

    @Test
    fun `request options are sent`() = runTest {
        val options = RequestOptions(
            headers = mapOf("X-Job" to "nightly", "User-Agent" to null),
            query = mapOf("trace" to "a b"),
            body = mapOf("tier" to "2"),
            idempotencyKey = "key-1",
            organization = "org_PyschJpXTw6LHWwuWn2fEA",
        )
        client.groups.create("tier-1", "Tier 1", options)
        val requests = Sandbox.requests()
        assertTrue("""["x-job","nightly"]""" in requests, requests)
        assertTrue("""["idempotency-key","key-1"]""" in requests)
        assertTrue("""["x-vitable-organization","org_PyschJpXTw6LHWwuWn2fEA"]""" in requests)
        assertTrue("""\"tier\":2""" in requests)
        assertTrue("trace=a%20b" in requests)
        assertFalse("user-agent" in requests)
    }

    @Test
    fun `any endpoint can be called`() = runTest {
        val created = client.post("/v1/groups", """{"external_reference_id": "r", "name": "n"}""")
        assertEquals(201, created.metadata.status)
        val list = client.get("/v1/groups", RequestOptions(query = mapOf("limit" to "5")))
        assertTrue(""""external_reference_id":"r"""" in list.body.decodeToString())
        assertFailsWith<NotFoundException> { client.patch("/v1/groups/grp_x", """{"name": "m"}""") }
        assertFailsWith<InvalidArgumentException> { client.post("/v1/groups", "{") }
    }
}
