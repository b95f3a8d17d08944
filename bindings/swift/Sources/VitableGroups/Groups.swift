extension Groups {
    /// Finds a group by its external reference ID, by paging through the list; nil if there is none.
    public func find(
        byExternalReferenceId externalReferenceId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group? {
        try await cancellable { [native] token in
            try await native.groupsFind(
                externalReferenceId: externalReferenceId, options: options, cancel: token)
        }
    }

    /// Finds a group by its external reference ID, or creates it. Concurrent calls return the same
    /// group.
    public func getOrCreate(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        let params = GroupCreateParams(externalReferenceId: externalReferenceId, name: name)
        return try await cancellable { [native] token in
            try await native.groupsGetOrCreate(params: params, options: options, cancel: token)
        }
    }
}
