package vitable.groups.conformance

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import vitable.groups.*
import vitable.groups.support.*

// Roster calls, which send no requests.

private fun roster(params: JsonObject, name: String): Roster? =
    params.array(name)?.let { Roster(members(it)) }

internal fun runRosterCall(call: String, params: JsonObject): JsonElement? {
    val options = params.inner("options") ?: EMPTY
    return when (call) {
        "roster.read" -> {
            val read = Roster.read(params.text("text")!!.toByteArray(), readOptions(options))
            fields("members" to read.rows(), "report" to canonical(read.report!!))
        }
        "roster.check" -> {
            val read = params.text("text")?.let { Roster.read(it.toByteArray()) }
            canonical((read ?: roster(params, "members")!!).check(checkOptions(options)))
        }
        "roster.normalize" -> {
            val normalized = roster(params, "members")!!.normalize(normalizeOptions(options))
            fields("members" to normalized.roster.rows(), "report" to canonical(normalized.report))
        }
        "roster.diff" -> canonical(roster(params, "current")!!.diff(roster(params, "previous")!!))
        "roster.guard" -> {
            val current = roster(params, "current")!!
            current.guard(roster(params, "previous"), params.flag("first_sync"), guardOptions(options))
            null
        }
        "roster.outcome", "roster.after" -> {
            val submitted = roster(params, "members")!!
            val results = (params.getValue("results") as? JsonObject)?.let(::results)
            val (first, repeated) = params.flag("first_sync") to params.flag("repeated")
            val previous = roster(params, "previous")
            if (call == "roster.outcome") canonical(submitted.outcome(results, previous, first, repeated))
            else submitted.after(results, previous, first, repeated)?.let { fields("members" to it.rows()) }
        }
        "roster.corrected" -> {
            val replacements = members(params.array("replacements")!!).associateBy(Member::referenceId)
            val submitted = roster(params, "members")!!
            val corrected = submitted.corrected(results(params.inner("results")!!), replacements)
            fields(
                "members" to corrected.roster.rows(),
                "replaced" to corrected.replaced,
                "still_failing" to corrected.stillFailing,
            )
        }
        else -> error("unknown call $call")
    }
}

/** The members as JSON, converted through Kotlin's [Member]. */
internal fun Roster.rows(): JsonElement =
    parse(Roster(members).toJson().decodeToString()).jsonObject.getValue("members")

private fun readOptions(given: JsonObject) = ReadOptions(
    columns = given.inner("columns").orEmpty().mapValues { it.value.content },
    defaultPlanId = given.text("default_plan_id"),
    multiLineCells = given.flag("multi_line_cells"),
)

internal fun checkOptions(given: JsonObject) = CheckOptions(
    today = given.text("today")!!,
    planIds = given.array("plan_ids")?.map { it.content!! },
    maxRows = given.long("max_rows"),
)

private fun normalizeOptions(given: JsonObject): NormalizeOptions {
    val defaults = NormalizeOptions()
    fun flag(name: String, default: Boolean) = if (name in given) given.flag(name) else default
    return NormalizeOptions(
        trim = flag("trim", defaults.trim),
        phone = flag("phone", defaults.phone),
        state = flag("state", defaults.state),
        zip = flag("zip", defaults.zip),
        dates = given.array("dates").orEmpty().map { it.content!! },
    )
}

private fun results(given: JsonObject): SyncResults {
    fun texts(name: String) = given.array(name).orEmpty().map { it.content!! }
    val failures = given.array("failures").orEmpty().map { failure ->
        val (reference, operation, reason) =
            listOf("reference_id", "operation", "reason").map { failure.jsonObject.text(it)!! }
        val known = listOf(SyncOperation.Add, SyncOperation.Remove).find { it.toCode() == operation }
        SyncFailure(reference, known ?: SyncOperation.Unknown(operation), reason)
    }
    return SyncResults(texts("added_group_member_ids"), texts("removed_group_member_ids"), failures)
}

