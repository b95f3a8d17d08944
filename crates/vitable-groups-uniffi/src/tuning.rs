//! Settings of the core that the packages' own tests need and users do not.

use std::collections::HashMap;

use vitable_groups as core;
use vitable_groups::RetryPolicy;

use crate::error::NativeError;
use crate::time::TimeLimit;

/// What is not set is the core's.
#[derive(Clone, Default, PartialEq, uniffi::Record)]
pub struct NativeTuning {
    /// The wait before the first retry.
    #[uniffi(default)]
    pub retry_base_delay: Option<TimeLimit>,
    /// The longest wait of our own.
    #[uniffi(default)]
    pub retry_max_delay: Option<TimeLimit>,
    /// The longest wait that a server may ask for.
    #[uniffi(default)]
    pub max_server_delay: Option<TimeLimit>,
    /// Waits our own time where the server asks for a longer one, instead of failing.
    #[uniffi(default = false)]
    pub ignore_long_server_delay: bool,
    /// Read instead of the process's environment variables.
    #[uniffi(default)]
    pub variables: Option<HashMap<String, String>>,
}

impl NativeTuning {
    pub(crate) fn apply(
        self,
        mut builder: core::ClientBuilder,
    ) -> Result<core::ClientBuilder, NativeError> {
        let mut policy = RetryPolicy::new().ignore_long_server_delay(self.ignore_long_server_delay);
        for (name, given, place) in [
            ("retry_base_delay", self.retry_base_delay, &mut policy.base_delay),
            ("retry_max_delay", self.retry_max_delay, &mut policy.max_delay),
            ("max_server_delay", self.max_server_delay, &mut policy.max_server_delay),
        ] {
            if let Some(delay) = given {
                *place = delay.span(name)?;
            }
        }
        builder = builder.retry_policy(policy);
        Ok(match self.variables {
            Some(variables) => builder.variables(variables),
            None => builder,
        })
    }
}
