package vitable.groups

import java.util.concurrent.atomic.AtomicReference

/**
 * Syncs of a group's members.
 *
 * A sync **replaces the group's roster**: members missing from it lose coverage. Only [apply] checks
 * and guards the roster; [submit] and [submitAndWait] send it as is.
 */
public class MemberSyncs internal constructor(withResponse: MemberSyncsWithResponse) :
    MemberSyncsBase(withResponse) {
    private val native get() = withResponse.native

    /** Submits the complete roster of a group. Unguarded: it replaces the whole roster without checks. */
    @JvmSynthetic
    public suspend fun submit(
        groupId: String,
        members: List<Member>,
        options: RequestOptions = RequestOptions(),
    ): SyncReceipt = Roster(members).use { submit(groupId, it, options) }

    /**
     * Polls until a sync completes. Canceling the wait does not cancel the sync: wait again with the
     * same handle, from any process.
     *
     * @param onProgress called after every poll, on one of the library's threads; an exception it
     *   throws ends the wait and is rethrown.
     */
    @JvmSynthetic
    public suspend fun wait(
        handle: SyncHandle,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = withProgress(onProgress) { listener, cancel ->
        native.syncWait(handle, options, listener, cancel)
    }

    /**
     * Submits the complete roster of a group and waits until the sync completes. Unguarded: it
     * replaces the whole roster without checks. See [apply].
     *
     * @param onProgress called after the submission and after every poll; see [wait].
     */
    @JvmSynthetic
    public suspend fun submitAndWait(
        groupId: String,
        roster: Roster,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = withProgress(onProgress) { listener, cancel ->
        native.syncSubmitAndWait(groupId, roster.native, options, listener, cancel)
    }

    /** Submits the complete roster of a group, unguarded, and waits until the sync completes. */
    @JvmSynthetic
    public suspend fun submitAndWait(
        groupId: String,
        members: List<Member>,
        options: WaitOptions = WaitOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): SyncState = Roster(members).use { submitAndWait(groupId, it, options, onProgress) }

    /**
     * Syncs a group to a roster: checks every row, compares it with what the group holds, submits,
     * waits, and joins the results to the rows.
     *
     * Nothing is sent if a row has errors, if more members would be removed than
     * [GuardOptions.maxRemovals] allows, or if it is unknown what the group holds. Pass the [previous]
     * roster, or [ApplyOptions.firstSync] for a group that was never synced. A group that this client
     * created in this run is known to be empty.
     *
     * Check [Outcome.status]: anything but [OutcomeStatus.SUCCEEDED] needs attention.
     *
     * @param previous what the group holds: [ApplyResult.groupAfter] of the last sync. The guard and
     *   the outcome compare with it.
     * @param onProgress called after the submission and after every poll; see [wait].
     * @throws InvalidRosterException if a row has errors; nothing was sent.
     * @throws RosterGuardException if the guard blocks the roster; nothing was sent.
     */
    @JvmSynthetic
    public suspend fun apply(
        groupId: String,
        roster: Roster,
        previous: Roster? = null,
        options: ApplyOptions = ApplyOptions(),
        onProgress: ((SyncProgress) -> Unit)? = null,
    ): ApplyResult = withProgress(onProgress) { listener, cancel ->
        native.syncApply(groupId, roster.native, previous?.native, options, listener, cancel)
    }.run { ApplyResult(state, outcome, report, groupAfter?.let(::Roster)) }
}

/** Exceptions cannot pass through native code, so one thrown by a listener cancels the call and is rethrown here. */
private suspend fun <T> withProgress(
    onProgress: ((SyncProgress) -> Unit)?,
    call: suspend (NativeProgressListener?, NativeCancelToken?) -> T,
): T {
    if (onProgress == null) return mapErrorsSuspend { call(null, null) }
    val thrown = AtomicReference<Throwable>()
    return mapErrors { NativeCancelToken() }.use { cancel ->
        val listener = object : NativeProgressListener {
            override fun onProgress(progress: SyncProgress) {
                try {
                    onProgress(progress)
                } catch (failure: Throwable) {
                    if (thrown.compareAndSet(null, failure)) cancel.cancel()
                }
            }
        }
        val result = runCatching { mapErrorsSuspend { call(listener, cancel) } }
        thrown.get()?.let { throw it }
        result.getOrThrow()
    }
}
