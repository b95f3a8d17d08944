package vitable.groups

import java.time.Duration
import java.util.concurrent.CompletionStage
import java.util.function.Supplier
import kotlinx.coroutines.future.await

/** Sets up a client step by step; for Java. In Kotlin, name the properties of [ClientOptions]. */
public class VitableConnectBuilder internal constructor() {
    private var options = ClientOptions()
    private var tokens: TokenProvider? = null

    private fun set(change: ClientOptions.() -> ClientOptions) = apply { options = options.change() }

    /** The API key, on servers only. */
    public fun apiKey(key: String): VitableConnectBuilder = set { copy(apiKey = key) }

    /** Fetches short-lived tokens, usually from your own server. */
    public fun tokenProvider(
        provider: Supplier<out CompletionStage<AccessToken>>,
    ): VitableConnectBuilder = apply { tokens = TokenProvider { provider.get().await() } }

    /** Where the API is. */
    public fun baseUrl(url: String): VitableConnectBuilder = set { copy(baseUrl = url) }

    /** One of the vendor's environments. */
    public fun environment(environment: Environment): VitableConnectBuilder =
        set { copy(environment = environment) }

    /** Bounds one attempt, the body included; 60 s by default. */
    public fun timeout(timeout: Duration): VitableConnectBuilder = set { copy(timeout = timeout) }

    /** Bounds each call as a whole: attempts, waits, pages. */
    public fun deadline(deadline: Duration): VitableConnectBuilder = set { copy(deadline = deadline) }

    /** Attempts after the first; 2 by default. */
    public fun maxRetries(retries: Int): VitableConnectBuilder = set { copy(maxRetries = retries) }

    /** A header of every request. */
    public fun defaultHeader(name: String, value: String): VitableConnectBuilder =
        set { copy(defaultHeaders = defaultHeaders + (name to value)) }

    /** The organization to act as, `org_...`. */
    public fun organization(organization: String): VitableConnectBuilder =
        set { copy(organization = organization) }

    /** The proxy for all requests. */
    public fun proxy(url: String): VitableConnectBuilder = set { copy(proxy = url) }

    /** Makes the client. */
    public fun build(): VitableConnect = VitableConnect(options, tokens)
}

/** Options of one call, step by step; for Java. */
public class RequestOptionsBuilder {
    private var options = RequestOptions()

    private fun set(change: RequestOptions.() -> RequestOptions) = apply { options = options.change() }

    /** See [RequestOptions.timeout]. */
    public fun timeout(timeout: Duration): RequestOptionsBuilder = set { copy(timeout = timeout) }

    /** See [RequestOptions.deadline]. */
    public fun deadline(deadline: Duration): RequestOptionsBuilder = set { copy(deadline = deadline) }

    /** See [RequestOptions.maxRetries]. */
    public fun maxRetries(retries: Int): RequestOptionsBuilder = set { copy(maxRetries = retries) }

    /** Sets a header, or leaves it out if the value is null. */
    public fun header(name: String, value: String?): RequestOptionsBuilder =
        set { copy(headers = headers + (name to value)) }

    /** Sets a query parameter, or leaves it out if the value is null. */
    public fun query(name: String, value: String?): RequestOptionsBuilder =
        set { copy(query = query + (name to value)) }

    /** See [RequestOptions.idempotencyKey]. */
    public fun idempotencyKey(key: String): RequestOptionsBuilder = set { copy(idempotencyKey = key) }

    /** See [RequestOptions.organization]. */
    public fun organization(organization: String): RequestOptionsBuilder =
        set { copy(organization = organization) }

    /** The options. */
    public fun build(): RequestOptions = options
}

/** How to wait for a sync, step by step; for Java. */
public class WaitOptionsBuilder {
    private var options = WaitOptions()

    /** How long to wait at most; 10 minutes by default. */
    public fun deadline(deadline: Duration): WaitOptionsBuilder =
        apply { options = options.copy(deadline = deadline) }

    /** The time between two looks; by default it grows from 0.5 s to 5 s. */
    public fun pollInterval(interval: Duration): WaitOptionsBuilder =
        apply { options = options.copy(pollInterval = interval) }

    /** Options of the calls. */
    public fun request(request: RequestOptions): WaitOptionsBuilder =
        apply { options = options.copy(request = request) }

    /** The options. */
    public fun build(): WaitOptions = options
}

/** How to read a roster, step by step; for Java. What is not set is found out. See [Roster.read]. */
public class ReadOptionsBuilder {
    private var options = ReadOptions()

    private fun set(change: ReadOptions.() -> ReadOptions) = apply { options = options.change() }

    /** See [ReadOptions.format]. */
    public fun format(format: RosterFormat): ReadOptionsBuilder = set { copy(format = format) }

    /** See [ReadOptions.encoding]. */
    public fun encoding(encoding: RosterEncoding): ReadOptionsBuilder = set { copy(encoding = encoding) }

