package vitable.groups

import java.time.Duration
import java.util.concurrent.CompletionStage
import java.util.function.Supplier
import kotlinx.coroutines.future.await

/** Builds a [VitableConnect] in Java. In Kotlin, pass [ClientOptions] with named arguments. */
public class VitableConnectBuilder internal constructor() {
    private var options = ClientOptions()
    private var tokens: TokenProvider? = null

    private fun set(change: ClientOptions.() -> ClientOptions) = apply { options = options.change() }

    /** The API key; for servers only. */
    public fun apiKey(key: String): VitableConnectBuilder = set { copy(apiKey = key) }

    /** The provider of short-lived tokens, usually from your own server. */
    public fun tokenProvider(
        provider: Supplier<out CompletionStage<AccessToken>>,
    ): VitableConnectBuilder = apply { tokens = TokenProvider { provider.get().await() } }

    /** The base URL of the API. */
    public fun baseUrl(url: String): VitableConnectBuilder = set { copy(baseUrl = url) }

    /** The API environment. */
    public fun environment(environment: Environment): VitableConnectBuilder =
        set { copy(environment = environment) }

    /** Time limit of one attempt, including the body; 60 s by default. */
    public fun timeout(timeout: Duration): VitableConnectBuilder = set { copy(timeout = timeout) }

    /** Time limit of a whole call, including retries, waits and pages; none by default. */
    public fun deadline(deadline: Duration): VitableConnectBuilder = set { copy(deadline = deadline) }

    /** Maximum number of retries; 2 by default. */
    public fun maxRetries(retries: Int): VitableConnectBuilder = set { copy(maxRetries = retries) }

    /** Adds a header to every request. */
    public fun defaultHeader(name: String, value: String): VitableConnectBuilder =
        set { copy(defaultHeaders = defaultHeaders + (name to value)) }

    /** The organization to act as, `org_...`. */
    public fun organization(organization: String): VitableConnectBuilder =
        set { copy(organization = organization) }

    /** The proxy for all requests. */
    public fun proxy(url: String): VitableConnectBuilder = set { copy(proxy = url) }

    /** Builds the client. */
    public fun build(): VitableConnect = VitableConnect(options, tokens)
}

/** Builds [RequestOptions] in Java. */
public class RequestOptionsBuilder {
    private var options = RequestOptions()

    private fun set(change: RequestOptions.() -> RequestOptions) = apply { options = options.change() }

    /** See [RequestOptions.timeout]. */
    public fun timeout(timeout: Duration): RequestOptionsBuilder = set { copy(timeout = timeout) }

    /** See [RequestOptions.deadline]. */
    public fun deadline(deadline: Duration): RequestOptionsBuilder = set { copy(deadline = deadline) }

    /** See [RequestOptions.maxRetries]. */
    public fun maxRetries(retries: Int): RequestOptionsBuilder = set { copy(maxRetries = retries) }

    /** Sets a header, or omits it if the value is null. */
    public fun header(name: String, value: String?): RequestOptionsBuilder =
        set { copy(headers = headers + (name to value)) }

    /** Sets a query parameter, or omits it if the value is null. */
    public fun query(name: String, value: String?): RequestOptionsBuilder =
        set { copy(query = query + (name to value)) }

    /** See [RequestOptions.idempotencyKey]. */
    public fun idempotencyKey(key: String): RequestOptionsBuilder = set { copy(idempotencyKey = key) }

    /** See [RequestOptions.organization]. */
    public fun organization(organization: String): RequestOptionsBuilder =
        set { copy(organization = organization) }

    /** Builds the options. */
    public fun build(): RequestOptions = options
}

/** Builds [WaitOptions] in Java. */
public class WaitOptionsBuilder {
    private var options = WaitOptions()

    /** The maximum time to wait; 10 minutes by default. */
    public fun deadline(deadline: Duration): WaitOptionsBuilder =
        apply { options = options.copy(deadline = deadline) }

    /** The interval between polls; by default it grows from 0.5 s to 5 s. */
    public fun pollInterval(interval: Duration): WaitOptionsBuilder =
        apply { options = options.copy(pollInterval = interval) }

    /** Options of each request. */
    public fun request(request: RequestOptions): WaitOptionsBuilder =
        apply { options = options.copy(request = request) }

    /** Builds the options. */
    public fun build(): WaitOptions = options
}

/** Builds [ReadOptions] in Java; unset options are detected. See [Roster.read]. */
public class ReadOptionsBuilder {
    private var options = ReadOptions()

