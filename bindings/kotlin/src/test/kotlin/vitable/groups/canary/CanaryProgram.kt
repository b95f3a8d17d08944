package vitable.groups.canary

import java.time.Duration
import java.util.concurrent.ConcurrentHashMap
import kotlin.system.exitProcess
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.jsonObject
import vitable.groups.*
import vitable.groups.conformance.CallRunner
import vitable.groups.conformance.call
import vitable.groups.support.*

// Runs every operation against every failure, and prints everything a program might print.
// Usage: `everything`, `unhandled FAILURE` or `control`.

private val OPTIONS = RequestOptions(
    headers = mapOf("x-note" to HEADER),
    query = mapOf("email" to EMAIL),
    body = mapOf("note" to MEMBER_JSON),
)
private val SHORT = Duration.ofMillis(60)
private val WAIT = WaitOptions(deadline = SHORT, pollInterval = Duration.ofMillis(1), request = OPTIONS)
private val TUNING = NativeTuning(retryBaseDelay = Duration.ofMillis(1))

internal fun clientAt(url: String, change: ClientOptions.() -> ClientOptions = { this }): VitableConnect {
    val options = ClientOptions(
        apiKey = KEY,
        baseUrl = url,
        // Long, as only the unresponsive server is meant to time out.
        timeout = Duration.ofSeconds(30),
        maxRetries = 1,
        defaultHeaders = mapOf("x-own" to HEADER),
        defaultQuery = mapOf("phone" to PHONE),
        tlsRoots = TlsRoots.Bundled,
        ignoreEnvironmentProxy = true,
    )
    return VitableConnect.tuned(options.change(), null, TUNING)
}

/** All operations, with canaries in all parameters. */
internal fun operations(client: VitableConnect): Map<String, suspend () -> Any?> {
    val groups = client.groups
    val sync = groups.members.sync
    val roster = Roster(listOf(MEMBER))
    val handle = SyncHandle("grp_1", "grpmsr_1")
    val params = fields(
        "group_id" to "grp_1", "request_id" to "grpmsr_1", "external_reference_id" to EMAIL, "name" to FIRST,
        "members" to JsonArray(emptyList()),
    )
    val operations = parse(nativeManifest()).jsonObject.array("operations")!!.map { it.jsonObject.text("name")!! }
    // Lists and rosters are printed as what they are.
    return operations.associateWith { suspend { CallRunner().call(client, it, params, OPTIONS) } } + mapOf(
        "groups.list" to { groups.list(options = OPTIONS).page() },
        "groups.iterate" to { groups.list(options = OPTIONS).items().toList() },
        "groups.iterate_pages" to { groups.list(options = OPTIONS).pages().toList() },
        "groups.find_by_external_reference_id" to { groups.findByExternalReferenceId(EMAIL, OPTIONS) },
        "groups.get_or_create" to { groups.getOrCreate(EMAIL, FIRST, OPTIONS) },
        "plans.list" to { client.plans.list(options = OPTIONS).page() },
        "groups.members.sync.submit" to { sync.submit("grp_1", roster, OPTIONS) },
        "groups.members.sync.wait" to { sync.wait(handle, WAIT) },
        "groups.members.sync.submit_and_wait" to { sync.submitAndWait("grp_1", roster, WAIT) },
        "groups.members.sync.apply" to {
            sync.apply("grp_1", roster, options = ApplyOptions(firstSync = true, wait = WAIT))
        },
        "get" to { client.get("/v1/groups", OPTIONS) },
        "post" to { client.post("/v1/groups", MEMBER_JSON, OPTIONS) },
        "patch" to { client.patch("/v1/groups/grp_1", MEMBER_JSON, OPTIONS) },
    )
}

/** Prints a value in every way a program might, to stdout and stderr. */
private fun print(value: Any?) {
    println(value)
    System.err.println(listOf(value))
    if (value !is Throwable) return
    value.printStackTrace()
    println(value.message + value.localizedMessage + value.stackTraceToString())
    if (value !is VitableConnectException) return
    println("${value.details} ${value.attempts} ${value.kind} ${value.code} ${value.syncHandle} ${value.details.causes}")
    println("${value.details.message} ${value.details.report}")
}

