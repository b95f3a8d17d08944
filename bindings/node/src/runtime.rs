//! One runtime with one thread for the whole process, however many workers load the addon.

use std::sync::Once;

use napi::{Error, Result};

use crate::port;

static ONCE: Once = Once::new();

pub(crate) fn install() -> Result<()> {
    let mut outcome = Ok(());
    // Worker threads run this again; a second runtime would be built for nothing.
    ONCE.call_once(|| {
        vitable_groups::binding::hide_panic_messages();
        let built = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("vitable-groups")
            .on_thread_start(port::thread_started)
            .on_thread_park(port::thread_sleeps)
            .enable_all()
            .build();
        match built {
            Ok(runtime) => napi::bindgen_prelude::create_custom_tokio_runtime(runtime),
            Err(error) => {
                outcome = Err(Error::from_reason(format!("cannot start the runtime: {error}")));
            }
        }
    });
    outcome
}
