//! Forwards log events to the logger of the client whose call emits them.

use std::fmt;
use std::sync::Once;

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber, span};

use crate::log_sink::{LogFn, Sink};
use crate::scope;

const TARGET: &str = "vitable_groups";

static ONCE: Once = Once::new();

/// Forwards the events of a level; `None` if the core logs nothing at this level.
pub(crate) fn forward_to(level: Option<&str>, log: LogFn) -> Option<Sink> {
    let sink = Sink::new(level, log)?;
    // Installed with the first logger, as events cost nothing without a subscriber.
    ONCE.call_once(|| {
        // An error means that the process has a subscriber already, which then gets the events.
        let _ = tracing::subscriber::set_global_default(Forward);
    });
    Some(sink)
}

struct Forward;

impl Subscriber for Forward {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target().starts_with(TARGET) && metadata.is_event() {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        scope::with(|scope| scope.log.as_ref().is_some_and(|sink| sink.takes(*metadata.level())))
            .unwrap_or_default()
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        scope::with(|scope| {
            let Some(sink) = &scope.log else { return };
            let event = json!({
                "level": event.metadata().level().as_str().to_lowercase(),
                "operation": scope.operation,
                "message": fields.message,
                "fields": fields.others,
            });
            sink.write(event.to_string());
        });
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.others.insert(field.name().to_owned(), value.into());
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}
