/// A list that is read page by page, and a sequence of its items, each id once. Nothing is fetched
/// before it is asked for; each loop starts anew.
///
/// ```swift
/// for try await group in client.groups.list(limit: 100) { ... }
/// for try await page in client.groups.list().pages { ... }
/// ```
public struct PagedList<Element: Sendable>: AsyncSequence, Sendable {
    typealias Step = @Sendable () async throws -> Page<Element>?

    let first: @Sendable () async throws -> Page<Element>
    let walk: @Sendable (_ distinct: Bool) throws -> Step

    /// Fetches the first page, or the one that was asked for.
    public func page() async throws -> Page<Element> {
        try await first()
    }

    /// The pages, first to last. A failure ends the sequence; the pages before it stay valid.
    public var pages: Pages { Pages(list: self, distinct: false) }

    /// All items, at most `limit` of them.
    public func collect(limit: Int) async throws -> [Element] {
        var items: [Element] = []
        for try await item in self {
            if items.count >= limit { break }
            items.append(item)
        }
        return items
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(pages: Pages(list: self, distinct: true).makeAsyncIterator())
    }

    /// Iterates over items.
    public struct Iterator: AsyncIteratorProtocol {
        var pages: Pages.Iterator
        var items: ArraySlice<Element> = []

        public mutating func next() async throws -> Element? {
            while items.isEmpty {
                guard let page = try await pages.next() else { return nil }
                items = page.items[...]
            }
            return items.removeFirst()
        }
    }

    /// The pages of a list.
    public struct Pages: AsyncSequence, Sendable {
        public typealias Element = Page<PagedList.Element>

        let list: PagedList
        let distinct: Bool

        public func makeAsyncIterator() -> Iterator {
            Iterator(list: list, distinct: distinct)
        }

        /// Iterates over pages.
        public struct Iterator: AsyncIteratorProtocol {
            let list: PagedList
            let distinct: Bool
            var step: Step?

            public mutating func next() async throws -> Page<PagedList.Element>? {
                let step = try step ?? list.walk(distinct)
                self.step = step
                return try await step()
            }
        }
    }
}

/// One page of a list.
public struct Page<Element: Sendable>: Sendable {
    /// The items of this page.
    public let items: [Element]

    /// This page's number, from 1.
    public let number: Int64

    /// The number of the next page; nil at the end.
    public let nextNumber: Int64?

    /// Whether the list goes on.
    public var hasNextPage: Bool { nextNumber != nil }

    /// Where the page stands, if the server said so.
    public let pagination: Pagination?

    /// How the page came.
    public let metadata: Metadata

    let next: @Sendable () async throws -> Page?

    /// Fetches the next page; nil at the end.
    public func nextPage() async throws -> Page? {
        try await next()
    }
}

// The generated pages of groups and of plans have no type in common.

extension Page<Group> {
    init(_ native: NativeGroupPage) throws {
        let contents = try translated { try native.contents() }
        self.init(
            items: contents.items, number: contents.number, nextNumber: contents.nextNumber,
            pagination: contents.pagination, metadata: contents.metadata
        ) {
            try await cancellable { try await native.nextPage(cancel: $0) }.map(Page.init)
        }
    }
}

extension Page<Plan> {
    init(_ native: NativePlanPage) throws {
        let contents = try translated { try native.contents() }
        self.init(
            items: contents.items, number: contents.number, nextNumber: contents.nextNumber,
            pagination: contents.pagination, metadata: contents.metadata
        ) {
            try await cancellable { try await native.nextPage(cancel: $0) }.map(Page.init)
        }
    }
}
