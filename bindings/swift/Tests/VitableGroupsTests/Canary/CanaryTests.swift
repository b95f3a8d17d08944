import Foundation
import Testing

@testable import VitableGroups

#if os(Linux)
import Glibc
#endif

extension Sandboxed {
    /// Keys and health data appear in nothing that is printed: errors, values, reports, and what native
    /// code writes.
    @Suite struct Canaries {
        @Test func theSearchFindsEachCanaryWhereSomethingPrintsIt() throws {
            let printed = try capturing {
                print(Canary.memberJSON, Canary.token)
                FileHandle.standardError.write(Data("\(Canary.header) \(Canary.key)".utf8))
            }
            #expect(Canary.found(in: printed) == Canary.all)
            let encoded = Data(Canary.key.utf8).base64EncodedString()
            #expect(Canary.found(in: "phone=5550177177&\(encoded)") == [Canary.key, Canary.phone])
            let transcript = Transcript()
            transcript.add(Canary.memberJSON)
            #expect(Canary.found(in: transcript.text).contains(Canary.email))
        }

        @Test func nothingPrivateIsPrintedWhateverFails() async throws {
            let transcript = Transcript()
            let printed = try await capturing {
                try await meetEverything(transcript)
                try await misuse(transcript)
                try values(transcript)
                try await rosters(transcript)
            }
            let text = transcript.text
            #expect(Canary.found(in: text) == [])
            #expect(Canary.found(in: printed) == [], "on standard output or error")
            #expect(Canary.found(in: FailingServer.received.text) == Canary.all, "that were sent")
            let manifest = try JSON.parse(nativeManifest())
            let operations = names(manifest["operations"], "name")
            #expect(operations.subtracting(transcript.names) == [])
            // Tasks are cancelled by an error of their own; a fault of ours cannot be asked for.
            let kinds = names(manifest["error_kinds"], "code").map(camelCase)
            #expect(Set(kinds).subtracting(transcript.names) == ["aborted", "internal"])
            // What was searched is what was said.
            #expect(transcript.failures > 16 * FailingServer.failures.count)
            for part in ["groups.create: 503", "would end the coverage of everyone", "Member(reference_id: REF-1"] {
                #expect(text.contains(part), "\(part)")
            }
        }
    }
}

private func names(_ list: JSON?, _ name: String) -> Set<String> {
    Set(list?.items.compactMap { $0[name]?.text } ?? [])
}

private func camelCase(_ code: String) -> String {
    let words = code.split(separator: "_")
    return words[0] + words.dropFirst().map(\.capitalized).joined()
}

/// Everything that a program may print of values and errors.
final class Transcript: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []
    private var count = 0
    private var met: Set<String> = []

    var text: String { lock.withLock { lines.joined(separator: "\n") } }

    var failures: Int { lock.withLock { count } }

    /// The kinds of the errors that were met, and the operations that were called.
    var names: Set<String> { lock.withLock { met } }

    func add(_ value: Any) {
        var dumped = ""
        dump(value, to: &dumped)
        var texts = ["\(value)", String(describing: value), String(reflecting: value), dumped]
        texts.append("\([value]) \(Optional(value) as Any)")
        if let error = value as? Error {
            let bridged = error as NSError
            texts += [error.localizedDescription, bridged.description, bridged.debugDescription]
            texts += [bridged.localizedFailureReason ?? "", "\(bridged.userInfo)"]
        }
        if let error = value as? VitableError {
            let details = error.details
            texts += ["\(details)", "\(details.attempts)", "\(details.causes)", details.message]
            texts += [details.text, details.report ?? "", String(reflecting: details)]
            dump(details, to: &texts[3])
        }
        lock.withLock { lines += texts }
    }

    /// Makes a call and adds what it gives or throws.
    func meet(_ name: String = "", _ call: () async throws -> Any) async {
        lock.withLock { _ = met.insert(name) }
        do {
            add(try await call())
        } catch {
            add(error)
            let kind = (error as? VitableError)?.details.kind
            lock.withLock {
                count += 1
                if let kind { met.insert("\(kind)") }
            }
        }
    }
}

/// What is written to the standard channels meanwhile, by whomever.
private func capturing(_ work: () async throws -> Void) async throws -> String {
    let capture = try Capture()
    do {
        try await work()
    } catch {
        _ = try capture.end()
        throw error
    }
    return try capture.end()
}

private func capturing(_ work: () throws -> Void) throws -> String {
    let capture = try Capture()
    try work()
    return try capture.end()
}

private struct Capture {
    private let file: URL
    private let kept: [Int32]

    init() throws {
        file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data().write(to: file)
        fflush(nil)
        kept = [dup(1), dup(2)]
        // Appending, so that the two do not overwrite each other.
        let descriptor = open(file.path, O_WRONLY | O_APPEND)
        dup2(descriptor, 1)
        dup2(descriptor, 2)
        close(descriptor)
    }

    func end() throws -> String {
        fflush(nil)
        for (number, descriptor) in zip([Int32(1), 2], kept) {
            dup2(descriptor, number)
            close(descriptor)
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        try FileManager.default.removeItem(at: file)
        return text
    }
}
