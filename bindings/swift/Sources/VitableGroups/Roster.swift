import Foundation

/// The complete roster of one group, read from a file or created from members.
///
/// All methods run on the calling thread, so keep large files off the main actor. Reports contain no
/// health data: values are masked.
public final class Roster: Sendable {
    let native: NativeRoster

    init(native: NativeRoster) {
        self.native = native
    }

    /// Creates a roster from members.
    public convenience init(_ members: [Member]) throws {
        try self.init(native: mapErrors { try NativeRoster.fromMembers(members: members) })
    }

    /// Reads a CSV, JSON or JSON Lines file.
    public convenience init(contentsOf file: URL, options: ReadOptions = ReadOptions()) throws {
        try self.init(native: mapErrors { try NativeRoster.readFile(path: file.path, options: options) })
    }

    /// Reads data, such as an uploaded file.
    public convenience init(data: Data, options: ReadOptions = ReadOptions()) throws {
        try self.init(native: mapErrors { try NativeRoster.readBytes(bytes: data, options: options) })
    }

    /// The number of rows.
    public var count: Int {
        get throws { try mapErrors { try Int(native.size()) } }
    }

    /// The members in order. Health data.
    public var members: [Member] {
        get throws { try mapErrors { try native.members() } }
    }

    /// The read report, if the roster was read from a file or data.
    public var report: ReadReport? {
        get throws { try mapErrors { try native.report() } }
    }

    /// Checks every row against every rule and reports all findings.
    ///
    /// - Parameters:
    ///   - planIds: the IDs of the organization's plans; if nil, plan IDs are not verified.
    ///   - today: the date against which dates of birth are checked, in UTC.
    public func check(planIds: [String]? = nil, today: Date = Date()) throws -> CheckReport {
        let day = today.ISO8601Format(.iso8601.year().month().day())
        return try check(CheckOptions(today: day, planIds: planIds))
    }

    /// Checks every row against every rule and reports all findings.
    public func check(_ options: CheckOptions) throws -> CheckReport {
        try mapErrors { try native.check(options: options) }
    }

    /// Returns a copy with values normalized to the format the API accepts: by default whitespace,
    /// phone numbers and states. This roster is unchanged.
    public func normalized(_ options: NormalizeOptions = NormalizeOptions()) throws -> NormalizedRoster {
        let normalized = try mapErrors { try native.normalize(options: options) }
        return NormalizedRoster(
            roster: Roster(native: normalized.roster), report: normalized.report)
    }

    /// Returns what submitting this roster changes in a group that holds the previous one.
    public func diff(from previous: Roster) throws -> RosterDiff {
        try mapErrors { try native.diff(previous: previous.native) }
    }

    /// Blocks this roster if it must not be submitted: it is empty, it removes more members than
    /// ``GuardOptions/maxRemovals`` allows, it lists members under new reference IDs, or it is unknown
    /// what the group holds.
    ///
    /// - Parameters:
    ///   - previous: what the group holds: ``ApplyResult/groupAfter`` of the last sync.
    ///   - firstSync: whether the group was never synced and has no members. Pass exactly one of
    ///     `previous` and `firstSync`.
    ///   - options: what the roster may remove.
    /// - Throws: ``VitableConnectError/guardRefused(_:)`` if the roster is blocked;
    ///   ``ErrorDetails/report`` contains the reason.
    public func `guard`(
        previous: Roster? = nil, firstSync: Bool = false, options: GuardOptions = GuardOptions()
    ) throws {
        try mapErrors {
            try native.guard(previous: previous?.native, firstSync: firstSync, options: options)
        }
    }

    /// Joins the results of this roster's sync to its rows.
    ///
    /// - Parameters:
    ///   - results: the results; nil if the server reported the sync as completed without results,
    ///     which makes the status unknown.
    ///   - previous: the roster the group held before the sync, if known.
    ///   - firstSync: whether the group had no members before the sync.
    ///   - repeated: whether the roster was submitted more than once: ``Metadata/repeated``.
    public func outcome(
        of results: SyncResults?, previous: Roster? = nil, firstSync: Bool = false,
        repeated: Bool = false
    ) throws -> Outcome {
        try mapErrors {
            try native.outcome(
                results: results, previous: previous?.native, firstSync: firstSync,
                repeated: repeated)
        }
    }

    /// Returns what the group holds after this roster was synced: without the rows that could not be
    /// added, with the members who could not be removed. Keep it and pass it as `previous` to the next
    /// sync. ``MemberSyncs/apply(_:to:previous:options:onProgress:)`` returns it as
    /// ``ApplyResult/groupAfter``.
    ///
    /// Takes the same parameters as ``outcome(of:previous:firstSync:repeated:)``.
    ///
    /// - Returns: nil if the results are missing.
    public func after(
        _ results: SyncResults?, previous: Roster? = nil, firstSync: Bool = false,
        repeated: Bool = false
    ) throws -> Roster? {
        try mapErrors {
            try native.after(
                results: results, previous: previous?.native, firstSync: firstSync,
                repeated: repeated)
        }.map(Roster.init(native:))
    }

    /// Returns the full roster with failed rows replaced, by reference ID. Never submit the corrected
    /// rows alone: that would remove all other members.
    public func corrected(
        after results: SyncResults, replacing replacements: [String: Member]
    ) throws -> CorrectedRoster {
        let corrected = try mapErrors {
            try native.corrected(results: results, replacements: replacements)
        }
        return CorrectedRoster(
            roster: Roster(native: corrected.roster), replaced: Int(corrected.replaced),
            stillFailing: corrected.stillFailing)
    }

    /// Returns CSV with the API's field names as header. Health data.
    public func toCSV() throws -> Data {
        try mapErrors { try native.toCsv() }
    }

    /// Returns the body of a sync request. Health data.
    public func toJSON() throws -> Data {
        try mapErrors { try native.toJson() }
    }
}

extension Roster: CustomStringConvertible {
    /// Shows only the number of rows.
    public var description: String { "Roster(\((try? count) ?? 0) rows)" }
}

/// A normalized roster.
public struct NormalizedRoster: Sendable {
    /// The normalized roster.
    public let roster: Roster

    /// What was changed, and which values are ambiguous.
    public let report: NormalizeReport
}

/// The result of ``MemberSyncs/apply(_:to:previous:options:onProgress:)``.
public struct ApplyResult: Sendable {
    /// The completed sync.
    public let state: SyncState

    /// The sync's results, joined to the submitted rows.
    public let outcome: Outcome

    /// The findings of the check: warnings only, since errors stop `apply`.
    public let report: CheckReport

    /// What the group holds now: keep it and pass it as `previous` to the next sync. Nil if the
    /// results are missing.
    public let groupAfter: Roster?
}

/// The full roster with failed rows replaced.
public struct CorrectedRoster: Sendable {
    /// All members, with corrected rows in their original positions.
    public let roster: Roster

    /// The number of rows replaced.
    public let replaced: Int

    /// The reference IDs of failed rows that were not replaced.
    public let stillFailing: [String]
}
