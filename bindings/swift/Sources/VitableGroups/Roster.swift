import Foundation

/// The complete roster of one group: read from a file or made of members, then checked, compared
/// with the last one, and joined to the outcome of its sync.
///
/// Everything here is computed at once on the calling thread; keep large files off the main actor.
/// No report shows health data: values are masked.
public final class Roster: Sendable {
    let native: NativeRoster

    init(native: NativeRoster) {
        self.native = native
    }

    /// A roster of members made by the caller.
    public convenience init(_ members: [Member]) throws {
        try self.init(native: translated { try NativeRoster.fromMembers(members: members) })
    }

    /// Reads a file of CSV, JSON or JSON Lines.
    public convenience init(contentsOf file: URL, options: ReadOptions = ReadOptions()) throws {
        try self.init(native: translated { try NativeRoster.readFile(path: file.path, options: options) })
    }

    /// Reads data at hand, such as an uploaded file.
    public convenience init(data: Data, options: ReadOptions = ReadOptions()) throws {
        try self.init(native: translated { try NativeRoster.readBytes(bytes: data, options: options) })
    }

    /// How many rows there are.
    public var count: Int {
        get throws { try translated { try Int(native.size()) } }
    }

    /// The members in order: health data.
    public var members: [Member] {
        get throws { try translated { try native.members() } }
    }

    /// What reading found out about the file, if there was one.
    public var report: ReadReport? {
        get throws { try translated { try native.report() } }
    }

    /// Checks every row by every rule and reports all findings at once.
    ///
    /// - Parameters:
    ///   - planIds: the organization's plans, if they are known.
    ///   - today: the day that birth dates are compared with, in UTC.
    public func check(planIds: [String]? = nil, today: Date = Date()) throws -> CheckReport {
        let day = today.ISO8601Format(.iso8601.year().month().day())
        return try check(CheckOptions(today: day, planIds: planIds))
    }

    /// Checks every row by every rule.
    public func check(_ options: CheckOptions) throws -> CheckReport {
        try translated { try native.check(options: options) }
    }

    /// A roster with its values in the form the API takes: white space, phones, states, and what the
    /// options ask for. This roster stays as it is.
    public func normalized(_ options: NormalizeOptions = NormalizeOptions()) throws -> NormalizedRoster {
        let normalized = try translated { try native.normalized(options: options) }
        return NormalizedRoster(
            roster: Roster(native: normalized.roster), report: normalized.report)
    }

    /// What sending this roster does to a group that holds the previous one.
    public func diff(from previous: Roster) throws -> RosterDiff {
        try translated { try native.diff(previous: previous.native) }
    }

    /// Blocks this roster if it must not be sent, by throwing ``VitableError/guardRefused(_:)``: it is
    /// empty, it removes more members than ``GuardOptions/maxRemovals`` allows, it has people under
    /// new reference IDs, or it is not known what the group holds.
    ///
    /// - Parameters:
    ///   - options: what the roster may remove.
    ///   - previous: what the group holds: ``ApplyResult/groupAfter`` of the last sync.
    ///   - firstSync: says that the group was never synced and holds no members. One of the two is
    ///     needed; both are rejected.
    public func enforce(
        _ options: GuardOptions = GuardOptions(), previous: Roster? = nil, firstSync: Bool = false
    ) throws {
        try translated {
            try native.guard(previous: previous?.native, firstSync: firstSync, options: options)
        }
    }

    /// Joins the results of this roster's sync to its rows.
    ///
    /// - Parameters:
    ///   - results: nil where the server reports the request as completed, but without results: the
    ///     status is then unknown.
    ///   - previous: the roster that the group held before, if it is known.
    ///   - firstSync: says that the group held no members before.
    ///   - repeated: says that the submission was sent more than once, as ``Metadata/repeated`` does.
    public func outcome(
        of results: SyncResults?, previous: Roster? = nil, firstSync: Bool = false,
        repeated: Bool = false
    ) throws -> Outcome {
        try translated {
            try native.outcome(
                results: results, previous: previous?.native, firstSync: firstSync,
                repeated: repeated)
        }
    }

    /// What the group holds after the sync of this roster: without the rows that could not be added,
    /// with the members who could not be removed. Keep it, and pass it as `previous` of the next sync.
    /// ``ApplyResult/groupAfter`` is the same.
    ///
    /// The parameters are those of ``outcome(of:previous:firstSync:repeated:)``.
    ///
    /// - Returns: nil where the results are missing.
    public func after(
        _ results: SyncResults?, previous: Roster? = nil, firstSync: Bool = false,
        repeated: Bool = false
    ) throws -> Roster? {
        try translated {
            try native.after(
                results: results, previous: previous?.native, firstSync: firstSync,
                repeated: repeated)
        }.map(Roster.init(native:))
    }

    /// The full roster to send again, with failed rows replaced, each by its reference. Never send
    /// the corrected rows alone: that would remove everybody else.
    public func corrected(
        after results: SyncResults, replacing replacements: [String: Member]
    ) throws -> CorrectedRoster {
        let corrected = try translated {
            try native.corrected(results: results, replacements: replacements)
        }
        return CorrectedRoster(
            roster: Roster(native: corrected.roster), replaced: Int(corrected.replaced),
            stillFailing: corrected.stillFailing)
    }

    /// CSV with the API's names as header: health data.
    public func csv() throws -> Data {
        try translated { try native.toCsv() }
    }

    /// The body of a sync request: health data.
    public func json() throws -> Data {
        try translated { try native.toJson() }
    }
}

extension Roster: CustomStringConvertible {
    /// How many rows it has; no member is shown.
    public var description: String { "Roster(\((try? count) ?? 0) rows)" }
}

/// A roster in the API's form.
public struct NormalizedRoster: Sendable {
    /// Everyone.
    public let roster: Roster

    /// What was changed, and what it would not guess.
    public let report: NormalizeReport
}

/// What became of a roster; see ``Sync/apply(_:to:previous:options:onProgress:)``.
public struct ApplyResult: Sendable {
    /// The completed request.
    public let state: SyncState

    /// Its results, joined to the rows that were sent.
    public let outcome: Outcome

    /// What the check found; warnings only, as errors stop the job.
    public let report: CheckReport

    /// What the group holds now: keep it, and pass it as `previous` of the next sync. Nil where the
    /// outcome does not say.
    public let groupAfter: Roster?
}

/// The full roster to send again.
public struct CorrectedRoster: Sendable {
    /// Everyone, corrected rows in their places.
    public let roster: Roster

    /// How many rows were replaced.
    public let replaced: Int

    /// Rows that failed and are sent again as they were.
    public let stillFailing: [String]
}