private val kinds = ConcurrentHashMap.newKeySet<ErrorKind>()

private suspend fun failure(call: suspend () -> Any?): Throwable? =
    runCatching { print(call()) }.exceptionOrNull()?.also {
        print(it)
        if (it is VitableConnectException) kinds += it.kind
    }

/** Runs all operations; returns how many failed. */
private suspend fun runOperations(client: VitableConnect): Int = client.use {
    print(client)
    operations(client).values.count { failure(it) != null }
}

private suspend fun runEverything() = coroutineScope {
    val refused = FailingServer { null }.apply { close() }
    val servers = FAILURES.mapValues { FailingServer(it.value) } + ("refused" to refused)
    val provider = TokenProvider { AccessToken(TOKEN, Duration.ofMinutes(15)) }
    val options = ClientOptions(baseUrl = servers.getValue("status 401").url, tlsRoots = TlsRoots.Bundled)
    val clients = servers.map { (name, server) ->
        clientAt(server.url) { if (name == "no response") copy(timeout = SHORT) else this }
    } + VitableConnect.tuned(options, provider, TUNING)
    val failures = clients.map { async(Dispatchers.IO) { runOperations(it) } }.awaitAll().sum()
    invalidArguments(servers.getValue("status 400").url, servers.getValue("no response").url)
    printValues()
    printRosters()
    servers.values.forEach(FailingServer::close)
    println("failures: $failures")
    println("kinds: ${kinds.joinToString(" ") { it.name.lowercase() }}")
    println("operations: ${operations(clientAt(refused.url)).keys.joinToString(" ")}")
    println("canaries that were sent: ${canariesIn(RECEIVED.toString()).size}")
}

/** Calls with invalid arguments. */
private suspend fun invalidArguments(url: String, unresponsiveUrl: String) {
    val client = clientAt(url)
    val sync = client.groups.members.sync
    val clientWithFailingProvider = VitableConnect.tuned(
        ClientOptions(baseUrl = url, tlsRoots = TlsRoots.Bundled), { error("the vault is sealed") }, TUNING,
    )
    val shortDeadline = RequestOptions(deadline = SHORT)
    val calls: List<suspend () -> Any?> = listOf(
        { client.groups.list(options = RequestOptions(headers = mapOf("x-bad" to "$HEADER\nx-evil: $KEY"))).page() },
        { client.groups.list(options = RequestOptions(body = mapOf("note" to FIRST))).page() },
        { client.get("https://user:$KEY@elsewhere.example/$EMAIL") },
        { client.post("/v1/groups", MEMBER_JSON.dropLast(5)) },
        { client.setApiKey("$KEY\n$KEY") },
        { clientAt(url) { copy(apiKey = "$KEY\u0000") } },
        { clientAt("https://user:$KEY@example.com") },
        { clientAt("http://$CITY.example") },
        { clientAt(url) { copy(proxy = "http://user:$KEY@") } },
        { clientAt(url) { copy(tlsRoots = TlsRoots.Pem(KEY)) } },
        { sync.apply("grp_1", Roster(listOf(MEMBER.copy(firstName = "")))) },
        { sync.apply("grp_1", Roster(emptyList())) },
        { sync.apply("grp_1", Roster(listOf(MEMBER))) },
        { sync.apply("grp_1", Roster(listOf(MEMBER)), Roster(listOf(MEMBER.copy(referenceId = "REF-2")))) },
        { clientWithFailingProvider.groups.create(EMAIL, FIRST) },
        { clientAt(unresponsiveUrl).groups.create(EMAIL, FIRST, shortDeadline) },
        { client.groups.members.sync.submit("grp_1", listOf(MEMBER.copy(extra = Extra(mapOf("a" to FIRST))))) },
        { client.apply { close() }.groups.members.sync.submit("grp_1", listOf(MEMBER)) },
    )
    for (call in calls) failure(call)
}

