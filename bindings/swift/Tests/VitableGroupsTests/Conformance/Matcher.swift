import Foundation

/// What came is not what was expected.
struct Mismatch: Error, CustomStringConvertible {
    let description: String
}

/// The values that a scenario knows by name.
struct Names: Sendable {
    var known: [String: JSON]

    /// Puts values in the places of `${name}`, and rows in those of `$member`.
    func fill(_ value: JSON) throws -> JSON {
        switch value {
        case .string(let text): return try fill(text)
        case .array(let items): return .array(try items.map(fill))
        case .object(var fields):
            if let reference = fields.removeValue(forKey: "$member") {
                fields = try named("member").fields
                    .merging(["reference_id": reference]) { $1 }.merging(fields) { $1 }
            }
            return .object(try fields.mapValues(fill))
        default: return value
        }
    }

    private func named(_ name: String) throws -> JSON {
        guard let value = known[name] else { throw Mismatch(description: "there is no value \(name)") }
        return value
    }

    private func fill(_ text: String) throws -> JSON {
        var filled = ""
        var rest = Substring(text)
        while let place = rest.range(of: #"\$\{\w+\}"#, options: .regularExpression) {
            let value = try named(String(rest[place].dropFirst(2).dropLast()))
            if rest[place] == text { return value }
            let part = try value.text ?? value.encoded
            filled += rest[..<place.lowerBound] + part
            rest = rest[place.upperBound...]
        }
        return .string(filled + rest)
    }
}

/// Compares, and captures; throws at the first difference.
func check(_ expected: JSON, _ actual: JSON?, _ place: String, _ values: inout Names) throws {
    switch expected {
    case .object(let fields):
        let rules = fields.filter { $0.key.hasPrefix("$") }
        for (rule, argument) in rules {
            try apply(rule, argument, actual, place, &values)
        }
        if !rules.isEmpty { return }
        guard case .object(let there) = actual else { throw differ(expected, actual, place) }
        for (name, item) in fields {
            try check(item, there[name], "\(place).\(name)", &values)
        }
    case .array(let items):
        guard case .array(let there) = actual, there.count == items.count else {
            throw differ(expected, actual, place)
        }
        for (index, item) in items.enumerated() {
            try check(item, there[index], "\(place)[\(index)]", &values)
        }
    default:
        let filled = try values.fill(expected)
        guard same(filled, actual) else { throw differ(filled, actual, place) }
    }
}

private func differ(_ expected: JSON, _ actual: JSON?, _ place: String) -> Mismatch {
    let texts = [expected, actual].map { value in value.flatMap { try? $0.encoded } ?? "nothing" }
    return Mismatch(description: "\(place): \(texts[0]) expected, \(texts[1]) came")
}

/// 1 and 1.0 are the same number.
private func same(_ expected: JSON, _ actual: JSON?) -> Bool {
    guard let left = expected.double, let right = actual?.double else { return expected == actual }
    return abs(left - right) < 1e-9
}

private func apply(
    _ rule: String, _ argument: JSON, _ actual: JSON?, _ place: String, _ values: inout Names
) throws {
    let fits: Bool
    switch rule {
    case "$absent": fits = (actual == nil) == (argument == .bool(true))
    case "$present": fits = (actual != nil) == (argument == .bool(true))
    case "$type": fits = argument.text == type(of: actual)
    case "$regex":
        fits = actual?.text?.range(of: argument.text ?? "", options: .regularExpression) != nil
    case "$contains": fits = contains(actual, try values.fill(argument))
    case "$lacks": fits = try actual != nil && !contains(actual, values.fill(argument))
    case "$length": fits = argument.int == length(actual).map(Int64.init)
    case "$min": fits = actual?.double.map { $0 >= argument.double ?? .nan } ?? false
    case "$max": fits = actual?.double.map { $0 <= argument.double ?? .nan } ?? false
    case "$capture":
        fits = actual != nil
        values.known[argument.text ?? ""] = actual
    case "$all":
        for one in argument.items { try check(one, actual, place, &values) }
        return
    case "$exact":
        if case .object(let fields) = argument, case .object(let there) = actual {
            for name in there.keys where fields[name] == nil {
                throw Mismatch(description: "\(place).\(name): nothing expected, something came")
            }
        }
        return try check(argument, actual, place, &values)
    case "$unordered": return try unordered(argument, actual, place, &values)
    default: throw Mismatch(description: "\(place): there is no matcher \(rule)")
    }
    if !fits { throw differ(.object([rule: argument]), actual, place) }
}

private func contains(_ actual: JSON?, _ part: JSON) -> Bool {
    switch actual {
    case nil: false
    case .array(let items): items.contains(part)
    case .string(let text): text.contains(part.text ?? "\u{0}")
    case .some(let other): ((try? other.encoded) ?? "").contains(part.text ?? "\u{0}")
    }
}

private func length(_ actual: JSON?) -> Int? {
    switch actual {
    case .array(let items): items.count
    case .object(let fields): fields.count
    case .string(let text): text.unicodeScalars.count
    default: nil
    }
}

/// Each expected item fits one of its own; there are no others.
private func unordered(
    _ argument: JSON, _ actual: JSON?, _ place: String, _ values: inout Names
) throws {
    guard case .array(var left) = actual, left.count == argument.items.count else {
        throw differ(argument, actual, place)
    }
    for item in argument.items {
        let found = left.firstIndex { there in
            var trial = values
            return (try? check(item, there, place, &trial)) != nil
        }
        guard let found else { throw differ(item, actual, place) }
        try check(item, left.remove(at: found), place, &values)
    }
}

private func type(of value: JSON?) -> String {
    switch value {
    case nil: "nothing"
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
}
