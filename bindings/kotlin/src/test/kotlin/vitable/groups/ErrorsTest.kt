package vitable.groups

import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.BeforeTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import vitable.groups.support.Sandbox
import vitable.groups.support.member

class ErrorsTest {
    private val client = Sandbox.client(ClientOptions(maxRetries = 0))

    @BeforeTest
    fun reset() = Sandbox.reset()

    @ParameterizedTest
    @CsvSource(
        "400, BadRequestException, BAD_REQUEST",
        "401, AuthenticationException, AUTHENTICATION",
        "403, PermissionDeniedException, PERMISSION_DENIED",
        "404, NotFoundException, NOT_FOUND",
        "409, ConflictException, CONFLICT",
        "422, UnprocessableEntityException, UNPROCESSABLE_ENTITY",
        "429, RateLimitException, RATE_LIMIT",
        "418, OtherStatusException, STATUS",
        "500, InternalServerException, INTERNAL_SERVER",
        "503, InternalServerException, INTERNAL_SERVER",
    )
    fun `each status has its own class`(status: Int, name: String, kind: ErrorKind) = runTest {
        val body = """{"message": "try later", "app_error_code": "odd", "trace_id": "t-1"}"""
        Sandbox.fault("""{"status": $status, "body": $body, "headers": {"retry-after": "7"}}""")
        val error = assertFailsWith<ApiStatusException> { client.groups.retrieve("grp_1") }
        assertEquals(name, error.javaClass.simpleName)
        assertEquals(kind, error.kind)
        assertEquals(status, error.status)
        assertEquals("odd", error.code)
        assertEquals("t-1", error.traceId)
        assertEquals("groups.retrieve", error.operation)
        assertEquals(Duration.ofSeconds(7), error.retryAfter)
        assertTrue("try later" in error.details.body!!.decodeToString())
        for (text in listOf("groups.retrieve", "$status", "try later", "odd", "t-1")) {
            assertTrue(text in error.message!!, error.message)
        }
    }

    @Test
    fun `every kind has its own class`() {
        val options = ClientOptions(apiKey = "k", baseUrl = "ftp://example.com")
        val details = assertFailsWith<ConfigurationException> { VitableConnect(options) }.details
        val classes = ErrorKind.entries.map { details.copy(kind = it).toException().javaClass }
        assertEquals(ErrorKind.entries.size, classes.distinct().size)
    }

    @Test
    fun `dropped connections are connection errors`() = runTest {
        Sandbox.fault("""{"drop": "before"}""")
        val error = assertFailsWith<ConnectionFailedException> { client.groups.retrieve("grp_1") }
        assertTrue(error.isTransient)
        assertNotNull(error.cause)
        assertIs<ApiConnectionException>(error)
    }

    @Test
    fun `attempts are limited by the timeout, calls by the deadline`() = runTest {
        Sandbox.fault("""{"hang": "before", "times": 2}""")
        assertFailsWith<ApiTimeoutException> {
            client.groups.retrieve("grp_1", RequestOptions(timeout = Duration.ofMillis(50)))
        }
        assertFailsWith<DeadlineExceededException> {
            client.groups.retrieve("grp_1", RequestOptions(deadline = Duration.ofMillis(50)))
        }
        Sandbox.control("POST", "/faults/release")
    }

    @Test
    fun `unexpected response bodies are reported with their path`() = runTest {
        Sandbox.fault("""{"status": 200, "body": {"data": {"name": 1}}}""")
        val error = assertFailsWith<ApiResponseValidationException> { client.groups.retrieve("grp_1") }
        assertTrue("data" in error.message!!, error.message)
    }

    @Test
    fun `invalid arguments are rejected before anything is sent`() = runTest {
        assertFailsWith<InvalidArgumentException> { client.groups.retrieve("") }
        assertFailsWith<InvalidArgumentException> { client.groups.retrieve("..") }
        val options = RequestOptions(maxRetries = -1)
        val error = assertFailsWith<InvalidArgumentException> { client.groups.retrieve("g", options) }
        assertTrue("max_retries" in error.message!!)
        val negativeTimeout = RequestOptions(timeout = Duration.ofSeconds(-1))
        val negative = assertFailsWith<InvalidArgumentException> { client.groups.retrieve("g", negativeTimeout) }
        assertTrue("`timeout`" in negative.message!!)
        assertEquals("""{"requests":[]}""", Sandbox.requests().filterNot(Char::isWhitespace))
    }

    @Test
    fun `invalid options are explained`() {
        val plain = ClientOptions(apiKey = "k", baseUrl = "http://example.com")
        assertTrue("https" in assertFailsWith<ConfigurationException> { VitableConnect(plain) }.message!!)
        val pem = ClientOptions(apiKey = "k", tlsRoots = TlsRoots.Pem("invalid"))
        assertFailsWith<ConfigurationException> { VitableConnect(pem) }
    }

    @Test
    fun `a derived client cannot change connection options`() {
        val options = ClientOptions(proxy = "http://proxy.example")
        val error = assertFailsWith<InvalidArgumentException> { client.withOptions(options) }
        assertTrue("shares its parent's connections" in error.message!!)
    }

    @Test
    fun `calls of a closed client fail, and closing it again is allowed`() = runTest {
        val client = Sandbox.client()
        client.use { it.plans.list().page() }
        client.close()
        assertFailsWith<ClientClosedException> { client.plans.list().page() }
    }

    @Test
    fun `tokens are reused, and fetched again after a 401`() = runTest {
        val fetches = AtomicInteger()
        val provider = TokenProvider { AccessToken("vit_at_${fetches.incrementAndGet()}", Duration.ofMinutes(15)) }
        VitableConnect(ClientOptions(baseUrl = Sandbox.url), provider).use { client ->
            repeat(3) { client.plans.list().page() }
            assertEquals(1, fetches.get())
            Sandbox.fault("""{"status": 401}""")
            client.plans.list().page()
            assertEquals(2, fetches.get())
            assertTrue("Bearer vit_at_2" in Sandbox.requests())
        }
    }

    @Test
    fun `exceptions of the token provider are reported`() = runTest {
        val provider = TokenProvider { error("the server is down") }
        VitableConnect(ClientOptions(baseUrl = Sandbox.url), provider).use { client ->
            val error = assertFailsWith<CredentialsException> { client.plans.list().page() }
            assertTrue("the server is down" in error.cause!!.message!!)
        }
    }

    @Test
    fun `keys, tokens and health data are not printed`() {
        val secret = "vit_apk_secret"
        val texts = listOf(
            ClientOptions(apiKey = secret), AccessToken(secret), member("EMP-1"), listOf(member("EMP-1")),
            Field.Value("Jane"), RequestOptions(headers = mapOf("a" to secret)), Roster(listOf(member("E"))),
            Sandbox.client(ClientOptions(apiKey = secret)), Extra(mapOf("note" to "\"Jane\"")),
        ).map(Any::toString)
        for (text in texts) {
            for (value in listOf(secret, "Jane", "1990", "Main", "@example.com")) {
                assertFalse(value in text, text)
            }
        }
        assertTrue("EMP-1" in texts[2])
    }
}
