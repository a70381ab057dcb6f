//! What can go wrong on the way from a server.

use super::server::{Reply, Server};
use super::world::{World, file, leak, sha256, toy};
use harness::contract::resource::{RemoteFile, Resource, Unpack};
use harness::fetch::Step;

/// 200,000 bytes without a pattern that a wrong offset would not disturb.
fn content() -> Vec<u8> {
    (0..50_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

/// One file behind these servers.
fn resource(servers: &[&Server]) -> &'static Resource {
    let urls: Vec<String> = servers.iter().map(|server| format!("{}/a.bin", server.url)).collect();
    toy(vec![file("a.bin", &urls, &content(), Unpack::Keep)])
}

/// The same without a published hash and size.
fn unknown(server: &Server) -> &'static Resource {
    let urls = vec![leak(format!("{}/a.bin", server.url))].leak();
    toy(vec![RemoteFile { name: "a.bin", urls, sha256: &[], bytes: None, unpack: Unpack::Keep }])
}

#[test]
fn a_file_arrives_with_progress_and_a_note() {
    let (world, server) = (World::new(), Server::start(&content(), &[]));
    let mut last = None;
    let mut checked = false;
    let delivery = world.watched(resource(&[&server]), None, false, &mut |step| match step {
        Step::Downloading { done, total, .. } => last = Some((done, total)),
        Step::Checking { file } => checked = file == "a.bin",
        _ => {}
    });
    let delivery = delivery.unwrap();
    assert_eq!(delivery.folder, world.root().join("toy"));
    assert_eq!(delivery.unverified, []);
    assert_eq!(world.read("a.bin"), content());
    assert_eq!((last, checked), (Some((200_000, Some(200_000))), true));
    assert_eq!(world.files(), ["toy.origin.json", "toy/a.bin"]);
    let note = std::fs::read_to_string(world.root().join("toy.origin.json")).unwrap();
    for part in ["Toy 1.0", "--accept-licence", &server.url, sha256(&content()), "\"verified\": true"] {
        assert!(note.contains(part), "{part} is not in {note}");
    }
    assert_eq!(server.seen()[0].range, None);
}

#[test]
fn what_is_there_is_not_fetched_again() {
    let (world, server) = (World::new(), Server::start(&content(), &[]));
    world.local("root/toy/mine.txt", b"by hand");
    world.fetch(resource(&[&server])).unwrap();
    assert_eq!((server.seen().len(), world.files()), (0, vec!["toy/mine.txt".into()]));
}

#[test]
fn a_cut_transfer_goes_on_where_it_ended() {
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::Cut(70_000)]));
    let mut complaints = Vec::new();
    let fetched = world.watched(resource(&[&server]), None, false, &mut |step| {
        if let Step::Retrying { reason } = step {
            complaints.push(reason.to_owned());
        }
    });
    fetched.unwrap();
    assert_eq!(world.read("a.bin"), content());
    let seen = server.seen();
    assert_eq!(seen[1].range.as_deref(), Some("bytes=70000-"));
    assert_eq!(seen[1].if_range.as_deref(), Some("\"one\""));
    assert_eq!((seen.len(), seen[1].sent), (2, 130_000));
    assert!(complaints[0].contains("ended after 70000 of 200000 bytes"), "{complaints:?}");
}

#[test]
fn a_later_fetch_goes_on_where_the_first_gave_up() {
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::Cut(70_000), Reply::Cut(0)]));
    let message = world.fetch(resource(&[&server])).unwrap_err().to_string();
    let kept = world.root().join(".fetch-toy/a.bin.part");
    for part in
        ["a.bin of toy", &server.url, "70000 bytes are kept in", kept.to_str().unwrap(), "--from FILE"]
    {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    assert!(!world.root().join("toy").exists() && kept.is_file());
    world.fetch(resource(&[&server])).unwrap();
    assert_eq!(server.seen()[2].sent, 130_000);
    assert_eq!((world.read("a.bin"), world.files().len()), (content(), 2));
}

