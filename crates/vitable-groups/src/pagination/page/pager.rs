//! Iterates over pages: one at a time, or some in advance.

use std::collections::HashSet;

use futures_util::stream::{FuturesOrdered, StreamExt as _};

use super::{Page, PageItem, Source};
use crate::error::Error;
use crate::pagination::PageSummary;
use crate::time::BoxFuture;

/// The position of a pager in its list.
pub(super) enum Position {
    Start,
    After(PageSummary),
    End,
}

pub(super) struct Pager<T> {
    source: Source,
    prefetch: usize,
    position: Position,
    in_flight: FuturesOrdered<BoxFuture<'static, Result<Page<T>, Error>>>,
    /// The highest page number requested so far.
    last_requested: i64,
    seen: HashSet<String>,
}

impl<T: PageItem> Pager<T> {
    pub(super) fn new(source: Source, position: Position, prefetch: usize) -> Self {
        let seen = match &position {
            Position::After(page) => page.first_id.iter().cloned().collect(),
            Position::Start | Position::End => HashSet::new(),
        };
        Self {
            source,
            prefetch,
            position,
            in_flight: FuturesOrdered::new(),
            last_requested: 0,
            seen,
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        let result = match std::mem::replace(&mut self.position, Position::End) {
            Position::Start => self.source.fetch(None).await.map(Some),
            Position::End => Ok(None),
            Position::After(previous) => self.fetch_after(&previous).await,
        };
        match result {
            Ok(Some(page)) if self.is_new(&page.summary) => {
                self.position = Position::After(page.summary.clone());
                Ok(Some(page))
            }
            Ok(_) => {
                self.in_flight.clear();
                Ok(None)
            }
            Err(error) => {
                self.in_flight.clear();
                Err(error)
            }
        }
    }

    async fn fetch_after(&mut self, previous: &PageSummary) -> Result<Option<Page<T>>, Error> {
        let Some(number) = previous.next() else { return Ok(None) };
        self.fetch_ahead(number, previous.total_pages);
        let page = match self.in_flight.next().await {
            Some(page) => page?,
            None => self.source.fetch(Some(number)).await?,
        };
        Ok((!page.summary.repeats(previous)).then_some(page))
    }

    /// Keeps `prefetch` requests in flight, from the next page to the last.
    fn fetch_ahead(&mut self, next: i64, total: Option<i64>) {
        let Some(total) = total else { return };
        self.last_requested = self.last_requested.max(next - 1);
        while self.in_flight.len() < self.prefetch && self.last_requested < total {
            self.last_requested += 1;
            let (source, number) = (self.source.clone(), self.last_requested);
            self.in_flight.push_back(Box::pin(async move { source.fetch(Some(number)).await }));
        }
    }

    /// Ends the list if the server repeats an earlier page.
    fn is_new(&mut self, summary: &PageSummary) -> bool {
        summary.first_id.clone().is_none_or(|id| self.seen.insert(id))
    }
}
