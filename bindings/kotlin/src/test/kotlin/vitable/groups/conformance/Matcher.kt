package vitable.groups.conformance

import kotlin.math.abs
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** What came is not what was expected. */
internal class Mismatch(message: String) : AssertionError(message)

/** The values that a scenario knows by name. */
internal class Values(private val known: MutableMap<String, JsonElement>) {
    fun copy(): Values = Values(known.toMutableMap())

    operator fun set(name: String, value: Any?) {
        known[name] = json(value)
    }

    private operator fun get(name: String): JsonElement =
        known[name] ?: throw Mismatch("there is no value $name")

    /** Puts values in the places of `${name}`, and rows in those of `$member`. */
    fun fill(value: JsonElement): JsonElement = when (value) {
        is JsonArray -> JsonArray(value.map(::fill))
        is JsonObject -> fill(value)
        is JsonPrimitive if value.isString -> text(value.content)
        else -> value
    }

    fun fill(value: JsonObject): JsonObject {
        val reference = value["\$member"] ?: return JsonObject(value.mapValues { fill(it.value) })
        val row = this["member"] as JsonObject + ("reference_id" to reference) + (value - "\$member")
        return JsonObject(row.mapValues { fill(it.value) })
    }

    private fun text(text: String): JsonElement {
        NAME.matchEntire(text)?.let { return this[it.groupValues[1]] }
        return JsonPrimitive(NAME.replace(text) { this[it.groupValues[1]].content!! })
    }

    private companion object {
        val NAME = Regex("""\$\{(\w+)}""")
    }
}

/** Compares, and captures; throws at the first difference. */
internal fun check(expected: JsonElement, actual: JsonElement?, place: String, values: Values) {
    when (expected) {
        is JsonObject -> {
            val rules = expected.filterKeys { it.startsWith("$") }
            rules.forEach { (rule, argument) -> apply(rule, argument, actual, place, values) }
            if (rules.isNotEmpty()) return
            need(actual is JsonObject, expected, actual, place)
            expected.forEach { (name, item) ->
                check(item, (actual as JsonObject)[name], "$place.$name", values)
            }
        }
        is JsonArray -> {
            need(actual is JsonArray && actual.size == expected.size, expected, actual, place)
            expected.zip(actual as JsonArray).forEachIndexed { index, (item, there) ->
                check(item, there, "$place[$index]", values)
            }
        }
        else -> {
            val filled = values.fill(expected)
            need(same(filled, actual), filled, actual, place)
        }
    }
}

private fun need(fits: Boolean, expected: Any, actual: JsonElement?, place: String) {
    if (!fits) throw Mismatch("$place: $expected expected, ${actual ?: "nothing"} came")
}

private fun number(value: JsonElement?): Double? =
    if (value is JsonPrimitive && !value.isString) value.content.toDoubleOrNull() else null

/** 1 and 1.0 are the same number. */
private fun same(expected: JsonElement, actual: JsonElement?): Boolean {
    val (left, right) = (number(expected) ?: return expected == actual) to number(actual)
    return right != null && abs(left - right) < 1e-9
}

private fun apply(rule: String, argument: JsonElement, actual: JsonElement?, place: String, values: Values) {
    val wanted = argument.content
    val fits = when (rule) {
        "\$absent" -> (actual == null) == (wanted == "true")
        "\$present" -> (actual != null) == (wanted == "true")
        "\$type" -> wanted == type(actual)
        "\$all" -> return (argument as JsonArray).forEach { check(it, actual, place, values) }
        "\$regex" -> actual is JsonPrimitive && actual.isString && Regex(wanted!!).containsMatchIn(actual.content)
        "\$contains" -> contains(actual, values.fill(argument))
        "\$lacks" -> actual != null && !contains(actual, values.fill(argument))
        "\$length" -> wanted?.toInt() == length(actual)
        "\$min" -> number(actual)?.let { it >= wanted!!.toDouble() } ?: false
        "\$max" -> number(actual)?.let { it <= wanted!!.toDouble() } ?: false
        "\$capture" -> (actual != null).also { if (it) values[wanted!!] = actual }
        "\$exact" -> {
            if (argument is JsonObject && actual is JsonObject) {
                val extra = actual.keys - argument.keys
                need(extra.isEmpty(), "nothing else", json(extra.toList()), place)
            }
            return check(argument, actual, place, values)
        }
        "\$unordered" -> return unordered(argument as JsonArray, actual, place, values)
        else -> throw Mismatch("$place: there is no matcher $rule")
    }
    need(fits, "$rule $argument", actual, place)
}

private fun contains(actual: JsonElement?, part: JsonElement): Boolean = when (actual) {
    null -> false
    is JsonArray -> part in actual
    is JsonPrimitive if actual.isString -> part.content!! in actual.content
    else -> part.content!! in actual.toString()
}

private fun length(actual: JsonElement?): Int? = when (actual) {
    is JsonArray -> actual.size
    is JsonObject -> actual.size
    is JsonPrimitive if actual.isString -> actual.content.codePointCount(0, actual.content.length)
    else -> null
}

/** Each expected item fits one of its own; there are no others. */
private fun unordered(items: JsonArray, actual: JsonElement?, place: String, values: Values) {
    need(actual is JsonArray && actual.size == items.size, items, actual, place)
    val left = (actual as JsonArray).toMutableList()
    for (item in items) {
        val found = left.indexOfFirst {
            runCatching { check(item, it, place, values.copy()) }.exceptionOrNull() == null
        }
        if (found < 0) throw Mismatch("$place: nothing that fits $item")
        check(item, left.removeAt(found), place, values)
    }
}

private fun type(value: JsonElement?): String = when (value) {
    null -> "nothing"
    is JsonNull -> "null"
    is JsonArray -> "array"
    is JsonObject -> "object"
    is JsonPrimitive -> when {
        value.isString -> "string"
        value.content == "true" || value.content == "false" -> "boolean"
        value.content.toLongOrNull() != null -> "integer"
        else -> "number"
    }
}
