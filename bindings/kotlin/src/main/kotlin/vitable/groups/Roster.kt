package vitable.groups

import java.nio.file.Path
import java.time.LocalDate
import java.time.ZoneOffset

/**
 * The complete roster of one group: read from a file or made of members, then checked, compared
 * with the last one, and joined to the outcome of its sync.
 *
 * Everything here is computed at once on the calling thread; a file of 100,000 rows takes a while,
 * so call from `Dispatchers.IO` or `Default`. No report shows health data: values are masked.
 */
public class Roster internal constructor(internal val native: NativeRoster) : AutoCloseable {
    /** A roster of members made by the caller. */
    public constructor(members: List<Member>) : this(translated { NativeRoster.fromMembers(members) })

    /** How many rows there are. */
    public val size: Long get() = translated { native.size() }

    /** The members in order: health data. */
    public val members: List<Member> get() = translated { native.members() }

    /** What reading found out about the file, if there was one. */
    public val report: ReadReport? get() = translated { native.report() }

    /**
     * Checks every row by every rule and reports all findings at once.
     *
     * @param planIds the organization's plans, if they are known.
     * @param today the day that birth dates are compared with.
     */
    @JvmOverloads
    public fun check(
        planIds: List<String>? = null,
        today: LocalDate = LocalDate.now(ZoneOffset.UTC),
    ): CheckReport = check(CheckOptions(today.toString(), planIds))

    /** Checks every row by every rule. */
    public fun check(options: CheckOptions): CheckReport = translated { native.check(options) }

    /**
     * A roster with its values in the form the API takes: white space, phones, states, and what
     * [options] ask for. This roster stays as it is.
     */
    @JvmOverloads
    public fun normalized(options: NormalizeOptions = NormalizeOptions()): NormalizedRoster {
        val normalized = translated { native.normalized(options) }
        return NormalizedRoster(Roster(normalized.roster), normalized.report)
    }

    /** What sending this roster does to a group that holds the [previous] one. */
    public fun diff(previous: Roster): RosterDiff = translated { native.diff(previous.native) }

    /**
     * Blocks this roster if it must not be sent: it is empty, it removes more members than
     * [GuardOptions.maxRemovals] allows, it has people under new reference IDs, or it is not known
     * what the group holds.
     *
     * @param previous what the group holds: [ApplyResult.groupAfter] of the last sync.
     * @param firstSync says that the group was never synced and holds no members. One of the two is
     *   needed; both are rejected.
     * @throws RosterGuardException if it is blocked; `details.report` says why.
     */
    @JvmOverloads
    public fun guard(
        previous: Roster? = null,
        firstSync: Boolean = false,
        options: GuardOptions = GuardOptions(),
    ): Unit = translated { native.guard(previous?.native, firstSync, options) }

    /**
     * Joins the results of this roster's sync to its rows.
     *
     * @param results null where the server reports the request as completed, but without results:
     *   the status is then unknown.
     * @param previous the roster that the group held before, if it is known.
     * @param firstSync says that the group held no members before.
     * @param repeated says that the submission was sent more than once, as [Metadata.repeated] does.
     */
    @JvmOverloads
    public fun outcome(
        results: SyncResults?,
        previous: Roster? = null,
        firstSync: Boolean = false,
        repeated: Boolean = false,
    ): Outcome = translated { native.outcome(results, previous?.native, firstSync, repeated) }

    /**
     * What the group holds after the sync of this roster: without the rows that could not be added,
     * with the members who could not be removed. Keep it, and pass it as `previous` of the next sync;
     * null where the results are missing. [ApplyResult.groupAfter] is the same.
     *
     * The parameters are those of [outcome].
     */
    @JvmOverloads
    public fun after(
        results: SyncResults?,
        previous: Roster? = null,
        firstSync: Boolean = false,
        repeated: Boolean = false,
    ): Roster? =
        translated { native.after(results, previous?.native, firstSync, repeated) }?.let(::Roster)

    /**
     * The full roster to send again, with failed rows replaced, each by its reference. Never send
     * the corrected rows alone: that would remove everybody else.
     */
    public fun corrected(results: SyncResults, replacements: Map<String, Member>): CorrectedRoster {
        val corrected = translated { native.corrected(results, replacements) }
        return CorrectedRoster(Roster(corrected.roster), corrected.replaced, corrected.stillFailing)
    }

    /** CSV with the API's names as header: health data. */
    public fun toCsv(): ByteArray = translated { native.toCsv() }

    /** The body of a sync request: health data. */
    public fun toJson(): ByteArray = translated { native.toJson() }

    /** Frees the rows; the roster cannot be used after that. */
    override fun close(): Unit = native.close()

    /** How many rows it has; no member is shown. */
    override fun toString(): String = "Roster($size rows)"

    public companion object {
        /** Reads a file of CSV, JSON or JSON Lines. */
        @JvmStatic
        @JvmOverloads
        public fun read(file: Path, options: ReadOptions = ReadOptions()): Roster =
            Roster(translated { NativeRoster.readFile(file.toString(), options) })

        /** Reads bytes at hand, such as an uploaded file. */
        @JvmStatic
        @JvmOverloads
        public fun read(bytes: ByteArray, options: ReadOptions = ReadOptions()): Roster =
            Roster(translated { NativeRoster.readBytes(bytes, options) })
    }
}

/**
 * What became of a roster; see [Sync.apply].
 *
 * @property state the completed request.
 * @property outcome its results, joined to the rows that were sent.
 * @property report what the check found; warnings only, as errors stop the job.
 * @property groupAfter what the group holds now: keep it, and pass it as `previous` of the next sync.
 *   Null where the outcome does not say.
 */
public data class ApplyResult(
    public val state: SyncState,
    public val outcome: Outcome,
    public val report: CheckReport,
    public val groupAfter: Roster?,
)

/**
 * The full roster to send again.
 *
 * @property roster everyone, corrected rows in their places.
 * @property replaced how many rows were replaced.
 * @property stillFailing rows that failed and are sent again as they were.
 */
public class CorrectedRoster internal constructor(
    public val roster: Roster,
    public val replaced: Long,
    public val stillFailing: List<String>,
)

/**
 * A roster in the API's form.
 *
 * @property roster everyone.
 * @property report what was changed, and what it would not guess.
 */
public class NormalizedRoster internal constructor(
    public val roster: Roster,
    public val report: NormalizeReport,
)

/** A member with the fields people have; what is null is left out, and the server keeps it. */
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

/** An address with the fields people have. */
public fun Address(
    addressLine1: String,
    city: String,
    state: String,
    zipcode: String,
    addressLine2: String? = null,
): Address = Address(addressLine1, optional(addressLine2), city, state, zipcode)

internal fun optional(value: String?): Field = if (value == null) Field.Absent else Field.Value(value)
