//! Lists: single pages that can fetch the next one, and pagers.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use vitable_groups as core;

use crate::cancel::NativeCancelToken;
use crate::error::NativeError;
use crate::model::{Group, ListParams, Pagination, Plan};
use crate::number::non_negative;
use crate::options::RequestOptions;
use crate::response::Metadata;
use crate::runtime::run;

/// A page stream that is taken out of its slot during a call: canceling the call drops the stream and
/// closes its connection.
struct Pager<T>(Mutex<Option<core::PageStream<T>>>);

impl<T: core::PageItem> Pager<T> {
    fn new(pages: core::PageStream<T>) -> Self {
        Self(Mutex::new(Some(pages)))
    }

    async fn next(&self) -> Result<Option<core::Page<T>>, core::Error> {
        let stream = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pages = stream.ok_or_else(|| {
            let message = "this pager was canceled or is already in use; create another";
            core::Error::new(core::ErrorKind::InvalidArgument, message)
        })?;
        let page = pages.next().await.transpose();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(pages);
        page
    }
}

pub(crate) fn apply<T: core::PageItem>(
    list: core::List<T>,
    params: &ListParams,
    options: RequestOptions,
) -> Result<core::List<T>, NativeError> {
    let mut which = core::model::GroupListParams::new();
    (which.limit, which.page) = (params.limit, params.page);
    let list = list.params(which).options(options.into_core()?);
    Ok(list.prefetch(non_negative("prefetch", params.prefetch.into())?))
}

macro_rules! pages {
    ($page:ident, $contents:ident, $pager:ident, $item:ident) => {
        /// The contents of a page.
        #[derive(uniffi::Record)]
        pub struct $contents {
            /// The items on this page.
            pub items: Vec<$item>,
            /// The page number, from 1.
            pub number: i64,
            /// The number of the next page; none on the last page.
            pub next_number: Option<i64>,
            /// The page's position in the list, if the server returned it.
            pub pagination: Option<Pagination>,
            /// The response metadata.
            pub metadata: Metadata,
        }

        /// One page of a list.
        #[derive(uniffi::Object)]
        pub struct $page(Arc<core::Page<core::model::$item>>);

        impl $page {
            pub(crate) fn wrap(page: core::Page<core::model::$item>) -> Arc<Self> {
                Arc::new(Self(Arc::new(page)))
            }
        }

        #[uniffi::export]
        impl $page {
            /// Returns the contents.
            pub fn contents(&self) -> Result<$contents, NativeError> {
                let page = &self.0;
                Ok($contents {
                    items: page.items.iter().cloned().map($item::from).collect(),
                    number: page.number(),
                    next_number: page.next_number(),
                    pagination: page.pagination.clone().map(Pagination::from),
                    metadata: Metadata::from(&page.metadata),
                })
            }

            /// Fetches the next page; none after the last page.
            pub async fn next_page(
                &self,
                cancel: Option<Arc<NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, NativeError> {
                let page = Arc::clone(&self.0);
                run(cancel, async move { Ok(page.next_page().await?.map($page::wrap)) }).await
            }
        }

        /// Pages through a list, fetching pages on demand.
        #[derive(uniffi::Object)]
        pub struct $pager(Arc<Pager<core::model::$item>>);

        impl $pager {
            pub(crate) fn start(pages: core::PageStream<core::model::$item>) -> Arc<Self> {
                Arc::new(Self(Arc::new(Pager::new(pages))))
            }
        }

        #[uniffi::export]
        impl $pager {
            /// Fetches the next page; none after the last page. A pager cannot be used after a call was
            /// canceled.
            pub async fn next(
                &self,
                cancel: Option<Arc<NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, NativeError> {
                let pager = Arc::clone(&self.0);
                run(cancel, async move { Ok(pager.next().await?.map($page::wrap)) }).await
            }
        }
    };
}

pages!(NativeGroupPage, NativeGroupPageContents, NativeGroupPager, Group);
pages!(NativePlanPage, NativePlanPageContents, NativePlanPager, Plan);