#[test]
fn a_silent_server_is_left_and_the_next_mirror_goes_on() {
    let stalling = [Reply::Stall(50_000), Reply::Stall(0)];
    let (world, silent, mirror) =
        (World::new(), Server::start(&content(), &stalling), Server::start(&content(), &[]));
    let mut complaints = Vec::new();
    let fetched = world.watched(resource(&[&silent, &mirror]), None, false, &mut |step| {
        if let Step::Retrying { reason } = step {
            complaints.push(reason.to_owned());
        }
    });
    fetched.unwrap();
    assert!(complaints[0].contains("nothing came for 1 s"), "{complaints:?}");
    assert_eq!((silent.seen().len(), mirror.seen()[0].sent), (2, 150_000));
    assert_eq!(world.read("a.bin"), content());
}

#[test]
fn a_lie_about_a_known_length_is_refused_at_once() {
    for length in [199_999, 200_001, 5_000_000_000] {
        let (world, server) = (World::new(), Server::start(&content(), &[Reply::Announce(length)]));
        let message = world.fetch(resource(&[&server])).unwrap_err().to_string();
        let expected = format!("announces {length} bytes, but the file has 200000");
        assert!(message.contains(&expected), "{message}");
        world.assert_clean(&[]);
    }
}

#[test]
fn a_lie_about_an_unknown_length_is_noticed_at_the_end() {
    // Longer than the truth: the transfer never ends properly, and what came is kept.
    let (world, server) = (World::new(), Server::start(&content(), &vec![Reply::Announce(200_001); 2]));
    let message = world.fetch(unknown(&server)).unwrap_err().to_string();
    assert!(message.contains("ended after 200000 of 200001 bytes"), "{message}");
    assert!(message.contains("200000 bytes are kept in") && !world.root().join("toy").exists(), "{message}");
    // Shorter than the truth: the hash tells.
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::Announce(1_000)]));
    let known =
        RemoteFile { bytes: None, ..file("a.bin", &[format!("{}/a", server.url)], &content(), Unpack::Keep) };
    let message = world.fetch(toy(vec![known])).unwrap_err().to_string();
    assert!(message.contains("SHA-256 is") && message.contains("discarded"), "{message}");
    world.assert_clean(&[]);
}

#[test]
fn a_file_without_end_is_stopped() {
    for reply in [Reply::Announce(4_000_001), Reply::Endless(5_000_000)] {
        let (world, server) = (World::new(), Server::start(&content(), &[reply]));
        let message = world.fetch(unknown(&server)).unwrap_err().to_string();
        assert!(message.contains("more than") && message.contains("4000000"), "{message}");
        world.assert_clean(&[]);
    }
}

