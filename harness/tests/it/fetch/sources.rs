//! Licences, local copies, other addresses, and what no program can fetch.

use super::server::{Reply, Server};
use super::world::{World, file, from_source, leak, sha256, toy};
use harness::contract::resource::{RemoteFile, Resource, Source, Unpack};
use harness::fetch::Accepted;

const PACKED: &[u8] = b"the content";

fn two_files(urls: &[String]) -> &'static Resource {
    let each = |name: &'static str| {
        let urls: Vec<String> = urls.iter().map(|url| format!("{url}/{name}")).collect();
        file(name, &urls, PACKED, Unpack::Keep)
    };
    toy(vec![each("a.bin"), each("b.bin")])
}

#[test]
fn only_a_yes_accepts_a_licence() {
    let toy = two_files(&[]);
    for (answer, accepted) in
        [("y\n", true), ("YES\n", true), ("\n", false), ("", false), ("no\n", false), ("yep\n", false)]
    {
        let mut question = Vec::new();
        let result = Accepted::ask(toy, &mut answer.as_bytes(), &mut question);
        assert_eq!(result.is_ok(), accepted, "{answer:?}");
        assert!(String::from_utf8(question).unwrap().contains("[y/N]"));
    }
    let message = Accepted::missing(toy).to_string();
    for part in ["toy", "Toy 1.0", "https://example.org/toy", "nothing was fetched", "--accept-licence"] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    assert!(toy.licence.to_string().contains("Play fair."));
}

#[test]
fn several_files_come_whole_or_not_at_all() {
    let (world, server) = (World::new(), Server::start(PACKED, &[Reply::Serve, Reply::Status(404)]));
    let resource = two_files(std::slice::from_ref(&server.url));
    let message = world.fetch(resource).unwrap_err().to_string();
    assert!(message.contains("b.bin of toy") && message.contains("--from FOLDER"), "{message}");
    assert!(!world.root().join("toy").exists());
    world.fetch(resource).unwrap();
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/a.bin", "/b.bin", "/b.bin"], "the first file was kept");
    assert_eq!(world.files(), ["toy.origin.json", "toy/a.bin", "toy/b.bin"]);
}

#[test]
fn local_files_replace_links() {
    let world = World::new();
    let folder = world.local("mine/a.bin", PACKED).replace("/a.bin", "");
    let error = |from: &str| world.fetch_from(two_files(&[]), Some(from), false).unwrap_err().to_string();
    assert!(error(&folder).contains("has no file b.bin"));
    assert!(error(&format!("{folder}/a.bin")).contains("the folder that holds a.bin, b.bin"));
    assert!(error("/no/such/place").contains("--from /no/such/place: No such file"));
    world.assert_clean(&["mine/a.bin"]);
    world.local("mine/b.bin", PACKED);
    world.fetch_from(two_files(&[]), Some(&folder), false).unwrap();
    assert_eq!(world.files(), ["toy.origin.json", "toy/a.bin", "toy/b.bin"]);
    assert!(std::path::Path::new(&folder).join("a.bin").is_file(), "the originals stay");
}

