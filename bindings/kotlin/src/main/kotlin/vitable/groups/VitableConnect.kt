package vitable.groups

/**
 * A client of the Groups API of Vitable Connect, safe to share between threads and coroutines.
 *
 * Never ship an organization's API key in an app: anyone can extract it. Use a [TokenProvider] that
 * fetches short-lived tokens from your own server. [ClientOptions.apiKey] is for servers.
 *
 * ```kotlin
 * VitableConnect(tokenProvider = { AccessToken(myServer.fetchToken(), Duration.ofMinutes(15)) }).use { client ->
 *     client.groups.list().items().collect { group -> println(group.name) }
 * }
 * ```
 *
 * Calls suspend without blocking a thread. Canceling the coroutine closes the connection. All errors
 * are [VitableConnectException]s.
 */
public class VitableConnect private constructor(
    private val native: NativeClient,
    private val tokens: TokenBridge?,
) : AutoCloseable {
    /**
     * Validates the options without connecting, and creates a client.
     *
     * @param options the client options; unset options use their defaults.
     * @param tokenProvider fetches short-lived tokens, instead of an API key.
     * @throws VitableConnectException if the options are not valid.
     */
    @JvmOverloads
    public constructor(
        options: ClientOptions = ClientOptions(),
        tokenProvider: TokenProvider? = null,
    ) : this(tokenProvider?.let(::TokenBridge), options, NativeTuning())

    private constructor(tokens: TokenBridge?, options: ClientOptions, tuning: NativeTuning) :
        this(mapErrors { NativeClient(options, tokens, tuning) }, tokens)

    /** Operations on groups and their members. */
    public val groups: Groups = Groups(GroupsWithResponse(native))

    /** Operations on benefit plans. */
    public val plans: Plans = Plans(native)

    /** The base URL of the API. */
    public val baseUrl: String get() = mapErrors { native.baseUrl() }

    /** Returns a client whose calls return `CompletableFuture`s, for Java. */
    public fun async(): VitableConnectAsync = VitableConnectAsync(this)

    /**
     * Creates a client with other options; unset [options] are inherited. Both clients share
     * connections and the retry quota, and closing one closes the other.
     *
     * @param tokenProvider fetches the new client's tokens. Without one, and without a key in
     *   [options], the new client uses this client's credentials.
     */
    @JvmOverloads
    public fun withOptions(
        options: ClientOptions,
        tokenProvider: TokenProvider? = null,
    ): VitableConnect {
        val bridge = tokenProvider?.let(::TokenBridge)
        return VitableConnect(mapErrors { native.derive(options, bridge) }, bridge ?: tokens)
    }

    /** Replaces the API key for subsequent calls. */
    public fun setApiKey(key: String): Unit = mapErrors { native.setApiKey(key) }

    /** Sends a GET request to any path, such as `/v1/groups`. */
    @JvmSynthetic
    public suspend fun get(path: String, options: RequestOptions = RequestOptions()): RawResponse =
        raw("GET", path, null, options)

    /**
     * Sends a POST request to any path, with a JSON body. It is retried with the same idempotency
     * key; set `maxRetries = 0` if the endpoint is not idempotent.
     */
    @JvmSynthetic
    public suspend fun post(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): RawResponse = raw("POST", path, json, options)

    /** Sends a PATCH request to any path, with a JSON body. */
    @JvmSynthetic
    public suspend fun patch(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): RawResponse = raw("PATCH", path, json, options)

    internal suspend fun raw(
        method: String,
        path: String,
        json: String?,
        options: RequestOptions,
    ): RawResponse = mapErrorsSuspend { native.raw(method, path, json, options, null) }

    /**
     * Closes the client: subsequent calls fail immediately with a [ClientClosedException]; calls in
     * flight complete. Closing it again has no effect.
     */
    override fun close() {
        mapErrors { native.shutDown() }
        tokens?.close()
    }

    /** Shows only the base URL, no credentials. */
    override fun toString(): String = "VitableConnect($baseUrl)"

    public companion object {
        /** Creates a client with test settings, for the tests of this package. */
        @JvmSynthetic
        internal fun tuned(
            options: ClientOptions,
            tokenProvider: TokenProvider?,
            tuning: NativeTuning,
        ): VitableConnect = VitableConnect(tokenProvider?.let(::TokenBridge), options, tuning)

        /** Returns a builder, for Java. */
        @JvmStatic
        public fun builder(): VitableConnectBuilder = VitableConnectBuilder()

        /**
         * Parses the name of an environment, as used in configuration files: `production`, or
         * `environment_1`, which is `uat`.
         */
        @JvmStatic
        public fun environment(name: String): Environment = mapErrors { nativeEnvironment(name) }
    }
}
