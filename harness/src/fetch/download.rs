//! A file over HTTP: interrupted transfers go on, lies about the length are noticed, other addresses are tried.

mod partial;
mod request;

use super::Step;
use super::digest::{is_known, sha256};
use partial::Partial;
use request::Failure;
pub(super) use request::{Limits, Order};
use std::io;
use std::path::Path;

/// How often one address is tried again after a transfer that broke off.
const RETRIES: usize = 4;

/// A file that has arrived.
#[derive(Debug)]
pub(super) struct Arrival {
    pub url: String,
    pub sha256: String,
}

/// Why no address gave the file.
#[derive(Debug)]
pub(super) enum Missed {
    /// The disk: no other address will help.
    Disk(io::Error),
    /// What happened at each address.
    Everywhere(Vec<String>),
}

/// Brings the file to `part`, going on where an earlier attempt ended.
pub(super) fn download(
    order: &Order<'_>,
    part: &Path,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Arrival, Missed> {
    let mut failures = Vec::new();
    let partial = Partial::at(part);
    for url in order.urls {
        let mut retries = 0;
        loop {
            let before = partial.length();
            let reason = match attempt(order, url, &partial, watch) {
                Ok(sha256) => return Ok(Arrival { url: url.clone(), sha256 }),
                Err(Failure::Disk(reason)) => return Err(Missed::Disk(reason)),
                Err(Failure::Broken(reason)) => {
                    // A transfer that brings nothing will not bring more the next time.
                    retries = if partial.length() > before { retries + 1 } else { RETRIES + 1 };
                    reason
                }
                Err(Failure::Stale(reason)) => {
                    retries += 1;
                    reason
                }
                Err(Failure::Refused(reason)) => {
                    retries = RETRIES + 1;
                    reason
                }
            };
            let reason = format!("{url}: {reason}");
            watch(Step::Retrying { reason: &reason });
            if retries > RETRIES {
                failures.push(reason);
                break;
            }
        }
    }
    Err(Missed::Everywhere(failures))
}

/// One request, and the hash of what there is then.
fn attempt(
    order: &Order<'_>,
    url: &str,
    partial: &Partial,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<String, Failure> {
    let earlier = partial.length();
    // A hash tells whether the halves belong together; without one, the server must have named the version.
    if earlier > 0 && order.known.is_empty() && partial.version(url).is_none() {
        partial.discard()?;
    }
    if order.limits.exact.is_none_or(|exact| partial.length() != exact) {
        let mut show = |done, total| watch(Step::Downloading { file: order.name, done, total });
        request::get(url, order, partial, &mut show)?;
    }
    watch(Step::Checking { file: order.name });
    let found = sha256(partial.path())?;
    if order.known.is_empty() || is_known(&found, order.known) {
        return Ok(found);
    }
    partial.discard()?;
    let reason = format!("SHA-256 is {found}, expected {}; it was discarded", order.known.join(" or "));
    // What was there before may be to blame.
    Err(if earlier > 0 { Failure::Stale(reason) } else { Failure::Refused(reason) })
}
