//! The core's decisions on pages.

#![allow(dead_code)] // in tests, nothing is exported

use napi_derive::napi;
use vitable_groups::pagination::PageFacts;

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

impl From<Place> for PageFacts {
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
    PageFacts::from(place).next()
}

/// Whether a page is the one before it once more.
#[napi(catch_unwind)]
pub fn repeats_page(place: Place, previous: Place) -> bool {
    PageFacts::from(place).repeats(&previous.into())
}
