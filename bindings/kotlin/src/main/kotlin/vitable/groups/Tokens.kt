package vitable.groups

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * A token returned by a [TokenProvider].
 *
 * @property token the token itself, `vit_at_...`.
 * @property expiresIn its remaining lifetime; null if unknown.
 */
public data class AccessToken @JvmOverloads constructor(
    public val token: String,
    public val expiresIn: Duration? = null,
) {
    /** Does not show the token. */
    override fun toString(): String = "AccessToken(***, expiresIn=$expiresIn)"
}

/**
 * Fetches short-lived tokens, usually from the app's own server, which holds the API key.
 *
 * It is called on the first request, a minute before a token expires, and once after a 401;
 * concurrent calls share one fetch. An exception it throws becomes a [CredentialsException].
 */
public fun interface TokenProvider {
    /** Fetches a token. */
    public suspend fun token(): AccessToken
}

/** Completes the native library's token requests in its own coroutines. */
internal class TokenBridge(private val provider: TokenProvider) : NativeTokenProvider, AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    override fun fetch(request: NativeTokenRequest) {
        // A request closed before it is completed, as when the scope is canceled, fails instead of hanging.
        scope.launch {
            val result = runCatching { provider.token() }
            result.onSuccess { request.succeed(it.token, it.expiresIn) }
            result.onFailure { request.fail(it.message ?: it.javaClass.name) }
        }.invokeOnCompletion { request.close() }
    }

    override fun close() {
        scope.cancel()
    }
}
