//! The thread that closes idle connections. Alone in its process, as it counts all threads.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod common;

use common::{OK, Server, get, inline, read, send, wait_until};
use inline_http::{Config, InlineTransport};

fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm"));
    tasks
        .filter_map(|task| name(task.ok()?).ok())
        .filter(|name| name.trim() == "inline-http-idl")
        .count()
}

#[test]
fn a_pool_has_one_thread_while_connections_are_idle_and_none_after_it_is_dropped() {
    let server = Server::start(|_, _, _| send(OK));
    let url = server.url.clone();
    let transport = InlineTransport::new(Config::new());
    assert_eq!(threads(), 0);
    for _ in 0..100 {
        inline(async { read(get(&transport, &url).await.unwrap()).await.unwrap() });
    }
    assert_eq!(threads(), 1);
    drop(transport);
    wait_until("the thread keeps running without its pool", || threads() == 0);
}