private fun canonical(report: ReadReport) = fields(
    "format" to report.format.name.lowercase(),
    "encoding" to when (report.encoding) {
        RosterEncoding.UTF8 -> "utf-8"
        RosterEncoding.UTF16_LE -> "utf-16le"
        RosterEncoding.UTF16_BE -> "utf-16be"
        RosterEncoding.WINDOWS1252 -> "windows-1252"
    },
    "delimiter" to report.delimiter,
    "columns" to report.columns.map { fields("field" to it.field, "column" to it.column, "position" to it.position) },
    "unmatched" to report.unmatched,
    "rows" to report.rows,
    "blank_rows" to report.blankRows,
    "default_plan_rows" to report.defaultPlanRows,
    "notes" to report.notes,
)

private fun canonical(finding: Finding) = fields(
    "row" to finding.row,
    "line" to finding.line,
    "reference_id" to finding.referenceId,
    "path" to finding.path,
    "field" to finding.field,
    "rule" to finding.rule,
    "severity" to finding.severity.name.lowercase(),
    "value" to finding.value,
    "message" to finding.message,
    "fix" to finding.fix,
)

internal fun canonical(report: CheckReport): JsonObject = fields(
    "rows" to report.rows,
    "errors" to report.errors,
    "warnings" to report.warnings,
    "by_rule" to report.byRule,
    "findings" to report.findings.map(::canonical),
    "left_out" to report.leftOut,
)

private fun canonical(report: NormalizeReport) = fields(
    "total" to report.total,
    "changes" to report.changes.map {
        fields(
            "row" to it.row,
            "line" to it.line,
            "reference_id" to it.referenceId,
            "field" to it.field,
            "rule" to it.rule,
            "from" to it.from,
            "to" to it.to,
        )
    },
    "findings" to report.findings.map(::canonical),
)

private fun entry(entry: DiffEntry, vararg more: Pair<String, Any?>) = fields(
    "reference_id" to entry.referenceId, "row" to entry.row, "line" to entry.line, *more,
)

private fun canonical(diff: RosterDiff) = fields(
    "adds" to diff.adds.map { entry(it) },
    "removals" to diff.removals.map { entry(it) },
    "removal_share" to diff.removalShare,
    "updates" to diff.updates.map { entry(it.entry, "fields" to it.fields) },
    "plan_changes" to diff.planChanges.map {
        entry(it.entry, "previous_plan_id" to it.previousPlanId, "plan_id" to it.planId)
    },
    "rekeyed" to diff.rekeyed.map { entry(it.entry, "previous_reference_id" to it.previousReferenceId) },
    "unchanged" to diff.unchanged,
    "warnings" to diff.warnings,
)

private fun canonical(failure: RowFailure) = fields(
    "row" to failure.row,
    "line" to failure.line,
    "reference_id" to failure.referenceId,
    "operation" to failure.operation.toCode(),
    "reason" to failure.reason,
    "plan_id" to failure.planId,
    "fix" to failure.fix,
)

internal fun canonical(outcome: Outcome): JsonObject = fields(
    "status" to outcome.status.name.lowercase(),
    "submitted" to outcome.submitted,
    "added" to outcome.added,
    "removed" to outcome.removed,
    "failed" to outcome.failed,
    "kept" to outcome.kept,
    "failed_removals" to outcome.failedRemovals,
    "repeated" to outcome.repeated,
    "expected" to outcome.expected?.let {
        fields(
            "adds" to it.adds,
            "adds_at_most" to it.addsAtMost,
            "removals" to it.removals,
            "removals_at_least" to it.removalsAtLeast,
            "updates" to it.updates,
            "plan_changes" to it.planChanges,
            "unchanged" to it.unchanged,
        )
    },
    "failures" to outcome.failures.map(::canonical),
    "other_failures" to outcome.otherFailures.map(::canonical),
    "notes" to outcome.notes,
)
