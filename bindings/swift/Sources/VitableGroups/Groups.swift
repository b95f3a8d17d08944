/// Groups: named containers of members.
public struct Groups: Sendable {
    /// The same calls, with the metadata of their answers.
    public let withResponse: GroupsWithResponse

    private var native: NativeClient { withResponse.native }

    /// The members of groups.
    public var members: Members { Members(native: native) }

    /// Lists the groups.
    ///
    /// - Parameters:
    ///   - limit: items per page, 1 to 100; the server's default is 20.
    ///   - page: the page to start at, from 1.
    ///   - prefetch: fetches up to this many pages at the same time once their number is known.
    ///   - options: options of each call.
    public func list(
        limit: Int64? = nil, page: Int64? = nil, prefetch: Int32 = 0,
        options: RequestOptions = RequestOptions()
    ) -> PagedList<Group> {
        let params = ListParams(limit: limit, page: page, prefetch: prefetch)
        return PagedList { [native] in
            try Page(
                await cancellable { try await native.groupsList(params: params, options: options, cancel: $0) })
        } walk: { [native] distinct in
            let cursor = try translated {
                try native.groupsWalk(params: params, distinct: distinct, options: options)
            }
            return { try await cancellable { try await cursor.next(cancel: $0) }.map(Page.init) }
        }
    }

    /// Creates a group. The reference is your own identifier, unique within the organization.
    public func create(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.create(
            externalReferenceId: externalReferenceId, name: name, options: options
        ).data
    }

    /// Gets one group.
    public func retrieve(
        _ groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.retrieve(groupId, options: options).data
    }

    /// Changes a group: only what is not nil.
    public func update(
        _ groupId: String, externalReferenceId: String? = nil, name: String? = nil,
        options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        let params = GroupUpdateParams(
            externalReferenceId: Field(externalReferenceId), name: Field(name))
        return try await update(groupId, params, options: options)
    }

    /// Changes a group, with all three states of a field.
    public func update(
        _ groupId: String, _ params: GroupUpdateParams, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        try await withResponse.update(groupId, params, options: options).data
    }

    /// Finds the group of a reference by walking the pages; nil if there is none.
    public func find(
        externalReferenceId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group? {
        try await cancellable { [native] token in
            try await native.groupsFind(
                externalReferenceId: externalReferenceId, options: options, cancel: token)
        }
    }

    /// The group of a reference, made if there is none. Two that run at once get the same group.
    public func getOrCreate(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Group {
        let params = GroupCreateParams(externalReferenceId: externalReferenceId, name: name)
        return try await cancellable { [native] token in
            try await native.groupsGetOrCreate(params: params, options: options, cancel: token)
        }
    }
}

/// ``Groups`` with the metadata of the answers.
public struct GroupsWithResponse: Sendable {
    let native: NativeClient

    /// See ``Groups/create(externalReferenceId:name:options:)``.
    public func create(
        externalReferenceId: String, name: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let params = GroupCreateParams(externalReferenceId: externalReferenceId, name: name)
        let answer = try await cancellable { [native] token in
            try await native.groupsCreate(params: params, options: options, cancel: token)
        }
        return Response(data: answer.data, metadata: answer.metadata)
    }

    /// See ``Groups/retrieve(_:options:)``.
    public func retrieve(
        _ groupId: String, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let answer = try await cancellable { [native] token in
            try await native.groupsRetrieve(groupId: groupId, options: options, cancel: token)
        }
        return Response(data: answer.data, metadata: answer.metadata)
    }

    /// See ``Groups/update(_:_:options:)``.
    public func update(
        _ groupId: String, _ params: GroupUpdateParams, options: RequestOptions = RequestOptions()
    ) async throws -> Response<Group> {
        let answer = try await cancellable { [native] token in
            try await native.groupsUpdate(
                groupId: groupId, params: params, options: options, cancel: token)
        }
        return Response(data: answer.data, metadata: answer.metadata)
    }
}

/// The organization's plans: the source of every member row's plan id.
public struct Plans: Sendable {
    let native: NativeClient

    /// Lists the plans; the parameters are those of ``Groups/list(limit:page:prefetch:options:)``.
    public func list(
        limit: Int64? = nil, page: Int64? = nil, prefetch: Int32 = 0,
        options: RequestOptions = RequestOptions()
    ) -> PagedList<Plan> {
        let params = ListParams(limit: limit, page: page, prefetch: prefetch)
        return PagedList { [native] in
            try Page(
                await cancellable { try await native.plansList(params: params, options: options, cancel: $0) })
        } walk: { [native] distinct in
            let cursor = try translated {
                try native.plansWalk(params: params, distinct: distinct, options: options)
            }
            return { try await cancellable { try await cursor.next(cancel: $0) }.map(Page.init) }
        }
    }
}
