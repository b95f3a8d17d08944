// Our client and its alternatives on the JVM: Jackson over the JDK's client or OkHttp.

import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.ObjectMapper
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.future.await
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Dispatcher
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import vitable.groups.Address
import vitable.groups.ClientOptions
import vitable.groups.Group
import vitable.groups.Member
import vitable.groups.VitableConnect

private fun read(name: String, reference: String): Int = name.length + reference.length

class Ours(url: String) : BenchClient {
    private val client = VitableConnect(ClientOptions(apiKey = KEY, baseUrl = url))

    private fun read(group: Group) = read(group.name, group.externalReferenceId)

    override suspend fun retrieve(): Int = read(client.groups.retrieve(GROUP))

    override suspend fun page(): Int = client.groups.list(limit = 100).page().items.sumOf(::read)

    override suspend fun all(prefetch: Int): Int {
        var total = 0
        client.groups.list(limit = 100, prefetch = prefetch).items().collect { total += read(it) }
        return total
    }

    override fun roster(): Any = List(MEMBERS) {
        Member(
            referenceId = "EMP-%06d".format(it),
            firstName = "Jane",
            lastName = "Doe",
            dateOfBirth = "1990-05-15",
            planId = "pln_C506ZkHHTlKfgy16G-tTJQ",
            address = Address("123 Main Street", "San Francisco", "CA", "94102"),
            phone = "4155550100",
            email = "jane.doe@example.com",
        )
    }

    @Suppress("UNCHECKED_CAST")
    override suspend fun submit(roster: Any): Int =
        client.groups.members.sync.submit(GROUP, roster as List<Member>).requestId.length
}

class PlainGroup {
    @JvmField var id: String = ""
    @JvmField var organization_id: String = ""
    @JvmField var name: String = ""
    @JvmField var external_reference_id: String = ""
    @JvmField var created_at: String = ""
    @JvmField var updated_at: String = ""
}

class PlainPagination {
    @JvmField var total_pages: Int = 0
}

class PlainEnvelope {
    @JvmField var data: PlainGroup = PlainGroup()
}

class PlainPage {
    @JvmField var data: List<PlainGroup> = emptyList()
    @JvmField var pagination: PlainPagination = PlainPagination()
}

class PlainReceipt {
    @JvmField var request_id: String = ""
}

class PlainResponse {
    @JvmField var data: PlainReceipt = PlainReceipt()
}

class PlainAddress(
    @JvmField val address_line_1: String,
    @JvmField val city: String,
    @JvmField val state: String,
    @JvmField val zipcode: String,
)

class PlainMember(
    @JvmField val reference_id: String,
    @JvmField val first_name: String,
    @JvmField val last_name: String,
    @JvmField val date_of_birth: String,
    @JvmField val phone: String,
    @JvmField val email: String,
    @JvmField val plan_id: String,
    @JvmField val address: PlainAddress,
)

class PlainRoster(@JvmField val members: List<PlainMember>)

abstract class Plain(private val url: String) : BenchClient {
    private val json = ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)

    abstract suspend fun send(url: String, body: ByteArray?): ByteArray

    private suspend fun page(number: Int): PlainPage =
        json.readValue(send("$url/v1/groups?limit=100&page=$number", null), PlainPage::class.java)

    private fun read(page: PlainPage) = page.data.sumOf { read(it.name, it.external_reference_id) }

    override suspend fun retrieve(): Int {
        val group = json.readValue(send("$url/v1/groups/$GROUP", null), PlainEnvelope::class.java).data
        return read(group.name, group.external_reference_id)
    }

    override suspend fun page(): Int = read(page(1))

    override suspend fun all(prefetch: Int): Int {
        var (number, total) = Pair(1, 0)
        while (true) {
            val page = page(number)
            total += read(page)
            if (number++ >= page.pagination.total_pages) return total
        }
    }

    override fun roster(): Any = PlainRoster(
        List(MEMBERS) {
            PlainMember(
                "EMP-%06d".format(it), "Jane", "Doe", "1990-05-15", "4155550100",
                "jane.doe@example.com", "pln_C506ZkHHTlKfgy16G-tTJQ",
                PlainAddress("123 Main Street", "San Francisco", "CA", "94102"),
            )
        },
    )

    override suspend fun submit(roster: Any): Int {
        val response = send("$url/v1/groups/$GROUP/members/sync", json.writeValueAsBytes(roster))
        return json.readValue(response, PlainResponse::class.java).data.request_id.length
    }
}

class JavaHttp(url: String) : Plain(url) {
    private val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    override suspend fun send(url: String, body: ByteArray?): ByteArray {
        val request = HttpRequest.newBuilder(URI(url)).header("authorization", "Bearer $KEY")
        if (body != null) {
            request.header("content-type", "application/json")
            request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray()).await().body()
    }
}

class Okhttp(url: String) : Plain(url) {
    private val type = "application/json".toMediaType()
    private val client = OkHttpClient.Builder()
        .dispatcher(Dispatcher().apply { maxRequestsPerHost = 64 })
        .build()

    override suspend fun send(url: String, body: ByteArray?): ByteArray {
        val request = Request.Builder().url(url).header("authorization", "Bearer $KEY")
        if (body != null) request.post(body.toRequestBody(type))
        return suspendCancellableCoroutine { waiting ->
            client.newCall(request.build()).enqueue(object : Callback {
                override fun onFailure(call: Call, e: java.io.IOException) = waiting.resumeWithException(e)

                override fun onResponse(call: Call, response: Response) = waiting.resume(response.body!!.bytes())
            })
        }
    }
}
