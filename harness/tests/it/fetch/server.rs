//! A web server that misbehaves on request.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server does with one request. Lengths are in bytes of the body.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Right, whole or the range asked for.
    Serve,
    /// Right, but ends after so many bytes.
    Cut(usize),
    /// Right, but falls silent after so many bytes.
    Stall(usize),
    /// Serves everything, but says it is so long.
    Announce(usize),
    /// Serves everything, whatever range was asked for.
    IgnoreRange,
    /// Serves the range asked for, whatever version was asked for.
    IgnoreVersion,
    /// Serves so many bytes without saying how many.
    Endless(usize),
    /// An error page.
    Status(u16),
    /// Sends the client elsewhere.
    Redirect(String),
}

/// A request as it arrived, and how many bytes of the file it was sent.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
    pub sent: usize,
}

/// Serves one content under every path of `http://127.0.0.1:PORT`.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// The first requests get `replies`, in this order; later ones are served.
    pub fn start(content: &[u8], replies: &[Reply]) -> Self {
        Self::start_with(content, replies, Some("\"one\""))
    }

    /// The same, with another name of the version, or none.
    pub fn start_with(content: &[u8], replies: &[Reply], version: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (content, replies, log) = (content.to_vec(), replies.to_vec(), Arc::clone(&seen));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let reply = replies.get(number).cloned().unwrap_or(Reply::Serve);
                let (content, log) = (content.clone(), Arc::clone(&log));
                std::thread::spawn(move || answer(stream.unwrap(), &content, &reply, version, &log));
            }
        });
        Self { url, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    content: &[u8],
    reply: &Reply,
    version: Option<&str>,
    log: &Mutex<Vec<Seen>>,
) {
    let request = read(&stream);
    let same = request.if_range.is_none() || request.if_range.as_deref() == version;
    let start = request
        .range
        .as_deref()
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let start = match reply {
        Reply::IgnoreRange | Reply::Announce(_) => 0,
        Reply::IgnoreVersion => start.unwrap_or(0),
        _ => start.filter(|_| same).unwrap_or(0),
    };
    let tag = version.map_or_else(String::new, |version| format!("ETag: {version}\r\n"));
    let length = content.len();
    let (status, headers) = match reply {
        Reply::Status(status) => (*status, "Content-Length: 0\r\n".to_owned()),
        Reply::Redirect(to) => (302, format!("Location: {to}\r\nContent-Length: 0\r\n")),
        Reply::Announce(length) => (200, format!("{tag}Content-Length: {length}\r\n")),
        Reply::Endless(_) => (200, tag),
        _ if start >= length && start > 0 => {
            (416, format!("Content-Range: bytes */{length}\r\nContent-Length: 0\r\n"))
        }
        _ if start > 0 => {
            let range = format!("bytes {start}-{}/{length}", length - 1);
            (206, format!("{tag}Content-Range: {range}\r\nContent-Length: {}\r\n", length - start))
        }
        _ => (200, format!("{tag}Content-Length: {length}\r\n")),
    };
    let body: Vec<u8> = match reply {
        Reply::Status(_) | Reply::Redirect(_) => Vec::new(),
        Reply::Endless(length) => vec![7; *length],
        Reply::Cut(most) | Reply::Stall(most) => content[start..].iter().copied().take(*most).collect(),
        _ => content[start.min(length)..].to_vec(),
    };
    log.lock().unwrap().push(Seen { sent: body.len(), ..request });
    // A client that has heard enough closes the connection.
    let _ = write!(stream, "HTTP/1.1 {status} x\r\n{headers}Connection: close\r\n\r\n")
        .and_then(|()| stream.write_all(&body))
        .and_then(|()| stream.flush());
    if matches!(reply, Reply::Stall(_)) {
        std::thread::sleep(Duration::from_secs(20));
    }
}

fn read(stream: &TcpStream) -> Seen {
    let mut seen = Seen::default();
    for line in BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(path) = line.strip_prefix("GET ") {
            seen.path = path.split(' ').next().unwrap_or_default().into();
        }
        let Some((name, value)) = line.split_once(": ") else { continue };
        match name.to_lowercase().as_str() {
            "range" => seen.range = Some(value.into()),
            "if-range" => seen.if_range = Some(value.into()),
            _ => {}
        }
    }
    seen
}
