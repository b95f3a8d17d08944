import Foundation

/// Decoded data with the response metadata.
public struct Response<Value: Sendable>: Sendable {
    /// The decoded data.
    public let data: Value

    /// Status, headers, attempts and more.
    public let metadata: Metadata
}

extension Group: Identifiable {}

extension Plan: Identifiable {}

extension Member: Identifiable {
    /// The reference ID, which is unique within a roster.
    public var id: String { referenceId }
}

extension SyncReceipt: Identifiable {
    /// The request ID.
    public var id: String { requestId }
}

extension SyncState: Identifiable {
    /// The request ID.
    public var id: String { requestId }
}

extension Member {
    /// Creates a member. A nil `phone` or `email` is absent: the server keeps its value.
    public init(
        referenceId: String, firstName: String, lastName: String, dateOfBirth: String,
        planId: String, address: Address, phone: String? = nil, email: String? = nil
    ) {
        self.init(
            referenceId: referenceId, firstName: firstName, lastName: lastName,
            dateOfBirth: dateOfBirth, planId: planId, address: address, phone: Field(phone),
            email: Field(email))
    }
}

extension Address {
    /// Creates an address. A nil `addressLine2` is absent: the server keeps its value.
    public init(
        addressLine1: String, city: String, state: String, zipcode: String,
        addressLine2: String? = nil
    ) {
        self.init(
            addressLine1: addressLine1, addressLine2: Field(addressLine2), city: city,
            state: state, zipcode: zipcode)
    }
}

extension Field: ExpressibleByStringLiteral {
    /// Creates a value, or absent if nil.
    public init(_ value: String?) {
        self = value.map { .value(value: $0) } ?? .absent
    }

    public init(stringLiteral value: String) {
        self = .value(value: value)
    }
}

// `dump` and debuggers print the mirror of a value, so sensitive types have an empty one.

extension Member: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Address: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Field: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Extra: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ClientOptions: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension RequestOptions: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Metadata: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["status": status]) }
}

extension RawResponse: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["metadata": metadata]) }
}

extension ErrorDetails: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}
