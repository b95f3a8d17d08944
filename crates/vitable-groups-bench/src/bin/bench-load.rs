//! Measures the capacity of the server: `bench-load URL SECONDS` requests one group over 64
//! connections, sequentially on each, without parsing responses. Prints responses per second.
#![allow(clippy::print_stdout, reason = "a standalone program")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use vitable_groups_bench::measure;

const CONNECTIONS: usize = 64;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("bench-load URL SECONDS")?;
    let seconds: f64 = arguments.next().as_deref().unwrap_or("2").parse()?;
    let address = url.trim_start_matches("http://");
    let request = "GET /v1/groups/grp_1 HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut streams = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let mut buffer = vec![0; 64 * 1024];
    let response = probe(address, &mut buffer)?;
    let (start, mut responses) = (measure::wall(), 0_u32);
    let end = start + Duration::from_secs_f64(seconds);
    while measure::wall() < end {
        for stream in &mut streams {
            stream.write_all(request.as_bytes())?;
        }
        for stream in &mut streams {
            let mut left = response;
            while left > 0 {
                let read = stream.read(&mut buffer)?;
                left =
                    left.checked_sub(read).filter(|_| read > 0).ok_or("an unexpected response")?;
            }
            responses += 1;
        }
    }
    let elapsed = measure::wall().saturating_sub(start).as_secs_f64();
    let rate = f64::from(responses) / elapsed;
    println!("{rate:.0}");
    Ok(())
}

/// The length of one response.
fn probe(address: &str, buffer: &mut [u8]) -> Result<usize, Box<dyn std::error::Error>> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /v1/groups/grp_1 HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    Ok(stream.read(buffer)?)
}
