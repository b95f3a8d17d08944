/// A paginated list: a sequence of its items, each ID once. Pages are fetched on demand, and each loop
/// starts over.
///
/// ```swift
/// for try await group in client.groups.list(limit: 100) { ... }
/// for try await page in client.groups.list().pages { ... }
/// ```
public struct PagedList<Element: Sendable>: AsyncSequence, Sendable {
    typealias NextPage = @Sendable () async throws -> Page<Element>?

    let firstPage: @Sendable () async throws -> Page<Element>
    let newPager: @Sendable (_ distinct: Bool) throws -> NextPage

    /// Fetches the first page, or the page the list was created with.
    public func page() async throws -> Page<Element> {
        try await firstPage()
    }

    /// The pages in order. An error ends the sequence; earlier pages remain valid.
    public var pages: Pages { Pages(list: self, distinct: false) }

    /// Collects the items, up to `limit`.
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
            var nextPage: NextPage?

            public mutating func next() async throws -> Page<PagedList.Element>? {
                let nextPage = try nextPage ?? list.newPager(distinct)
                self.nextPage = nextPage
                return try await nextPage()
            }
        }
    }
}

/// One page of a list.
public struct Page<Element: Sendable>: Sendable {
    /// The items on this page.
    public let items: [Element]

    /// The page number, from 1.
    public let number: Int64

    /// The number of the next page; nil on the last page.
    public let nextNumber: Int64?

    /// Whether there is another page.
    public var hasNextPage: Bool { nextNumber != nil }

    /// The page's position in the list, if the server returned it.
    public let pagination: Pagination?

    /// The response metadata.
    public let metadata: Metadata

    let next: @Sendable () async throws -> Page?

    /// Fetches the next page; nil after the last page.
    public func nextPage() async throws -> Page? {
        try await next()
    }
}
