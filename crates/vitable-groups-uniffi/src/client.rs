//! The client: every operation, as the hosts' thin layers call it.

use std::sync::Arc;

use http::Method;
use vitable_groups as core;

use crate::apply::{ApplyOptions, NativeApplied};
use crate::cancel::NativeCancelToken;
use crate::config::ClientOptions;
use crate::error::NativeError;
use crate::model::{
    self, GroupCreateParams, GroupUpdateParams, ListParams, NativeGroup, NativeSyncReceipt,
    NativeSyncState, SyncState,
};
use crate::options::RequestOptions;
use crate::pages::{self, NativeGroupPage, NativeGroupPager, NativePlanPage, NativePlanPager};
use crate::response::RawResponse;
use crate::roster::NativeRoster;
use crate::runtime::run;
use crate::token::NativeTokenProvider;
use crate::tuning::NativeTuning;
use crate::wait::{NativeProgressListener, SyncHandle, WaitOptions, waiting};

type Cancel = Option<Arc<NativeCancelToken>>;
type Listener = Option<Arc<dyn NativeProgressListener>>;

/// A client of the API, safe to share between threads.
#[derive(Debug, uniffi::Object)]
pub struct NativeClient {
    pub(crate) client: core::Client,
}

#[uniffi::export]
impl NativeClient {
    /// Checks everything that can be checked without a connection, and makes the client.
    #[uniffi::constructor]
    pub fn new(
        options: ClientOptions,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
        tuning: NativeTuning,
    ) -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self { client: options.build(tokens, tuning)? }))
    }

    /// A client with other settings that shares connections, retry quota and end of life.
    pub fn derive(
        &self,
        options: ClientOptions,
        tokens: Option<Arc<dyn NativeTokenProvider>>,
    ) -> Result<Arc<Self>, NativeError> {
        Ok(Arc::new(Self { client: options.derive(&self.client, tokens)? }))
    }

    /// Where the API is.
    pub fn base_url(&self) -> Result<String, NativeError> {
        Ok(self.client.base_url().to_string())
    }

    /// Replaces the API key for the calls that start from now on.
    pub fn set_api_key(&self, key: String) -> Result<(), NativeError> {
        Ok(self.client.set_api_key(key)?)
    }

    /// Ends the client: further calls fail at once.
    pub fn shut_down(&self) -> Result<(), NativeError> {
        self.client.close();
        Ok(())
    }

    /// `groups.list`, one page.
    pub async fn groups_list(
        &self,
        params: ListParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<Arc<NativeGroupPage>, NativeError> {
        let list = pages::apply(self.client.groups().list(), &params, options)?;
        run(cancel, async move { list.await.map(NativeGroupPage::wrap) }).await
    }

    /// `groups.list`, page after page; `distinct` drops items that an earlier page had.
    pub fn groups_walk(
        &self,
        params: ListParams,
        distinct: bool,
        options: RequestOptions,
    ) -> Result<Arc<NativeGroupPager>, NativeError> {
        let list = pages::apply(self.client.groups().list(), &params, options)?;
        let pages = if distinct { list.distinct_pages() } else { list.pages() };
        Ok(NativeGroupPager::start(pages))
    }

    /// `groups.create`
    pub async fn groups_create(
        &self,
        params: GroupCreateParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<NativeGroup, NativeError> {
        let request = self.client.groups().create(params.into()).options(options.into_core()?);
        run(cancel, async move { request.send().await.map(NativeGroup::from) }).await
    }

    /// `groups.retrieve`
    pub async fn groups_retrieve(
        &self,
        group_id: String,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<NativeGroup, NativeError> {
        let request = self.client.groups().retrieve(group_id).options(options.into_core()?);
        run(cancel, async move { request.send().await.map(NativeGroup::from) }).await
    }

    /// `groups.update`
    pub async fn groups_update(
        &self,
        group_id: String,
        params: GroupUpdateParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<NativeGroup, NativeError> {
        let request =
            self.client.groups().update(group_id, params.into()).options(options.into_core()?);
        run(cancel, async move { request.send().await.map(NativeGroup::from) }).await
    }

    /// The group with a reference of the caller's; none if there is none.
    pub async fn groups_find(
        &self,
        external_reference_id: String,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<Option<model::Group>, NativeError> {
        let (groups, options) = (self.client.groups(), options.into_core()?);
        let work = async move {
            let found = groups.find_with(&external_reference_id, options).await?;
            Ok(found.map(model::Group::from))
        };
        run(cancel, work).await
    }

    /// The group with a reference of the caller's, made if there is none.
    pub async fn groups_get_or_create(
        &self,
        params: GroupCreateParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<model::Group, NativeError> {
        let (groups, options) = (self.client.groups(), options.into_core()?);
        let work = async move {
            let (group, _) = groups.get_or_create_with(params.into(), options).await?;
            Ok(model::Group::from(group))
        };
        run(cancel, work).await
    }

    /// `plans.list`, one page.
    pub async fn plans_list(
        &self,
        params: ListParams,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<Arc<NativePlanPage>, NativeError> {
        let list = pages::apply(self.client.plans().list(), &params, options)?;
        run(cancel, async move { list.await.map(NativePlanPage::wrap) }).await
    }

    /// `plans.list`, page after page; `distinct` drops items that an earlier page had.
    pub fn plans_walk(
        &self,
        params: ListParams,
        distinct: bool,
        options: RequestOptions,
    ) -> Result<Arc<NativePlanPager>, NativeError> {
        let list = pages::apply(self.client.plans().list(), &params, options)?;
        let pages = if distinct { list.distinct_pages() } else { list.pages() };
        Ok(NativePlanPager::start(pages))
    }

    /// `groups.members.sync.submit`: replaces the whole roster, unguarded.
    pub async fn sync_submit(
        &self,
        group_id: String,
        roster: Arc<NativeRoster>,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<NativeSyncReceipt, NativeError> {
        let request =
            self.sync().submit(group_id, roster.core().members()).options(options.into_core()?);
        run(cancel, async move { request.send().await.map(NativeSyncReceipt::from) }).await
    }

    /// `groups.members.sync.retrieve`
    pub async fn sync_retrieve(
        &self,
        request_id: String,
        group_id: String,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<NativeSyncState, NativeError> {
        let request = self.sync().retrieve(request_id, group_id).options(options.into_core()?);
        run(cancel, async move { request.send().await.map(NativeSyncState::from) }).await
    }

    /// Waits until a request is done.
    pub async fn sync_wait(
        &self,
        handle: SyncHandle,
        options: WaitOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<SyncState, NativeError> {
        let wait = waiting!(self.sync().wait(handle), options, listener);
        run(cancel, async move { wait.await.map(SyncState::from) }).await
    }

    /// Submits a roster and waits until it is completed: replaces the whole roster, unguarded.
    pub async fn sync_submit_and_wait(
        &self,
        group_id: String,
        roster: Arc<NativeRoster>,
        options: WaitOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<SyncState, NativeError> {
        let submission = self.sync().submit_and_wait(group_id, roster.core().members());
        let wait = waiting!(submission, options, listener);
        run(cancel, async move { wait.await.map(SyncState::from) }).await
    }

    /// Checks a roster, compares it with what the group holds, submits it, waits, and joins the
    /// outcome to its rows. Nothing is sent if the check or the guard blocks it.
    pub async fn sync_apply(
        &self,
        group_id: String,
        roster: Arc<NativeRoster>,
        previous: Option<Arc<NativeRoster>>,
        options: ApplyOptions,
        listener: Listener,
        cancel: Cancel,
    ) -> Result<NativeApplied, NativeError> {
        let apply = self.sync().apply(group_id, Arc::clone(roster.core()));
        let apply = options.set_up(apply, previous.as_deref(), listener)?;
        run(cancel, async move { apply.await.map(NativeApplied::from) }).await
    }

    /// Calls an endpoint that is not modelled: `GET`, `POST` or `PATCH`, with a JSON text as body.
    pub async fn raw(
        &self,
        method: String,
        path: String,
        body: Option<String>,
        options: RequestOptions,
        cancel: Cancel,
    ) -> Result<RawResponse, NativeError> {
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| NativeError::invalid("the method is not one of HTTP"))?;
        let mut call = core::Call::raw(method, path, options.into_core()?)?;
        if let Some(body) = body {
            let value: serde_json::Value = serde_json::from_str(&body).map_err(|error| {
                NativeError::invalid(format!(
                    "the body is not a JSON text: line {}, column {}",
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

impl NativeClient {
    fn sync(&self) -> core::resources::MemberSyncs {
        self.client.groups().members().sync()
    }
}
