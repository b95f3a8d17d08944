//! What may go wrong on a connection, drawn from a seeded generator.

use std::time::Duration;

use serde::Serialize;

/// Which way the bytes go that a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// What happens once its byte is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing but latency.
    None,
    /// A few bytes at a time.
    Bandwidth,
    /// The connection is reset.
    Reset,
    /// The connection is closed in good order, in the middle of a message.
    Cut,
    /// Nothing more comes, and the connection stays open.
    Stall,
    /// Accepted, never read, never answered.
    HalfOpen,
    /// Noise in place of the answer, or of the rest of it.
    Garbage,
    /// The sending side is closed; what the client sends still arrives.
    SlowClose,
    /// The listener goes away for a moment.
    Refused,
    /// A name that does not exist; the client's, not the proxy's.
    UnknownName,
    /// TLS against a server that speaks none; the client's, not the proxy's.
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

/// What one connection is in for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) fault: Fault,
    pub(crate) direction: Direction,
    /// The byte, counted over all exchanges of the connection, at which it strikes.
    pub(crate) at: usize,
    /// The seed of the connection's own draws: latencies, noise.
    pub(crate) seed: u64,
}

impl Plan {
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

    /// The bytes that still go through before the fault, if it is one that strikes in this direction.
    pub(crate) fn room(&self, direction: Direction) -> usize {
        let strikes = match self.fault {
            Fault::Reset | Fault::Cut | Fault::Stall | Fault::Garbage | Fault::SlowClose => {
                self.direction == direction
            }
            _ => false,
        };
        if strikes { self.at } else { usize::MAX }
    }
}

/// Latency with jitter; now and then a hiccup.
pub(crate) fn latency(random: &mut fastrand::Rng) -> Duration {
    match random.u32(0..20) {
        0..10 => Duration::ZERO,
        10..19 => Duration::from_micros(random.u64(0..3_000)),
        _ => Duration::from_millis(random.u64(3..15)),
    }
}

/// The one status of noise that can be read as an answer and is no success.
pub(crate) const NOISE_STATUS: u16 = 999;

/// Bytes that are no HTTP, or HTTP that breaks its word.
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

/// Real time passes: on the wire, or between two looks at a condition.
#[expect(clippy::disallowed_methods, reason = "a slow network is what is played here")]
pub async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
