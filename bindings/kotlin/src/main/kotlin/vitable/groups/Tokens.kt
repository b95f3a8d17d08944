package vitable.groups

import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * A token that a [TokenProvider] hands out.
 *
 * @property token the token itself, `vit_at_...`.
 * @property expiresIn how long it is good for, from now; null if that is not known.
 */
public data class AccessToken @JvmOverloads constructor(
    public val token: String,
    public val expiresIn: Duration? = null,
) {
    /** Without the token. */
    override fun toString(): String = "AccessToken(***, expiresIn=$expiresIn)"
}

/**
 * Fetches short-lived tokens, usually from the app's own server, which holds the API key.
 *
 * It is asked when there is no token yet, a minute before one ends, and once after a 401; calls
 * that run at the same time share one fetch. What it throws becomes a [CredentialsException].
 */
public fun interface TokenProvider {
    /** Fetches a token. */
    public suspend fun token(): AccessToken
}

/** Answers the library's requests for tokens from coroutines of its own. */
internal class TokenBridge(private val provider: TokenProvider) : NativeTokenProvider, AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    override fun fetch(request: NativeTokenRequest) {
        // A request that is let go, as when the scope has ended, is a failure, never a hang.
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