    /** See [ReadOptions.delimiter]. */
    public fun delimiter(delimiter: String): ReadOptionsBuilder = set { copy(delimiter = delimiter) }

    /** The field that a column holds, such as `address.state`, or null to leave the column out. */
    public fun column(name: String, field: String?): ReadOptionsBuilder =
        set { copy(columns = columns + (name to field)) }

    /** See [ReadOptions.keepUnknown]. */
    public fun keepUnknown(): ReadOptionsBuilder = set { copy(keepUnknown = true) }

    /** See [ReadOptions.emptyCellClears]. */
    public fun emptyCellClears(): ReadOptionsBuilder = set { copy(emptyCellClears = true) }

    /** See [ReadOptions.defaultPlanId]. */
    public fun defaultPlanId(planId: String): ReadOptionsBuilder = set { copy(defaultPlanId = planId) }

    /** See [ReadOptions.multiLineCells]. */
    public fun multiLineCells(): ReadOptionsBuilder = set { copy(multiLineCells = true) }

    /** The options. */
    public fun build(): ReadOptions = options
}

/** How to sync a group to a roster, step by step; for Java. See [Sync.apply]. */
public class ApplyOptionsBuilder {
    private var options = ApplyOptions()

    private fun set(change: ApplyOptions.() -> ApplyOptions) = apply { options = options.change() }

    /** Says that the group was never synced and holds no members; not together with a previous roster. */
    public fun firstSync(): ApplyOptionsBuilder = set { copy(firstSync = true) }

    /** See [GuardOptions.maxRemovals]. */
    public fun maxRemovals(limit: String): ApplyOptionsBuilder =
        set { copy(guard = guard.copy(maxRemovals = limit)) }

    /** See [GuardOptions.allowNewReferenceIds]. */
    public fun allowNewReferenceIds(): ApplyOptionsBuilder =
        set { copy(guard = guard.copy(allowNewReferenceIds = true)) }

    /** See [GuardOptions.allowEmpty]. */
    public fun allowEmpty(): ApplyOptionsBuilder = set { copy(guard = guard.copy(allowEmpty = true)) }

    /** See [ApplyOptions.check]. */
    public fun check(check: CheckOptions): ApplyOptionsBuilder = set { copy(check = check) }

    /** How to wait. */
    public fun waitWith(options: WaitOptions): ApplyOptionsBuilder = set { copy(wait = options) }

    /** The options. */
    public fun build(): ApplyOptions = options
}

/** What a roster may remove, step by step; for Java. See [Roster.guard]. */
public class GuardOptionsBuilder {
    private var options = GuardOptions()

    private fun set(change: GuardOptions.() -> GuardOptions) = apply { options = options.change() }

    /** See [GuardOptions.maxRemovals]. */
    public fun maxRemovals(limit: String): GuardOptionsBuilder = set { copy(maxRemovals = limit) }

    /** See [GuardOptions.allowNewReferenceIds]. */
    public fun allowNewReferenceIds(): GuardOptionsBuilder = set { copy(allowNewReferenceIds = true) }

    /** See [GuardOptions.allowEmpty]. */
    public fun allowEmpty(): GuardOptionsBuilder = set { copy(allowEmpty = true) }

    /** The options. */
    public fun build(): GuardOptions = options
}

/** A roster row, step by step; for Java. What is not set is sent empty, and [Roster.check] says so. */
public class MemberBuilder(private val referenceId: String) {
    private var member = Member(referenceId, "", "", "", "", Address("", "", "", ""))

    private fun set(change: Member.() -> Member) = apply { member = member.change() }

    /** Legal first and last name. */
    public fun name(first: String, last: String): MemberBuilder =
        set { copy(firstName = first, lastName = last) }

    /** `YYYY-MM-DD`. */
    public fun dateOfBirth(date: String): MemberBuilder = set { copy(dateOfBirth = date) }

    /** One of the organization's plans. */
    public fun planId(planId: String): MemberBuilder = set { copy(planId = planId) }

    /** Where the member lives. */
    public fun address(line1: String, city: String, state: String, zipcode: String): MemberBuilder =
        set { copy(address = Address(line1, city, state, zipcode)) }

    /** Apartment or suite; set the address first. */
    public fun addressLine2(line: String): MemberBuilder =
        set { copy(address = address.copy(addressLine2 = Field.Value(line))) }

    /** A US number; null clears what the server has. */
    public fun phone(phone: String?): MemberBuilder =
        set { copy(phone = if (phone == null) Field.Null else Field.Value(phone)) }

    /** An e-mail address; null clears what the server has. */
    public fun email(email: String?): MemberBuilder =
        set { copy(email = if (email == null) Field.Null else Field.Value(email)) }

    /** The row. */
    public fun build(): Member = member
}