#[test]
fn another_copy_needs_its_hash_or_an_explicit_wish() {
    let world = World::new();
    let path = world.local("a.bin", b"packed anew");
    let resource = toy(vec![file("a.bin", &[], PACKED, Unpack::Keep)]);
    let message = world.fetch_from(resource, Some(&path), false).unwrap_err().to_string();
    for part in
        [path.as_str(), sha256(b"packed anew"), sha256(PACKED), "--any-version", "https://example.org/data"]
    {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    world.assert_clean(&["a.bin"]);
    let delivery = world.fetch_from(resource, Some(&path), true).unwrap();
    assert_eq!(delivery.unverified, [("a.bin".to_owned(), sha256(b"packed anew").to_owned())]);
    let note = std::fs::read_to_string(world.root().join("toy.origin.json")).unwrap();
    assert!(note.contains("\"verified\": false") && note.contains(&path), "{note}");
}

#[test]
fn a_second_known_hash_will_do() {
    let world = World::new();
    let path = world.local("a.bin", PACKED);
    let known = vec![sha256(b"official"), sha256(PACKED)].leak();
    let resource = toy(vec![RemoteFile { sha256: known, ..file("a.bin", &[], PACKED, Unpack::Keep) }]);
    assert_eq!(world.fetch_from(resource, Some(&path), false).unwrap().unverified, []);
}

#[test]
fn another_address_replaces_links() {
    let (world, server) = (World::new(), Server::start(PACKED, &[]));
    world
        .fetch_from(two_files(&["http://127.0.0.1:1".into()]), Some(&format!("{}/copy/", server.url)), false)
        .unwrap();
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/copy/a.bin", "/copy/b.bin"]);
    // A copy of another size is refused for its hash, unless it is wished for.
    let (world, server) = (World::new(), Server::start(b"packed anew", &[]));
    let resource = toy(vec![file("a.bin", &[], PACKED, Unpack::Keep)]);
    let url = format!("{}/x", server.url);
    let message = world.fetch_from(resource, Some(&url), false).unwrap_err().to_string();
    assert!(message.contains(sha256(b"packed anew")), "{message}");
    world.assert_clean(&[]);
    world.fetch_from(resource, Some(&url), true).unwrap();
    assert_eq!(world.read("a.bin"), b"packed anew");
}

#[test]
fn what_must_be_done_by_hand_is_said() {
    let world = World::new();
    let message =
        world.fetch(from_source(Source::ByHand { put: "the folder pictures" })).unwrap_err().to_string();
    let folder = world.root().join("toy");
    for part in ["https://example.org/data", "put the folder pictures into", folder.to_str().unwrap()] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    let without_link = toy(vec![file("a.bin", &[], PACKED, Unpack::Keep)]);
    let message = world.fetch(without_link).unwrap_err().to_string();
    assert!(message.contains("take a.bin, then run `cargo xtask fetch toy --from FILE`"), "{message}");
    assert!(!world.root().exists());
    world.fetch_from(without_link, Some(&world.local("downloads/a.bin", PACKED)), false).unwrap();
    assert_eq!(world.read("a.bin"), PACKED);
}

#[test]
fn a_wheel_may_lie_anywhere() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = zip::ZipWriter::new(&mut bytes);
    for name in ["toy/data/a/b.txt", "toy/code.py"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, PACKED).unwrap();
    }
    writer.finish().unwrap();
    let wheel = bytes.into_inner();
    let source = |sha256, members| Source::Wheel { package: "toy-data", version: "1", sha256, members };
    let right = vec![sha256(&wheel)].leak();
    let world = World::new();
    let path = world.local("toy_data-1-py3-none-any.whl", &wheel);
    let error = |source| world.fetch_from(from_source(source), Some(&path), false).unwrap_err().to_string();
    assert!(error(source(vec![leak("00")].leak(), "toy/data/")).contains("SHA-256"));
    assert!(error(source(right, "other/")).contains("holds no files below 'other/'"));
    world.assert_clean(&["toy_data-1-py3-none-any.whl"]);
    world.fetch_from(from_source(source(right, "toy/data/")), Some(&path), false).unwrap();
    assert_eq!(world.files(), ["toy.origin.json", "toy/a/b.txt"]);
}

/// A device never ends, and a pipe waits for ever.
#[cfg(unix)]
#[test]
fn only_a_file_that_the_resource_can_have_is_taken() {
    let world = World::new();
    let resource = toy(vec![file("a.bin", &[], PACKED, Unpack::Keep)]);
    let error = |from: &str| world.fetch_from(resource, Some(from), true).unwrap_err().to_string();
    assert_eq!(error("/dev/zero"), "--from /dev/zero: is a device, not a file");
    let folder = world.local("mine/other", b"").replace("/other", "");
    let pipe = format!("{folder}/a.bin");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(error(&pipe).ends_with("a.bin: is a named pipe, not a file"));
    assert!(error(&folder).ends_with("mine: a.bin is a named pipe, not a file"));
    let large = world.local("large", &vec![0; 4_000_001]);
    assert!(
        error(&large).ends_with("has 4000001 bytes, far more than toy can have (4000000)"),
        "{}",
        error(&large)
    );
}
