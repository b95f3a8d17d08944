package vitable.groups

import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.future.future

/**
 * The client for Java: every call returns a `CompletableFuture`.
 *
 * `future.cancel(true)` closes the connection. A failed future holds a [VitableConnectException].
 */
public class VitableConnectAsync internal constructor(private val client: VitableConnect) {
    /** Groups. */
    public val groups: GroupsAsync = GroupsAsync(client.groups)

    /** Syncs of a group's members. */
    public val sync: SyncAsync = SyncAsync(client.groups.members.sync)

    /** Reads a list to its end, at most [limit] items. */
    public fun <T : Any> collect(list: PagedList<T>, limit: Int): CompletableFuture<List<T>> =
        future { list.toList(limit) }

    /** The first page of a list, or the one that was asked for. */
    public fun <T : Any> page(list: PagedList<T>): CompletableFuture<Page<T>> = future { list.page() }

    /** Calls GET on a path that is not modelled. */
    @JvmOverloads
    public fun get(
        path: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.get(path, options) }

    /** Calls POST on a path that is not modelled, with a JSON text. */
    @JvmOverloads
    public fun post(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.post(path, json, options) }

    /** Calls PATCH on a path that is not modelled, with a JSON text. */
    @JvmOverloads
    public fun patch(
        path: String,
        json: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<RawResponse> = future { client.patch(path, json, options) }
}

/** [Groups] for Java. */
public class GroupsAsync internal constructor(private val groups: Groups) {
    /** See [Groups.create]. */
    @JvmOverloads
    public fun create(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Group> = future { groups.create(externalReferenceId, name, options) }

    /** See [Groups.retrieve]. */
    @JvmOverloads
    public fun retrieve(
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Group> = future { groups.retrieve(groupId, options) }

    /** [retrieve] with the metadata of the answer. */
    @JvmOverloads
    public fun retrieveWithResponse(
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Response<Group>> = future { groups.withResponse.retrieve(groupId, options) }

    /** See [Groups.update]. */
    @JvmOverloads
    public fun update(
        groupId: String,
        externalReferenceId: String?,
        name: String?,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Group> =
        future { groups.update(groupId, externalReferenceId, name, options) }

    /** See [Groups.findByExternalReferenceId]. */
    @JvmOverloads
    public fun findByExternalReferenceId(
        externalReferenceId: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Group?> =
        future { groups.findByExternalReferenceId(externalReferenceId, options) }

    /** See [Groups.getOrCreate]. */
    @JvmOverloads
    public fun getOrCreate(
        externalReferenceId: String,
        name: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<Group> = future { groups.getOrCreate(externalReferenceId, name, options) }
}

/** [Sync] for Java. */
public class SyncAsync internal constructor(private val sync: Sync) {
    /** See [Sync.submit]: unguarded, replaces the whole roster. */
    @JvmOverloads
    public fun submit(
        groupId: String,
        roster: Roster,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<SyncReceipt> = future { sync.submit(groupId, roster, options) }

    /** See [Sync.retrieve]. */
    @JvmOverloads
    public fun retrieve(
        requestId: String,
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<SyncState> = future { sync.retrieve(requestId, groupId, options) }

    /** See [Sync.wait]. */
    @JvmOverloads
    public fun waitFor(
        handle: SyncHandle,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<SyncProgress>? = null,
    ): CompletableFuture<SyncState> = future { sync.wait(handle, options, onProgress?.let { it::accept }) }

    /** See [Sync.submitAndWait]: unguarded, replaces the whole roster. */
    @JvmOverloads
    public fun submitAndWait(
        groupId: String,
        roster: Roster,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<SyncProgress>? = null,
    ): CompletableFuture<SyncState> =
        future { sync.submitAndWait(groupId, roster, options, onProgress?.let { it::accept }) }

    /** See [Sync.apply]; [ApplyOptionsBuilder] has the options. */
    @JvmOverloads
    public fun apply(
        groupId: String,
        roster: Roster,
        previous: Roster? = null,
        options: ApplyOptions = ApplyOptions(),
        onProgress: Consumer<SyncProgress>? = null,
    ): CompletableFuture<ApplyResult> =
        future { sync.apply(groupId, roster, previous, options, onProgress?.let { it::accept }) }
}

/** The work is the library's threads'; these only carry the result on. */
internal fun <T> future(call: suspend () -> T): CompletableFuture<T> =
    CoroutineScope(SupervisorJob() + Dispatchers.Default).future { call() }
