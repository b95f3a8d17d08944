import Foundation

#if os(Linux)
import Glibc
#endif

/// A TCP port that is bound until the object is deallocated: it either accepts connections without ever
/// responding, or refuses them.
final class BoundPort {
    let descriptor: Int32
    let number: Int64

    init(listening: Bool) {
        #if os(Linux)
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        if listening { _ = listen(descriptor, 50) }
        number = Int64(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(descriptor)
    }
}
