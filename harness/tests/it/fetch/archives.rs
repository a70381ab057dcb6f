//! Archives: the good ones in every format, and those that mean harm.

use super::world::{World, file, toy};
use flate2::{Compression, Crc, write::GzEncoder};
use harness::contract::resource::{Resource, Unpack};
use std::io::Write;
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;

/// What a well-behaved archive holds.
const GOOD: [&str; 2] = ["outer/bottle/train/good/000.png", "outer/readme.txt"];

/// A resource whose archive is `bytes`, of which the folder that holds `bottle` is wanted.
fn resource(bytes: &[u8]) -> &'static Resource {
    toy(vec![file("a.archive", &[], bytes, Unpack::Around("bottle"))])
}

fn tar_with(add: impl FnOnce(&mut Builder<Vec<u8>>)) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for name in GOOD {
        append(&mut builder, name, EntryType::Regular, name.as_bytes());
    }
    add(&mut builder);
    builder.into_inner().unwrap()
}

/// An entry whose name is taken as it is: the crate itself would refuse most of them.
fn append(builder: &mut Builder<Vec<u8>>, name: &str, kind: EntryType, content: &[u8]) {
    let mut header = Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o6777);
    header.set_size(content.len() as u64);
    header.set_cksum();
    builder.append(&header, content).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_with(add: impl FnOnce(&mut zip::ZipWriter<std::io::Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in GOOD {
        writer.start_file(name, SimpleFileOptions::default().unix_permissions(0o777)).unwrap();
        writer.write_all(name.as_bytes()).unwrap();
    }
    add(&mut writer);
    writer.finish().unwrap().into_inner()
}

/// Made by Python's `tarfile` with `w:xz`.
const XZ: &[u8] = include_bytes!("../../fixtures/tiny.tar.xz");

/// That the archive is refused with these words, and nothing is left but the archive.
fn assert_refused(bytes: &[u8], words: &[&str]) {
    let world = World::new();
    let path = world.local("a.archive", bytes);
    let message = world.fetch_from(resource(bytes), Some(&path), false).unwrap_err().to_string();
    for part in words.iter().chain(&[path.as_str(), "https://example.org/data"]) {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    world.assert_clean(&["a.archive"]);
}

#[test]
fn every_format_is_unpacked_without_its_outermost_folder() {
    let tar = tar_with(|_| {});
    for bytes in [tar.clone(), gzip(&tar), zip_with(|_| {}), XZ.to_vec()] {
        let world = World::new();
        let path = world.local("a.archive", &bytes);
        world.fetch_from(resource(&bytes), Some(&path), false).unwrap();
        assert_eq!(world.files(), ["toy.origin.json", "toy/bottle/train/good/000.png", "toy/readme.txt"]);
        assert_eq!(world.read("bottle/train/good/000.png"), GOOD[0].as_bytes());
        let mode = std::fs::metadata(world.root().join("toy/readme.txt")).unwrap().permissions();
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&mode) & 0o6111,
            0,
            "permissions are not taken over"
        );
    }
}

#[test]
fn long_names_are_read() {
    let long = format!("outer/bottle/{}/x.png", "n".repeat(120));
    let pax = {
        let record = format!(" path={long}\n");
        let length = (record.len()..).find(|length| format!("{length}{record}").len() == *length).unwrap();
        format!("{length}{record}")
    };
    let gnu = tar_with(|builder| {
        append(builder, "././@LongLink", EntryType::GNULongName, format!("{long}\0").as_bytes());
        append(builder, "short", EntryType::Regular, b"x");
    });
    let posix = tar_with(|builder| {
        append(builder, "PaxHeaders/x", EntryType::XHeader, pax.as_bytes());
        append(builder, "short", EntryType::Regular, b"x");
    });
    for bytes in [gnu, posix] {
        let world = World::new();
        let path = world.local("a.archive", &bytes);
        world.fetch_from(resource(&bytes), Some(&path), false).unwrap();
        assert_eq!(world.read(long.strip_prefix("outer/").unwrap()), b"x");
    }
}

#[test]
fn no_member_leaves_the_target() {
    for evil in
        ["../evil.txt", "outer/../../evil.txt", "/shiftbench-evil.txt", "outer/bottle/../../../evil.txt"]
    {
        let words = [evil, "would leave the target folder"];
        assert_refused(&tar_with(|builder| append(builder, evil, EntryType::Regular, b"evil")), &words);
        assert_refused(
            &zip_with(|writer| {
                writer.start_file(evil, SimpleFileOptions::default()).unwrap();
            }),
            &words,
        );
    }
    assert!(!std::path::Path::new("/shiftbench-evil.txt").exists());
    let windows = tar_with(|builder| append(builder, "..\\evil.txt", EntryType::Regular, b"evil"));
    assert_refused(&windows, &["has a name no file should have"]);
}

