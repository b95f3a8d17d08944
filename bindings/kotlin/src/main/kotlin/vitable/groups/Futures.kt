package vitable.groups

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future

/** Runs a call as a future. The native library's threads do the work; these only deliver the result. */
internal fun <T> future(call: suspend () -> T): CompletableFuture<T> =
    CoroutineScope(SupervisorJob() + Dispatchers.Default).future { call() }

/**
 * The client for Java: every call returns a `CompletableFuture`.
 *
 * `future.cancel(true)` closes the connection. Futures fail with a [VitableConnectException].
 */
public class VitableConnectAsync internal constructor(private val client: VitableConnect) {
    /** Operations on groups. */
    public val groups: GroupsAsync = GroupsAsync(client.groups)

    /** Collects the items of a list, up to [limit]. */
    public fun <T : Any> collect(list: PagedList<T>, limit: Int): CompletableFuture<List<T>> =
        future { list.toList(limit) }

    /** Fetches the first page of a list, or the page it was created with. */
    public fun <T : Any> page(list: PagedList<T>): CompletableFuture<Page<T>> = future { list.page() }

    /** Sends a GET request to any path. */
    @JvmOverloads
    public fun get(
        path: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.get(path, options) }

    /** Sends a POST request to any path, with a JSON body. */
    @JvmOverloads
    public fun post(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.post(path, json, options) }

    /** Sends a PATCH request to any path, with a JSON body. */
    @JvmOverloads
    public fun patch(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.patch(path, json, options) }
}
