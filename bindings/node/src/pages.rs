//! Pages: the core fetches them and decides where the list ends, JavaScript creates the objects.

#![allow(dead_code)] // in tests, nothing is exported

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use napi_derive::napi;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vitable_groups::binding::{PageSummary, SeenIds};
use vitable_groups::model::{Field, PageBody, Pagination};
use vitable_groups::{Error, ErrorKind, List, Page, PageItem, PageStream, Response};

use crate::completion_queue::Queue;
use crate::native_response::NativeResponse;
use crate::scope::{self, Scope};

/// What decides whether a page has a successor.
#[napi(object, object_to_js = false)]
pub struct NativePageSummary {
    /// The requested page.
    pub requested: i64,
    /// The page's number, as the server reports it.
    pub page: Option<i64>,
    /// The number of pages, as the server reports it.
    pub total_pages: Option<i64>,
    /// Items on this page.
    pub items: u32,
    /// The id of the first item.
    pub first_id: Option<String>,
}

impl From<NativePageSummary> for PageSummary {
    fn from(page: NativePageSummary) -> Self {
        Self {
            requested: page.requested,
            page: page.page,
            total_pages: page.total_pages,
            items: usize::try_from(page.items).unwrap_or(usize::MAX),
            first_id: page.first_id,
        }
    }
}

/// The number of the next page, if the list has more pages.
#[napi(catch_unwind)]
pub fn next_page(page: NativePageSummary) -> Option<i64> {
    PageSummary::from(page).next()
}

/// The ids of the items that a list has returned so far.
#[napi(js_name = "SeenIds")]
#[derive(Default)]
pub struct NativeSeenIds(pub(crate) Arc<Mutex<SeenIds>>);

#[napi]
impl NativeSeenIds {
    /// Creates an empty set.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Inserts the ids of a page. Returns which are new; an empty id always is.
    #[napi(catch_unwind)]
    pub fn insert_all(&self, ids: Vec<String>) -> Vec<bool> {
        locked(&self.0).insert_all(ids.iter().map(String::as_str))
    }
}

/// An item, of which only the id is parsed; JavaScript parses the body of the page.
#[derive(Deserialize)]
pub(crate) struct Item {
    #[serde(default)]
    id: String,
}

impl PageItem for Item {
    fn id(&self) -> &str {
        &self.id
    }

    /// Parses leniently, as JavaScript does, except that a body without a list is not an empty page.
    fn read_page(body: &Bytes) -> std::result::Result<PageBody<Self>, Error> {
        if let Ok(page) = serde_json::from_slice(body) {
            return Ok(page);
        }
        let page: Value = serde_json::from_slice(body)
            .map_err(|_| Error::new(ErrorKind::ResponseValidation, "the page is not JSON"))?;
        let Some(items) = page.get("data").and_then(Value::as_array) else {
            let message = "the page has no list of items under `data`";
            return Err(Error::new(ErrorKind::ResponseValidation, message));
        };
        let id = |item: &Value| Some(item.get("id")?.as_str()?.to_owned());
        let number = |key| {
            let number = page.get("pagination").and_then(|meta| meta.get(key)?.as_i64());
            number.map_or(Field::Absent, Field::Value)
        };
        let mut pagination = Pagination::default();
        pagination.page = number("page");
        pagination.total_pages = number("total_pages");
        Ok(PageBody {
            data: items.iter().map(|item| Self { id: id(item).unwrap_or_default() }).collect(),
            pagination: Field::Value(pagination),
        })
    }
}

type NextPage = (Option<std::result::Result<Page<Item>, Error>>, PageStream<Item>);

/// What a pager does between two pages.
enum State {
    /// No request is in flight.
    Idle(PageStream<Item>),
    /// It fetches the next page already, which keeps the prefetching requests running.
    Prefetching(JoinSet<NextPage>),
    /// It has ended, or a request holds the stream.
    Unavailable,
}

/// Iterates over the pages after a page.
#[napi(js_name = "Pager")]
pub struct Pager {
    state: Arc<Mutex<State>>,
    cancel: CancellationToken,
    scope: Scope,
    queue: Arc<Queue>,
    prefetches: bool,
    seen: Option<Arc<Mutex<SeenIds>>>,
    repeated: Arc<Mutex<Option<Vec<u32>>>>,
}

impl Pager {
    pub(crate) fn new(
        list: List<Item>,
        after: NativePageSummary,
        prefetch: i64,
        seen: Option<&NativeSeenIds>,
        cancel: CancellationToken,
        (scope, queue): (Scope, Arc<Queue>),
    ) -> Self {
        let count = usize::try_from(prefetch).unwrap_or_default();
        let pages = list.after(after.into()).prefetch(count).pages();
        let state = Arc::new(Mutex::new(State::Idle(pages)));
        let seen = seen.map(|seen| Arc::clone(&seen.0));
        let (repeated, prefetches) = (Arc::default(), prefetch > 0);
        Self { state, cancel, scope, queue, prefetches, seen, repeated }
    }
}

#[napi]
impl Pager {
    /// Fetches the next page; none after the last one.
    #[napi(catch_unwind)]
    pub fn next(&self, call_id: u32) {
        let (state, scope) = (Arc::clone(&self.state), self.scope.clone());
        let (cancel, prefetches) = (self.cancel.clone(), self.prefetches);
        let (seen, repeated) = (self.seen.clone(), Arc::clone(&self.repeated));
        let name = scope.operation.clone();
        let work = async move {
            let (page, pages) = fetch(replace(&state, State::Unavailable), &scope).await?;
            let page = match page? {
                Ok(page) => page,
                Err(error) => return Some(NativeResponse::of(Err(error), true, &name)),
            };
            if let Some(seen) = seen {
                *locked(&repeated) = indexes_of_repeated(&page.insert_all(&mut locked(&seen)));
            }
            replace(&state, if prefetches { prefetch(pages, scope) } else { State::Idle(pages) });
            Some(NativeResponse::of(Ok(Response::new(page.raw, page.metadata)), true, &name))
        };
        self.queue.start(call_id, async move {
            let response = cancel.run_until_cancelled(work).await;
            response.unwrap_or_else(|| Some(NativeResponse::aborted()))
        });
    }

    /// The indexes of items on the last page that an earlier page had already; null if there are none.
    #[napi(catch_unwind)]
    pub fn repeated(&self) -> Option<Vec<u32>> {
        locked(&self.repeated).take()
    }

    /// Cancels the requests in flight.
    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.cancel.cancel();
        replace(&self.state, State::Unavailable);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn replace(state: &Mutex<State>, new: State) -> State {
    std::mem::replace(&mut *locked(state), new)
}

fn indexes_of_repeated(are_new: &[bool]) -> Option<Vec<u32>> {
    let repeated = (0..).zip(are_new).filter(|(_, is_new)| !**is_new);
    let indexes: Vec<u32> = repeated.map(|(index, _)| index).collect();
    (!indexes.is_empty()).then_some(indexes)
}

async fn fetch(state: State, scope: &Scope) -> Option<NextPage> {
    match state {
        State::Idle(mut pages) => {
            let page = scope::within(scope.clone(), pages.next()).await;
            Some((page, pages))
        }
        State::Prefetching(mut task) => task.join_next().await?.ok(),
        State::Unavailable => None,
    }
}

fn prefetch(pages: PageStream<Item>, scope: Scope) -> State {
    let mut task = JoinSet::new();
    task.spawn(scope::within(scope, async move {
        let mut pages = pages;
        (pages.next().await, pages)
    }));
    State::Prefetching(task)
}
