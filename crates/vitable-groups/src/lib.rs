//! An unofficial client for the Groups API of Vitable Connect: sync group membership from your own
//! data without ending anyone's coverage by accident.
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
//! The pipeline sends each [`Call`] of an [`operation`] through a [`Transport`], retries it as a
//! [`RetryPolicy`] allows, and decodes the response into a [`model`] with [`Metadata`].

#![cfg_attr(not(feature = "binding"), allow(unreachable_pub, reason = "`binding` exports it"))]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadMe;

// Only in the repository: the published crate does not contain these pages.
#[cfg(doctest)]
mod documents;

mod api;
#[cfg(feature = "binding")]
pub mod binding;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod client;
mod context;
mod error;
pub mod operation;
mod pagination;
mod pipeline;
mod recovery;
mod retry;
pub mod testing;
mod time;
mod transport;

/// The API's resources: `groups`, `groups.members.sync`, `plans`.
pub mod resources {
    pub use crate::api::{Groups, MemberSyncs, Members, Plans};
}

/// Crates whose types are in signatures here.
#[doc(no_inline)]
pub use {bytes, futures_core, http, jiff, serde_json, url};

#[doc(inline)]
pub use vitable_groups_model as model;
#[doc(inline)]
pub use vitable_groups_roster as roster;

pub use api::Request;
pub use api::member_sync::poll::PollPolicy;
pub use api::member_sync::{
    Apply, ApplyResult, DEFAULT_WAIT_DEADLINE, SubmitAndWait, SyncProgress, Wait,
};
pub use call::{Call, Metadata, RawResponse, RequestOptions, Response};
pub use client::{Client, ClientBuilder, Environment, env};
pub use context::auth::{AccessToken, TokenResult};
pub use context::{DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_RESPONSE_BYTES, DEFAULT_TIMEOUT};
pub use error::{Attempt, Error, ErrorBody, ErrorDetails, ErrorKind, SyncHandle};
pub use pagination::page::{ItemStream, List, Page, PageItem, PageStream};
pub use retry::{Failure, RetryPolicy};
pub use time::{BoxFuture, Clock, Deadline, HumanDuration, SystemClock};
#[cfg(feature = "http")]
pub use transport::http::{HttpConfig, HttpVersion};
#[cfg(feature = "http")]
pub use transport::tls::TlsRoots;
pub use transport::{
    Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};
