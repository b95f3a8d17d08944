//! nginx and haproxy, in processes of their own.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Program {
    Nginx,
    Haproxy,
}

/// A program in front of the backend. Dropping it ends the process.
pub(crate) struct Running {
    process: Child,
    pub(crate) url: String,
    pub(crate) pem: String,
    _dir: tempfile::TempDir,
}

impl Program {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
        }
    }

    /// Starts the executable at `path`.
    pub(crate) fn start(self, path: &Path, backend: u16) -> Running {
        let dir = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let authority = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap().pem();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("certificate.pem", &certificate);
        write("key.pem", &key.serialize_pem());
        write("both.pem", &format!("{certificate}{}", key.serialize_pem()));
        // If another process binds the port before the program does, another port is tried.
        for _ in 0..10 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let template = match self {
                Self::Nginx => include_str!("nginx.conf"),
                Self::Haproxy => include_str!("haproxy.cfg"),
            };
            let text = template
                .replace("{dir}", &dir.path().display().to_string())
                .replace("{port}", &free.to_string())
                .replace("{backend}", &backend.to_string());
            write("conf", &text);
            let mut command = Command::new(path);
            match self {
                Self::Nginx => command.arg("-p").arg(dir.path()).arg("-c"),
                Self::Haproxy => command.arg("-f"),
            };
            if let Some(libraries) = std::env::var_os("SERVERS_LIBRARIES") {
                command.env("LD_LIBRARY_PATH", libraries);
            }
            let log = std::fs::File::create(dir.path().join("log")).unwrap();
            command.arg(dir.path().join("conf")).stdin(Stdio::null());
            let mut process = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
            if accepts(&mut process, free) {
                let url = format!("https://localhost:{free}");
                return Running { process, url, pem, _dir: dir };
            }
            let log = std::fs::read_to_string(dir.path().join("log")).unwrap_or_default();
            assert!(log.to_lowercase().contains("in use"), "{} did not start: {log}", self.name());
        }
        panic!("{}: no port is free", self.name());
    }
}

/// Waits until the program accepts connections; false if it ended.
fn accepts(process: &mut Child, port: u16) -> bool {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if process.try_wait().unwrap().is_some() || started.elapsed() > Duration::from_secs(30) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
