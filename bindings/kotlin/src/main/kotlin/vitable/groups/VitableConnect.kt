package vitable.groups

/**
 * A client of the Groups API of Vitable Connect, safe to share between threads and coroutines.
 *
 * An app that people install must not carry an organization's API key: whoever unpacks the app has
 * it. Give the client a [TokenProvider] that asks your own server for tokens that last minutes. The
 * key, [ClientOptions.apiKey], is for servers.
 *
 * ```kotlin
 * VitableConnect(tokenProvider = { AccessToken(myServer.fetchToken(), Duration.ofMinutes(15)) }).use { client ->
 *     client.groups.list().items().collect { group -> println(group.name) }
 * }
 * ```
 *
 * Calls suspend without holding a thread; cancelling the coroutine closes the connection. Every
 * failure is a [VitableConnectException].
 */
public class VitableConnect private constructor(
    private val native: NativeClient,
    private val tokens: TokenBridge?,
) : AutoCloseable {
    /**
     * Makes a client and checks everything that can be checked without a connection.
     *
     * @param options settings; what is not set has its default.
     * @param tokenProvider fetches short-lived tokens, in place of a key.
     * @throws VitableConnectException if the settings cannot work.
     */
    @JvmOverloads
    public constructor(
        options: ClientOptions = ClientOptions(),
        tokenProvider: TokenProvider? = null,
    ) : this(tokenProvider?.let(::TokenBridge), options, NativeTuning())

    private constructor(tokens: TokenBridge?, options: ClientOptions, tuning: NativeTuning) :
        this(translated { NativeClient(options, tokens, tuning) }, tokens)

    /** Groups, and through them the syncs of their members. */
    public val groups: Groups = Groups(GroupsWithResponse(native))

    /** Plans: the source of every member row's plan id. */
    public val plans: Plans = Plans(native)

    /** Where the API is. */
    public val baseUrl: String get() = translated { native.baseUrl() }

    /** The same calls with `CompletableFuture`, for Java. */
    public fun async(): VitableConnectAsync = VitableConnectAsync(this)

    /**
     * A client with other settings; what [options] do not set is as here. Both share connections,
     * the retry quota and their end: closing one closes the other.
     *
     * @param tokenProvider fetches the new client's tokens; without one, and without a key in
     *   [options], it has this client's credentials.
     */
    @JvmOverloads
    public fun withOptions(
        options: ClientOptions,
        tokenProvider: TokenProvider? = null,
    ): VitableConnect {
        val bridge = tokenProvider?.let(::TokenBridge)
        return VitableConnect(translated { native.derive(options, bridge) }, bridge ?: tokens)
    }

    /** Replaces the API key for the calls that start from now on. */
    public fun setApiKey(key: String): Unit = translated { native.setApiKey(key) }

    /** Calls GET on a path that is not modelled, such as `/v1/groups`. */
    @JvmSynthetic
    public suspend fun get(path: String, options: RequestOptions = RequestOptions()): RawResponse =
        raw("GET", path, null, options)

    /**
     * Calls POST on a path that is not modelled, with a JSON text. It may be repeated after a
     * failure, with the same idempotency key; set `maxRetries = 0` where that would do harm.
     */
    @JvmSynthetic
    public suspend fun post(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): RawResponse = raw("POST", path, json, options)

    /** Calls PATCH on a path that is not modelled, with a JSON text. */
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
    ): RawResponse = translating { native.raw(method, path, json, options, null) }

    /**
     * Ends the client: further calls fail at once with a [ClientClosedException], calls under way
     * run to their end. May be called twice.
     */
    override fun close() {
        translated { native.shutDown() }
        tokens?.close()
    }

    /** The address only: no key, no token. */
    override fun toString(): String = "VitableConnect($baseUrl)"

    public companion object {
        /** For the tests of this package. */
        @JvmSynthetic
        internal fun tuned(
            options: ClientOptions,
            tokenProvider: TokenProvider?,
            tuning: NativeTuning,
        ): VitableConnect = VitableConnect(tokenProvider?.let(::TokenBridge), options, tuning)

        /** Sets up a client step by step; for Java. */
        @JvmStatic
        public fun builder(): VitableConnectBuilder = VitableConnectBuilder()

        /**
         * The environment of a name, as configuration files have it: `production` or
         * `environment_1`, which is `uat`.
         */
        @JvmStatic
        public fun environment(name: String): Environment = translated { nativeEnvironment(name) }
    }
}
