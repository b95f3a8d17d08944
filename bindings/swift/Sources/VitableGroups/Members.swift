/// The members of groups.
public struct Members: Sendable {
    let native: NativeClient

    /// Syncs of a group's members.
    public var sync: Sync { Sync(withResponse: SyncWithResponse(native: native)) }
}

/// Called after the submission and after every look, on a thread of the library.
public typealias ProgressHandler = @Sendable (SyncProgress) -> Void

/// Syncs of a group's members.
///
/// A sync **replaces the roster**: anyone who is not in it loses the subscription. Only
/// ``apply(_:to:previous:options:onProgress:)`` checks and guards; the others send what they are
/// given.
public struct Sync: Sendable {
    /// The same calls, with the metadata of their answers.
    public let withResponse: SyncWithResponse

    private var native: NativeClient { withResponse.native }

    /// Syncs a group to a roster: checks every row, compares it with what the group holds, submits,
    /// waits, and joins the outcome to the rows.
    ///
    /// Nothing is sent if a row is wrong, if more members would be removed than
    /// ``GuardOptions/maxRemovals`` allows, or if it is not known what the group holds: say the
    /// previous roster, or ``ApplyOptions/firstSync`` for a group that was never synced. A group that
    /// this client created in this run is known to be empty.
    ///
    /// Look at ``Outcome/status``: anything but succeeded needs attention.
    ///
    /// - Parameters:
    ///   - roster: the complete roster.
    ///   - groupId: the group.
    ///   - previous: what the group holds, with which the guard and the outcome compare:
    ///     ``ApplyResult/groupAfter`` of the last sync.
    ///   - options: first sync, guard, checks, and how to wait.
    ///   - onProgress: called after the submission and after every look.
    public func apply(
        _ roster: Roster, to groupId: String, previous: Roster? = nil,
        options: ApplyOptions = ApplyOptions(), onProgress: ProgressHandler? = nil
    ) async throws -> ApplyResult {
        let applied = try await cancellable { [native] token in
            try await native.syncApply(
                groupId: groupId, roster: roster.native, previous: previous?.native,
                options: options, listener: onProgress.map(Listener.init), cancel: token)
        }
        return ApplyResult(
            state: applied.state, outcome: applied.outcome, report: applied.report,
            groupAfter: applied.groupAfter.map(Roster.init(native:)))
    }

    /// Submits the complete roster of a group, unguarded: it replaces the whole roster, and nothing is
    /// checked or compared. The receipt says that it was accepted, not completed. See
    /// ``apply(_:to:previous:options:onProgress:)``.
    public func submit(
        _ roster: Roster, to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> SyncReceipt {
        try await withResponse.submit(roster, to: groupId, options: options).data
    }

    /// Submits the complete roster of a group, unguarded: it replaces the whole roster.
    public func submit(
        _ members: [Member], to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> SyncReceipt {
        try await submit(Roster(members), to: groupId, options: options)
    }

    /// Reads what became of a request.
    public func retrieve(
        _ requestId: String, groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> SyncState {
        try await withResponse.retrieve(requestId, groupId: groupId, options: options).data
    }

    /// Waits until a request is done, by polling. Ending the wait does not end the sync: wait again
    /// with the same handle, from any process.
    public func wait(
        for handle: SyncHandle, options: WaitOptions = WaitOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> SyncState {
        try await cancellable { [native] token in
            try await native.syncWait(
                handle: handle, options: options, listener: onProgress.map(Listener.init),
                cancel: token)
        }
    }

    /// Submits the complete roster of a group, unguarded, and waits until it is completed. It replaces
    /// the whole roster, and nothing is checked or compared; see
    /// ``apply(_:to:previous:options:onProgress:)``.
    public func submitAndWait(
        _ roster: Roster, to groupId: String, options: WaitOptions = WaitOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> SyncState {
        try await cancellable { [native] token in
            try await native.syncSubmitAndWait(
                groupId: groupId, roster: roster.native, options: options,
                listener: onProgress.map(Listener.init), cancel: token)
        }
    }
}

/// ``Sync`` with the metadata of the answers.
public struct SyncWithResponse: Sendable {
    let native: NativeClient

    /// See ``Sync/submit(_:to:options:)-(Roster,_,_)``.
    public func submit(
        _ roster: Roster, to groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<SyncReceipt> {
        let answer = try await cancellable { [native] token in
            try await native.syncSubmit(
                groupId: groupId, roster: roster.native, options: options, cancel: token)
        }
        return Response(data: answer.data, metadata: answer.metadata)
    }

    /// See ``Sync/retrieve(_:groupId:options:)``.
    public func retrieve(
        _ requestId: String, groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<SyncState> {
        let answer = try await cancellable { [native] token in
            try await native.syncRetrieve(
                requestId: requestId, groupId: groupId, options: options, cancel: token)
        }
        return Response(data: answer.data, metadata: answer.metadata)
    }
}

private final class Listener: NativeProgressListener {
    private let handler: ProgressHandler

    init(_ handler: @escaping ProgressHandler) {
        self.handler = handler
    }

    func onProgress(progress: SyncProgress) throws {
        handler(progress)
    }
}
