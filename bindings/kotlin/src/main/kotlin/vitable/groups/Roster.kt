package vitable.groups

import java.nio.file.Path
import java.time.LocalDate
import java.time.ZoneOffset

/**
 * The complete roster of one group, read from a file or created from members.
 *
 * All methods run on the calling thread. Large files take a while, so call them from `Dispatchers.IO`
 * or `Default`. Reports contain no health data: values are masked.
 */
public class Roster internal constructor(internal val native: NativeRoster) : AutoCloseable {
    /** Creates a roster from members. */
    public constructor(members: List<Member>) : this(mapErrors { NativeRoster.fromMembers(members) })

    /** The number of rows. */
    public val size: Long get() = mapErrors { native.size() }

    /** The members in order. Health data. */
    public val members: List<Member> get() = mapErrors { native.members() }

    /** The read report, if the roster was read from a file or bytes. */
    public val report: ReadReport? get() = mapErrors { native.report() }

    /**
     * Checks every row against every rule and reports all findings.
     *
     * @param planIds the IDs of the organization's plans; if null, plan IDs are not verified.
     * @param today the date against which dates of birth are checked.
     */
    @JvmOverloads
    public fun check(
        planIds: List<String>? = null,
        today: LocalDate = LocalDate.now(ZoneOffset.UTC),
    ): CheckReport = check(CheckOptions(today.toString(), planIds))

    /** Checks every row against every rule and reports all findings. */
    public fun check(options: CheckOptions): CheckReport = mapErrors { native.check(options) }

    /**
     * Returns a copy with values normalized to the format the API accepts: by default whitespace,
     * phone numbers and states. This roster is unchanged.
     */
    @JvmOverloads
    public fun normalize(options: NormalizeOptions = NormalizeOptions()): NormalizedRoster {
        val normalized = mapErrors { native.normalize(options) }
        return NormalizedRoster(Roster(normalized.roster), normalized.report)
    }

    /** Returns what submitting this roster changes in a group that holds the [previous] one. */
    public fun diff(previous: Roster): RosterDiff = mapErrors { native.diff(previous.native) }

    /**
     * Blocks this roster if it must not be submitted: it is empty, it removes more members than
     * [GuardOptions.maxRemovals] allows, it lists members under new reference IDs, or it is unknown
     * what the group holds.
     *
     * @param previous what the group holds: [ApplyResult.groupAfter] of the last sync.
     * @param firstSync whether the group was never synced and has no members. Pass exactly one of
     *   [previous] and [firstSync].
     * @throws RosterGuardException if the roster is blocked; `details.report` contains the reason.
     */
    @JvmOverloads
    public fun guard(
        previous: Roster? = null,
        firstSync: Boolean = false,
        options: GuardOptions = GuardOptions(),
    ): Unit = mapErrors { native.guard(previous?.native, firstSync, options) }

    /**
     * Joins the results of this roster's sync to its rows.
     *
     * @param results the results; null if the server reported the sync as completed without results,
     *   which makes the status unknown.
     * @param previous the roster the group held before the sync, if known.
     * @param firstSync whether the group had no members before the sync.
     * @param repeated whether the roster was submitted more than once: [Metadata.repeated].
     */
    @JvmOverloads
    public fun outcome(
        results: SyncResults?,
        previous: Roster? = null,
        firstSync: Boolean = false,
        repeated: Boolean = false,
    ): Outcome = mapErrors { native.outcome(results, previous?.native, firstSync, repeated) }

    /**
     * Returns what the group holds after this roster was synced: without the rows that could not be
     * added, with the members who could not be removed. Keep it and pass it as `previous` to the next
     * sync. Null if the results are missing. [apply][MemberSyncs.apply] returns it as
     * [ApplyResult.groupAfter].
     *
     * Takes the same parameters as [outcome].
     */
    @JvmOverloads
    public fun after(
        results: SyncResults?,
        previous: Roster? = null,
        firstSync: Boolean = false,
        repeated: Boolean = false,
    ): Roster? =
        mapErrors { native.after(results, previous?.native, firstSync, repeated) }?.let(::Roster)

    /**
     * Returns the full roster with failed rows replaced, by reference ID. Never submit the corrected
     * rows alone: that would remove all other members.
     */
    public fun corrected(results: SyncResults, replacements: Map<String, Member>): CorrectedRoster {
        val corrected = mapErrors { native.corrected(results, replacements) }
        return CorrectedRoster(Roster(corrected.roster), corrected.replaced, corrected.stillFailing)
    }

    /** Returns CSV with the API's field names as header. Health data. */
    public fun toCsv(): ByteArray = mapErrors { native.toCsv() }

    /** Returns the body of a sync request. Health data. */
    public fun toJson(): ByteArray = mapErrors { native.toJson() }

    /** Frees the native memory; the roster cannot be used afterwards. */
    override fun close(): Unit = native.close()

    /** Shows only the number of rows. */
    override fun toString(): String = "Roster($size rows)"

    public companion object {
        /** Reads a CSV, JSON or JSON Lines file. */
        @JvmStatic
        @JvmOverloads
        public fun read(file: Path, options: ReadOptions = ReadOptions()): Roster =
            Roster(mapErrors { NativeRoster.readFile(file.toString(), options) })

        /** Reads bytes, such as an uploaded file. */
        @JvmStatic
        @JvmOverloads
        public fun read(bytes: ByteArray, options: ReadOptions = ReadOptions()): Roster =
            Roster(mapErrors { NativeRoster.readBytes(bytes, options) })
    }
}

/**
 * The result of [MemberSyncs.apply].
 *
 * @property state the completed sync.
 * @property outcome the sync's results, joined to the submitted rows.
 * @property report the findings of the check: warnings only, since errors stop `apply`.
 * @property groupAfter what the group holds now: keep it and pass it as `previous` to the next sync.
 *   Null if the results are missing.
 */
public data class ApplyResult(
    public val state: SyncState,
    public val outcome: Outcome,
    public val report: CheckReport,
    public val groupAfter: Roster?,
)

/**
 * The full roster with failed rows replaced.
 *
 * @property roster all members, with corrected rows in their original positions.
 * @property replaced the number of rows replaced.
 * @property stillFailing the reference IDs of failed rows that were not replaced.
 */
public class CorrectedRoster internal constructor(
    public val roster: Roster,
    public val replaced: Long,
    public val stillFailing: List<String>,
)

/**
 * A normalized roster.
 *
 * @property roster the normalized roster.
 * @property report what was changed, and which values are ambiguous.
 */
public class NormalizedRoster internal constructor(
    public val roster: Roster,
    public val report: NormalizeReport,
)

/** Creates a member. A null [phone] or [email] is absent: the server keeps its value. */
public fun Member(
    referenceId: String,
    firstName: String,
    lastName: String,
    dateOfBirth: String,
    planId: String,
    address: Address,
    phone: String? = null,
    email: String? = null,
): Member = Member(
    referenceId, firstName, lastName, dateOfBirth, planId, address, optional(phone), optional(email),
)

/** Creates an address. A null [addressLine2] is absent: the server keeps its value. */
public fun Address(
    addressLine1: String,
    city: String,
    state: String,
    zipcode: String,
    addressLine2: String? = null,
): Address = Address(addressLine1, optional(addressLine2), city, state, zipcode)

internal fun optional(value: String?): Field = if (value == null) Field.Absent else Field.Value(value)