#[test]
fn a_wrong_hash_leaves_nothing_behind() {
    let mut other = content();
    other[100_000] ^= 1;
    let (world, server) = (World::new(), Server::start(&other, &[]));
    let message = world.fetch(resource(&[&server])).unwrap_err().to_string();
    for part in
        [sha256(&other), sha256(&content()), "a.bin of toy", "https://example.org/data", "--from FILE"]
    {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    world.assert_clean(&[]);
}

#[test]
fn a_server_without_ranges_starts_anew() {
    let replies = [Reply::Cut(70_000), Reply::IgnoreRange];
    let (world, server) = (World::new(), Server::start(&content(), &replies));
    world.fetch(resource(&[&server])).unwrap();
    assert_eq!(server.seen()[1].sent, 200_000);
    assert_eq!(world.read("a.bin"), content());
}

#[test]
fn mirrors_are_tried_in_order_and_redirects_followed() {
    let (world, target) = (World::new(), Server::start(&content(), &[]));
    let gone = Server::start(&content(), &[Reply::Status(404)]);
    let moved = Server::start(&content(), &[Reply::Redirect(format!("{}/elsewhere", target.url))]);
    world.fetch(resource(&[&gone, &moved])).unwrap();
    assert_eq!((gone.seen().len(), moved.seen().len()), (1, 1));
    assert_eq!(target.seen()[0].path, "/elsewhere");
    assert_eq!(world.read("a.bin"), content());
}

#[test]
fn every_address_that_failed_is_named() {
    let (world, gone, broken) =
        (World::new(), Server::start(&[], &[Reply::Status(404)]), Server::start(&[], &[Reply::Status(503)]));
    // A port that nobody listens to.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut urls: Vec<String> =
        [&gone, &broken].iter().map(|server| format!("{}/a.bin", server.url)).collect();
    urls.push(format!("http://{closed}/a.bin"));
    let message =
        world.fetch(toy(vec![file("a.bin", &urls, &content(), Unpack::Keep)])).unwrap_err().to_string();
    for part in [&urls[0], "404", &urls[1], "503", &urls[2], "no answer"] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    world.assert_clean(&[]);
}

#[test]
fn a_file_that_changed_meanwhile_is_not_pieced_together() {
    let changed: Vec<u8> = content().iter().map(|byte| !byte).collect();
    // Without a known hash the server decides by the version it named.
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::Cut(70_000), Reply::Cut(0)]));
    let url = unknown(&server);
    assert!(world.fetch(url).is_err());
    let note = world.root().join(".fetch-toy/a.bin.part.version");
    std::fs::write(&note, std::fs::read_to_string(&note).unwrap().replace("one", "zero")).unwrap();
    let delivery = world.fetch(url).unwrap();
    assert_eq!(server.seen()[2].sent, 200_000);
    assert_eq!(delivery.unverified, [("a.bin".to_owned(), sha256(&content()).to_owned())]);
    // A server that names no version is asked for everything.
    let (world, server) =
        (World::new(), Server::start_with(&content(), &[Reply::Cut(70_000), Reply::Cut(0)], None));
    assert!(world.fetch(unknown(&server)).is_err());
    world.fetch(unknown(&server)).unwrap();
    assert_eq!(server.seen()[1].range, None);
    assert_eq!(world.read("a.bin"), content());
    // With a known hash a wrong half is noticed, and everything asked for again.
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::IgnoreVersion]));
    world.local("root/.fetch-toy/a.bin.part", &changed[..70_000]);
    world.fetch(resource(&[&server])).unwrap();
    let seen = server.seen();
    assert_eq!((seen[0].sent, seen[1].sent), (130_000, 200_000));
    assert_eq!(world.read("a.bin"), content());
}

#[test]
fn a_part_longer_than_the_file_is_discarded() {
    let (world, server) = (World::new(), Server::start(&content(), &[]));
    world.local("root/.fetch-toy/a.bin.part", &[1; 300_000]);
    world.fetch(resource(&[&server])).unwrap();
    assert_eq!(world.read("a.bin"), content());
}

#[test]
fn a_link_without_encryption_is_not_followed() {
    let world = World::new();
    let url = "http://example.org/a.bin".to_owned();
    let message =
        world.fetch(toy(vec![file("a.bin", &[url], &content(), Unpack::Keep)])).unwrap_err().to_string();
    assert!(message.contains("not encrypted"), "{message}");
    world.assert_clean(&[]);
}

#[test]
fn two_at_once_share_one_download() {
    let (world, server) = (World::new(), Server::start(&content(), &[Reply::Stall(1_000)]));
    let toy = resource(&[&server]);
    let mut waited = [false; 4];
    std::thread::scope(|scope| {
        for waited in &mut waited {
            let world = &world;
            scope.spawn(move || {
                world.watched(toy, None, false, &mut |step| *waited |= step == Step::Waiting).unwrap();
            });
        }
    });
    assert_eq!(server.seen().len(), 2, "one that stalls, one that goes on");
    assert_eq!(waited.iter().filter(|waited| **waited).count(), 3);
    assert_eq!(
        (world.read("a.bin"), world.files()),
        (content(), vec!["toy.origin.json".into(), "toy/a.bin".into()])
    );
}
