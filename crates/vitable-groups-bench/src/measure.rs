//! CPU time, wall time and memory of the measured section.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// User and system time of this process so far.
pub fn cpu() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// Monotonic time.
pub fn wall() -> Duration {
    read(ClockId::Monotonic)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    let nanos = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanos)
}

/// Resident memory in KB: current (`VmRSS`) or peak (`VmHWM`); 0 without /proc.
pub fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// A measured section.
pub struct Section {
    cpu: Duration,
    wall: Duration,
    memory: u64,
}

impl Section {
    /// Starts a section and resets the peak memory.
    pub fn start() -> Self {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        Self { memory: memory("VmRSS"), wall: wall(), cpu: cpu() }
    }

    /// Ends the section and returns the line that the runner reads. `check` proves that the fields
    /// were read.
    pub fn end(self, units: usize, check: usize) -> Value {
        let cpu = cpu().saturating_sub(self.cpu);
        let wall = wall().saturating_sub(self.wall);
        json!({
            "cpu_us": cpu.as_secs_f64() * 1e6,
            "wall_us": wall.as_secs_f64() * 1e6,
            "growth_kb": memory("VmHWM").saturating_sub(self.memory),
            "units": units,
            "check": check,
        })
    }
}
