//! Makes SOAK_CALLS calls; `scripts/soak.py` measures the resources they use.
#![allow(clippy::unwrap_used, reason = "test code")]

use vitable_groups::Client;
use vitable_groups::model::{Address, Member};

const TASKS: usize = 8;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let calls: usize = std::env::var("SOAK_CALLS").unwrap().parse().unwrap();
    let client = Client::from_env().unwrap();
    let group = std::env::var("SOAK_GROUP").unwrap();
    let tasks = (0..TASKS).map(|task| {
        let share = (calls + task) / TASKS;
        tokio::spawn(work(client.clone(), group.clone(), share))
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// The same mix of calls in every language, described in `scripts/soak.py`.
async fn work(client: Client, group: String, calls: usize) {
    let plan = "pln_Wgx_PobRSymT_ki30sYaBQ";
    let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
    let row = Member::new("E-1", "Ann", "Lee", "1990-05-15", plan, address);
    for number in 0..calls {
        let groups = client.groups();
        match number % 100 {
            0 => drop(groups.members().sync().submit(&group, [row.clone()]).await.unwrap()),
            1 => drop(groups.retrieve("grp_none").await.unwrap_err()),
            2 => {
                let derived = client.derive().user_agent("derived").build().unwrap();
                drop(derived.plans().list().send().await.unwrap());
            }
            3..20 => drop(groups.list().collect(10).await.unwrap()),
            _ => drop(groups.retrieve(&group).await.unwrap()),
        }
    }
}
