//! One HTTP request for what is missing of a file.

use super::partial::Partial;
use crate::fetch::Patience;
use std::io::{self, Read, Write};
use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::{Agent, Body};

/// Who asks.
const AGENT: &str = concat!("shiftbench/", env!("CARGO_PKG_VERSION"));

/// Where to look for a file, and what of it to believe.
pub(in crate::fetch) struct Order<'a> {
    /// Name of the file.
    pub name: &'a str,
    /// Addresses, tried in this order.
    pub urls: &'a [String],
    /// Whether plain HTTP will do.
    pub allow_http: bool,
    /// Its SHA-256: one of these, or any if there are none.
    pub known: &'a [&'a str],
    /// What it may measure.
    pub limits: Limits,
    pub patience: Patience,
}

/// What a file may measure, in bytes.
#[derive(Clone, Copy)]
pub(in crate::fetch) struct Limits {
    /// Its published size.
    pub exact: Option<u64>,
    /// The most that is taken.
    pub most: u64,
}

/// Why a request brought no whole file.
#[derive(Debug)]
pub(super) enum Failure {
    /// It ended early; what came is kept.
    Broken(String),
    /// What was kept from earlier does not fit; it was discarded.
    Stale(String),
    /// This address does not have what is wanted.
    Refused(String),
    /// The disk failed.
    Disk(io::Error),
}

impl From<io::Error> for Failure {
    fn from(reason: io::Error) -> Self {
        Self::Disk(reason)
    }
}

/// What the server is about to send.
struct Reply {
    /// Its first byte in the file.
    start: u64,
    /// Size of the whole file, if the server says.
    total: Option<u64>,
}

/// Asks for the rest of the file and appends it.
pub(super) fn get(
    url: &str,
    order: &Order<'_>,
    partial: &Partial,
    show: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(), Failure> {
    let Order { limits, patience, allow_http, .. } = *order;
    let have = partial.length();
    let version = partial.version(url);
    // Compressed in transit, offsets would count other bytes than ours.
    let mut request = agent(url, allow_http, patience).get(url).header("Accept-Encoding", "identity");
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
        if let Some(version) = &version {
            request = request.header("If-Range", version);
        }
    }
    let response = request.call().map_err(|error| refused(url, error, patience))?;
    let Some(reply) = reply(&response, have, partial)? else { return Ok(()) };
    if let Some(total) = reply.total {
        let wrong = limits.exact.filter(|exact| *exact != total);
        if let Some(exact) = wrong {
            return Err(Failure::Refused(format!("announces {total} bytes, but the file has {exact}")));
        }
        if total > limits.most {
            let most = limits.most;
            return Err(Failure::Refused(format!(
                "announces {total} bytes, more than the {most} expected at most"
            )));
        }
    }
    let mut file = match reply.start {
        0 => partial.begin(url, named_version(response.headers()).as_deref())?,
        _ => partial.resume()?,
    };
    let end = reply.total.or(limits.exact);
    let mut done = reply.start;
    let mut body = response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 16];
    show(done, end);
    loop {
        let read = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(reason) if reason.kind() == io::ErrorKind::Interrupted => continue,
            Err(reason) => {
                let of = end.map_or_else(String::new, |end| format!(" of {end}"));
                return Err(Failure::Broken(format!(
                    "ended after {done}{of} bytes ({})",
                    words(&reason, patience)
                )));
            }
        };
        done += read as u64;
        if done > end.unwrap_or(limits.most) {
            partial.discard()?;
            let most = end.unwrap_or(limits.most);
            return Err(Failure::Refused(format!("sends more than {most} bytes; what came was discarded")));
        }
        file.write_all(&buffer[..read])?;
        show(done, end);
    }
    match end {
        Some(end) if done < end => Err(Failure::Broken(format!("ended after {done} of {end} bytes"))),
        _ => Ok(file.sync_all()?),
    }
}

/// What the server's answer means; nothing if the file was already complete.
fn reply(response: &Response<Body>, have: u64, partial: &Partial) -> Result<Option<Reply>, Failure> {
    let headers = response.headers();
    match response.status() {
        StatusCode::OK => Ok(Some(Reply { start: 0, total: number(headers, header::CONTENT_LENGTH) })),
        StatusCode::PARTIAL_CONTENT => match range(headers) {
            Some((Some(start), total)) if start == have && have > 0 => Ok(Some(Reply { start, total })),
            _ => Err(Failure::Refused(format!("answers with another part than the one from byte {have}"))),
        },
        StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => match range(headers) {
            Some((_, Some(total))) if total == have => Ok(None),
            _ => {
                partial.discard()?;
                Err(Failure::Stale(format!("has no byte {have}; what was kept was discarded")))
            }
        },
        status => Err(Failure::Refused(format!("answers {status}"))),
    }
}

fn agent(url: &str, allow_http: bool, patience: Patience) -> Agent {
    let mut config = Agent::config_builder()
        .user_agent(AGENT)
        .http_status_as_error(false)
        .https_only(!allow_http || url.starts_with("https:"))
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_recv_response(Some(patience.stall))
        .timeout_per_read(Some(patience.stall));
    if !url.starts_with("https:") {
        // A plain address is a neighbour's.
        config = config.proxy(None);
    }
    config.build().into()
}

/// The version of a file as its server names it, if it promises equal bytes for an equal name.
fn named_version(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    text(header::ETAG).filter(|tag| !tag.starts_with("W/")).or_else(|| text(header::LAST_MODIFIED))
}

fn number(headers: &HeaderMap, name: header::HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// First byte and whole size of `Content-Range: bytes 5-9/10`, where each may be unknown.
fn range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let text = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    let (span, total) = text.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    Some((span.split_once('-').and_then(|(start, _)| start.trim().parse().ok()), total.trim().parse().ok()))
}

/// Why there was no answer.
fn refused(url: &str, error: ureq::Error, patience: Patience) -> Failure {
    let insecure = matches!(error, ureq::Error::RequireHttpsOnly(_));
    if insecure && url.starts_with("https:") {
        return Failure::Refused("redirects to an address without encryption".into());
    }
    if insecure {
        return Failure::Refused("is not encrypted; only --from may name such an address".into());
    }
    Failure::Refused(format!("no answer ({})", words(&error.into_io(), patience)))
}

fn words(reason: &io::Error, patience: Patience) -> String {
    let inner = reason.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
    match inner {
        Some(ureq::Error::Timeout(_)) => {
            let Patience { connect, stall } = patience;
            format!(
                "nothing came for {:.0} s; a connection may take {:.0} s",
                stall.as_secs_f32().ceil(),
                connect.as_secs_f32().ceil()
            )
        }
        _ => reason.to_string(),
    }
}
