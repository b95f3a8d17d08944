package vitable.groups.support

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject

internal val EMPTY = JsonObject(emptyMap())

internal fun parse(text: String): JsonElement = Json.parseToJsonElement(text)

/** Converts Kotlin values to JSON. */
internal fun json(value: Any?): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is String -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is List<*> -> JsonArray(value.map(::json))
    is Map<*, *> -> JsonObject(value.entries.associate { (name, item) -> name as String to json(item) })
    else -> error("${value.javaClass.name} cannot be converted to JSON")
}

internal fun fields(vararg fields: Pair<String, Any?>): JsonObject = json(mapOf(*fields)).jsonObject

internal fun JsonObject.has(name: String): Boolean = name in this

internal fun JsonObject.array(name: String): JsonArray? = this[name]?.jsonArray

internal fun JsonObject.inner(name: String): JsonObject? = this[name]?.jsonObject

/** The text of a string, number or boolean; null if absent or null. */
internal fun JsonObject.text(name: String): String? = this[name].content

internal fun JsonObject.long(name: String): Long? = text(name)?.toLong()

internal fun JsonObject.flag(name: String): Boolean = text(name) == "true"

internal val JsonElement?.content: String?
    get() = if (this is JsonPrimitive && this !is JsonNull) content else null
