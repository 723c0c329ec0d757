//! A WebDriver server and one session on it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use xtask::process::Running;

use super::eventually;

pub struct Driver {
    // Ended after the session that needs it.
    _server: Running,
    pub client: Client,
}

impl Driver {
    /// `command` is a driver program with its environment; the port is added here.
    pub async fn start(name: &str, mut command: Command, capabilities: Capabilities) -> Self {
        let port = free_port();
        let server = Running::start(
            name,
            command
                .arg(format!("--port={port}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        )
        .unwrap_or_else(|error| panic!("{error}. {SET_UP}"));
        eventually(async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .ok()
        })
        .await
        .unwrap_or_else(|| panic!("{name} does not listen on port {port}"));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("{name} opened no session: {error}"));
        Self {
            _server: server,
            client,
        }
    }
}

pub const SET_UP: &str =
    "`cargo xtask test --only desktop` installs and builds what these tests need.";

/// WebKitWebDriver does not say which port it chose when it is left to choose.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|socket| socket.local_addr())
        .expect("a free port on the loopback address")
        .port()
}
