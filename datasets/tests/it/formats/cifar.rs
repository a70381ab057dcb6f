//! CIFAR-10 as pickles, binary and folders.

use super::*;

/// Every batch of the python version with the bytes of `pickle`.
fn cifar(folder: &Path, pickle: &[u8]) {
    fs::create_dir_all(folder).unwrap();
    for batch in
        ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"]
    {
        fs::write(folder.join(batch), pickle).unwrap();
    }
}

#[test]
fn cifar_is_read_from_the_pickles_that_python_wrote() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cifar10/cifar-10-batches-py");
    cifar(&folder, &fixture("python2_numpy1"));
    let dataset = open("cifar10", "()", root.path()).unwrap();
    assert_eq!(counts(&*dataset, "cat")[&None], [5, 1, 9]);
    // Picture 2 of ten has label 7, so picture 42 is the one of batch 5.
    for id in ["train/horse/00042", "test/horse/00002"] {
        let picture = image(&*dataset, "horse", id);
        let at =
            |x: usize, y: usize| [0, 1, 2].map(|plane| ((31 * 2 + 1024 * plane + 32 * y + x) % 251) as u8);
        assert_eq!((picture.get_pixel(0, 0).0, picture.get_pixel(9, 30).0), (at(0, 0), at(9, 30)));
    }
    let direct = open("cifar10", &format!("(path: {folder:?})"), Path::new("")).unwrap();
    assert_eq!(direct.fingerprint("cat").unwrap(), dataset.fingerprint("cat").unwrap());

    cifar(&folder, &fixture("protocol5_numpy2"));
    let dataset = open("cifar10", "()", root.path()).unwrap();
    assert_eq!(counts(&*dataset, "automobile")[&None], [5, 1, 1]);
}

#[test]
fn cifar_is_the_same_in_binary_and_close_in_folders() {
    let root = miniature("cifar10");
    let binary = open("cifar10", "()", root.path()).unwrap();
    let bytes = fs::read(root.path().join("cifar10/cifar-10-batches-bin/data_batch_2.bin")).unwrap();
    let picture = image(&*binary, "cat", "train/cat/00023");
    let at = 3 * 3073 + 1 + 32 * 4 + 7;
    assert_eq!(picture.get_pixel(7, 4).0, [bytes[at], bytes[at + 1024], bytes[at + 2048]]);

    for (name, numbered) in [("named", false), ("numbered", true)] {
        let folder = root.path().join(name);
        let classes = binary.categories().unwrap();
        for (class, category) in classes.iter().enumerate() {
            let place = if numbered { format!("{class:03}") } else { category.clone() };
            for item in binary.items(category).unwrap().iter().filter(|item| !item.anomalous) {
                let [part, _, file] = item.id.split('/').collect::<Vec<_>>()[..] else { panic!() };
                let path: PathBuf = folder.join(part).join(&place).join(format!("{file}.png"));
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                binary.load(category, item).unwrap().image.save(path).unwrap();
            }
        }
        let options = format!("(path: {folder:?})");
        let files = open("cifar10", &options, Path::new("")).unwrap();
        assert_eq!(counts(&*files, "cat"), counts(&*binary, "cat"));
        assert_eq!(image(&*files, "cat", "train/cat/00023.png"), picture);
        let before = files.fingerprint("cat").unwrap();
        let dog = folder.join(if numbered { "test/005/00005.png" } else { "test/dog/00005.png" });
        RgbImage::new(32, 32).save(&dog).unwrap();
        assert_ne!(files.fingerprint("cat").unwrap(), before);
        fs::remove_dir_all(folder.join("test").join(if numbered { "009" } else { "truck" })).unwrap();
        let missing = message(open("cifar10", &options, Path::new("")));
        assert!(missing.contains("test/truck not found"), "{missing}");
    }
}

#[test]
fn faults_of_cifar_are_one_clear_message() {
    let fault = |change: &dyn Fn(&Path)| {
        let root = miniature("cifar10");
        change(&root.path().join("cifar10/cifar-10-batches-bin"));
        message(open("cifar10", "()", root.path()))
    };
    let cut = fault(&|folder| damage(&folder.join("data_batch_3.bin"), |bytes| bytes.truncate(9999)));
    assert!(cut.contains("data_batch_3.bin: its 9999 bytes are no multiple of 3073"), "{cut}");
    let label = fault(&|folder| damage(&folder.join("data_batch_4.bin"), |bytes| bytes[3073] = 200));
    assert!(label.contains("data_batch_4.bin: it has a label of 200"), "{label}");
    let missing = fault(&|folder| fs::remove_file(folder.join("test_batch.bin")).unwrap());
    assert!(missing.contains("test_batch.bin not found: run `cargo xtask fetch cifar10`"), "{missing}");
    let nothing = fault(&|folder| fs::remove_dir_all(folder).unwrap());
    assert!(nothing.contains("cifar-10-batches-py not found"), "{nothing}");

    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("cifar10/cifar-10-batches-py");
    let pickle = fixture("python2_numpy1");
    cifar(&folder, &pickle);
    for (bytes, expected) in [
        (&pickle[..9000], "data_batch_2: the file ends too early"),
        (b"cos\nsystem\n.", "data_batch_2: it asks for os.system"),
        (&fixture("mnist_m_numpy1"), "data_batch_2: its dictionary has no entry 'labels'"),
        (&fixture("float_numpy1"), "data_batch_2: an array of type 'f8'"),
    ] {
        fs::write(folder.join("data_batch_2"), bytes).unwrap();
        let found = message(open("cifar10", "()", root.path()));
        assert!(found.contains(expected), "{found}");
    }
}
