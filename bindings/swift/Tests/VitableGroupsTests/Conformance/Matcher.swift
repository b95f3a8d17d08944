import Foundation

/// An actual value that does not match the expected one.
struct Mismatch: Error, CustomStringConvertible {
    let description: String
}

/// The named values of a scenario.
struct Variables: Sendable {
    var known: [String: JSON]

    /// Substitutes values for `${name}`, and members for `$member`.
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
        guard let value = known[name] else { throw Mismatch(description: "unknown variable \(name)") }
        return value
    }

    private func fill(_ text: String) throws -> JSON {
        var filled = ""
        var rest = Substring(text)
        while let range = rest.range(of: #"\$\{\w+\}"#, options: .regularExpression) {
            let value = try named(String(rest[range].dropFirst(2).dropLast()))
            if rest[range] == text { return value }
            let replacement = try value.text ?? value.encoded
            filled += rest[..<range.lowerBound] + replacement
            rest = rest[range.upperBound...]
        }
        return .string(filled + rest)
    }
}

/// Compares values and captures variables; throws on the first difference.
func check(_ expected: JSON, _ actual: JSON?, _ path: String, _ variables: inout Variables) throws {
    switch expected {
    case .object(let fields):
        let rules = fields.filter { $0.key.hasPrefix("$") }
        for (rule, argument) in rules {
            try apply(rule, argument, actual, path, &variables)
        }
        if !rules.isEmpty { return }
        guard case .object(let actualFields) = actual else { throw mismatch(expected, actual, path) }
        for (name, item) in fields {
            try check(item, actualFields[name], "\(path).\(name)", &variables)
        }
    case .array(let items):
        guard case .array(let actualItems) = actual, actualItems.count == items.count else {
            throw mismatch(expected, actual, path)
        }
        for (index, item) in items.enumerated() {
            try check(item, actualItems[index], "\(path)[\(index)]", &variables)
        }
    default:
        let filled = try variables.fill(expected)
        guard same(filled, actual) else { throw mismatch(filled, actual, path) }
    }
}

private func mismatch(_ expected: JSON, _ actual: JSON?, _ path: String) -> Mismatch {
    let texts = [expected, actual].map { value in value.flatMap { try? $0.encoded } ?? "nothing" }
    return Mismatch(description: "\(path): expected \(texts[0]), got \(texts[1])")
}

/// 1 and 1.0 are the same number.
private func same(_ expected: JSON, _ actual: JSON?) -> Bool {
    guard let left = expected.double, let right = actual?.double else { return expected == actual }
    return abs(left - right) < 1e-9
}

private func apply(
    _ rule: String, _ argument: JSON, _ actual: JSON?, _ path: String, _ variables: inout Variables
) throws {
    let matches: Bool
    switch rule {
    case "$absent": matches = (actual == nil) == (argument == .bool(true))
    case "$present": matches = (actual != nil) == (argument == .bool(true))
    case "$type": matches = argument.text == type(of: actual)
    case "$regex":
        matches = actual?.text?.range(of: argument.text ?? "", options: .regularExpression) != nil
    case "$contains": matches = contains(actual, try variables.fill(argument))
    case "$lacks": matches = try actual != nil && !contains(actual, variables.fill(argument))
    case "$length": matches = argument.int == length(actual).map(Int64.init)
    case "$min": matches = actual?.double.map { $0 >= argument.double ?? .nan } ?? false
    case "$max": matches = actual?.double.map { $0 <= argument.double ?? .nan } ?? false
    case "$capture":
        matches = actual != nil
        variables.known[argument.text ?? ""] = actual
    case "$all":
        for item in argument.items { try check(item, actual, path, &variables) }
        return
    case "$exact":
        if case .object(let fields) = argument, case .object(let actualFields) = actual {
            for name in actualFields.keys where fields[name] == nil {
                throw Mismatch(description: "\(path).\(name): expected nothing, got a value")
            }
        }
        return try check(argument, actual, path, &variables)
    case "$unordered": return try unordered(argument, actual, path, &variables)
    default: throw Mismatch(description: "\(path): unknown matcher \(rule)")
    }
    if !matches { throw mismatch(.object([rule: argument]), actual, path) }
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

/// Matches each expected item to a different actual item, in any order.
private func unordered(
    _ argument: JSON, _ actual: JSON?, _ path: String, _ variables: inout Variables
) throws {
    guard case .array(var remaining) = actual, remaining.count == argument.items.count else {
        throw mismatch(argument, actual, path)
    }
    for item in argument.items {
        let found = remaining.firstIndex { candidate in
            var trial = variables
            return (try? check(item, candidate, path, &trial)) != nil
        }
        guard let found else { throw mismatch(item, actual, path) }
        try check(item, remaining.remove(at: found), path, &variables)
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