    private fun set(change: ReadOptions.() -> ReadOptions) = apply { options = options.change() }

    /** See [ReadOptions.format]. */
    public fun format(format: RosterFormat): ReadOptionsBuilder = set { copy(format = format) }

    /** See [ReadOptions.encoding]. */
    public fun encoding(encoding: RosterEncoding): ReadOptionsBuilder = set { copy(encoding = encoding) }

    /** See [ReadOptions.delimiter]. */
    public fun delimiter(delimiter: String): ReadOptionsBuilder = set { copy(delimiter = delimiter) }

    /** Sets the field of a column, such as `address.state`, or null to ignore the column. */
    public fun column(name: String, field: String?): ReadOptionsBuilder =
        set { copy(columns = columns + (name to field)) }

    /** See [ReadOptions.keepUnknown]. */
    public fun keepUnknown(): ReadOptionsBuilder = set { copy(keepUnknown = true) }

    /** See [ReadOptions.emptyCell]. */
    public fun emptyCell(meaning: EmptyCell): ReadOptionsBuilder = set { copy(emptyCell = meaning) }

    /** See [ReadOptions.defaultPlanId]. */
    public fun defaultPlanId(planId: String): ReadOptionsBuilder = set { copy(defaultPlanId = planId) }

    /** See [ReadOptions.multiLineCells]. */
    public fun multiLineCells(): ReadOptionsBuilder = set { copy(multiLineCells = true) }

    /** Builds the options. */
    public fun build(): ReadOptions = options
}

/** Builds [ApplyOptions] in Java. See [MemberSyncs.apply]. */
public class ApplyOptionsBuilder {
    private var options = ApplyOptions()

    private fun set(change: ApplyOptions.() -> ApplyOptions) = apply { options = options.change() }

    /** States that the group was never synced and has no members. Do not combine it with a previous roster. */
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

    /** How to wait for the sync. */
    public fun waitOptions(options: WaitOptions): ApplyOptionsBuilder = set { copy(wait = options) }

    /** Builds the options. */
    public fun build(): ApplyOptions = options
}

/** Builds [GuardOptions] in Java. See [Roster.guard]. */
public class GuardOptionsBuilder {
    private var options = GuardOptions()

    private fun set(change: GuardOptions.() -> GuardOptions) = apply { options = options.change() }

    /** See [GuardOptions.maxRemovals]. */
    public fun maxRemovals(limit: String): GuardOptionsBuilder = set { copy(maxRemovals = limit) }

    /** See [GuardOptions.allowNewReferenceIds]. */
    public fun allowNewReferenceIds(): GuardOptionsBuilder = set { copy(allowNewReferenceIds = true) }

    /** See [GuardOptions.allowEmpty]. */
    public fun allowEmpty(): GuardOptionsBuilder = set { copy(allowEmpty = true) }

    /** Builds the options. */
    public fun build(): GuardOptions = options
}

/** Builds a [Member] in Java. Unset required fields are empty, which [Roster.check] reports. */
public class MemberBuilder(private val referenceId: String) {
    private var member = Member(referenceId, "", "", "", "", Address("", "", "", ""))

    private fun set(change: Member.() -> Member) = apply { member = member.change() }

    /** Legal first and last name. */
    public fun name(first: String, last: String): MemberBuilder =
        set { copy(firstName = first, lastName = last) }

    /** The date of birth, `YYYY-MM-DD`. */
    public fun dateOfBirth(date: String): MemberBuilder = set { copy(dateOfBirth = date) }

    /** The ID of one of the organization's plans. */
    public fun planId(planId: String): MemberBuilder = set { copy(planId = planId) }

    /** The home address. */
    public fun address(line1: String, city: String, state: String, zipcode: String): MemberBuilder =
        set { copy(address = Address(line1, city, state, zipcode)) }

    /** Apartment or suite; set the address first. */
    public fun addressLine2(line: String): MemberBuilder =
        set { copy(address = address.copy(addressLine2 = Field.Value(line))) }

    /** A US phone number; null clears the server's value. */
    public fun phone(phone: String?): MemberBuilder =
        set { copy(phone = if (phone == null) Field.Null else Field.Value(phone)) }

    /** An email address; null clears the server's value. */
    public fun email(email: String?): MemberBuilder =
        set { copy(email = if (email == null) Field.Null else Field.Value(email)) }

    /** Builds the member. */
    public fun build(): Member = member
}
