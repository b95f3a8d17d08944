package vitable.groups.canary

import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import kotlin.concurrent.thread

/** Creates a response that echoes the request; null for no response. */
internal typealias Responder = (echo: String) -> String?

private fun response(status: Int, type: String, body: String, missing: Int = 0): String =
    "HTTP/1.1 $status Canary\r\ncontent-type: $type\r\nx-echo: $HEADER $KEY\r\nretry-after-ms: 1\r\n" +
        "connection: close\r\ncontent-length: ${body.toByteArray().size + missing}\r\n\r\n$body"

private const val JSON = "application/json"

/** The failures by name. */
internal val FAILURES: Map<String, Responder> =
    listOf(400, 401, 403, 404, 409, 418, 422, 429, 500, 503).associate { status ->
        "status $status" to { echo: String -> response(status, JSON, echo) }
    } + mapOf(
        "a redirect to another origin" to { echo ->
            val location = "location: https://elsewhere.example/?email=$EMAIL"
            response(307, JSON, echo).replace("\r\nx-echo", "\r\n$location\r\nx-echo")
        },
        "an HTML page" to { echo -> response(502, "text/html", "<html><body>$echo</body></html>") },
        "a plain text page" to { echo -> response(500, "text/plain", "$echo\n$echo") },
        "a truncated error body" to { echo -> response(400, JSON, echo.dropLast(9)) },
        "a body shorter than its content-length" to { echo -> response(200, JSON, echo, missing = 100) },
        "a success that is not JSON" to { echo -> response(200, JSON, echo.dropLast(9)) },
        "a success of the wrong type" to { echo -> response(200, JSON, "[$echo, \"$EMAIL\"]") },
        "not HTTP" to { echo -> echo },
        "a dropped connection" to { "" },
        "no response" to { null },
    )

/** Everything the servers received. */
internal val RECEIVED = StringBuilder()

/** A server that fails in one way and echoes what it received. */
internal class FailingServer(private val responder: Responder) : AutoCloseable {
    private val server = ServerSocket(0, 200, InetAddress.getLoopbackAddress())
    private val heldOpen = mutableListOf<Socket>()

    val url: String = "http://127.0.0.1:${server.localPort}"

    init {
        thread(isDaemon = true) {
            // Ends when the server is closed.
            runCatching { while (true) server.accept().let { thread(isDaemon = true) { runCatching { serve(it) } } } }
        }
    }

    private fun serve(socket: Socket) {
        val input = socket.getInputStream()
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) head.append(input.read().also { if (it < 0) return }.toChar())
        val length = Regex("(?i)content-length: (\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
        val body = String(input.readNBytes(length))
        val key = Regex("(?i)authorization: (.*)\r").find(head)?.groupValues?.get(1)
        synchronized(RECEIVED) { RECEIVED.append(head).append(body) }
        val echoed = body.ifEmpty { MEMBER_JSON }
        val echo = """{"detail": [{"loc": ["body"], "input": $echoed}], "seen": ["$key", $MEMBER_JSON]}"""
        val response = responder(echo)
        if (response == null) {
            synchronized(heldOpen) { heldOpen += socket }
        } else {
            socket.use { it.getOutputStream().write(response.toByteArray()) }
        }
    }

    override fun close() {
        server.close()
        synchronized(heldOpen) { heldOpen.forEach(Socket::close) }
    }
}
