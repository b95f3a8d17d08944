//! A TCP proxy that forwards bytes until the fault of each connection occurs.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fault::{ConnectionFault, Direction, Fault, latency, noise, pause};

/// A running proxy.
pub(crate) struct Proxy {
    address: SocketAddr,
    open: watch::Receiver<usize>,
    polls: watch::Receiver<usize>,
    drawn: Arc<Mutex<BTreeMap<Fault, usize>>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    pub(crate) fn start(upstream: SocketAddr, random: fastrand::Rng) -> Self {
        // Bound but not listening: reserves the port while the listener is closed.
        let holder = bound("127.0.0.1:0".parse().unwrap());
        let address = holder.local_addr().unwrap();
        let (open_count, open) = watch::channel(0);
        let (poll_count, polls) = watch::channel(0);
        let counters = Arc::new(Counters { open: open_count, polls: poll_count });
        let drawn = Arc::<Mutex<BTreeMap<Fault, usize>>>::default();
        let log = Arc::clone(&drawn);
        let accepting = tokio::spawn(async move {
            accept(&holder, upstream, random, &counters, &log).await;
        });
        Self { address, open, polls, drawn, accepting }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of open client connections.
    pub(crate) fn open(&self) -> watch::Receiver<usize> {
        self.open.clone()
    }

    /// How often the state of a sync was polled.
    pub(crate) fn polls(&self) -> watch::Receiver<usize> {
        self.polls.clone()
    }

    /// Stops listening; returns how many connections had which fault.
    pub(crate) async fn stop(self) -> BTreeMap<Fault, usize> {
        self.accepting.abort();
        // The task always ends as aborted.
        let _ = self.accepting.await;
        self.drawn.lock().unwrap().clone()
    }
}

struct Counters {
    open: watch::Sender<usize>,
    polls: watch::Sender<usize>,
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn accept(
    holder: &TcpSocket,
    upstream: SocketAddr,
    mut random: fastrand::Rng,
    counters: &Arc<Counters>,
    drawn: &Mutex<BTreeMap<Fault, usize>>,
) {
    loop {
        let listener: TcpListener = bound(holder.local_addr().unwrap()).listen(256).unwrap();
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let plan = ConnectionFault::draw(&mut random);
            *drawn.lock().unwrap().entry(plan.fault).or_default() += 1;
            if plan.fault == Fault::Refused {
                let _ = client.set_zero_linger();
                break;
            }
            counters.open.send_modify(|open| *open += 1);
            let counters = Arc::clone(counters);
            tokio::spawn(async move {
                // An error of either socket ends both, as intended.
                let _ = connection(client, upstream, plan, &counters.polls).await;
                counters.open.send_modify(|open| *open -= 1);
            });
        }
        drop(listener);
        pause(Duration::from_millis(random.u64(1..12))).await;
    }
}

async fn connection(
    mut client: TcpStream,
    upstream: SocketAddr,
    plan: ConnectionFault,
    polls: &watch::Sender<usize>,
) -> io::Result<()> {
    client.set_nodelay(true)?;
    if plan.fault == Fault::HalfOpen {
        return drain(&mut client).await;
    }
    let mut server = TcpStream::connect(upstream).await?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let ended = tokio::select! {
        ended = requests(&mut from_client, &mut to_server, &plan, polls) => ended?,
        ended = responses(&mut from_server, &mut to_client, &plan) => ended?,
    };
    if let Ended::Faulted = ended {
        match plan.fault {
            // No response to what was sent so far: the server's connection is closed too.
            Fault::Reset => client.set_zero_linger()?,
            Fault::Stall => {
                // The server must not process an incomplete request.
                drop(server);
                drain(&mut client).await?;
            }
            _ => client.shutdown().await?,
        }
    }
    Ok(())
}

/// Reads and discards until the client closes the connection.
async fn drain(client: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4_096];
    while client.read(&mut buffer).await? > 0 {}
    Ok(())
}

enum Ended {
    /// One of the two sides closed.
    Closed,
    /// The fault occurred.
    Faulted,
}

/// Forwards requests without delay. A delayed request could arrive after the caller has canceled it
/// and sent a newer write, which no client can prevent.
async fn requests(
    client: &mut ReadHalf<'_>,
    server: &mut WriteHalf<'_>,
    plan: &ConnectionFault,
    polls: &watch::Sender<usize>,
) -> io::Result<Ended> {
    let mut left = plan.bytes_before_fault(Direction::Request);
    let mut buffer = [0; 4_096];
    loop {
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Ok(Ended::Closed);
        }
        let through = read.min(left);
        server.write_all(&buffer[..through]).await?;
        if is_poll(&buffer[..through]) {
            polls.send_modify(|polls| *polls += 1);
        }
        left -= through;
        if through < read {
            return Ok(Ended::Faulted);
        }
    }
}

fn is_poll(request: &[u8]) -> bool {
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    line.starts_with(b"GET ") && line.windows(14).any(|part| part == b"/members/sync/")
}

async fn responses(
    server: &mut ReadHalf<'_>,
    client: &mut WriteHalf<'_>,
    plan: &ConnectionFault,
) -> io::Result<Ended> {
    let mut random = fastrand::Rng::with_seed(plan.seed);
    let mut left = plan.bytes_before_fault(Direction::Response);
    let mut buffer = [0; 4_096];
    loop {
        let read = server.read(&mut buffer).await?;
        if read == 0 {
            return Ok(Ended::Closed);
        }
        let through = read.min(left);
        pause(latency(&mut random)).await;
        if plan.fault == Fault::Bandwidth {
            for chunk in buffer[..through].chunks(64) {
                client.write_all(chunk).await?;
                pause(Duration::from_millis(1)).await;
            }
        } else {
            client.write_all(&buffer[..through]).await?;
        }
        left -= through;
        if through == read {
            continue;
        }
        match plan.fault {
            Fault::Garbage => client.write_all(&noise(&mut random)).await?,
            Fault::SlowClose => {
                client.shutdown().await?;
                // Requests are still forwarded until the client closes its sending side.
                while server.read(&mut buffer).await? > 0 {}
            }
            _ => {}
        }
        return Ok(Ended::Faulted);
    }
}
