//! Things that have an image's name and are none.

#![cfg(unix)]

use harness::contract::picture::{open_mask, open_rgb, read_file};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

/// What reading the image, the mask and the bytes at `path` says after its name.
fn said(path: &Path) -> String {
    let messages = [
        open_rgb(path).unwrap_err().to_string(),
        read_file(path).unwrap_err().to_string(),
        open_mask(path, (1, 1)).unwrap_err().to_string().replace("the mask cannot be read: ", ""),
    ];
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:?}");
    let name = format!("{}: ", path.display());
    messages[0].strip_prefix(&name).unwrap().to_owned()
}

#[test]
fn what_is_no_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder.png")).unwrap();
    assert_eq!(said(&at("folder.png")), "is a folder, not a file; remove or rename it");
    // Nobody will ever write to the pipe: reading it would not end.
    assert!(Command::new("mkfifo").arg(at("pipe.png")).status().unwrap().success());
    assert_eq!(said(&at("pipe.png")), "is a pipe, not a file; remove or rename it");
    let _open = std::os::unix::net::UnixListener::bind(at("socket.png")).unwrap();
    assert_eq!(said(&at("socket.png")), "is a socket, not a file; remove or rename it");
    assert_eq!(said(Path::new("/dev/null")), "is a device, not a file; remove or rename it");
    symlink(at("gone.png"), at("link.png")).unwrap();
    let gone = format!(
        "is a link to {}, which is not there; fetch it, or remove the link",
        at("gone.png").display()
    );
    assert_eq!(said(&at("link.png")), gone);
    assert!(said(&at("none.png")).starts_with("No such file"));
}

#[test]
fn content_that_was_not_fetched_is_named_with_the_command_that_fetches_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    let key = "annex/objects/SHA256E-s7--00.jpg";
    symlink(format!("../.git/{key}"), &path).unwrap();
    let annex = "is a git-annex pointer whose content was not fetched: run `git annex get`";
    assert_eq!(said(&path), annex);
    fs::remove_file(&path).unwrap();
    fs::write(&path, format!("/{key}\n")).unwrap();
    assert_eq!(said(&path), annex);
    fs::write(&path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n").unwrap();
    assert_eq!(said(&path), "is a Git LFS pointer whose content was not fetched: run `git lfs pull`");
}

#[test]
fn a_link_to_a_file_is_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("a.png"), folder.path().join("link.png"));
    image::RgbImage::new(2, 3).save(&file).unwrap();
    symlink(&file, &link).unwrap();
    assert_eq!(open_rgb(&link).unwrap().dimensions(), (2, 3));
}
