//! Lists: a page is the primitive, items and streams are built on it.

use std::collections::HashSet;
use std::fmt;
use std::future::IntoFuture;

use futures_core::Stream;
use futures_util::stream::{self, BoxStream, FuturesOrdered, StreamExt as _, TryStreamExt as _};
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::model::{Group, GroupListParams, PageBody, Pagination, Plan};
use crate::operation::Operation;
use crate::options::RequestOptions;
use crate::pagination::PageFacts;
use crate::request::{decode, decoded};
use crate::response::Metadata;
use crate::{Error, pipeline};

/// An item of a list.
///
/// ```
/// use vitable_groups::PageItem;
/// use vitable_groups::model::Plan;
///
/// let plan: Plan = serde_json::from_str(r#"{"id": "pln_1"}"#)?;
/// assert_eq!(plan.id(), "pln_1");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub trait PageItem: DeserializeOwned + Send + 'static {
    /// The item's id, by which repeated items are dropped.
    fn id(&self) -> &str;
}

impl PageItem for Group {
    fn id(&self) -> &str {
        &self.id
    }
}

impl PageItem for Plan {
    fn id(&self) -> &str {
        &self.id
    }
}

/// How pages of one list are asked for, the same for all of them.
#[derive(Clone)]
struct Source {
    context: Context,
    operation: &'static Operation,
    params: GroupListParams,
    options: RequestOptions,
    deadline: Deadline,
}

impl Source {
    async fn fetch<T: PageItem>(&self, number: Option<i64>) -> Result<Page<T>, Error> {
        let requested = number.or(self.params.page).unwrap_or(1);
        let at_page = |error: Error| match number {
            Some(number) => error.with_page(number),
            None => error,
        };
        self.fetch_page(number, requested).await.map_err(at_page)
    }

    async fn fetch_page<T: PageItem>(
        &self,
        number: Option<i64>,
        requested: i64,
    ) -> Result<Page<T>, Error> {
        let limit = self.params.limit.map(|limit| ("limit", limit));
        let page = number.or(self.params.page).map(|page| ("page", page));
        let call = Call::new(self.operation, &[], self.options.clone())?
            .with_query(limit.into_iter().chain(page));
        let answer = pipeline::run(&self.context, &call, self.deadline).await?;
        let body = decoded(answer, self.operation.name, decode::<PageBody<T>>)?;
        let pagination = body.data.pagination.into_value();
        let items = body.data.data;
        let first = items.first().map(PageItem::id);
        let facts = PageFacts::new(requested, pagination.as_ref(), items.len(), first);
        Ok(Page { items, pagination, metadata: body.metadata, facts, source: self.clone() })
    }
}

/// One page of a list.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let first = client.groups().list().limit(50).await?;
/// println!("{} of {:?}", first.items.len(), first.pagination);
/// if let Some(second) = first.next_page().await? {
///     println!("{}", second.items.len());
/// }
/// # Ok(()) }
/// ```
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Where the page stands, if the server said so.
    pub pagination: Option<Pagination>,
    /// How the page came.
    pub metadata: Metadata,
    facts: PageFacts,
    source: Source,
}

impl<T: PageItem> Page<T> {
    /// This page's number.
    pub fn number(&self) -> i64 {
        self.facts.current()
    }

    /// The number of the page to ask for next, if the list goes on.
    pub fn next_number(&self) -> Option<i64> {
        self.facts.next()
    }

    /// Whether the list goes on.
    pub fn has_next_page(&self) -> bool {
        self.next_number().is_some()
    }

    /// Gets the next page; `None` at the end, or if the server sends this page once more.
    ///
    /// # Errors
    /// As the list itself; [`Error::page`] names the page.
    pub async fn next_page(&self) -> Result<Option<Self>, Error> {
        let Some(number) = self.next_number() else { return Ok(None) };
        let page = self.source.fetch::<T>(Some(number)).await?;
        Ok((!page.facts.repeats(&self.facts)).then_some(page))
    }
}

impl<T: fmt::Debug> fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("items", &self.items)
            .field("pagination", &self.pagination)
            .finish_non_exhaustive()
    }
}

/// A list: `.await` it for one page, or stream its [`pages`](Self::pages) or
/// [`items`](Self::items). Nothing is fetched before it is asked for.
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let mut groups = client.groups().list().limit(100).items();
/// while let Some(group) = groups.try_next().await? {
///     println!("{}", group.name);
/// }
/// # Ok(()) }
/// ```
#[must_use = "a list is fetched when it is awaited or streamed"]
pub struct List<T> {
    context: Context,
    operation: &'static Operation,
    params: GroupListParams,
    options: RequestOptions,
    prefetch: usize,
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T: PageItem> List<T> {
    pub(crate) fn new(context: Context, operation: &'static Operation) -> Self {
        Self {
            context,
            operation,
            params: GroupListParams::new(),
            options: RequestOptions::new(),
            prefetch: 0,
            items: std::marker::PhantomData,
        }
    }

    /// Sets limit and page at once.
    pub fn params(mut self, params: GroupListParams) -> Self {
        self.params = params;
        self
    }

    /// Items per page, 1 to 100; the server's default is 20.
    pub fn limit(mut self, limit: i64) -> Self {
        self.params.limit = Some(limit);
        self
    }

    /// The page to start at, from 1.
    pub fn page(mut self, page: i64) -> Self {
        self.params.page = Some(page);
        self
    }

    /// Options of every page's call; a deadline bounds all pages together.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Fetches up to this many pages at the same time once their number is known; they still come
    /// in order. 0, the default, fetches a page when it is asked for.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    fn source(self) -> Source {
        self.source_until(None)
    }

