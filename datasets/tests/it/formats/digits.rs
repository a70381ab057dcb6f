//! MNIST, MNIST-M and what shares their files.

use super::*;

/// An IDX file, plain.
fn idx(path: &Path, shape: &[u32], values: &[u8]) {
    let mut bytes = vec![0, 0, 8, shape.len() as u8];
    bytes.extend(shape.iter().flat_map(|size| size.to_be_bytes()));
    bytes.extend(values);
    fs::write(path, bytes).unwrap();
}

#[test]
fn mnist_is_read_plain_or_zipped_by_either_name() {
    let root = tempfile::tempdir().unwrap();
    let pixels: Vec<u8> = (0..2 * 784).map(|at| (at % 251) as u8).collect();
    for part in ["train", "t10k"] {
        idx(&root.path().join(format!("{part}-images.idx3-ubyte")), &[2, 28, 28], &pixels);
        idx(&root.path().join(format!("{part}-labels-idx1-ubyte")), &[2], &[3, 5]);
    }
    let dataset = open("mnist", &format!("(path: {:?})", root.path()), Path::new("")).unwrap();
    let picture = image(&*dataset, "5", "test/3/00000");
    assert_eq!((picture.dimensions(), picture.get_pixel(3, 2).0), ((28, 28), [59; 3]));
    assert_eq!(image(&*dataset, "5", "train/5/00001").get_pixel(0, 0).0, [(784 % 251) as u8; 3]);
    let none = message(dataset.items("7"));
    assert!(none.contains("category '7' of mnist has no training images"), "{none}");
}

#[test]
fn faults_of_mnist_are_one_clear_message() {
    let fault = |name: &str, change: &dyn Fn(&Path)| {
        let root = miniature("mnist");
        change(&root.path().join("mnist").join(name));
        message(open("mnist", "()", root.path()))
    };
    let images = "train-images-idx3-ubyte.gz";
    let labels = "t10k-labels-idx1-ubyte.gz";
    let missing = fault(images, &|path| fs::remove_file(path).unwrap());
    assert!(missing.contains(images) && missing.contains("cargo xtask fetch mnist"), "{missing}");
    let cut = fault(images, &|path| damage(path, |bytes| bytes.truncate(bytes.len() / 2)));
    assert!(cut.contains(&format!("{images}: it cannot be read or unpacked to its end")), "{cut}");
    let few = fault(labels, &|path| idx(path, &[39], &[0; 39]));
    assert!(few.contains("40 pictures, but 39 labels"), "{few}");
    let magic = fault(images, &|path| idx(path, &[80, 784], &[0; 80 * 784]));
    assert!(
        magic.contains("begins with [0, 0, 8, 2], but an IDX file of bytes with 3 dimensions"),
        "{magic}"
    );
    let size = fault(images, &|path| idx(path, &[80, 14, 56], &[0; 80 * 784]));
    assert!(size.contains("its pictures are 56x14; those of MNIST are 28x28"), "{size}");
    let label = fault(labels, &|path| idx(path, &[40], &[[1; 39].as_slice(), &[10]].concat()));
    assert!(label.contains("mnist: test/00039 has label 10, but labels are 0 to 9"), "{label}");
}

#[test]
fn mnist_m_is_the_same_in_every_form() {
    let root = miniature("mnist-m");
    let folder = root.path().join("mnist-m");
    let listed = open("mnist-m", "()", root.path()).unwrap();
    let id = "mnist_m/7/00027";
    let picture = image(&*listed, "7", id);
    assert_eq!(picture, open_rgb(&folder.join("mnist_m_test/00000027.png")).unwrap());
    assert_ne!(picture, image(&*listed, "7", "test/7/00027"));

    // As IDX, with labels of its own and with those of MNIST.
    let values = (0..40)
        .flat_map(|index| image(&*listed, "7", &format!("mnist_m/{}/{index:05}", index % 10)).into_raw());
    let values: Vec<u8> = values.collect();
    let items = listed.items("7").unwrap();
    fs::remove_file(folder.join("mnist_m_test_labels.txt")).unwrap();
    idx(&folder.join("t10k-images-idx4-ubyte"), &[40, 28, 28, 3], &values);
    let array = open("mnist-m", "()", root.path()).unwrap();
    assert_eq!((array.items("7").unwrap(), image(&*array, "7", id)), (items, picture));
    idx(&folder.join("t10k-labels-idx1-ubyte"), &[40], &[4; 40]);
    let relabelled = open("mnist-m", "()", root.path()).unwrap();
    assert_eq!(counts(&*relabelled, "4")[&Some("mnist_m".into())], [0, 40, 0]);
}

