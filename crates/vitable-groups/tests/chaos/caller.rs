//! A worker: runs its steps and records the results.

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use vitable_groups::{Client, HttpConfig};
use vitable_groups_chaos::{Record, Step, Worker};

use crate::call;
use crate::options::{CallOptions, ClientOptions};

pub(crate) async fn work(worker: Worker) -> Vec<Record> {
    let mut clients: Vec<Option<Client>> = vec![None; worker.clients.len()];
    let mut records = Vec::new();
    for step in &worker.steps {
        let options = &worker.clients[step.client];
        let client = clients[step.client].get_or_insert_with(|| client(convert(options)));
        records.push(run_step(client, step).await);
    }
    records
}

pub(crate) fn client(options: ClientOptions) -> Client {
    let none: [(&str, &str); 0] = [];
    let http = HttpConfig::new().no_environment_proxy();
    options.apply(Client::builder().variables(none).http(http)).unwrap().build().unwrap()
}

async fn run_step(client: &Client, step: &Step) -> Record {
    let Value::Object(mut call) = serde_json::to_value(&step.call).unwrap() else { panic!() };
    let name = call["call"].as_str().unwrap().to_owned();
    let params = call.remove("params").unwrap();
    let options: CallOptions = convert(&step.options);
    let started = Instant::now();
    let outcome = call::api(client, &name, params, options.into()).await.unwrap();
    let elapsed_ms = started.elapsed().as_secs_f64() * 1e3;
    let mut record = Record { id: step.id, elapsed_ms, ..Record::default() };
    record.meta = outcome.meta.map(|meta| serde_json::from_value(meta).unwrap());
    match outcome.result.unwrap() {
        Ok(result) => record.result = result,
        Err(error) => record.error = Some(serde_json::from_value(error).unwrap()),
    }
    record
}

/// Converts options of the chaos crate to those of the scenarios, which have the same JSON form.
pub(crate) fn convert<T: DeserializeOwned>(options: &impl serde::Serialize) -> T {
    serde_json::from_value(serde_json::to_value(options).unwrap()).unwrap()
}
