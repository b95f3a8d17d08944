package vitable.groups.support

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.fail
import kotlinx.serialization.json.jsonObject
import vitable.groups.Address
import vitable.groups.ClientOptions
import vitable.groups.Member
import vitable.groups.VitableConnect

/** A sandbox server in its own process, on a port chosen by the system. */
class SandboxProcess {
    private val process: Process = ProcessBuilder(
        System.getProperty("vitable.groups.sandbox") ?: fail("set -Dvitable.groups.sandbox=PATH"),
        "--port", "0",
    ).redirectError(ProcessBuilder.Redirect.INHERIT).start()

    val url: String = process.inputReader().readLine().substringAfter("listening on ").trim()

    init {
        Runtime.getRuntime().addShutdownHook(Thread(::stop))
    }

    fun stop() {
        process.destroy()
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    /** Sends a request to a control endpoint below `/__sandbox`. */
    fun control(method: String, path: String, json: String? = null): String {
        val body = json?.let(HttpRequest.BodyPublishers::ofString)
            ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI("$url/__sandbox$path"))
            .header("content-type", "application/json").method(method, body).build()
        val response = HTTP.send(request, HttpResponse.BodyHandlers.ofString())
        assertEquals(2, response.statusCode() / 100, response.body())
        return response.body()
    }

    private companion object {
        val HTTP: HttpClient = HttpClient.newHttpClient()
    }
}

/** The sandbox shared by most tests. */
object Sandbox {
    private val process = SandboxProcess()

    val url: String get() = process.url

    fun control(method: String, path: String, json: String? = null): String =
        process.control(method, path, json)

    /** Resets the sandbox to an empty organization. */
    fun reset() {
        control("POST", "/reset")
    }

    fun fault(json: String) {
        control("POST", "/faults", json)
    }

    /** The recorded requests as JSON. */
    fun requests(): String = control("GET", "/requests")

    /** The number of active subscriptions. */
    fun subscriptions(): Int = parse(control("GET", "/state")).jsonObject.array("members")!!
        .count { it.jsonObject.flag("active") }

    fun client(options: ClientOptions = ClientOptions()): VitableConnect =
        VitableConnect(options.copy(apiKey = options.apiKey ?: "test-key", baseUrl = url))

    /** Polls until a condition holds; fails after a minute, which no passing test reaches. */
    fun eventually(what: String, condition: () -> Boolean) {
        val end = System.nanoTime() + Duration.ofMinutes(1).toNanos()
        while (!condition()) {
            if (System.nanoTime() > end) fail("timed out waiting until $what")
            Thread.onSpinWait()
        }
    }
}

const val BASIC_PLAN: String = "pln_Wgx_PobRSymT_ki30sYaBQ"
const val PREMIUM_PLAN: String = "pln_7uJ4s0r3Tq2Yx9vKpLwB1A"

fun member(reference: String, planId: String = BASIC_PLAN): Member = Member(
    referenceId = reference,
    firstName = "Jane",
    lastName = "Doe",
    dateOfBirth = "1990-05-15",
    planId = planId,
    address = Address("123 Main Street", "San Francisco", "CA", "94102"),
    email = "$reference@example.com",
)
