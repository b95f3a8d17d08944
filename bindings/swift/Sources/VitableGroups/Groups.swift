/// Operations on groups, the named containers of members.
public struct Groups: Sendable {
    /// The same calls, returning the response metadata as well.
    public let withResponse: GroupsWithResponse

    private var native: NativeClient { withResponse.native }

    /// Operations on group members.
    public var members: Members { Members(native: native) }

    /// Lists groups.
    ///
    /// - Parameters:
    ///   - limit: items per page, 1 to 100; the server's default is 20.
    ///   - page: the page to start at, from 1.
    ///   - prefetch: how many pages to fetch concurrently once the total is known.
    ///   - options: options of each request.
    public func list(
        limit: Int64? = nil, page: Int64? = nil, prefetch: Int32 = 0,
        options: RequestOptions = RequestOptions()
    ) -> PagedList<Group> {
        let params = ListParams(limit: limit, page: page, prefetch: prefetch)
        return PagedList { [native] in
            try Page(
                await cancellable { try await native.groupsList(params: params, options: options, cancel: $0) })
        } newPager: { [native] distinct in
            let pager = try mapErrors {
                try native.groupsPager(params: params, distinct: distinct, options: options)
            }
            return { try await cancellable { try await pager.next(cancel: $0) }.map(Page.init) }
        }
    }

    /// Creates a group. `externalReferenceId` is your own identifier, unique within the organization.
    public func create(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.create(
            externalReferenceId: externalReferenceId, name: name, options: options
        ).data
    }

    /// Retrieves a group.
    public func retrieve(
        _ groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.retrieve(groupId, options: options).data
    }

    /// Updates a group; nil leaves a field unchanged.
    public func update(
        _ groupId: String, externalReferenceId: String? = nil, name: String? = nil,
        options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        let params = GroupUpdateParams(
            externalReferenceId: Field(externalReferenceId), name: Field(name))
        return try await update(groupId, params, options: options)
    }

    /// Updates a group; fields can be absent, null or a value.
    public func update(
        _ groupId: String, _ params: GroupUpdateParams, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.update(groupId, params, options: options).data
    }

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

/// ``Groups`` with response metadata.
public struct GroupsWithResponse: Sendable {
    let native: NativeClient

    /// See ``Groups/create(externalReferenceId:name:options:)``.
    public func create(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let params = GroupCreateParams(externalReferenceId: externalReferenceId, name: name)
        let response = try await cancellable { [native] token in
            try await native.groupsCreate(params: params, options: options, cancel: token)
        }
        return Response(data: response.data, metadata: response.metadata)
    }

    /// See ``Groups/retrieve(_:options:)``.
    public func retrieve(
        _ groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let response = try await cancellable { [native] token in
            try await native.groupsRetrieve(groupId: groupId, options: options, cancel: token)
        }
        return Response(data: response.data, metadata: response.metadata)
    }

    /// See ``Groups/update(_:_:options:)``.
    public func update(
        _ groupId: String, _ params: GroupUpdateParams, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let response = try await cancellable { [native] token in
            try await native.groupsUpdate(
                groupId: groupId, params: params, options: options, cancel: token)
        }
        return Response(data: response.data, metadata: response.metadata)
    }
}

/// Operations on the organization's benefit plans, which members refer to by ID.
public struct Plans: Sendable {
    let native: NativeClient

    /// Lists plans; takes the same parameters as ``Groups/list(limit:page:prefetch:options:)``.
    public func list(
        limit: Int64? = nil, page: Int64? = nil, prefetch: Int32 = 0,
        options: RequestOptions = RequestOptions()
    ) -> PagedList<Plan> {
        let params = ListParams(limit: limit, page: page, prefetch: prefetch)
        return PagedList { [native] in
            try Page(
                await cancellable { try await native.plansList(params: params, options: options, cancel: $0) })
        } newPager: { [native] distinct in
            let pager = try mapErrors {
                try native.plansPager(params: params, distinct: distinct, options: options)
            }
            return { try await cancellable { try await pager.next(cancel: $0) }.map(Page.init) }
        }
    }
}
