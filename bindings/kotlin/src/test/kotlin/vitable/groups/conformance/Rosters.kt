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
            fields("members" to read.rows(), "report" to canonical(read.report))
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
        val known = listOf(SyncOperation.Add, SyncOperation.Remove).find { it.javaClass.simpleName.lowercase() == operation }
        SyncFailure(reference, known ?: SyncOperation.Unknown(operation), reason)
    }
    return SyncResults(texts("added_group_member_ids"), texts("removed_group_member_ids"), failures)
}
