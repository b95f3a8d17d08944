//! An independent client for the Groups API of Vitable Connect: keep groups of members in step
//! with your own data, and never end somebody's coverage by accident.
//!
//! ```no_run
//! use vitable_groups::Client;
//! use vitable_groups::model::GroupCreateParams;
//!
//! # async fn run() -> Result<(), vitable_groups::Error> {
//! let client = Client::from_env()?; // VITABLE_CONNECT_API_KEY
//! let group = client.groups().get_or_create(GroupCreateParams::new("tier-1", "Tier 1")).await?;
//! # let roster: Vec<vitable_groups::model::Member> = vec![];
//! let state = client.groups().members().sync().submit_and_wait(&group.id, &roster).await?;
//! for failure in state.results.value().into_iter().flat_map(|results| &results.failures) {
//!     println!("{}: {}", failure.reference_id, failure.reason);
//! }
//! # Ok(()) }
//! ```
//!
//! Data flows one way: an [`operation`] with its parameters becomes a [`Call`], the pipeline sends
//! it through a [`transport`](Transport) and retries as [`retry`] decides, the answer becomes a
//! [`model`] with [`Metadata`].

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;

// Only here: a published crate has no pages beside it.
#[cfg(doctest)]
mod documents;

mod api;
mod binding;
mod call;
mod client;
mod context;
mod error;
pub mod model;
pub mod operation;
pub mod pagination;
mod pipeline;
mod recovery;
pub mod retry;
pub mod roster;
pub mod testing;
mod time;
mod transport;

/// The operations, grouped as in every language: `groups`, `groups.members.sync`, `plans`.
pub mod resources {
    pub use crate::api::{Groups, Members, Plans, Sync};
}

pub use api::Request;
pub use api::member_sync::{
    Applied, Apply, DEFAULT_WAIT_DEADLINE, Progress, SubmitAndWait, Wait, poll,
};
pub use binding::{hide_panic_words, manifest};
pub use call::{Call, Metadata, RawResponse, RequestOptions, Response, random_id};
pub use client::{Client, ClientBuilder, Environment, env};
pub use context::auth::{AccessToken, TokenResult};
pub use context::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT};
pub use error::{Attempt, Error, ErrorBody, ErrorKind, SyncHandle};
#[cfg(all(feature = "http", unix))]
pub use inline_http::{Reactor, poll_inline};
pub use pagination::page::{ItemStream, List, Page, PageItem, PageStream};
pub use time::{BoxFuture, Clock, Deadline, HumanDuration, SystemClock};
#[cfg(feature = "http")]
pub use transport::http::{HttpConfig, HttpVersion};
#[cfg(feature = "http")]
pub use transport::tls::TlsRoots;
pub use transport::{
    Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};
