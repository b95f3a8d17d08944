//! Lists: one page with the way to the next, and a walk over all of them.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use vitable_groups as core;

use crate::cancel::NativeCancelToken;
use crate::error::NativeError;
use crate::model::{Group, ListParams, Pagination, Plan};
use crate::number::natural;
use crate::options::RequestOptions;
use crate::response::Metadata;
use crate::runtime::run;

/// A walk that is taken out while it is under way: a call that is cancelled drops it, and with it
/// the connection.
struct Pager<T>(Mutex<Option<core::PageStream<T>>>);

impl<T: core::PageItem> Pager<T> {
    fn new(pages: core::PageStream<T>) -> Self {
        Self(Mutex::new(Some(pages)))
    }

    async fn next(&self) -> Result<Option<core::Page<T>>, core::Error> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pages = taken.ok_or_else(|| {
            let message = "this walk over pages was cancelled or is in use; start another";
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
    Ok(list.prefetch(natural("prefetch", params.prefetch.into())?))
}

macro_rules! pages {
    ($page:ident, $contents:ident, $cursor:ident, $item:ident) => {
        /// What one page holds.
        #[derive(uniffi::Record)]
        pub struct $contents {
            /// The items of this page.
            pub items: Vec<$item>,
            /// This page's number.
            pub number: i64,
            /// The number of the next page, if the list goes on.
            pub next_number: Option<i64>,
            /// Where the page stands, if the server said so.
            pub pagination: Option<Pagination>,
            /// How the page came.
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
            /// What it holds.
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

            /// Gets the next page; none at the end.
            pub async fn next_page(
                &self,
                cancel: Option<Arc<NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, NativeError> {
                let page = Arc::clone(&self.0);
                run(cancel, async move { Ok(page.next_page().await?.map($page::wrap)) }).await
            }
        }

        /// A walk over the pages of a list; nothing is fetched before it is asked for.
        #[derive(uniffi::Object)]
        pub struct $cursor(Arc<Pager<core::model::$item>>);

        impl $cursor {
            pub(crate) fn start(pages: core::PageStream<core::model::$item>) -> Arc<Self> {
                Arc::new(Self(Arc::new(Pager::new(pages))))
            }
        }

        #[uniffi::export]
        impl $cursor {
            /// Gets the next page; none at the end. A walk that is cancelled is over.
            pub async fn next(
                &self,
                cancel: Option<Arc<NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, NativeError> {
                let walk = Arc::clone(&self.0);
                run(cancel, async move { Ok(walk.next().await?.map($page::wrap)) }).await
            }
        }
    };
}

pages!(NativeGroupPage, NativeGroupPageContents, NativeGroupPager, Group);
pages!(NativePlanPage, NativePlanPageContents, NativePlanPager, Plan);
