/// Receives progress after the submission and after every poll, on one of the library's threads.
public typealias ProgressHandler = @Sendable (SyncProgress) -> Void

// A sync **replaces the group's roster**: members missing from it lose coverage. Only `apply` checks
// and guards the roster; the other methods send it as is.
extension MemberSyncs {
    /// Syncs a group to a roster: checks every row, compares it with what the group holds, submits,
    /// waits, and joins the results to the rows.
    ///
    /// Nothing is sent if a row has errors, if more members would be removed than
    /// ``GuardOptions/maxRemovals`` allows, or if it is unknown what the group holds. Pass the previous
    /// roster, or ``ApplyOptions/firstSync`` for a group that was never synced. A group that this client
    /// created in this run is known to be empty.
    ///
    /// Check ``Outcome/status``: anything but ``OutcomeStatus/succeeded`` needs attention.
    ///
    /// - Parameters:
    ///   - roster: the complete roster.
    ///   - groupId: the ID of the group.
    ///   - previous: what the group holds: ``ApplyResult/groupAfter`` of the last sync. The guard and
    ///     the outcome compare with it.
    ///   - options: first sync, guard, checks, and how to wait.
    ///   - onProgress: called after the submission and after every poll.
    /// - Throws: ``VitableConnectError/invalidRoster(_:)`` if a row has errors, and
    ///   ``VitableConnectError/guardRefused(_:)`` if the guard blocks the roster; nothing was sent.
    public func apply(
        _ roster: Roster, to groupId: String, previous: Roster? = nil,
        options: ApplyOptions = ApplyOptions(), onProgress: ProgressHandler? = nil
    ) async throws -> ApplyResult {
        let result = try await cancellable { [native] token in
            try await native.syncApply(
                groupId: groupId, roster: roster.native, previous: previous?.native,
                options: options, listener: onProgress.map(ProgressListener.init), cancel: token)
        }
        return ApplyResult(
            state: result.state, outcome: result.outcome, report: result.report,
            groupAfter: result.groupAfter.map(Roster.init(native:)))
    }

    /// Submits the complete roster of a group. Unguarded: it replaces the whole roster without checks.
    /// The receipt means accepted, not yet completed. See
    /// ``apply(_:to:previous:options:onProgress:)``.
    public func submit(
        _ roster: Roster, to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> SyncReceipt {
        try await withResponse.submit(roster, to: groupId, options: options).data
    }

    /// Submits the complete roster of a group. Unguarded: it replaces the whole roster without checks.
    public func submit(
        _ members: [Member], to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> SyncReceipt {
        try await submit(Roster(members), to: groupId, options: options)
    }

    /// Polls until a sync completes. Canceling the wait does not cancel the sync: wait again with the
    /// same handle, from any process.
    public func wait(
        for handle: SyncHandle, options: WaitOptions = WaitOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> SyncState {
        try await cancellable { [native] token in
            try await native.syncWait(
                handle: handle, options: options, listener: onProgress.map(ProgressListener.init),
                cancel: token)
        }
    }

    /// Submits the complete roster of a group and waits until the sync completes. Unguarded: it
    /// replaces the whole roster without checks. See ``apply(_:to:previous:options:onProgress:)``.
    public func submitAndWait(
        _ roster: Roster, to groupId: String, options: WaitOptions = WaitOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> SyncState {
        try await cancellable { [native] token in
            try await native.syncSubmitAndWait(
                groupId: groupId, roster: roster.native, options: options,
                listener: onProgress.map(ProgressListener.init), cancel: token)
        }
    }
}

extension MemberSyncsWithResponse {
    /// See ``MemberSyncs/submit(_:to:options:)-(Roster,_,_)``.
    public func submit(
        _ roster: Roster, to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<SyncReceipt> {
        let response = try await cancellable { [native] token in
            try await native.syncSubmit(
                groupId: groupId, roster: roster.native, options: options, cancel: token)
        }
        return Response(data: response.data, metadata: response.metadata)
    }
}

private final class ProgressListener: NativeProgressListener {
    private let handler: ProgressHandler

    init(_ handler: @escaping ProgressHandler) {
        self.handler = handler
    }

    func onProgress(progress: SyncProgress) throws {
        handler(progress)
    }
}
