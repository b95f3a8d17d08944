//! A list builder, which fetches a page or streams all pages.

use std::future::IntoFuture;
use std::sync::Arc;
use std::task::{Poll, ready};

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};

use super::pager::{Pager, Position};
use super::{Page, PageItem, Source, Target};
use crate::call::{Call, RequestOptions};
use crate::context::Context;
use crate::error::Error;
use crate::operation::Operation;
use crate::pagination::{PageSummary, SeenIds};
use crate::time::BoxFuture;
use vitable_groups_model::GroupListParams;

/// A list: `.await` it for one page, or stream its [`pages`](Self::pages) or
/// [`items`](Self::items). Nothing is fetched before that.
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
    target: Target,
    params: GroupListParams,
    options: RequestOptions,
    prefetch: usize,
    position: Position,
    items: std::marker::PhantomData<fn() -> T>,
}

impl<T: PageItem> List<T> {
    pub(crate) fn new(context: Context, operation: &'static Operation) -> Self {
        Self::at(context, Target::Operation(operation), RequestOptions::new())
    }

    pub(crate) fn of(context: Context, call: Call) -> Self {
        let options = call.options.clone();
        Self::at(context, Target::Call(Arc::new(call)), options)
    }

    fn at(context: Context, target: Target, options: RequestOptions) -> Self {
        Self {
            context,
            target,
            params: GroupListParams::new(),
            options,
            prefetch: 0,
            position: Position::Start,
            items: std::marker::PhantomData,
        }
    }

    /// Sets both limit and page.
    pub fn params(mut self, params: GroupListParams) -> Self {
        self.params = params;
        self
    }

    /// Items per page, 1 to 100; the server's default is 20.
    pub fn limit(mut self, limit: u32) -> Self {
        self.params.limit = Some(limit.into());
        self
    }

    /// The page to start at, from 1.
    pub fn page(mut self, page: u32) -> Self {
        self.params.page = Some(page.into());
        self
    }

    /// Options of the request for each page; a deadline applies to all pages together.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// Fetches up to this many pages concurrently, once the number of pages is known; they are
    /// still returned in order. 0, the default, fetches each page on demand.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.prefetch = pages;
        self
    }

    /// Continues after a page that was fetched earlier. To share the deadline of the earlier pages,
    /// pass it to [`RequestOptions::until`].
    pub fn after(mut self, page: PageSummary) -> Self {
        self.position = Position::After(page);
        self
    }

    fn source(self) -> Source {
        let deadline = self.context.deadline(&self.options);
        let Self { context, target, params, options, .. } = self;
        Source { context, target, params, options, deadline }
    }

    /// Fetches one page.
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Page<T>, Error> {
        self.source().fetch(None).await
    }

    /// Streams the pages, first to last. An error ends the stream; earlier pages remain valid.
    pub fn pages(mut self) -> PageStream<T> {
        let prefetch = self.prefetch;
        let position = std::mem::replace(&mut self.position, Position::Start);
        let pager = Pager::new(self.source(), position, prefetch);
        stream::try_unfold(pager, |mut pager| async move {
            Ok(pager.next().await?.map(|page| (page, pager)))
        })
        .boxed()
    }

    /// Streams the items of all pages, each ID once.
    pub fn items(self) -> ItemStream<T> {
        let mut pages = self.distinct_pages();
        let mut items = Vec::new().into_iter();
        stream::poll_fn(move |context| {
            loop {
                if let Some(item) = items.next() {
                    return Poll::Ready(Some(Ok(item)));
                }
                match ready!(pages.poll_next_unpin(context)) {
                    Some(Ok(page)) => items = page.items.into_iter(),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => return Poll::Ready(None),
                }
            }
        })
        .boxed()
    }

    /// Streams the pages without items of earlier pages; for item iteration in bindings.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let mut pages = client.groups().list().distinct_pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} new items", page.items.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn distinct_pages(self) -> PageStream<T> {
        let mut seen = SeenIds::new();
        self.pages()
            .map_ok(move |mut page| {
                let mut new = page.insert_all(&mut seen).into_iter();
                page.items.retain(|_| new.next().unwrap_or(true));
                page
            })
            .boxed()
    }

    /// Collects the items of all pages, at most `limit`.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let groups = client.groups().list().limit(100).prefetch(8).collect(10_000).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::page`] is the number of the page.
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