#[test]
fn links_and_devices_are_refused() {
    for (kind, words) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Char, "is a device"),
        (EntryType::Block, "is a device"),
        (EntryType::Fifo, "is a device"),
        (EntryType::GNUSparse, "is no ordinary file"),
    ] {
        let bytes = tar_with(|builder| {
            let mut header = Header::new_gnu();
            header.set_path("outer/bottle/odd").unwrap();
            header.set_entry_type(kind);
            header.set_link_name("/etc").unwrap();
            header.set_size(0);
            header.set_cksum();
            builder.append(&header, &[][..]).unwrap();
            // What would follow the link.
            append(builder, "outer/bottle/odd/evil.txt", EntryType::Regular, b"evil");
        });
        assert_refused(&bytes, &["outer/bottle/odd", words]);
    }
    let zipped =
        zip_with(|writer| writer.add_symlink("outer/odd", "/etc", SimpleFileOptions::default()).unwrap());
    assert_refused(&zipped, &["outer/odd", "is a link or a device"]);
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![0; 80 << 20];
    let words = ["unpacks to more than 67108864 bytes"];
    let wanted = tar_with(|builder| append(builder, "outer/bottle/zeros", EntryType::Regular, &zeros));
    assert_refused(&gzip(&wanted), &words);
    let zipped = zip_with(|writer| {
        writer.start_file("outer/bottle/zeros", SimpleFileOptions::default()).unwrap();
        writer.write_all(&zeros).unwrap();
    });
    assert_refused(&zipped, &words);
    // Not a file, but a name of that length.
    let name =
        tar_with(|builder| append(builder, "././@LongLink", EntryType::GNULongName, &zeros[..2 << 20]));
    assert_refused(&gzip(&name), &["more than a megabyte"]);
    // A dictionary of four gigabytes, which the header asks for before any content.
    let mut greedy = XZ.to_vec();
    let header = (usize::from(greedy[12]) + 1) * 4;
    assert_eq!(greedy[14], 0x21, "the filter is LZMA2");
    greedy[16] = 40;
    let mut crc = Crc::new();
    crc.update(&greedy[12..12 + header - 4]);
    greedy[12 + header - 4..12 + header].copy_from_slice(&crc.sum().to_le_bytes());
    assert_refused(&greedy, &["mem_limit"]);
}

#[test]
fn a_name_does_not_come_twice() {
    let twice = tar_with(|builder| append(builder, GOOD[1], EntryType::Regular, b"other"));
    assert_refused(&twice, &[GOOD[1], "twice"]);
    let below = tar_with(|builder| append(builder, "outer/readme.txt/x", EntryType::Regular, b"other"));
    assert_refused(&below, &["outer/readme.txt/x", "twice"]);
}

#[test]
fn what_is_no_archive_or_another_one_is_said() {
    assert_refused(b"<!DOCTYPE html><title>Sign in</title>", &["is a web page"]);
    assert_refused(b"something else", &["is no zip, tar, tar.gz or tar.xz archive"]);
    assert_refused(b"", &["is no zip, tar, tar.gz or tar.xz archive"]);
    let mut builder = Builder::new(Vec::new());
    append(&mut builder, "other/cable/x.png", EntryType::Regular, b"x");
    assert_refused(&builder.into_inner().unwrap(), &["holds nothing called 'bottle'"]);
    assert_refused(&tar_with(|_| {})[..700], &["cannot be read"]);
    for bytes in [gzip(&tar_with(|_| {})), XZ.to_vec(), zip_with(|_| {})] {
        // Cut anywhere, or with one wrong byte, an archive is refused; it never panics.
        for end in (1..bytes.len()).step_by(7) {
            assert_refused(&bytes[..end], &[]);
        }
        for place in (0..bytes.len()).step_by(5) {
            let mut broken = bytes.clone();
            broken[place] ^= 0x10;
            let world = World::new();
            let path = world.local("a.archive", &broken);
            if world.fetch_from(resource(&broken), Some(&path), false).is_err() {
                world.assert_clean(&["a.archive"]);
            }
        }
    }
}

#[test]
fn a_refused_download_is_not_kept() {
    let bytes = tar_with(|builder| append(builder, "../evil.txt", EntryType::Regular, b"evil"));
    let server = super::server::Server::start(&bytes, &[]);
    let world = World::new();
    let url = format!("{}/a.tar", server.url);
    assert!(world.fetch(toy(vec![file("a.tar", &[url], &bytes, Unpack::Around("bottle"))])).is_err());
    world.assert_clean(&[]);
}
