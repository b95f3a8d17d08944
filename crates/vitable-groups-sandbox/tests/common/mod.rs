//! A minimal HTTP client for the tests: one connection per request.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether the body is as long as announced.
    pub(crate) complete: bool,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the response is JSON")
    }

    pub(crate) fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Status, code and message of an error.
    pub(crate) fn error(&self) -> (u16, String, String) {
        let body = self.json();
        assert_eq!(body["message"], body["error"], "the message is repeated: {body}");
        assert_eq!(body["trace_id"].as_str().map(str::len), Some(32), "{body}");
        assert!(body["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{body}");
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (self.status, text("app_error_code"), text("message"))
    }
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, headers: vec![("authorization".to_owned(), "Bearer test".to_owned())] }
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        let headers = vec![("authorization".to_owned(), format!("Bearer {key}"))];
        Self { address: self.address, headers }
    }

    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.send("GET", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.send("POST", path, Some(&body.to_string()))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Response {
        self.send("PATCH", path, Some(&body.to_string()))
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: Option<&str>) -> Response {
        self.try_send(method, path, body).expect("an HTTP response")
    }

    /// `None` if the bytes are not an HTTP response.
    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Option<Response> {
        parse(&self.raw(method, path, body))
    }

    /// All bytes that the server sends until it closes the connection.
    pub(crate) fn raw(&self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let Some(mut stream) = self.try_open(method, path, body) else { return bytes };
        // A reset ends the response like a close.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    }

    /// Sends a request without reading the response.
    pub(crate) fn open(&self, method: &str, path: &str, body: Option<&str>) -> TcpStream {
        self.try_open(method, path, body).expect("the sandbox listens")
    }

    fn try_open(&self, method: &str, path: &str, body: Option<&str>) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n");
        for (name, value) in &self.headers {
            head = head + name + ": " + value + "\r\n";
        }
        if let Some(body) = body {
            head = head + "Content-Length: " + &body.len().to_string() + "\r\n";
        }
        head += "\r\n";
        head += body.unwrap_or_default();
        // The server may have stopped; the missing response shows it.
        let _ = stream.write_all(head.as_bytes());
        Some(stream)
    }
}

fn parse(bytes: &[u8]) -> Option<Response> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.lines();
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let body = String::from_utf8(bytes[end + 4..].to_vec()).ok()?;
    let announced = headers.iter().find(|(name, _)| name == "content-length");
    let complete = announced.is_none_or(|(_, length)| length.parse() == Ok(body.len()));
    Some(Response { status, headers, body, complete })
}

/// A roster row that passes every check.
pub(crate) fn member(reference: &str) -> Value {
    serde_json::json!({
        "reference_id": reference,
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-05-15",
        "plan_id": PLAN,
        "address": {
            "address_line_1": "123 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "zipcode": "94102",
        },
    })
}

/// The first plan of the default organization.
pub(crate) const PLAN: &str = "pln_Wgx_PobRSymT_ki30sYaBQ";
