//! Faults of connections, drawn from a seeded generator.

use std::time::Duration;

use serde::Serialize;

/// The direction of the bytes that a fault affects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// What happens to a connection once the given byte is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Latency only.
    None,
    /// A few bytes are sent at a time.
    Bandwidth,
    /// The connection is reset.
    Reset,
    /// The connection is closed cleanly in the middle of a message.
    Cut,
    /// No more bytes are sent, and the connection stays open.
    Stall,
    /// The connection is accepted, but nothing is read or sent.
    HalfOpen,
    /// Noise replaces the response, or the rest of it.
    Garbage,
    /// The sending side is closed; the client can still send.
    SlowClose,
    /// The listener is closed for a moment.
    Refused,
    /// The client uses a host name that does not resolve; not a fault of the proxy.
    UnknownName,
    /// The client uses TLS with a plain HTTP server; not a fault of the proxy.
    Handshake,
}

impl Fault {
    pub(crate) const ALL: [Self; 11] = [
        Self::None,
        Self::Bandwidth,
        Self::Reset,
        Self::Cut,
        Self::Stall,
        Self::HalfOpen,
        Self::Garbage,
        Self::SlowClose,
        Self::Refused,
        Self::UnknownName,
        Self::Handshake,
    ];
}

/// The fault of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionFault {
    pub(crate) fault: Fault,
    pub(crate) direction: Direction,
    /// The byte at which it occurs, counted over all exchanges of the connection.
    pub(crate) at: usize,
    /// The seed of the connection's own random values: latencies and noise.
    pub(crate) seed: u64,
}

impl ConnectionFault {
    pub(crate) fn draw(random: &mut fastrand::Rng) -> Self {
        let fault = match random.u32(0..100) {
            0..8 => Fault::None,
            8..16 => Fault::Bandwidth,
            16..34 => Fault::Reset,
            34..52 => Fault::Cut,
            52..63 => Fault::Stall,
            63..69 => Fault::HalfOpen,
            69..81 => Fault::Garbage,
            81..93 => Fault::SlowClose,
            _ => Fault::Refused,
        };
        let to_server = matches!(fault, Fault::Reset | Fault::Cut | Fault::Stall);
        let direction = if to_server && random.u32(0..3) == 0 {
            Direction::Request
        } else {
            Direction::Response
        };
        // In the first head, in the first body, or some exchanges later.
        let most = [40, 400, 2_500][random.usize(0..3)];
        Self { fault, direction, at: random.usize(0..most), seed: random.u64(..) }
    }

    /// How many bytes pass in this direction before the fault.
    pub(crate) fn bytes_before_fault(&self, direction: Direction) -> usize {
        let applies = match self.fault {
            Fault::Reset | Fault::Cut | Fault::Stall | Fault::Garbage | Fault::SlowClose => {
                self.direction == direction
            }
            _ => false,
        };
        if applies { self.at } else { usize::MAX }
    }
}

/// Latency with jitter and occasional spikes.
pub(crate) fn latency(random: &mut fastrand::Rng) -> Duration {
    match random.u32(0..20) {
        0..10 => Duration::ZERO,
        10..19 => Duration::from_micros(random.u64(0..3_000)),
        _ => Duration::from_millis(random.u64(3..15)),
    }
}

/// The status of the only noise that parses as a response without being a success.
pub(crate) const NOISE_STATUS: u16 = 999;

/// Bytes that are not HTTP, or malformed HTTP.
pub(crate) fn noise(random: &mut fastrand::Rng) -> Vec<u8> {
    let text: &[u8] = match random.u32(0..6) {
        0 => b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n<html>\0\0\0\0\0\0",
        1 => b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        2 => b"HTTP/1.1 999 \xff\xfe\r\n\r\n",
        3 => b"SSH-2.0-OpenSSH_9.9\r\n",
        4 => b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-encoding: gzip\r\n\r\nnoise",
        _ => return (0..random.usize(1..300)).map(|_| random.u8(..)).collect(),
    };
    text.to_vec()
}

/// Sleeps in real time: on the wire, or between two checks of a condition.
#[expect(clippy::disallowed_methods, reason = "simulates a slow network")]
pub async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
