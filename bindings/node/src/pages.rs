//! Pages: the core walks and decides, JavaScript makes objects of what it brings.

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

use crate::port::Calls;
use crate::reply::Reply;
use crate::scope::{self, Scope};

/// What a page says about its place in the list.
#[napi(object, object_to_js = false)]
pub struct Place {
    /// The page that was asked for.
    pub requested: i64,
    /// The page that the server says it is.
    pub page: Option<i64>,
    /// How many pages the server says there are.
    pub total_pages: Option<i64>,
    /// Items in this page.
    pub items: u32,
    /// The id of the first item.
    pub first_id: Option<String>,
}

impl From<Place> for PageSummary {
    fn from(place: Place) -> Self {
        Self {
            requested: place.requested,
            page: place.page,
            total_pages: place.total_pages,
            items: usize::try_from(place.items).unwrap_or(usize::MAX),
            first_id: place.first_id,
        }
    }
}

/// The page to ask for next, if the list goes on.
#[napi(catch_unwind)]
pub fn next_page(place: Place) -> Option<i64> {
    PageSummary::from(place).next()
}

/// The items of a list that came already.
#[napi(js_name = "SeenIds")]
#[derive(Default)]
pub struct NativeSeenIds(pub(crate) Arc<Mutex<SeenIds>>);

#[napi]
impl NativeSeenIds {
    /// None came yet.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which of a page's items come for the first time, by their ids; an empty one says nothing.
    #[napi(catch_unwind)]
    pub fn are_new(&self, ids: Vec<String>) -> Vec<bool> {
        locked(&self.0).insert_all(ids.iter().map(String::as_str))
    }
}

/// An item of which only the id is read; JavaScript reads the page's body as it came.
#[derive(Deserialize)]
pub(crate) struct Item {
    #[serde(default)]
    id: String,
}

impl PageItem for Item {
    fn id(&self) -> &str {
        &self.id
    }

    /// Lenient, as JavaScript is, but for the list itself: what has none is not a page without items.
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

type Pulled = (Option<std::result::Result<Page<Item>, Error>>, PageStream<Item>);

/// What a walk does between two pulls.
enum State {
    /// Nothing.
    Idle(PageStream<Item>),
    /// Pulls the next page already, so that what is fetched ahead moves on.
    Ahead(JoinSet<Pulled>),
    /// It ended, or is being pulled.
    Taken,
}

/// A walk over the pages that follow a page.
#[napi(js_name = "Pager")]
pub struct Pager {
    state: Arc<Mutex<State>>,
    cancel: CancellationToken,
    scope: Scope,
    port: Arc<Calls>,
    prefetches: bool,
    seen: Option<Arc<Mutex<SeenIds>>>,
    repeated: Arc<Mutex<Option<Vec<u32>>>>,
}

impl Pager {
    pub(crate) fn new(
        list: List<Item>,
        after: Place,
        prefetch: i64,
        seen: Option<&NativeSeenIds>,
        cancel: CancellationToken,
        (scope, port): (Scope, Arc<Calls>),
    ) -> Self {
        let ahead = usize::try_from(prefetch).unwrap_or_default();
        let pages = list.after(after.into()).prefetch(ahead).pages();
        let state = Arc::new(Mutex::new(State::Idle(pages)));
        let seen = seen.map(|seen| Arc::clone(&seen.0));
        let (repeated, prefetches) = (Arc::default(), prefetch > 0);
        Self { state, cancel, scope, port, prefetches, seen, repeated }
    }
}

#[napi]
impl Pager {
    /// Asks for the next page; nothing at the end.
    #[napi(catch_unwind)]
    pub fn next(&self, call: u32) {
        let (place, scope) = (Arc::clone(&self.state), self.scope.clone());
        let (cancel, prefetches) = (self.cancel.clone(), self.prefetches);
        let (seen, repeated) = (self.seen.clone(), Arc::clone(&self.repeated));
        let name = scope.operation.clone();
        let work = async move {
            let (page, pages) = pull(replace(&place, State::Taken), &scope).await?;
            let page = match page? {
                Ok(page) => page,
                Err(error) => return Some(Reply::of(Err(error), true, &name)),
            };
            if let Some(seen) = seen {
                *locked(&repeated) = places_of_repeated(&page.insert_all(&mut locked(&seen)));
            }
            replace(&place, if prefetches { ahead(pages, scope) } else { State::Idle(pages) });
            Some(Reply::of(Ok(Response::new(page.raw, page.metadata)), true, &name))
        };
        self.port.start(call, async move {
            cancel.run_until_cancelled(work).await.unwrap_or_else(|| Some(Reply::aborted()))
        });
    }

    /// The places of those items of the last page that came before; nothing if all are new.
    #[napi(catch_unwind)]
    pub fn repeated(&self) -> Option<Vec<u32>> {
        locked(&self.repeated).take()
    }

    /// Gives up what is under way.
    #[napi(catch_unwind)]
    pub fn end(&self) {
        self.cancel.cancel();
        replace(&self.state, State::Taken);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn replace(place: &Mutex<State>, state: State) -> State {
    std::mem::replace(&mut *locked(place), state)
}

fn places_of_repeated(are_new: &[bool]) -> Option<Vec<u32>> {
    let repeated = (0..).zip(are_new).filter(|(_, is_new)| !**is_new);
    let places: Vec<u32> = repeated.map(|(place, _)| place).collect();
    (!places.is_empty()).then_some(places)
}

async fn pull(state: State, scope: &Scope) -> Option<Pulled> {
    match state {
        State::Idle(mut pages) => {
            let page = scope::within(scope.clone(), pages.next()).await;
            Some((page, pages))
        }
        State::Ahead(mut pulls) => pulls.join_next().await?.ok(),
        State::Taken => None,
    }
}

fn ahead(pages: PageStream<Item>, scope: Scope) -> State {
    let mut pulls = JoinSet::new();
    pulls.spawn(scope::within(scope, async move {
        let mut pages = pages;
        (pages.next().await, pages)
    }));
    State::Ahead(pulls)
}
