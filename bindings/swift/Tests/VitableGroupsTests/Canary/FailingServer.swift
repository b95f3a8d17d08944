import Foundation

#if os(Linux)
import Glibc
#endif

/// The requests received by the servers.
final class Received: @unchecked Sendable {
    private let lock = NSLock()
    private var all = ""

    var text: String { lock.withLock { all } }

    func add(_ text: String) {
        lock.withLock { all += text }
    }
}

/// A server that fails in one way and echoes what it received. It uses its own threads, since it
/// blocks.
final class FailingServer: @unchecked Sendable {
    /// Creates a response that echoes the request; nil for no response.
    typealias Responder = @Sendable (_ echo: String) -> String?

    /// Everything the servers received.
    static let received = Received()

    private let port = BoundPort(listening: true)
    private let responder: Responder
    private let lock = NSLock()
    private var heldOpen: [Int32] = []

    var url: String { "http://127.0.0.1:\(port.number)" }

    init(_ responder: @escaping Responder) {
        self.responder = responder
        let descriptor = port.descriptor
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                // The server was stopped.
                if connection < 0 { return }
                Thread.detachNewThread { [weak self] in self?.serve(connection) }
            }
        }
    }

    /// Stops the server and closes the connections it holds open.
    func stop() {
        _ = shutdown(port.descriptor, Int32(SHUT_RDWR))
        lock.withLock {
            for connection in heldOpen { close(connection) }
            heldOpen = []
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
        let input = parts.count > 1 && !parts[1].isEmpty ? parts[1] : Canary.memberJSON
        let echo = """
            {"detail": [{"loc": ["body"], "input": \(input)}], "seen": ["\(key)", \(Canary.memberJSON)]}
            """
        guard let bytes = responder(echo).map({ Array($0.utf8) }) else {
            lock.withLock { heldOpen.append(connection) }
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
        let expected = length.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        return parts.dropFirst().joined(separator: "\r\n\r\n").utf8.count >= expected
    }

    private static func response(_ status: Int, _ type: String, _ body: String, missing: Int = 0) -> String {
        """
        HTTP/1.1 \(status) Canary\r\ncontent-type: \(type)\r\nx-echo: \(Canary.header) \(Canary.key)\r\n\
        retry-after-ms: 1\r\nconnection: close\r\ncontent-length: \(body.utf8.count + missing)\r\n\r\n\(body)
        """
    }

    /// The failures by name.
    static let failures: [String: Responder] = {
        let json = "application/json"
        var failures: [String: Responder] = [
            "a redirect to another origin": {
                response(307, json, $0).replacingOccurrences(
                    of: "\r\nx-echo",
                    with: "\r\nlocation: https://elsewhere.example/?email=\(Canary.email)\r\nx-echo")
            },
            "an HTML page": { response(502, "text/html", "<html><body>\($0)</body></html>") },
            "a plain text page": { response(500, "text/plain", "\($0)\n\($0)") },
            "a truncated error body": { response(400, json, String($0.dropLast(9))) },
            "a body shorter than its content-length": { response(200, json, $0, missing: 100) },
            "a success that is not JSON": { response(200, json, String($0.dropLast(9))) },
            "a success of the wrong type": { response(200, json, "[\($0), \"\(Canary.email)\"]") },
            "not HTTP": { $0 },
            "a dropped connection": { _ in "" },
            "no response": { _ in nil },
        ]
        for status in [400, 401, 403, 404, 409, 418, 422, 429, 500, 503] {
            failures["status \(status)"] = { response(status, json, $0) }
        }
        return failures
    }()
}
