//! Against files that Python wrote (`tests/reference/packed.py`), and against hostile ones.

use super::machine::MOST_INSTRUCTIONS;
use super::*;
use std::fs;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../tests/fixtures/packed/{name}.pkl", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// What `packed.py` puts at place `at` of picture `index`.
fn pixel(index: usize, at: usize) -> u8 {
    ((31 * index + at) % 251) as u8
}

fn fails(bytes: &[u8], expected: &str) {
    let message = Pickle::parse(bytes).map(|_| ()).unwrap_err();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn every_protocol_of_old_and_new_numpy_holds_the_same() {
    for name in [2, 3, 4, 5]
        .into_iter()
        .flat_map(|protocol| ["numpy1", "numpy2"].map(|numpy| format!("protocol{protocol}_{numpy}")))
    {
        let bytes = fixture(&name);
        let pickle = Pickle::parse(&bytes).unwrap();
        let (shape, data) = pickle.root().entry("data").unwrap().bytes().unwrap();
        assert_eq!(shape, [2, 3072], "{name}");
        assert!(data.iter().enumerate().all(|(at, value)| *value == pixel(at / 3072, at % 3072)), "{name}");
        assert_eq!(pickle.root().entry("labels").unwrap().labels().unwrap(), [1, 4], "{name}");
    }
}

#[test]
fn strings_of_python_2_are_bytes() {
    let bytes = fixture("python2_numpy1");
    let pickle = Pickle::parse(&bytes).unwrap();
    assert_eq!(pickle.root().entry("labels").unwrap().labels().unwrap(), [1, 4, 7, 0, 3, 6, 9, 2, 5, 8]);
    let (shape, data) = pickle.root().entry("data").unwrap().bytes().unwrap();
    assert_eq!((shape, data[3072 * 9 + 5]), (&[10, 3072][..], pixel(9, 5)));
    let missing = pickle.root().entry("fine_labels").unwrap_err();
    assert_eq!(missing, "its dictionary has no entry 'fine_labels'");
}

#[test]
fn arrays_in_another_order_or_type_are_named() {
    fails(&fixture("fortran_numpy1"), "stored column by column");
    fails(&fixture("float_numpy1"), "an array of type 'f8'; pictures are uint8");
}

#[test]
fn nothing_is_called_that_is_not_data() {
    fails(
        b"cos\nsystem\n(U\x08echo hi ntR.",
        "it asks for os.system, which a file of plain data does not need",
    );
    fails(b"\x80\x02cbuiltins\neval\n.", "builtins.eval");
    fails(b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93.", "builtins.exec");
    // Known names, but other calls than NumPy's.
    fails(b"cnumpy\nndarray\n)R.", "it calls Ndarray in a way that NumPy does not");
    fails(b"cnumpy.core.multiarray\n_reconstruct\n)R.", "it calls Reconstruct");
    fails(b"K\x01)R.", "it calls what is no function");
    fails(
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00zlib\x86R.",
        "another encoding than Latin-1",
    );
    for instruction in *b"iIo\x81\x82PQ" {
        fails(&[b'(', instruction, b'.'], "does not occur in files of plain data");
    }
}

#[test]
fn sizes_are_checked_before_memory_is_taken() {
    fails(b"B\xff\xff\xff\xff.", "the file ends too early");
    fails(b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", "the file ends too early");
    fails(b"\x8a\x09123456789.", "more than eight bytes");
    let dtype = b"cnumpy\ndtype\nU\x02u1\x85R";
    let array = |shape: &[u8], bytes: &[u8]| {
        let head = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R(K\x01";
        [&head[..], shape, dtype, b"\x89", bytes, b"tb."].concat()
    };
    assert!(Pickle::parse(&array(b"K\x03\x85", b"U\x03abc")).is_ok());
    fails(&array(b"K\x04\x85", b"U\x03abc"), "an array of shape [4] with 3 bytes");
    let huge = b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f";
    fails(&array(&[&huge[..], huge, b"\x86"].concat(), b"U\x03abc"), "with 3 bytes");
    fails(&array(b"J\xff\xff\xff\xff\x85", b"U\x03abc"), "an array of no shape");
    fails(&b"N".repeat(MOST_INSTRUCTIONS + 1), "more than 1048576 instructions");
}

#[test]
fn neither_depth_nor_copies_nor_cycles_exhaust_anything() {
    // A million tuples in each other, and a list that contains itself.
    let deep = [&b")"[..], &b"\x85".repeat(1_000_000), b"."].concat();
    assert!(Pickle::parse(&deep).is_ok());
    let cyclic = Pickle::parse(b"]q\x00h\x00a.").unwrap();
    assert!(cyclic.root().labels().is_err());
    // One string of a kilobyte, decoded a thousand times.
    let text = [&b"X\x00\x04\x00\x00"[..], &[b'a'; 1024]].concat();
    let once = b"c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R";
    fails(&[&text[..], b"q\x00", &once.repeat(1000), b"."].concat(), "copies one string again and again");
}

#[test]
fn damage_at_any_byte_is_an_error_or_other_data_but_no_panic() {
    let good = fixture("protocol4_numpy1");
    for length in 0..good.len() {
        assert!(Pickle::parse(&good[..length]).is_err(), "cut to {length}");
    }
    // Beyond the first bytes lie pixels.
    for at in (0..300).chain(good.len() - 300..good.len()) {
        for value in [0, b'.', b'(', b'R', b'b', b'u', b'h', 0x85, 0x93, 0xff] {
            let mut bad = good.clone();
            bad[at] = value;
            if let Ok(pickle) = Pickle::parse(&bad) {
                let _ = pickle.root().entry("data").and_then(|data| data.bytes().map(|_| ()));
                let _ = pickle.root().entry("labels").and_then(|labels| labels.labels());
            }
        }
    }
}

#[test]
fn unbalanced_programs_are_refused() {
    for bad in [
        &b"."[..],
        b"a.",
        b"K\x01a.",
        b"K\x01K\x02a.",
        b"e.",
        b"t.",
        b"}K\x01s.",
        b"}(K\x01u.",
        b"(a.",
        b"b.",
    ] {
        assert!(Pickle::parse(bad).is_err(), "{}", bad.escape_ascii());
    }
    fails(b"h\x07.", "recalls a value that it never stored");
    fails(b"(K\x01K\x02K\x03s.", "no dictionary");
}
