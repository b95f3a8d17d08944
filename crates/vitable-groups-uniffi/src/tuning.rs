//! Core settings for the packages' own tests; not public.

use std::collections::HashMap;

use vitable_groups as core;
use vitable_groups::RetryPolicy;

use crate::error::NativeError;
use crate::time::TimeLimit;

/// Settings for tests; unset ones use the core's defaults.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct NativeTuning {
    /// The backoff before the first retry.
    #[uniffi(default)]
    pub retry_base_delay: Option<TimeLimit>,
    /// The maximum backoff.
    #[uniffi(default)]
    pub retry_max_delay: Option<TimeLimit>,
    /// The longest `Retry-After` that is honored.
    #[uniffi(default)]
    pub max_server_delay: Option<TimeLimit>,
    /// Whether to use the normal backoff if `Retry-After` exceeds that limit, instead of failing.
    #[uniffi(default = false)]
    pub ignore_long_server_delay: bool,
    /// Replaces the process's environment variables.
    #[uniffi(default)]
    pub variables: Option<HashMap<String, String>>,
}

impl NativeTuning {
    pub(crate) fn apply(
        self,
        mut builder: core::ClientBuilder,
    ) -> Result<core::ClientBuilder, NativeError> {
        let mut policy = RetryPolicy::new().ignore_long_server_delay(self.ignore_long_server_delay);
        for (name, given, setting) in [
            ("retry_base_delay", self.retry_base_delay, &mut policy.base_delay),
            ("retry_max_delay", self.retry_max_delay, &mut policy.max_delay),
            ("max_server_delay", self.max_server_delay, &mut policy.max_server_delay),
        ] {
            if let Some(delay) = given {
                *setting = delay.duration(name)?;
            }
        }
        builder = builder.retry_policy(policy);
        Ok(match self.variables {
            Some(variables) => builder.variables(variables),
            None => builder,
        })
    }
}
