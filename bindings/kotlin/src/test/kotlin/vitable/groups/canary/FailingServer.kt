package vitable.groups.canary

import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import kotlin.concurrent.thread

/** What a server answers to a request whose body it repeats; null answers nothing. */
internal typealias Answer = (said: String) -> String?

private fun answer(status: Int, type: String, body: String, missing: Int = 0): String =
    "HTTP/1.1 $status Canary\r\ncontent-type: $type\r\nx-echo: $HEADER $KEY\r\nretry-after-ms: 1\r\n" +
        "connection: close\r\ncontent-length: ${body.toByteArray().size + missing}\r\n\r\n$body"

private const val JSON = "application/json"

/** What goes wrong, by its name. */
internal val FAILURES: Map<String, Answer> =
    listOf(400, 401, 403, 404, 409, 418, 422, 429, 500, 503).associate { status ->
        "status $status" to { said: String -> answer(status, JSON, said) }
    } + mapOf(
        "a redirect elsewhere" to { said ->
            answer(307, JSON, said).replace("\r\nx-echo", "\r\nlocation: https://elsewhere.example/?email=$EMAIL\r\nx-echo")
        },
        "an HTML page" to { said -> answer(502, "text/html", "<html><body>$said</body></html>") },
        "a long text" to { said -> answer(500, "text/plain", "$said\n$said") },
        "an error body that is cut" to { said -> answer(400, JSON, said.dropLast(9)) },
        "a body that ends early" to { said -> answer(200, JSON, said, missing = 100) },
        "a success that is no JSON" to { said -> answer(200, JSON, said.dropLast(9)) },
        "a success of another shape" to { said -> answer(200, JSON, "[$said, \"$EMAIL\"]") },
        "no HTTP" to { said -> said },
        "a dropped connection" to { "" },
        "no answer" to { null },
    )

/** Everything that the servers were sent. */
internal val RECEIVED = StringBuilder()

/** Fails in one way and repeats what it was sent. */
internal class FailingServer(private val answer: Answer) : AutoCloseable {
    private val server = ServerSocket(0, 200, InetAddress.getLoopbackAddress())
    private val silenced = mutableListOf<Socket>()

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
        val sent = body.ifEmpty { MEMBER_JSON }
        val said = """{"detail": [{"loc": ["body"], "input": $sent}], "seen": ["$key", $MEMBER_JSON]}"""
        val answered = answer(said)
        if (answered == null) {
            synchronized(silenced) { silenced += socket }
        } else {
            socket.use { it.getOutputStream().write(answered.toByteArray()) }
        }
    }

    override fun close() {
        server.close()
        synchronized(silenced) { silenced.forEach(Socket::close) }
    }
}
