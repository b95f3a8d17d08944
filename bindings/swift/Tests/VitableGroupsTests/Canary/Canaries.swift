import Foundation

@testable import VitableGroups

/// Secret values that must never be printed, and the search for them.
enum Canary {
    static let key = "vit_apk_canaryKey7351"
    static let token = "vit_at_canaryToken9153"
    static let header = "CanaryHeader4417"
    static let first = "CanaryQuillon"
    static let last = "CanaryZyskowski"
    static let birth = "1977-07-07"
    static let phone = "5550177177"
    static let email = "canary.q77@example.com"
    static let line1 = "77 Canary Road"
    static let line2 = "Canary Suite 9"
    static let city = "CanaryCity"
    static let zip = "99977-4417"

    static let all = [
        key, token, header, first, last, birth, phone, email, line1, line2, city, zip,
    ]

    static let member = Member(
        referenceId: "REF-1", firstName: first, lastName: last, dateOfBirth: birth, planId: "pln_1",
        address: Address(
            addressLine1: line1, addressLine2: Field(line2), city: city, state: "CA", zipcode: zip),
        phone: Field(phone), email: Field(email), extra: Extra(fields: ["nickname": "\"\(first)\""]))

    static let memberJSON = """
        {"reference_id": "REF-1", "first_name": "\(first)", "last_name": "\(last)", \
        "date_of_birth": "\(birth)", "phone": "\(phone)", "email": "\(email)", "plan_id": "pln_1", \
        "address": {"address_line_1": "\(line1)", "address_line_2": "\(line2)", "city": "\(city)", \
        "zipcode": "\(zip)"}}
        """

    /// The canaries found in a text: as is, URL-encoded, Base64-encoded or reformatted.
    static func found(in text: String) -> [String] {
        all.filter { canary in
            var forms = [canary, Data(canary.utf8).base64EncodedString().trimmingCharacters(in: ["="])]
            let encoded = canary.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
            forms.append(encoded ?? canary)
            forms.append(canary.replacingOccurrences(of: "@", with: "%40"))
            forms.append(canary.replacingOccurrences(of: " ", with: "%20"))
            forms.append(canary.replacingOccurrences(of: " ", with: "+"))
            if canary == birth { forms += ["19770707", "07/07/1977"] }
            if canary == phone { forms += ["555-017-7177", "(555) 017-7177"] }
            return forms.contains { text.contains($0) }
        }
    }
}
