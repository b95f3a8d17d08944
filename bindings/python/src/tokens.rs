//! A token provider written in Python.

use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use vitable_groups::{AccessToken, BoxFuture, TokenResult};

use crate::bridge;

pub(crate) struct Tokens {
    callable: Py<PyAny>,
    is_async: bool,
}

impl Tokens {
    pub(crate) fn new(callable: Py<PyAny>, is_async: bool) -> Self {
        Self { callable, is_async }
    }

    /// Calls the provider, on the calling thread or on the caller's event loop.
    pub(crate) fn fetch(self: Arc<Self>) -> BoxFuture<'static, TokenResult> {
        Box::pin(async move {
            let token = if self.is_async {
                let callable = Python::attach(|py| self.callable.clone_ref(py));
                bridge::on_loop(move |py| callable.call0(py)).await?
            } else {
                Python::attach(|py| self.callable.call0(py))?
            };
            Ok(Python::attach(|py| read(token.bind(py)))?)
        })
    }
}

/// A token, optionally with its lifetime in seconds, as a tuple or as attributes.
fn read(token: &Bound<'_, PyAny>) -> PyResult<AccessToken> {
    let (text, expires_in): (String, Option<f64>) = if let Ok(text) = token.extract::<String>() {
        (text, None)
    } else if let Ok(pair) = token.extract::<(String, Option<f64>)>() {
        pair
    } else {
        (token.getattr("token")?.extract()?, token.getattr("expires_in")?.extract()?)
    };
    let token = AccessToken::new(text);
    Ok(match expires_in.and_then(|life| Duration::try_from_secs_f64(life).ok()) {
        Some(life) => token.expires_in(life),
        None => token,
    })
}