/// A data root with ten test digits of MNIST, and the pickle of as many pictures.
fn pickled(pickle: &[u8]) -> tempfile::TempDir {
    let root = miniature("mnist");
    let mnist = root.path().join("mnist");
    fs::remove_file(mnist.join("t10k-images-idx3-ubyte.gz")).unwrap();
    fs::remove_file(mnist.join("t10k-labels-idx1-ubyte.gz")).unwrap();
    idx(&mnist.join("t10k-images-idx3-ubyte"), &[10, 28, 28], &[1; 7840]);
    idx(&mnist.join("t10k-labels-idx1-ubyte"), &[10], &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    fs::create_dir(root.path().join("mnist-m")).unwrap();
    fs::write(root.path().join("mnist-m/keras_mnistm.pkl"), pickle).unwrap();
    root
}

#[test]
fn mnist_m_is_read_from_the_pickle_that_python_wrote() {
    let root = pickled(&fixture("mnist_m_numpy1"));
    let dataset = open("mnist-m", "()", root.path()).unwrap();
    // The script stores its ten pictures in reverse.
    let picture = image(&*dataset, "0", "mnist_m/9/00000");
    let at =
        |x: usize, y: usize| [0, 1, 2].map(|channel| ((31 * 9 + 3 * (28 * y + x) + channel) % 251) as u8);
    assert_eq!((picture.get_pixel(0, 0).0, picture.get_pixel(5, 11).0), (at(0, 0), at(5, 11)));

    let hostile = pickled(b"cposix\nsystem\nU\x04true\x85R.");
    let hostile = message(open("mnist-m", "()", hostile.path()));
    assert!(hostile.contains("keras_mnistm.pkl: it asks for posix.system"), "{hostile}");
    let wrong = pickled(&fixture("protocol2_numpy2"));
    let wrong = message(open("mnist-m", "()", wrong.path()));
    assert!(wrong.contains("keras_mnistm.pkl: its dictionary has no entry 'test'"), "{wrong}");
}

#[test]
fn faults_of_mnist_m_are_one_clear_message() {
    let root = miniature("mnist-m");
    let folder = root.path().join("mnist-m");
    let list = folder.join("mnist_m_test_labels.txt");
    let text = fs::read_to_string(&list).unwrap();
    for (bad, expected) in [
        ("00000003.png", "line 41: '00000003.png' is not 'picture.png digit'"),
        ("00000003.png 3", "line 41: '00000003.png' is listed twice"),
        ("00000040.png 3", "00000040.png is missing"),
        ("../x.png 3", "line 41: '../x.png 3' is not"),
    ] {
        fs::write(&list, format!("{text}{bad}\n")).unwrap();
        let found = message(open("mnist-m", "()", root.path()));
        assert!(found.contains("mnist_m_test_labels.txt: line 41") && found.contains(expected), "{found}");
    }
    fs::write(&list, text.replace("00000005.png 5", "00000005.png 55")).unwrap();
    let label = message(open("mnist-m", "()", root.path()));
    assert!(label.contains("mnist_m/00005 has label 55"), "{label}");
    fs::remove_file(&list).unwrap();
    let missing = message(open("mnist-m", "()", root.path()));
    assert!(missing.contains("mnist_m_test_labels.txt not found: put mnist_m_test/"), "{missing}");
    fs::remove_dir_all(root.path().join("mnist")).unwrap();
    let missing = message(open("mnist-m", "()", root.path()));
    assert!(missing.contains("train-labels-idx1-ubyte.gz not found"), "{missing}");
}
