//! Lists: single pages that can fetch the next one, and pagers.

use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt as _;
use vitable_groups as core;

use crate::error::NativeError;
use crate::model::ListParams;
use crate::number::non_negative;
use crate::options::RequestOptions;

/// A page stream that is taken out of its slot during a call: canceling the call drops the stream and
/// closes its connection.
pub(crate) struct Pager<T>(Mutex<Option<core::PageStream<T>>>);

impl<T: core::PageItem> Pager<T> {
    pub(crate) fn new(pages: core::PageStream<T>) -> Self {
        Self(Mutex::new(Some(pages)))
    }

    pub(crate) async fn next(&self) -> Result<Option<core::Page<T>>, core::Error> {
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

/// Declares the pages of a list of records and its pager; hosts expose all of them as one generic type.
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
            pub pagination: Option<$crate::model::Pagination>,
            /// The response metadata.
            pub metadata: $crate::response::Metadata,
        }

        /// One page of a list.
        #[derive(uniffi::Object)]
        pub struct $page(Arc<vitable_groups::Page<vitable_groups::model::$item>>);

        impl $page {
            pub(crate) fn wrap(
                page: vitable_groups::Page<vitable_groups::model::$item>,
            ) -> Arc<Self> {
                Arc::new(Self(Arc::new(page)))
            }
        }

        #[uniffi::export]
        impl $page {
            /// Returns the contents.
            pub fn contents(&self) -> Result<$contents, $crate::error::NativeError> {
                let page = &self.0;
                Ok($contents {
                    items: page.items.iter().cloned().map($item::from).collect(),
                    number: page.number(),
                    next_number: page.next_number(),
                    pagination: page.pagination.clone().map($crate::model::Pagination::from),
                    metadata: $crate::response::Metadata::from(&page.metadata),
                })
            }

            /// Fetches the next page; none after the last page.
            pub async fn next_page(
                &self,
                cancel: Option<Arc<$crate::cancel::NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, $crate::error::NativeError> {
                let page = Arc::clone(&self.0);
                $crate::runtime::run(
                    cancel,
                    async move { Ok(page.next_page().await?.map($page::wrap)) },
                )
                .await
            }
        }

        /// Pages through a list, fetching pages on demand.
        #[derive(uniffi::Object)]
        pub struct $pager(Arc<$crate::pages::Pager<vitable_groups::model::$item>>);

        impl $pager {
            pub(crate) fn start(
                pages: vitable_groups::PageStream<vitable_groups::model::$item>,
            ) -> Arc<Self> {
                Arc::new(Self(Arc::new($crate::pages::Pager::new(pages))))
            }
        }

        #[uniffi::export]
        impl $pager {
            /// Fetches the next page; none after the last page. A pager cannot be used after a call was
            /// canceled.
            pub async fn next(
                &self,
                cancel: Option<Arc<$crate::cancel::NativeCancelToken>>,
            ) -> Result<Option<Arc<$page>>, $crate::error::NativeError> {
                let pager = Arc::clone(&self.0);
                $crate::runtime::run(
                    cancel,
                    async move { Ok(pager.next().await?.map($page::wrap)) },
                )
                .await
            }
        }
    };
}
pub(crate) use pages;
