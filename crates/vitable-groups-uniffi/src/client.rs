//! The client and its special operations, as called by the Kotlin and Swift wrappers.

use std::sync::Arc;

use http::Method;
use vitable_groups as core;

use crate::apply::{ApplyOptions, NativeApplyResult};
use crate::cancel::NativeCancelToken;
use crate::config::ClientOptions;
use crate::error::NativeError;
use crate::model::{self, GroupCreateParams, SyncState};
use crate::options::RequestOptions;
use crate::response::RawResponse;
use crate::roster::NativeRoster;
use crate::runtime::run;
use crate::sync_handle::SyncHandle;
use crate::token::NativeTokenProvider;
use crate::tuning::NativeTuning;
use crate::wait::{NativeProgressListener, WaitOptions, apply_wait_options};

pub(crate) type Cancel = Option<Arc<NativeCancelToken>>;
type Listener = Option<Arc<dyn NativeProgressListener>>;

/// An API client that can be shared between threads.
#[derive(Debug, uniffi::Object)]
pub struct NativeClient {
    pub(crate) client: core::Client,
}

#[uniffi::export]
impl NativeClient {
    /// Validates the options without connecting, and creates the client.
    #[uniffi::constructor]
    pub fn new(
        options: ClientOptions,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
        tuning: NativeTuning,
    ) -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self { client: options.build(tokens, tuning)? }))
    }

    /// Creates a client with other options that shares this one's connections, retry quota and
    /// lifetime.
    pub fn derive(
        &self,
        options: ClientOptions,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
    ) -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self { client: options.derive(&self.client, tokens)? }))
    }

    /// The base URL of the API.
    pub fn base_url(&self) -> Result<String, NativeError> {
        Ok(self.client.base_url().to_string())
    }

    /// Replaces the API key for subsequent calls.
    pub fn set_api_key(&self, key: String) -> Result<(), NativeError> {
        Ok(self.client.set_api_key(key)?)
    }

    /// Closes the client: subsequent calls fail immediately.
    pub fn shut_down(&self) -> Result<(), NativeError> {
        self.client.close();
        Ok(())
    }

    /// Finds a group by its external reference ID.
    pub async fn groups_find(
        &self,
        external_reference_id: String,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<Option<model::Group>, NativeError> {
        let (groups, options) = (self.client.groups(), options.into_core()?);
        let call = async move {
            let found = groups.find_with(&external_reference_id, options).await?;
            Ok(found.map(model::Group::from))
        };
        run(cancel, call).await
    }

    /// Finds a group by its external reference ID, or creates it.
    pub async fn groups_get_or_create(
        &self,
        params: GroupCreateParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<model::Group, NativeError> {
        let (groups, options) = (self.client.groups(), options.into_core()?);
        let call = async move {
            let (group, _) = groups.get_or_create_with(params.into(), options).await?;
            Ok(model::Group::from(group))
        };
        run(cancel, call).await
    }

    /// Waits until a sync completes.
    pub async fn sync_wait(
        &self,
        handle: SyncHandle,
        options: WaitOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<SyncState, NativeError> {
        let wait = apply_wait_options!(self.sync().wait(handle), options, listener);
        run(cancel, async move { wait.await.map(SyncState::from) }).await
    }

    /// Submits a roster and waits until the sync completes: replaces the whole roster; unguarded.
    pub async fn sync_submit_and_wait(
        &self,
        group_id: String,
        roster: Arc<NativeRoster>,
        options: WaitOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<SyncState, NativeError> {
        let submission = self.sync().submit_and_wait(group_id, roster.core().members());
        let wait = apply_wait_options!(submission, options, listener);
        run(cancel, async move { wait.await.map(SyncState::from) }).await
    }

    /// Checks a roster, compares it with what the group holds, submits it, waits, and joins the
    /// results to its rows. Nothing is sent if the check finds errors or the guard blocks it.
    pub async fn sync_apply(
        &self,
        group_id: String,
        roster: Arc<NativeRoster>,
        previous: Option<Arc<NativeRoster>>,
        options: ApplyOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<NativeApplyResult, NativeError> {
        let apply = self.sync().apply(group_id, Arc::clone(roster.core()));
        let apply = options.configure(apply, previous.as_deref(), listener)?;
        run(cancel, async move { apply.await.map(NativeApplyResult::from) }).await
    }

    /// Calls any endpoint with `GET`, `POST` or `PATCH` and an optional JSON body.
    pub async fn raw(
        &self,
        method: String,
        path: String,
        body: Option<String>,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<RawResponse, NativeError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| NativeError::invalid("the HTTP method is not valid"))?;
        let mut call = core::Call::raw(method, path, options.into_core()?)?;
        if let Some(body) = body {
            let value: serde_json::Value = serde_json::from_str(&body).map_err(|error| {
                NativeError::invalid(format!(
                    "the body is not valid JSON: line {}, column {}",
                    error.line(),
                    error.column()
                ))
            })?;
            call = call.with_json(&value)?;
        }
        let client = self.client.clone();
        run(cancel, async move { client.execute(call).await.map(RawResponse::from) }).await
    }
}

/// Sends the request of a generated call.
pub(crate) async fn send<T, R>(
    request: core::Request<T>,
    options: RequestOptions,
    cancel: Cancel,
) -> Result<R, NativeError>
where
    R: From<core::Response<T>> + Send + 'static,
    T: Send + 'static,
{
    let request = request.options(options.into_core()?);
    run(cancel, async move { request.send().await.map(R::from) }).await
}

impl NativeClient {
    fn sync(&self) -> core::resources::MemberSyncs {
        self.client.groups().members().sync()
    }
}
