//! Steps that call the API: maps a name and JSON parameters to a call of the client.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vitable_groups::model::{GroupCreateParams, GroupListParams, Member};
use vitable_groups::{Client, Error, List, Metadata, Page, PageItem, Request, RequestOptions};

use crate::{normal, operations, waits};

/// The outcome of a step.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) result: Option<Result<Value, Value>>,
    pub(crate) meta: Option<Value>,
    /// Items or pages returned before a failure.
    pub(crate) before: Vec<Value>,
    pub(crate) progress: Vec<Value>,
    pub(crate) page: Option<SavedPage>,
}

/// Fetches the page after one that was returned.
pub(crate) type SavedPage = Arc<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>;

impl Outcome {
    pub(crate) fn of(result: Result<Value, Value>) -> Self {
        Self { result: Some(result), ..Self::default() }
    }

    fn failed(error: &Error) -> Self {
        Self::of(Err(normal::error(error)))
    }

    fn succeeded<T: serde::Serialize>(data: &T, metadata: Option<&Metadata>) -> Self {
        let value = serde_json::to_value(data).unwrap();
        Self { meta: metadata.map(normal::meta), ..Self::of(Ok(value)) }
    }

    pub(crate) fn plain<T: serde::Serialize>(result: Result<T, Error>) -> Self {
        match result {
            Ok(data) => Self::succeeded(&data, None),
            Err(error) => Self::failed(&error),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListParams {
    limit: Option<i64>,
    page: Option<i64>,
    prefetch: Option<usize>,
    max_items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    external_reference_id: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Find {
    external_reference_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submit {
    group_id: String,
    members: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    path: String,
    #[serde(default)]
    body: Value,
}

pub(crate) fn parse<T: DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| format!("params: {error}"))
}

/// Makes the call. An `Err` is an error of the scenario, not of the client.
pub(crate) async fn api(
    client: &Client,
    call: &str,
    params: Value,
    options: RequestOptions,
) -> Result<Outcome, String> {
    let groups = client.groups();
    let sync = groups.members().sync();
    Ok(match call {
        "groups.iterate" => items(groups.list(), parse(params)?, options).await,
        "groups.iterate_pages" => pages(groups.list(), parse(params)?, options).await,
        "plans.iterate" => items(client.plans().list(), parse(params)?, options).await,
        "groups.find_by_external_reference_id" => {
            let params: Find = parse(params)?;
            Outcome::plain(groups.find_with(&params.external_reference_id, options).await)
        }
        "groups.get_or_create" => {
            let Create { external_reference_id, name } = parse(params)?;
            let params = GroupCreateParams::new(external_reference_id, name);
            let result = groups.get_or_create_with(params, options).await;
            Outcome::plain(result.map(|(group, _)| group))
        }
        "groups.members.sync.submit" => {
            let params: Submit = parse(params)?;
            send(sync.submit(params.group_id, &params.members), options).await
        }
        "groups.members.sync.wait"
        | "groups.members.sync.submit_and_wait"
        | "groups.members.sync.apply" => waits::run(&sync, call, params, options).await?,
        "get" => send(client.get(parse::<Raw>(params)?.path), options).await,
        "post" => {
            let Raw { path, body } = parse(params)?;
            send(client.post(path, &body), options).await
        }
        "patch" => {
            let Raw { path, body } = parse(params)?;
            send(client.patch(path, &body), options).await
        }
        operation => operations::run(client, operation, params, options).await?,
    })
}

pub(crate) async fn send<T: serde::Serialize + Send + 'static>(
    request: Request<T>,
    options: RequestOptions,
) -> Outcome {
    match request.options(options).send().await {
        Ok(response) => Outcome::succeeded(&response.data, Some(&response.metadata)),
        Err(error) => Outcome::failed(&error),
    }
}

fn configure<T: PageItem>(list: List<T>, params: &ListParams, options: RequestOptions) -> List<T> {
    let mut which = GroupListParams::new();
    (which.limit, which.page) = (params.limit, params.page);
    list.params(which).options(options).prefetch(params.prefetch.unwrap_or_default())
}

fn page_outcome<T: PageItem + serde::Serialize + Sync>(page: Page<T>) -> Outcome {
    let meta = Some(normal::meta(&page.metadata));
    let normal = normal::page(&page);
    let page = Arc::new(page);
    let next: SavedPage = Arc::new(move || {
        let page = Arc::clone(&page);
        Box::pin(async move {
            match page.next_page().await {
                Ok(Some(next)) => page_outcome(next),
                Ok(None) => Outcome::of(Ok(Value::Null)),
                Err(error) => Outcome::failed(&error),
            }
        })
    });
    Outcome { meta, page: Some(next), ..Outcome::of(Ok(normal)) }
}

pub(crate) async fn first<T: PageItem + serde::Serialize + Sync>(
    list: List<T>,
    params: ListParams,
    options: RequestOptions,
) -> Outcome {
    match configure(list, &params, options).await {
        Ok(page) => page_outcome(page),
        Err(error) => Outcome::failed(&error),
    }
}

async fn items<T: PageItem + serde::Serialize>(
    list: List<T>,
    params: ListParams,
    options: RequestOptions,
) -> Outcome {
    let max = params.max_items.unwrap_or(usize::MAX);
    let mut items = configure(list, &params, options).items();
    let mut seen = Vec::new();
    while seen.len() < max {
        match items.try_next().await {
            Ok(Some(item)) => seen.push(serde_json::to_value(item).unwrap()),
            Ok(None) => break,
            Err(error) => return Outcome { before: seen, ..Outcome::failed(&error) },
        }
    }
    Outcome::of(Ok(seen.into()))
}

async fn pages<T: PageItem + serde::Serialize>(
    list: List<T>,
    params: ListParams,
    options: RequestOptions,
) -> Outcome {
    let mut pages = configure(list, &params, options).pages();
    let mut seen = Vec::new();
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => seen.push(normal::page(&page)),
            Ok(None) => return Outcome::of(Ok(seen.into())),
            Err(error) => return Outcome { before: seen, ..Outcome::failed(&error) },
        }
    }
}

/// A text parameter; an error is one of the scenario.
pub(crate) fn text<'a>(params: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    let value = params.get(name).and_then(Value::as_str);
    value.ok_or_else(|| format!("params: {name} is missing or not text"))
}
