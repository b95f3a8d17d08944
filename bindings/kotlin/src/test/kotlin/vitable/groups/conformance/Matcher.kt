package vitable.groups.conformance

import kotlin.math.abs
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import vitable.groups.support.content
import vitable.groups.support.json

/** An actual value that does not match the expected one. */
internal class Mismatch(message: String) : AssertionError(message)

/** The named values of a scenario. */
internal class Variables(private val known: MutableMap<String, JsonElement>) {
    fun copy(): Variables = Variables(known.toMutableMap())

    operator fun set(name: String, value: Any?) {
        known[name] = json(value)
    }

    private operator fun get(name: String): JsonElement =
        known[name] ?: throw Mismatch("unknown variable $name")

    /** Substitutes values for `${name}`, and members for `$member`. */
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

/** Compares values and captures variables; throws on the first difference. */
internal fun check(expected: JsonElement, actual: JsonElement?, path: String, variables: Variables) {
    when (expected) {
        is JsonObject -> {
            val rules = expected.filterKeys { it.startsWith("$") }
            rules.forEach { (rule, argument) -> apply(rule, argument, actual, path, variables) }
            if (rules.isNotEmpty()) return
            expect(actual is JsonObject, expected, actual, path)
            expected.forEach { (name, item) ->
                check(item, (actual as JsonObject)[name], "$path.$name", variables)
            }
        }
        is JsonArray -> {
            expect(actual is JsonArray && actual.size == expected.size, expected, actual, path)
            expected.zip(actual as JsonArray).forEachIndexed { index, (item, actualItem) ->
                check(item, actualItem, "$path[$index]", variables)
            }
        }
        else -> {
            val filled = variables.fill(expected)
            expect(same(filled, actual), filled, actual, path)
        }
    }
}

private fun expect(matches: Boolean, expected: Any, actual: JsonElement?, path: String) {
    if (!matches) throw Mismatch("$path: expected $expected, got ${actual ?: "nothing"}")
}

private fun number(value: JsonElement?): Double? =
    if (value is JsonPrimitive && !value.isString) value.content.toDoubleOrNull() else null

/** 1 and 1.0 are the same number. */
private fun same(expected: JsonElement, actual: JsonElement?): Boolean {
    val (left, right) = (number(expected) ?: return expected == actual) to number(actual)
    return right != null && abs(left - right) < 1e-9
}

private fun apply(rule: String, argument: JsonElement, actual: JsonElement?, path: String, variables: Variables) {
    val text = argument.content
    val matches = when (rule) {
        "\$absent" -> (actual == null) == (text == "true")
        "\$present" -> (actual != null) == (text == "true")
        "\$type" -> text == type(actual)
        "\$all" -> return (argument as JsonArray).forEach { check(it, actual, path, variables) }
        "\$regex" -> actual is JsonPrimitive && actual.isString && Regex(text!!).containsMatchIn(actual.content)
        "\$contains" -> contains(actual, variables.fill(argument))
        "\$lacks" -> actual != null && !contains(actual, variables.fill(argument))
        "\$length" -> text?.toInt() == length(actual)
        "\$min" -> number(actual)?.let { it >= text!!.toDouble() } ?: false
        "\$max" -> number(actual)?.let { it <= text!!.toDouble() } ?: false
        "\$capture" -> (actual != null).also { if (it) variables[text!!] = actual }
        "\$exact" -> {
            if (argument is JsonObject && actual is JsonObject) {
                val extra = actual.keys - argument.keys
                expect(extra.isEmpty(), "nothing else", json(extra.toList()), path)
            }
            return check(argument, actual, path, variables)
        }
        "\$unordered" -> return unordered(argument as JsonArray, actual, path, variables)
        else -> throw Mismatch("$path: unknown matcher $rule")
    }
    expect(matches, "$rule $argument", actual, path)
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

/** Matches each expected item to a different actual item, in any order. */
private fun unordered(items: JsonArray, actual: JsonElement?, path: String, variables: Variables) {
    expect(actual is JsonArray && actual.size == items.size, items, actual, path)
    val remaining = (actual as JsonArray).toMutableList()
    for (item in items) {
        val found = remaining.indexOfFirst {
            runCatching { check(item, it, path, variables.copy()) }.exceptionOrNull() == null
        }
        if (found < 0) throw Mismatch("$path: no item matches $item")
        check(item, remaining.removeAt(found), path, variables)
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
