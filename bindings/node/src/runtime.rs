//! The runtime: one thread for the whole process, however many workers load the addon.

use std::sync::Once;

use napi::{Error, Result};

use crate::completion_queue;

static ONCE: Once = Once::new();

pub(crate) fn install() -> Result<()> {
    let mut result = Ok(());
    // Each worker thread calls this; only the first call builds a runtime.
    ONCE.call_once(|| {
        vitable_groups::binding::hide_panic_messages();
        let built = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("vitable-groups")
            .on_thread_start(completion_queue::on_thread_start)
            .on_thread_park(completion_queue::on_thread_park)
            .enable_all()
            .build();
        match built {
            Ok(runtime) => napi::bindgen_prelude::create_custom_tokio_runtime(runtime),
            Err(error) => {
                result = Err(Error::from_reason(format!("cannot start the runtime: {error}")));
            }
        }
    });
    result
}
