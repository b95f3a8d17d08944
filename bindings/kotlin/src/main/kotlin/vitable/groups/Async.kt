package vitable.groups

import java.util.concurrent.CompletableFuture
import java.util.function.Consumer

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

/** [Groups] for Java. */
public class GroupsAsync internal constructor(private val groups: Groups) {
    /** Operations on group members. */
    public val members: MembersAsync = MembersAsync(groups.members)

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

    /** [retrieve] with the response metadata. */
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

/** [Members] for Java. */
public class MembersAsync internal constructor(members: Members) {
    /** Member syncs. */
    public val sync: MemberSyncsAsync = MemberSyncsAsync(members.sync)
}

/** [MemberSyncs] for Java. */
public class MemberSyncsAsync internal constructor(private val sync: MemberSyncs) {
    /** See [MemberSyncs.submit]. Unguarded: it replaces the whole roster. */
    @JvmOverloads
    public fun submit(
        groupId: String,
        roster: Roster,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<SyncReceipt> = future { sync.submit(groupId, roster, options) }

    /** See [MemberSyncs.retrieve]. */
    @JvmOverloads
    public fun retrieve(
        requestId: String,
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): CompletableFuture<SyncState> = future { sync.retrieve(requestId, groupId, options) }

    /** See [MemberSyncs.wait]. */
    @JvmOverloads
    public fun waitFor(
        handle: SyncHandle,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<SyncProgress>? = null,
    ): CompletableFuture<SyncState> = future { sync.wait(handle, options, onProgress?.let { it::accept }) }

    /** See [MemberSyncs.submitAndWait]. Unguarded: it replaces the whole roster. */
    @JvmOverloads
    public fun submitAndWait(
        groupId: String,
        roster: Roster,
        options: WaitOptions = WaitOptions(),
        onProgress: Consumer<SyncProgress>? = null,
    ): CompletableFuture<SyncState> =
        future { sync.submitAndWait(groupId, roster, options, onProgress?.let { it::accept }) }

    /** See [MemberSyncs.apply]. Use [ApplyOptionsBuilder] to set options. */
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
