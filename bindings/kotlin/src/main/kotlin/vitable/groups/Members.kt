package vitable.groups

import java.util.concurrent.atomic.AtomicReference

/** The members of groups. */
public class Members internal constructor(sync: SyncWithResponse) {
    /** Syncs of a group's members. */
    public val sync: Sync = Sync(sync)
}

/**
 * Syncs of a group's members.
 *
 * A sync **replaces the roster**: anyone who is not in it loses the subscription. Only [apply] checks
 * and guards; [submit] and [submitAndWait] send what they are given.
 */
public class Sync internal constructor(
    /** The same calls, with the metadata of their answers. */
    public val withResponse: SyncWithResponse,
) {
    private val native get() = withResponse.native

    /**
     * Submits the complete roster of a group, unguarded: it replaces the whole roster, and nothing is
     * checked or compared. The receipt says that it was accepted, not completed. See [apply].
     */
    @JvmSynthetic
    public suspend fun submit(
        groupId: String,
        roster: Roster,
        options: RequestOptions = RequestOptions(),
    ): SyncReceipt = withResponse.submit(groupId, roster, options).data

    /** Submits the complete roster of a group, unguarded: it replaces the whole roster. */
    @JvmSynthetic
    public suspend fun submit(
        groupId: String,
        members: List<Member>,
        options: RequestOptions = RequestOptions(),
    ): SyncReceipt = Roster(members).use { submit(groupId, it, options) }

    /** Reads what became of a request. */
    @JvmSynthetic
    public suspend fun retrieve(
        requestId: String,
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): SyncState = withResponse.retrieve(requestId, groupId, options).data

    /**
     * Waits until a request is done, by polling. Ending the wait does not end the sync: wait again
     * with the same handle, from any process.
     *
     * @param onProgress called after every look, on a thread of the library; what it throws ends
     *   the wait.
     */
    @JvmSynthetic
    public suspend fun wait(
        handle: SyncHandle,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = listening(onProgress) { listener, cancel ->
        native.syncWait(handle, options, listener, cancel)
    }

    /**
     * Submits the complete roster of a group, unguarded, and waits until it is completed. It replaces
     * the whole roster, and nothing is checked or compared; see [apply].
     *
     * @param onProgress called after the submission and after every look; see [wait].
     */
    @JvmSynthetic
    public suspend fun submitAndWait(
        groupId: String,
        roster: Roster,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = listening(onProgress) { listener, cancel ->
        native.syncSubmitAndWait(groupId, roster.native, options, listener, cancel)
    }

    /** Submits the complete roster of a group, unguarded, and waits until it is completed. */
    @JvmSynthetic
    public suspend fun submitAndWait(
        groupId: String,
        members: List<Member>,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = Roster(members).use { submitAndWait(groupId, it, options, onProgress) }

    /**
     * Syncs a group to a roster: checks every row, compares it with what the group holds, submits,
     * waits, and joins the outcome to the rows.
     *
     * Nothing is sent if a row is wrong, if more members would be removed than
     * [GuardOptions.maxRemovals] allows, or if it is not known what the group holds: say the
     * [previous] roster, or [ApplyOptions.firstSync] for a group that was never synced. A group that
     * this client created in this run is known to be empty.
     *
     * Look at [Outcome.status]: anything but succeeded needs attention.
     *
     * @param previous what the group holds, with which the guard and the outcome compare:
     *   [ApplyResult.groupAfter] of the last sync.
     * @throws InvalidRosterException if a row is wrong; nothing was sent.
     * @throws RosterGuardException if the guard blocks the roster; nothing was sent.
     * @param onProgress called after the submission and after every look; see [wait].
     */
    @JvmSynthetic
    public suspend fun apply(
        groupId: String,
        roster: Roster,
        previous: Roster? = null,
        options: ApplyOptions = ApplyOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): ApplyResult = listening(onProgress) { listener, cancel ->
        native.syncApply(groupId, roster.native, previous?.native, options, listener, cancel)
    }.run { ApplyResult(state, outcome, report, groupAfter?.let(::Roster)) }
}

/** [Sync] with the metadata of the answers. */
public class SyncWithResponse internal constructor(internal val native: NativeClient) {
    /** See [Sync.submit]. */
    @JvmSynthetic
    public suspend fun submit(
        groupId: String,
        roster: Roster,
        options: RequestOptions = RequestOptions(),
    ): Response<SyncReceipt> =
        translating { native.syncSubmit(groupId, roster.native, options, null) }.toResponse()

    /** See [Sync.retrieve]. */
    @JvmSynthetic
    public suspend fun retrieve(
        requestId: String,
        groupId: String,
        options: RequestOptions = RequestOptions(),
    ): Response<SyncState> =
        translating { native.syncRetrieve(requestId, groupId, options, null) }.toResponse()
}

/** What the listener throws cannot cross the library, so it is kept, ends the call, and is thrown here. */
private suspend fun <T> listening(
    onProgress: ((SyncProgress) -> Unit)?,
    call: suspend (NativeProgressListener?, NativeCancelToken?) -> T,
): T {
    if (onProgress == null) return translating { call(null, null) }
    val thrown = AtomicReference<Throwable>()
    return translated { NativeCancelToken() }.use { cancel ->
        val listener = object : NativeProgressListener {
            override fun onProgress(progress: SyncProgress) {
                try {
                    onProgress(progress)
                } catch (failure: Throwable) {
                    if (thrown.compareAndSet(null, failure)) cancel.cancel()
                }
            }
        }
        val result = runCatching { translating { call(listener, cancel) } }
        thrown.get()?.let { throw it }
        result.getOrThrow()
    }
}
