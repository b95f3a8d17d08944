package vitable.groups.canary

import java.net.URLEncoder
import java.util.Base64
import vitable.groups.Address
import vitable.groups.Extra
import vitable.groups.Field
import vitable.groups.Member

// Secret values that must never be printed, and the search for them.

internal const val KEY = "vit_apk_canaryKey7351"
internal const val TOKEN = "vit_at_canaryToken9153"
internal const val HEADER = "CanaryHeader4417"
internal const val FIRST = "CanaryQuillon"
internal const val LAST = "CanaryZyskowski"
internal const val BIRTH = "1977-07-07"
internal const val PHONE = "5550177177"
internal const val EMAIL = "canary.q77@example.com"
internal const val LINE_1 = "77 Canary Road"
internal const val LINE_2 = "Canary Suite 9"
internal const val CITY = "CanaryCity"
internal const val ZIP = "99977-4417"

internal val CANARIES = listOf(KEY, TOKEN, HEADER, FIRST, LAST, BIRTH, PHONE, EMAIL, LINE_1, LINE_2, CITY, ZIP)

internal val MEMBER = Member(
    referenceId = "REF-1",
    firstName = FIRST,
    lastName = LAST,
    dateOfBirth = BIRTH,
    planId = "pln_1",
    address = Address(LINE_1, Field.Value(LINE_2), CITY, "CA", ZIP),
    phone = Field.Value(PHONE),
    email = Field.Value(EMAIL),
    extra = Extra(mapOf("nickname" to "\"$FIRST\"")),
)

internal const val MEMBER_JSON = """{"reference_id": "REF-1", "first_name": "$FIRST", "last_name": "$LAST",
    "date_of_birth": "$BIRTH", "phone": "$PHONE", "email": "$EMAIL", "plan_id": "pln_1", "address":
    {"address_line_1": "$LINE_1", "address_line_2": "$LINE_2", "city": "$CITY", "zipcode": "$ZIP"}}"""

/** The canaries found in a text: as is, URL-encoded, Base64-encoded or reformatted. */
internal fun canariesIn(text: String): List<String> = CANARIES.filter { canary ->
    val reformatted = when (canary) {
        BIRTH -> listOf("19770707", "07/07/1977")
        PHONE -> listOf("555-017-7177", "(555) 017-7177")
        else -> emptyList()
    }
    val encoded = listOf(
        URLEncoder.encode(canary, Charsets.UTF_8),
        URLEncoder.encode(canary, Charsets.UTF_8).replace("+", "%20"),
        Base64.getEncoder().withoutPadding().encodeToString(canary.toByteArray()),
    )
    (listOf(canary) + reformatted + encoded).any { it in text }
}
