//! A walk over pages: one after another, or some ahead of time.

use std::collections::HashSet;

use futures_util::stream::{FuturesOrdered, StreamExt as _};

use super::{Page, PageItem, Source};
use crate::error::Error;
use crate::pagination::PageSummary;
use crate::time::BoxFuture;

/// Where a walk over pages stands.
pub(super) enum Place {
    Start,
    After(PageSummary),
    End,
}

pub(super) struct Pager<T> {
    source: Source,
    prefetch: usize,
    place: Place,
    under_way: FuturesOrdered<BoxFuture<'static, Result<Page<T>, Error>>>,
    /// The highest page number that was asked for ahead of time.
    asked: i64,
    seen: HashSet<String>,
}

impl<T: PageItem> Pager<T> {
    pub(super) fn new(source: Source, place: Place, prefetch: usize) -> Self {
        let seen = match &place {
            Place::After(page) => page.first_id.iter().cloned().collect(),
            Place::Start | Place::End => HashSet::new(),
        };
        Self { source, prefetch, place, under_way: FuturesOrdered::new(), asked: 0, seen }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
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

    async fn following(&mut self, previous: &PageSummary) -> Result<Option<Page<T>>, Error> {
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
    fn is_new(&mut self, facts: &PageSummary) -> bool {
        facts.first_id.clone().is_none_or(|id| self.seen.insert(id))
    }
}
