import Foundation
import Testing

@testable import VitableGroups

#if os(Linux)
import Glibc
#endif

extension Sandboxed {
    /// Keys and health data are never printed: in errors, values, reports, or by native code.
    @Suite struct Canaries {
        @Test func theSearchFindsEachPrintedCanary() throws {
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

        @Test func nothingPrivateIsPrintedOnAnyFailure() async throws {
            let transcript = Transcript()
            let printed = try await capturing {
                try await runEverything(transcript)
                try await invalidArguments(transcript)
                try recordValues(transcript)
                try await recordRosters(transcript)
            }
            let text = transcript.text
            #expect(Canary.found(in: text) == [])
            #expect(Canary.found(in: printed) == [], "on standard output or error")
            #expect(Canary.found(in: FailingServer.received.text) == Canary.all, "in the requests")
            let manifest = try JSON.parse(nativeManifest())
            let operations = names(manifest["operations"], "name")
            #expect(operations.subtracting(transcript.names) == [])
            // Canceled tasks throw Swift's own error, and a bug cannot be triggered on purpose.
            let kinds = names(manifest["error_kinds"], "code").map(camelCase)
            #expect(Set(kinds).subtracting(transcript.names) == ["aborted", "internal"])
            // The searched output is the expected one.
            #expect(transcript.failures > 16 * FailingServer.failures.count)
            for expected in ["groups.create: 503", "would end the coverage of everyone", "Member(reference_id: REF-1"] {
                #expect(text.contains(expected), "\(expected)")
            }
        }
    }
}

private func names(_ list: JSON?, _ name: String) -> Set<String> {
    Set(list?.items.compactMap { $0[name]?.text } ?? [])
}

private func camelCase(_ code: String) -> String {
    let parts = code.split(separator: "_")
    return parts[0] + parts.dropFirst().map(\.capitalized).joined()
}

/// Everything a program might print of values and errors.
final class Transcript: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []
    private var count = 0
    private var seen: Set<String> = []

    var text: String { lock.withLock { lines.joined(separator: "\n") } }

    var failures: Int { lock.withLock { count } }

    /// The kinds of the errors thrown, and the operations called.
    var names: Set<String> { lock.withLock { seen } }

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
        if let error = value as? VitableConnectError {
            let details = error.details
            texts += ["\(details)", "\(details.attempts)", "\(details.causes)", details.message]
            texts += [details.text, details.report ?? "", String(reflecting: details)]
            dump(details, to: &texts[3])
        }
        lock.withLock { lines += texts }
    }

    /// Runs a call and records its result or error.
    func record(_ name: String = "", _ call: () async throws -> Any) async {
        lock.withLock { _ = seen.insert(name) }
        do {
            add(try await call())
        } catch {
            add(error)
            let kind = (error as? VitableConnectError)?.details.kind
            lock.withLock {
                count += 1
                if let kind { seen.insert("\(kind)") }
            }
        }
    }
}

/// Returns what is written to stdout and stderr while `work` runs.
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
    private let originals: [Int32]

    init() throws {
        file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data().write(to: file)
        fflush(nil)
        originals = [dup(1), dup(2)]
        // Appended, so that stdout and stderr do not overwrite each other.
        let descriptor = open(file.path, O_WRONLY | O_APPEND)
        dup2(descriptor, 1)
        dup2(descriptor, 2)
        close(descriptor)
    }

    func end() throws -> String {
        fflush(nil)
        for (number, descriptor) in zip([Int32(1), 2], originals) {
            dup2(descriptor, number)
            close(descriptor)
        }
        let text = try String(contentsOf: file, encoding: .utf8)
        try FileManager.default.removeItem(at: file)
        return text
    }
}
