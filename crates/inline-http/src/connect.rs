//! TCP connections: resolves names, and races their addresses as in RFC 8305 ("Happy Eyeballs").

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::error::{BoxError, Error};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// RFC 8305, section 5: "Connection Attempt Delay".
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to a host: a name or an IP address (IPv6 with or without brackets). `limit` is the one
/// passed to [`limited`]; every address is tried within it.
///
/// # Errors
/// The name cannot be resolved, or no address accepts; then the error is that of the last attempt.
pub async fn connect(host: &str, port: u16, limit: Option<Duration>) -> io::Result<TcpStream> {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<SocketAddr> = match literal.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => tokio::net::lookup_host((host, port)).await?.collect(),
    };
    let stream = race(addresses, limit, TcpStream::connect).await?;
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEP_ALIVE);
    #[cfg(not(target_os = "openbsd"))]
    let keepalive = keepalive.with_interval(KEEP_ALIVE).with_retries(3);
    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
    Ok(stream)
}

/// Limits everything before a request is sent: name resolution, TCP and TLS.
///
/// # Errors
/// [`Error::connect_timeout`], or "cannot connect" with the cause.
pub async fn limited<T>(
    limit: Option<Duration>,
    work: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, Error> {
    let connected = match limit {
        Some(limit) => {
            tokio::time::timeout(limit, work).await.map_err(|_| Error::connect_timeout())?
        }
        None => work.await,
    };
    connected.map_err(|error| Error::not_sent("cannot connect").with_source(error))
}

/// Returns the first connection that is accepted. Starts another attempt when one fails, or is pending
/// for a while; the earlier attempts continue meanwhile.
#[expect(clippy::disallowed_methods, reason = "sockets use real time")]
async fn race<T, F: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    limit: Option<Duration>,
    connect: impl Fn(SocketAddr) -> F,
) -> io::Result<T> {
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
    // The last address gets at least half of the limit.
    let delay = limit.map_or(ATTEMPT_DELAY, |limit| ATTEMPT_DELAY.min(limit / count / 2));
    let mut untried = interleaved(addresses).into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last_error = None;
    loop {
        match untried.next() {
            Some(address) => attempts.push(connect(address)),
            None if attempts.is_empty() => {
                let none = || io::Error::new(io::ErrorKind::NotFound, "the name has no address");
                return Err(last_error.unwrap_or_else(none));
            }
            None => {}
        }
        tokio::select! {
            biased;
            Some(attempt) = attempts.next() => match attempt {
                Ok(connection) => return Ok(connection),
                Err(error) => last_error = Some(error),
            },
            () = tokio::time::sleep(delay), if !untried.as_slice().is_empty() => {}
        }
    }
}

/// Alternates between the address families, starting with that of the first address: the system has
/// sorted them by preference.
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut sorted = Vec::new();
    loop {
        let before = sorted.len();
        sorted.extend(one.next());
        sorted.extend(other.next());
        if sorted.len() == before {
            return sorted;
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "on tokio's paused clock")]
mod tests {
    use std::future::pending;
    use std::sync::Mutex;

    use tokio::time::Instant;

    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 1)).collect()
    }

    fn refused() -> io::Error {
        io::ErrorKind::ConnectionRefused.into()
    }

    #[test]
    fn families_alternate() {
        let sorted = interleaved(addresses(&["::1", "::2", "::3", "10.0.0.1", "10.0.0.2"]));
        assert_eq!(sorted, addresses(&["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"]));
        let sorted = interleaved(addresses(&["10.0.0.1", "10.0.0.2", "::1"]));
        assert_eq!(sorted, addresses(&["10.0.0.1", "::1", "10.0.0.2"]));
        assert!(interleaved(Vec::new()).is_empty());
    }

    /// On tokio's paused clock, so that the delays are virtual.
    #[tokio::test(start_paused = true)]
    async fn one_reachable_address_is_enough() {
        let list = ["10.0.0.1", "10.0.0.2", "::1", "::2", "10.0.0.9"];
        for limit in [None, Some(Duration::from_secs(10)), Some(Duration::from_millis(100))] {
            for alive in list {
                let dial = |address: SocketAddr| async move {
                    if address.ip() == alive.parse::<IpAddr>().unwrap() {
                        return Ok(alive);
                    }
                    pending().await
                };
                let work = async { Ok(race(addresses(&list), limit, dial).await?) };
                assert_eq!(limited(limit, work).await.unwrap(), alive, "{limit:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn another_address_is_tried_when_one_fails_or_is_slow() {
        let started = Instant::now();
        let tried = Mutex::new(Vec::new());
        let dial = |address: SocketAddr| {
            tried.lock().unwrap().push((address.ip().to_string(), started.elapsed().as_millis()));
            async move {
                match address.ip().to_string().as_str() {
                    "10.0.0.1" => Err(refused()),
                    // Slow, but not aborted.
                    "10.0.0.2" => {
                        tokio::time::sleep(Duration::from_millis(400)).await;
                        Ok("slow")
                    }
                    _ => pending().await,
                }
            }
        };
        let list = addresses(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        assert_eq!(race(list, None, dial).await.unwrap(), "slow");
        let expected = [("10.0.0.1", 0), ("10.0.0.2", 0), ("10.0.0.3", 250)];
        assert_eq!(*tried.lock().unwrap(), expected.map(|(ip, at)| (ip.to_owned(), at)));
        assert_eq!(started.elapsed().as_millis(), 400);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_error_is_returned() {
        let dial = |_| async { Err::<(), _>(refused()) };
        let error = race(addresses(&["10.0.0.1", "::1"]), None, dial).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let dial = |_| async { Ok(()) };
        assert_eq!(race(Vec::new(), None, dial).await.unwrap_err().kind(), io::ErrorKind::NotFound);
        let never = limited(Some(Duration::from_secs(3)), pending::<Result<(), BoxError>>()).await;
        assert!(never.unwrap_err().is_timeout());
    }
}