/** Values that contain canaries and might be printed. */
private fun printValues() {
    val group = Group("grp_1", null, "One", "one", null, null, Extra(mapOf("note" to MEMBER_JSON)))
    val metadata = Metadata(
        200, mapOf("x-echo" to HEADER), "https://api.example/?email=$EMAIL", "GET", "HTTP/1.1", null, Duration.ZERO,
        emptyList(), null, false, false,
    )
    listOf(
        metadata, Response(group, metadata), RawResponse(MEMBER_JSON.toByteArray(), metadata),
        MEMBER, MEMBER.address, MEMBER.phone, MEMBER.extra, OPTIONS, WAIT, ApplyOptions(wait = WAIT),
        ClientOptions(apiKey = KEY, defaultHeaders = mapOf("a" to KEY), proxy = "http://user:$KEY@proxy"),
        AccessToken(TOKEN), GroupUpdateParams(Field.Value(EMAIL), Field.Value(FIRST)), group,
        ErrorKind.entries, setOf(MEMBER), mapOf("a" to MEMBER), MEMBER to MEMBER,
    ).forEach(::print)
}

/** Reports of rosters with errors in every row, blocked rosters, and unreadable files. */
private suspend fun printRosters() {
    val bad = MEMBER.copy(
        dateOfBirth = "${BIRTH}x",
        phone = Field.Value("${PHONE}7"),
        email = Field.Value("$EMAIL@"),
        address = MEMBER.address.copy(zipcode = "${ZIP}1"),
    )
    val roster = Roster(listOf(bad, bad))
    print(roster)
    print(roster.check())
    print(roster.check().findings)
    print(roster.diff(Roster(listOf(MEMBER))))
    val normalized = roster.normalize(NormalizeOptions(zip = true, dates = listOf("mm/dd/yyyy")))
    print(normalized)
    print(normalized.report)
    failure { Roster(emptyList()).guard(Roster(listOf(MEMBER))) }
    val failure = SyncFailure("REF-1", SyncOperation.Add, "Invalid plan_id")
    val results = SyncResults(emptyList(), emptyList(), listOf(failure))
    print(results)
    print(Roster(listOf(MEMBER)).outcome(results, firstSync = true))
    print(Roster(listOf(MEMBER)).outcome(null))
    val good = Roster(listOf(MEMBER))
    val state = SyncState("grpmsr_1", "grp_1", null, null, true, results)
    print(ApplyResult(state, good.outcome(results, good), good.check(), good.after(results, good)))
    print(Roster(listOf(MEMBER)).diff(Roster(listOf(MEMBER.copy(referenceId = "REF-2")))))
    print(Roster(listOf(MEMBER)).corrected(results, mapOf("REF-1" to bad)))
    val row = "REF-1,$FIRST,$LAST,$BIRTH,$EMAIL"
    val header = "reference_id,first_name,last_name,date_of_birth,email\n"
    val texts = listOf(
        row, "$header\"$row", "$header$row,$row", "[$MEMBER_JSON".dropLast(5), "{\"members\": \"$EMAIL\"}", "\"$EMAIL\"",
    )
    for (text in texts) failure { Roster.read(text.toByteArray()).apply { print(report) }.check() }
}

internal fun main(arguments: Array<String>): Unit = runBlocking {
    when (arguments[0]) {
        "everything" -> runEverything()
        "unhandled" -> {
            // Uncaught: the JVM prints the exception.
            val server = FailingServer(FAILURES.getValue(arguments[1]))
            operations(clientAt(server.url)).getValue("groups.members.sync.submit")()
        }
        else -> {
            // Prints what must not be printed, to show that the search finds it.
            val server = FailingServer(FAILURES.getValue("status 400"))
            val error = runCatching { operations(clientAt(server.url)).getValue("post")() }.exceptionOrNull()
            val details = (error as VitableConnectException).details
            println("${details.body!!.decodeToString()} $TOKEN")
            System.err.println("${details.headers}")
        }
    }
    exitProcess(0)
}
