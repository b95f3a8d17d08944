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
