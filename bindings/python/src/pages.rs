//! Later pages of a list: the core pages through them, Python objects are created from their JSON.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyType};
use serde::Deserialize;
use vitable_groups::model::{Field, PageBody, Pagination};
use vitable_groups::{Error, ErrorKind, List, Page, PageItem, PageStream, Response, binding};

use crate::job::Job;
use crate::json::record::Record;
use crate::json::tape::{Kind, Tape};
use crate::new_items::NewItems;
use crate::outcome::Output;
use crate::response::NativeResponse;

/// An item of which only the ID is read; the first item of a page carries the page's whole body.
#[derive(Deserialize)]
pub(crate) struct Item {
    id: String,
    #[serde(skip)]
    page: Option<Arc<Tape>>,
}

impl PageItem for Item {
    fn id(&self) -> &str {
        &self.id
    }

    /// As lenient as models, except for the list itself: a body without one is not an empty page.
    fn read_page(body: &Bytes) -> Result<PageBody<Self>, Error> {
        let Ok(tape) = Tape::scan(body.clone()).map(Arc::new) else {
            let message = "the page is not JSON";
            return Err(Error::new(ErrorKind::ResponseValidation, message));
        };
        let text = |at: u32| {
            let node =
                tape.node(at).filter(|node| matches!(node.kind, Kind::Plain | Kind::Escaped));
            node.map(|node| tape.string(node).into_owned())
        };
        let number = |object: u32, key: &str| {
            let node = tape.find(object, key).and_then(|at| tape.node(at));
            let number = node.and_then(|node| tape.text(node).parse::<i64>().ok());
            number.map_or(Field::Absent, Field::Value)
        };
        let is_list = |at: &u32| tape.node(*at).is_some_and(|node| node.kind == Kind::Array);
        let Some(data) = tape.find(0, "data").filter(is_list) else {
            let message = "the page has no list of items under `data`";
            return Err(Error::new(ErrorKind::ResponseValidation, message));
        };
        let data = tape.items(data);
        // The pager needs only the first ID; an empty one is ignored.
        let data = data.enumerate().map(|(number, item)| Self {
            id: (number == 0)
                .then(|| tape.find(item, "id").and_then(text))
                .flatten()
                .unwrap_or_default(),
            page: (number == 0).then(|| Arc::clone(&tape)),
        });
        let mut pagination = Pagination::default();
        if let Some(meta) = tape.find(0, "pagination") {
            pagination.page = number(meta, "page");
            pagination.total = number(meta, "total");
            pagination.total_pages = number(meta, "total_pages");
        }
        Ok(PageBody { data: data.collect(), pagination: Field::Value(pagination) })
    }
}

/// The IDs of a list's items so far; the core decides which items are new.
#[pyclass(frozen, module = "vitable_groups._native")]
#[derive(Default)]
pub(crate) struct SeenIds(Arc<Mutex<binding::SeenIds>>);

impl SeenIds {
    fn insert(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }
}

#[pymethods]
impl SeenIds {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// The items whose ID was not seen before.
    fn new_items<'py>(&self, items: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
        let new_items = PyList::empty(items.py());
        for item in items {
            let known = item.cast::<Record>().ok();
            let known = known.and_then(|record| record.get().text_of("id", |id| self.insert(id)));
            let is_new = if let Some(is_new) = known {
                is_new
            } else {
                let id = item.getattr_opt("id")?;
                let id = id.as_ref().and_then(|id| id.cast::<PyString>().ok());
                match id {
                    Some(id) => self.insert(&id.to_cow()?),
                    None => true,
                }
            };
            if is_new {
                new_items.append(item)?;
            }
        }
        Ok(new_items)
    }
}

/// A pager of the pages after a given one.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Pager {
    stream: Arc<Mutex<Option<PageStream<Item>>>>,
    prefetches: bool,
}

impl Pager {
    pub(crate) fn new(list: List<Item>, prefetch: usize) -> Self {
        let stream = Arc::new(Mutex::new(Some(list.prefetch(prefetch).pages())));
        Self { stream, prefetches: prefetch > 1 }
    }

    /// A job that reads the next page; None at the end of the list.
    fn job(&self, read: impl FnOnce(Page<Item>) -> Output + Send + 'static) -> Job {
        let slot = Arc::clone(&self.stream);
        Job::new(None, async move {
            let stream = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(mut stream) = stream else { return Ok(Output::Nothing) };
            let Some(page) = stream.next().await.transpose()? else { return Ok(Output::Nothing) };
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
            Ok(read(page))
        })
        .with_several_calls(self.prefetches)
    }
}

#[pymethods]
impl Pager {
    /// The next page; None at the end of the list.
    fn next(&self) -> Job {
        self.job(|mut page| {
            let tape = page.items.first_mut().and_then(|item| item.page.take());
            Output::Response(NativeResponse::scanned(Response::new(page.raw, page.metadata), tape))
        })
    }

    /// The new items of the next page as models of a class; None at the end of the list.
    fn new_items(&self, class: Py<PyType>, seen: &SeenIds) -> Job {
        let seen = Arc::clone(&seen.0);
        let job = self.job(move |mut page| {
            let tape = page.items.first_mut().and_then(|item| item.page.take());
            let total = page.pagination.and_then(|meta| meta.total.into_value());
            tape.map_or(Output::Empty, |tape| Output::Items(NewItems::of(tape, total, &seen)))
        });
        job.decoded_as(Some(class))
    }
}
