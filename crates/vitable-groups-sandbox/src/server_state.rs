//! The state of a running sandbox, shared by its connections and its controls.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use crate::clock::{Clock, Micros};
use crate::fault::Faults;
use crate::ids::Ids;
use crate::lock::lock;
use crate::rate::RateCounter;
use crate::reconcile::reconcile;
use crate::record::Recorder;
use crate::seed::Seed;
use crate::settings::Settings;
use crate::store::{PendingSync, Store, Sync};

#[derive(Debug)]
pub(crate) struct ServerState {
    store: Mutex<Store>,
    settings: Mutex<Settings>,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) faults: Faults,
    pub(crate) recorder: Recorder,
    pub(crate) rates: RateCounter,
    initial: Initial,
}

/// What a sandbox starts with and returns to on reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Initial {
    pub(crate) db: Option<PathBuf>,
    pub(crate) random_seed: Option<u64>,
    pub(crate) settings: Settings,
    pub(crate) seeds: Vec<Seed>,
}

impl ServerState {
    pub(crate) fn open(initial: Initial) -> rusqlite::Result<Self> {
        let store = Store::open(initial.db.as_deref())?;
        let state = Self {
            store: Mutex::new(store),
            settings: Mutex::new(initial.settings.clone()),
            clock: Clock::default(),
            ids: Ids::new(initial.random_seed),
            faults: Faults::default(),
            recorder: Recorder::default(),
            rates: RateCounter::default(),
            initial,
        };
        state.reschedule()?;
        Ok(state)
    }

    pub(crate) fn initial(&self) -> &Initial {
        &self.initial
    }

    pub(crate) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Changes the settings; pending syncs get the new delay.
    pub(crate) fn set_settings(&self, settings: Settings) -> rusqlite::Result<()> {
        let delay_changed = {
            let mut current = lock(&self.settings);
            let changed = current.sync_delay_ms != settings.sync_delay_ms;
            *current = settings;
            changed
        };
        if delay_changed { self.reschedule() } else { Ok(()) }
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    /// The store, once every sync that is due by `now` has been processed.
    ///
    /// Nothing runs in the background: due syncs are processed in order before any request that
    /// could observe them. The state is therefore a function of the requests and the clock.
    pub(crate) fn after_due_syncs(&self, now: Micros) -> rusqlite::Result<MutexGuard<'_, Store>> {
        let settings = self.settings();
        let mut store = self.store();
        while let Some(sync) = PendingSync::next(store.read(), now)? {
            store.write(|connection| {
                let results =
                    reconcile(connection, &self.ids, &settings, &sync.group_id, &sync.rows)?;
                Sync::complete(connection, sync.seq, sync.due_at, &results)
            })?;
        }
        Ok(store)
    }

    fn reschedule(&self) -> rusqlite::Result<()> {
        let (now, delay) = (self.clock.now(), self.settings().sync_delay_ms);
        self.store().write(|connection| Sync::reschedule(connection, now, delay))
    }
}