    fn source_until(self, deadline: Option<Deadline>) -> Source {
        let deadline = deadline.unwrap_or_else(|| self.context.deadline(&self.options));
        let Self { context, operation, params, options, .. } = self;
        Source { context, operation, params, options, deadline }
    }

    /// Gets one page.
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.source().fetch(None).await
    }

    /// The pages, first to last. A failure ends the stream; the pages before it stay valid.
    pub fn pages(self) -> PageStream<T> {
        self.pages_until(None)
    }

    pub(crate) fn pages_until(self, deadline: Option<Deadline>) -> PageStream<T> {
        let prefetch = self.prefetch;
        let state = Pages {
            source: self.source_until(deadline),
            prefetch,
            place: Place::Start,
            under_way: FuturesOrdered::new(),
            asked: 0,
            seen: HashSet::new(),
        };
        stream::try_unfold(state, |mut state| async move {
            Ok(state.next().await?.map(|page| (page, state)))
        })
        .boxed()
    }

    /// The items of all pages, each id once.
    pub fn items(self) -> ItemStream<T> {
        self.items_until(None)
    }

    pub(crate) fn items_until(self, deadline: Option<Deadline>) -> ItemStream<T> {
        let mut seen = HashSet::new();
        self.pages_until(deadline)
            .map_ok(|page| stream::iter(page.items.into_iter().map(Ok)))
            .try_flatten()
            .try_filter(move |item: &T| {
                // Pages are no snapshot: an item can move to the next one while we read.
                std::future::ready(seen.insert(item.id().to_owned()))
            })
            .boxed()
    }

    /// All items, at most `limit` of them.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let groups = client.groups().list().limit(100).prefetch(8).collect(10_000).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::page`] names the page.
    pub async fn collect(self, limit: usize) -> Result<Vec<T>, Error> {
        self.items().take(limit).try_collect().await
    }
}

impl<T: PageItem> IntoFuture for List<T> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A stream of pages.
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let mut pages = client.groups().list().pages();
/// while let Some(page) = pages.try_next().await? {
///     println!("page {}: {} groups", page.number(), page.items.len());
/// }
/// # Ok(()) }
/// ```
pub type PageStream<T> = BoxStream<'static, Result<Page<T>, Error>>;
/// A stream of items.
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let names: Vec<_> = client.groups().list().items().map_ok(|group| group.name).try_collect().await?;
/// # Ok(()) }
/// ```
pub type ItemStream<T> = BoxStream<'static, Result<T, Error>>;

const _: fn() = || {
    fn is_stream<S: Stream>() {}
    is_stream::<PageStream<Group>>();
};

/// Where a walk over pages stands.
enum Place {
    Start,
    After(PageFacts),
    End,
}

struct Pages<T> {
    source: Source,
    prefetch: usize,
    place: Place,
    under_way: FuturesOrdered<BoxFuture<'static, Result<Page<T>, Error>>>,
    /// The highest page number that was asked for ahead of time.
    asked: i64,
    seen: HashSet<String>,
}

impl<T: PageItem> Pages<T> {
    async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        let result = match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => self.source.fetch(None).await.map(Some),
            Place::End => Ok(None),
            Place::After(previous) => self.following(&previous).await,
        };
        match result {
            Ok(Some(page)) if self.is_new(&page.facts) => {
                self.place = Place::After(page.facts.clone());
                Ok(Some(page))
            }
            Ok(_) => {
                self.under_way.clear();
                Ok(None)
            }
            Err(error) => {
                self.under_way.clear();
                Err(error)
            }
        }
    }

    async fn following(&mut self, previous: &PageFacts) -> Result<Option<Page<T>>, Error> {
        let Some(number) = previous.next() else { return Ok(None) };
        self.fetch_ahead(number, previous.total_pages);
        let page = match self.under_way.next().await {
            Some(page) => page?,
            None => self.source.fetch(Some(number)).await?,
        };
        Ok((!page.facts.repeats(previous)).then_some(page))
    }

    /// Keeps `prefetch` pages under way, from the next one to the last.
    fn fetch_ahead(&mut self, next: i64, total: Option<i64>) {
        let Some(total) = total else { return };
        self.asked = self.asked.max(next - 1);
        while self.under_way.len() < self.prefetch && self.asked < total {
            self.asked += 1;
            let (source, number) = (self.source.clone(), self.asked);
            self.under_way.push_back(Box::pin(async move { source.fetch(Some(number)).await }));
        }
    }

    /// A server that goes round in circles ends here.
    fn is_new(&mut self, facts: &PageFacts) -> bool {
        facts.first_id.clone().is_none_or(|id| self.seen.insert(id))
    }
}
