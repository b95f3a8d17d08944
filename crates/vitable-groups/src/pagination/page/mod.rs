//! Pages, and the lists and streams built on them.

mod items;
mod list;
mod pager;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

pub use list::{ItemStream, List, PageStream};

use crate::call::decode::{decode, decode_response};
use crate::call::{Call, Metadata, RequestOptions};
use crate::context::Context;
use crate::error::Error;
use crate::operation::Operation;
use crate::pagination::{PageSummary, SeenIds};
use crate::pipeline;
use crate::time::Deadline;
use vitable_groups_model::{GroupListParams, PageBody, Pagination};

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
    /// The item's ID, used to drop repeated items. Items with an empty ID are never dropped.
    fn id(&self) -> &str;

    /// Decodes a page's body. Bindings override it to create their own objects.
    ///
    /// # Errors
    /// [`ErrorKind::ResponseValidation`](crate::ErrorKind::ResponseValidation).
    fn read_page(body: &Bytes) -> Result<PageBody<Self>, Error> {
        decode(body)
    }
}

/// What is needed to fetch the pages of a list.
#[derive(Clone)]
struct Source {
    context: Context,
    target: Target,
    params: GroupListParams,
    options: RequestOptions,
    deadline: Deadline,
}

/// The call that fetches a page.
#[derive(Clone)]
enum Target {
    Operation(&'static Operation),
    Call(Arc<Call>),
}

impl Target {
    fn call(&self, options: RequestOptions) -> Result<Call, Error> {
        match self {
            Self::Operation(operation) => Call::new(operation, &[], options),
            Self::Call(call) => Ok(Call { options, ..Call::clone(call) }),
        }
    }
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
        let call = self.target.call(self.options.clone())?;
        let call = call.with_query(limit.into_iter().chain(page));
        let response = pipeline::run(&self.context, &call, self.deadline).await?;
        let raw = response.data.clone();
        let response = decode_response(response, call.name(), T::read_page)?;
        let (body, metadata) = (response.data, response.metadata);
        let pagination = body.pagination.into_value();
        let items = body.data;
        let first = items.first().map(PageItem::id);
        let summary = PageSummary::new(requested, pagination.as_ref(), items.len(), first);
        Ok(Page { items, pagination, metadata, raw, summary, source: self.clone() })
    }
}

/// A page of a list.
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
    /// The position of the page in the list, if the server reports it.
    pub pagination: Option<Pagination>,
    /// The metadata of the response.
    pub metadata: Metadata,
    /// The undecoded body.
    pub raw: Bytes,
    summary: PageSummary,
    source: Source,
}

impl<T: PageItem> Page<T> {
    /// The page number.
    pub fn number(&self) -> i64 {
        self.summary.current()
    }

    /// The number of the next page, if there are more.
    pub fn next_number(&self) -> Option<i64> {
        self.summary.next()
    }

    /// Whether the list has more pages.
    pub fn has_next_page(&self) -> bool {
        self.next_number().is_some()
    }

    /// Adds the IDs of the page's items to `seen` and returns which of them are new.
    ///
    /// ```no_run
    /// use vitable_groups::binding::SeenIds;
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let page = client.groups().list().await?;
    /// assert!(page.insert_all(&mut SeenIds::new()).into_iter().all(|is_new| is_new));
    /// # Ok(()) }
    /// ```
    pub fn insert_all(&self, seen: &mut SeenIds) -> Vec<bool> {
        if let Some(total) = self.pagination.as_ref().and_then(|meta| meta.total.value()) {
            seen.reserve(*total);
        }
        seen.insert_all(self.items.iter().map(PageItem::id))
    }

    /// Fetches the next page; `None` at the end, or if the server repeats this page.
    ///
    /// # Errors
    /// As the list itself; [`Error::page`] is the number of the page.
    pub async fn next_page(&self) -> Result<Option<Self>, Error> {
        let Some(number) = self.next_number() else { return Ok(None) };
        let page = self.source.fetch::<T>(Some(number)).await?;
        Ok((!page.summary.repeats(&self.summary)).then_some(page))
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
