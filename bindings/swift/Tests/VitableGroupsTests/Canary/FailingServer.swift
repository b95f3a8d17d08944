import Foundation

#if os(Linux)
import Glibc
#endif

/// What came to the servers.
final class Received: @unchecked Sendable {
    private let lock = NSLock()
    private var all = ""

    var text: String { lock.withLock { all } }

    func add(_ text: String) {
        lock.withLock { all += text }
    }
}

/// Fails in one way and repeats what it was sent. Threads of its own answer, as its calls block.
final class FailingServer: @unchecked Sendable {
    /// What is answered to a request whose body is repeated; nil answers nothing.
    typealias Answer = @Sendable (_ said: String) -> String?

    /// Everything that the servers were sent.
    static let received = Received()

    private let port = Port(listening: true)
    private let answer: Answer
    private let lock = NSLock()
    private var silenced: [Int32] = []

    var url: String { "http://127.0.0.1:\(port.number)" }

    init(_ answer: @escaping Answer) {
        self.answer = answer
        let descriptor = port.descriptor
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                // It was shut down.
                if connection < 0 { return }
                Thread.detachNewThread { [weak self] in self?.serve(connection) }
            }
        }
    }

    /// Ends the server and lets go of those that it kept waiting.
    func stop() {
        _ = shutdown(port.descriptor, Int32(SHUT_RDWR))
        lock.withLock {
            for connection in silenced { close(connection) }
            silenced = []
        }
    }

    private func serve(_ connection: Int32) {
        var request = Data()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isComplete(request) {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { break }
            request.append(contentsOf: buffer[..<count])
        }
        let text = String(decoding: request, as: UTF8.self)
        Self.received.add(text)
        let parts = text.components(separatedBy: "\r\n\r\n")
        let key = parts[0].components(separatedBy: "\r\n")
            .first { $0.lowercased().hasPrefix("authorization:") } ?? ""
        let sent = parts.count > 1 && !parts[1].isEmpty ? parts[1] : Canary.memberJSON
        let said = """
            {"detail": [{"loc": ["body"], "input": \(sent)}], "seen": ["\(key)", \(Canary.memberJSON)]}
            """
        guard let bytes = answer(said).map({ Array($0.utf8) }) else {
            lock.withLock { silenced.append(connection) }
            return
        }
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        close(connection)
    }

    private func isComplete(_ request: Data) -> Bool {
        let parts = String(decoding: request, as: UTF8.self).components(separatedBy: "\r\n\r\n")
        guard parts.count > 1 else { return false }
        let length = parts[0].components(separatedBy: "\r\n")
            .first { $0.lowercased().hasPrefix("content-length:") }
        let wanted = length.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        return parts.dropFirst().joined(separator: "\r\n\r\n").utf8.count >= wanted
    }

    private static func text(_ status: Int, _ type: String, _ body: String, missing: Int = 0) -> String {
        """
        HTTP/1.1 \(status) Canary\r\ncontent-type: \(type)\r\nx-echo: \(Canary.header) \(Canary.key)\r\n\
        retry-after-ms: 1\r\nconnection: close\r\ncontent-length: \(body.utf8.count + missing)\r\n\r\n\(body)
        """
    }

    /// What goes wrong, by its name.
    static let failures: [String: Answer] = {
        let json = "application/json"
        var failures: [String: Answer] = [
            "a redirect elsewhere": {
                text(307, json, $0).replacingOccurrences(
                    of: "\r\nx-echo",
                    with: "\r\nlocation: https://elsewhere.example/?email=\(Canary.email)\r\nx-echo")
            },
            "an HTML page": { text(502, "text/html", "<html><body>\($0)</body></html>") },
            "a long text": { text(500, "text/plain", "\($0)\n\($0)") },
            "an error body that is cut": { text(400, json, String($0.dropLast(9))) },
            "a body that ends early": { text(200, json, $0, missing: 100) },
            "a success that is no JSON": { text(200, json, String($0.dropLast(9))) },
            "a success of another shape": { text(200, json, "[\($0), \"\(Canary.email)\"]") },
            "no HTTP": { $0 },
            "a dropped connection": { _ in "" },
            "no answer": { _ in nil },
        ]
        for status in [400, 401, 403, 404, 409, 418, 422, 429, 500, 503] {
            failures["status \(status)"] = { text(status, json, $0) }
        }
        return failures
    }()
}
