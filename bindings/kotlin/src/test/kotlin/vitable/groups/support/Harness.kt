package vitable.groups.support

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.fail
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject

/** A process that says what to call and verifies the results. It exits when its stdin is closed. */
internal class Harness(command: String, vararg arguments: String) : AutoCloseable {
    private val process = ProcessBuilder(
        File(System.getProperty("vitable.groups.chaos") ?: fail("set -Dvitable.groups.chaos=PATH"))
            .resolveSibling(command).path,
        *arguments,
    ).redirectError(ProcessBuilder.Redirect.INHERIT)
        .apply { environment().putIfAbsent("CHAOS_OPERATIONS", "200") }
        .start()
    private val http = HttpClient.newHttpClient()

    /** What it printed when it was ready. */
    val ready: JsonObject = parse(process.inputReader().readLine()).jsonObject

    fun post(path: String, body: JsonElement? = null): JsonElement {
        val publisher = body?.let { HttpRequest.BodyPublishers.ofString("$it") }
            ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(ready.text("control_url") + path))
            .header("content-type", "application/json")
            .POST(publisher).build()
        val response = http.send(request, HttpResponse.BodyHandlers.ofString())
        assertEquals(200, response.statusCode(), response.body())
        return parse(response.body())
    }

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly()
    }
}
