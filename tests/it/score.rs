//! `score`: checkpoints of official code and of finished jobs, through the command line.

use crate::support::{fail, mvtec_like, shiftbench, succeed, text};
use burn::store::burn_pack::Tensor as Entry;
use burn::store::{ModuleStore, PytorchStore, bridge};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Relative, without mixing: rounding. 1e-7 was seen.
const TOLERANCE: f64 = 1e-6;
/// Relative, with mixing: rounding exchanges ranks of nearly equal features, and another processor rounds in
/// another order. 9e-5 was seen; PyTorch in f32 is up to 1.3e-5 from the f64 of the expected scores.
const MIXED_TOLERANCE: f64 = 5e-4;
/// Relative, after half the digits of the weights were cut off; 1.7e-3 was seen.
const HALF_TOLERANCE: f64 = 1e-2;

fn fixture(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The images of the expected scores, the way a user has them: in a folder.
fn images(root: &Path) -> PathBuf {
    let folder = root.join("images");
    for name in expected("rd").keys() {
        let target = folder.join(name);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(fixture(&format!("corruptions/{name}")), target).unwrap();
    }
    folder
}

fn expected(method: &str) -> BTreeMap<String, f64> {
    let table = fs::read_to_string(fixture("score/expected.csv")).unwrap();
    let lines = table.lines().filter_map(|line| line.strip_prefix(method)?.strip_prefix(','));
    lines.map(scored).collect()
}

fn scores(table: &str) -> BTreeMap<String, f64> {
    assert_eq!(table.lines().next(), Some("image,score"));
    table.lines().skip(1).map(scored).collect()
}

fn scored(line: &str) -> (String, f64) {
    let (image, score) = line.rsplit_once(',').unwrap();
    (image.to_owned(), score.parse().unwrap())
}

fn assert_close(what: &str, got: &BTreeMap<String, f64>, wanted: &BTreeMap<String, f64>, tolerance: f64) {
    assert!(got.keys().eq(wanted.keys()), "{what}: {got:?}");
    let worst = got.values().zip(wanted.values()).map(|(a, b)| (a / b - 1.0).abs()).fold(0.0, f64::max);
    println!("{what}: {worst:.1e} relative");
    assert!(worst <= tolerance, "{what}: {worst} exceeds {tolerance}\n{got:?}\n{wanted:?}");
}

/// Flags for the fixture's teacher and reference.
struct Given {
    teacher: String,
    reference: String,
    images: String,
}

impl Given {
    fn new(images: &Path) -> Self {
        Self {
            teacher: fixture("score/teacher.pth"),
            reference: fixture("corruptions/chelsea225x300.png"),
            images: text(images).into(),
        }
    }

    fn flags<'a>(&'a self, method: &'a str, checkpoint: &'a str) -> Vec<&'a str> {
        let mut flags = vec!["score", "--method", method, "--backbone", "tiny", "--teacher", &self.teacher];
        flags.extend(["--checkpoint", checkpoint, "--images", &self.images]);
        if method != "rd" {
            flags.extend(["--reference", &self.reference]);
        }
        flags
    }
}

/// The student of the fixture without what FiCo adds, as `.safetensors` with the official names: what GNL's
/// and RD4AD's code would have saved. `half` cuts every number to its upper 16 bits.
fn plain_student(root: &Path, half: bool) -> PathBuf {
    let mut store = PytorchStore::from_file(fixture("score/fico.pth")).map_indices_contiguous(false);
    let added = ["decoder.attention.", "decoder.transform."];
    let tensors: Vec<Entry> = store.get_all_tensors().unwrap().values().cloned().collect();
    let kept = tensors.into_iter().filter(|tensor| !added.iter().any(|part| tensor.name.starts_with(part)));
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for tensor in kept.filter(|tensor| tensor.dtype.is_float()) {
        let start = data.len();
        for value in bridge::to_data(&tensor).unwrap().try_to_vec_as::<f32>().unwrap() {
            let bytes = value.to_le_bytes();
            data.extend_from_slice(if half { &bytes[2..] } else { &bytes });
        }
        let dtype = if half { "BF16" } else { "F32" };
        let shape = tensor.shape.as_slice();
        let entry =
            serde_json::json!({ "dtype": dtype, "shape": shape, "data_offsets": [start, data.len()] });
        header.insert(tensor.name.clone(), entry);
    }
    let header = serde_json::to_vec(&header).unwrap();
    let path = root.join(if half { "half.safetensors" } else { "plain.safetensors" });
    fs::write(&path, [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()).unwrap();
    path
}

#[test]
fn official_checkpoints_score_as_pytorch_scores_them() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let plain = plain_student(root.path(), false);
    let fico = fixture("score/fico.pth");
    for (method, checkpoint) in [("rd", text(&plain)), ("gnl", text(&plain)), ("fico", &fico)] {
        let got = scores(&succeed(&given.flags(method, checkpoint)));
        let tolerance = if method == "rd" { TOLERANCE } else { MIXED_TOLERANCE };
        assert_close(method, &got, &expected(method), tolerance);
    }
    let half = plain_student(root.path(), true);
    let got = scores(&succeed(&given.flags("rd", text(&half))));
    assert_close("rd in half precision", &got, &expected("rd"), HALF_TOLERANCE);
}

#[test]
fn what_a_checkpoint_holds_beside_the_student_is_told() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let checkpoint = fixture("score/fico.pth");
    let told = |more: &[&str]| {
        let output = shiftbench(&[&given.flags("fico", &checkpoint)[..], more].concat()).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let short = told(&[]);
    let counts = "4 bn.bn4, 1 bn.conv4, 5 decoder.transform, 21 num_batches_tracked";
    assert!(short.contains("31 tensors of") && short.contains(counts), "{short}");
    assert!(short.contains(
        "fico with tiny at 256 px, alpha 0.5, reference 0, fusion sum, sigma 4.0, image_score max"
    ));
    assert!(!short.contains("bn.bn4.running_var"), "{short}");
    assert!(told(&["--verbose"]).contains("bn.bn4.running_var is not used"));
}

/// Nothing in a checkpoint is run, and nothing that is no checkpoint makes the program panic.
#[test]
fn hostile_and_broken_checkpoints_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let hostile = fixture("score/hostile.pth");
    let program = fs::read(&hostile).unwrap();
    let holds = |words: &[u8]| program.windows(words.len()).any(|window| window == words);
    assert!(holds(b"touch shiftbench-ran-this") && holds(b"system"), "the fixture is not hostile");
    let output = shiftbench(&given.flags("gnl", &hostile)).current_dir(root.path()).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{errors}");
    assert!(errors.contains("hostile.pth: it asks Python for 'posix.system'"), "{errors}");
    assert!(!root.path().join("shiftbench-ran-this").exists());

    let whole = fs::read(fixture("score/fico.pth")).unwrap();
    let picture = fs::read(fixture("corruptions/astro64.png")).unwrap();
    let zip = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let safetensors = fs::read(plain_student(root.path(), false)).unwrap();
    for (name, bytes) in [
        ("cut.pth", &whole[..whole.len() / 2]),
        ("tail.pth", &whole[whole.len() / 2..]),
        ("empty.pth", b""),
        ("words.pth", b"epoch 19, loss 0.03\n"),
        ("picture.pth", &picture),
        ("zip.pth", &zip),
        ("cut.safetensors", &safetensors[..safetensors.len() / 2]),
        ("words.safetensors", b"epoch 19, loss 0.03\n"),
    ] {
        let path = root.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (code, errors) = fail(&given.flags("gnl", text(&path)));
        assert!(code == 3 && errors.contains(name) && errors.lines().count() == 1, "{name}: {code} {errors}");
    }
}

#[test]
fn the_wrong_method_backbone_or_file_is_said_with_the_likely_cause() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let plain = plain_student(root.path(), false);
    let (plain, fico, teacher) = (text(&plain), fixture("score/fico.pth"), fixture("score/teacher.pth"));
    for (method, checkpoint, words) in [
        (
            "gnl",
            fico.as_str(),
            "`attention` tensors have no place in the student. The file was written by FiCo",
        ),
        ("fico", plain, "70 tensors of the student are not in the file (compensation.branches.0"),
        ("fico", plain, "it was not written by FiCo, use --method gnl or rd"),
        ("gnl", &teacher, "holds no student: official code saves the state dicts `bn` and `decoder`"),
        ("gnl", "nowhere.pth", "nowhere.pth: No such file"),
        ("gnl", &given.images, "holds no job.json"),
    ] {
        let (code, errors) = fail(&given.flags(method, checkpoint));
        assert!(code == 3 && errors.contains(words), "{method} {checkpoint}: {code} {errors}");
    }
    for (flag, value, words) in [("--method", "rd", "gnl"), ("--backbone", "tiny", "wide_resnet50_2")] {
        let mut flags = given.flags("rd", plain);
        flags.retain(|word| *word != flag && *word != value);
        let (code, errors) = fail(&flags);
        let needed = format!("{flag} is needed: the file does not say");
        assert!(code == 2 && errors.contains(&needed) && errors.contains(words), "{code} {errors}");
    }
}

#[test]
fn a_method_that_mixes_wants_a_reference_and_says_what_for() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let plain = plain_student(root.path(), false);
    let flags = given.flags("gnl", text(&plain));
    let bare = &flags[..flags.len() - 2];
    let (code, errors) = fail(bare);
    assert!(code == 2 && errors.contains("name one with --reference"), "{code} {errors}");
    // Without mixing GNL's student is scored as RD4AD's.
    let got = scores(&succeed(&[bare, &["--set", "alpha=0"]].concat()));
    assert_close("gnl without mixing", &got, &expected("rd"), TOLERANCE);
    let output = shiftbench(&[&flags[..], &["--set", "alpha=0"]].concat()).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("note: --reference is not used"));
    let (code, errors) = fail(&[bare, &["--set", "alhpa=0"]].concat());
    assert!(code == 2 && errors.contains("did you mean 'alpha'?"), "{code} {errors}");
    let (code, errors) = fail(&[
        "score",
        "--checkpoint",
        text(&plain),
        "--images",
        &given.images,
        "--method",
        "nearest-image",
    ]);
    assert!(code == 2 && errors.contains("no official checkpoint format"), "{code} {errors}");
}

/// A suite whose one job trains GNL on [`mvtec_like`] data.
fn trained(root: &Path) -> PathBuf {
    mvtec_like(root);
    let suite = root.join("mine.ron");
    let words = format!(
        r#"Suite(
    summary: "x", protocol: released, image_size: 32,
    backbone: (name: "tiny", weights: random(0)),
    datasets: [(name: "folder", options: (path: {:?}))],
    methods: [(name: "gnl", options: (epochs: 1)), (name: "mean-intensity")],
)"#,
        text(&root.join("tiles"))
    );
    fs::write(&suite, words).unwrap();
    succeed(&["bench", text(&suite), "--out", text(&root.join("runs"))]);
    root.join("runs/mine/folder/tiles")
}

#[test]
fn a_finished_job_scores_images_as_it_did() {
    let root = tempfile::tempdir().unwrap();
    let jobs = trained(root.path());
    let images = root.path().join("tiles/test");
    for method in ["gnl", "mean-intensity"] {
        let job = jobs.join(method).join("seed0");
        let table = fs::read_to_string(job.join("cells/id.csv")).unwrap();
        // image, label, score; images by their path in the data set.
        let wanted = table.lines().skip(1).map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            (fields[0].trim_start_matches("test/").to_owned(), fields[2].parse().unwrap())
        });
        let wanted: BTreeMap<String, f64> = wanted.collect();
        for folder in [job.clone(), job.join("model")] {
            let got = scores(&succeed(&["score", "--checkpoint", text(&folder), "--images", text(&images)]));
            assert_close(method, &got, &wanted, 1e-6);
        }
    }
    let job = jobs.join("gnl/seed0");
    let base = ["score", "--checkpoint", text(&job), "--images", text(&images)];
    let unmixed = succeed(&[&base[..], &["--set", "alpha=None"]].concat());
    assert_ne!(unmixed, succeed(&base));
    for (flags, words) in [
        (["--method", "fico"], "--method fico contradicts the checkpoint, which has gnl"),
        (["--backbone", "resnet18"], "--backbone resnet18 contradicts the checkpoint, which has tiny"),
        (["--image-size", "64"], "--image-size 64 contradicts the checkpoint, which has 32"),
        (["--reference", "any.png"], "--reference is for official checkpoints"),
        (["--set", "epochs=3"], "acts in training, which is over"),
        (["--set", "alhpa=0"], "did you mean 'alpha'?"),
    ] {
        let (code, errors) = fail(&[&base[..], &flags].concat());
        assert!(code == 2 && errors.contains(words), "{flags:?}: {code} {errors}");
    }
    let (code, errors) = fail(&[&base[..], &["--teacher", &fixture("score/teacher.pth")]].concat());
    assert!(code == 3 && errors.contains("trained with other weights of tiny"), "{code} {errors}");
}

#[test]
fn heat_maps_share_one_scale_and_keep_their_names() {
    let root = tempfile::tempdir().unwrap();
    let jobs = trained(root.path());
    let (images, out) = (root.path().join("tiles/test"), root.path().join("out"));
    let (job, table) = (jobs.join("gnl/seed0"), out.join("tables/scores.csv"));
    let base = ["score", "--checkpoint", text(&job), "--images", text(&images)];
    let printed = succeed(&base);
    let maps = ["--csv", text(&table), "--maps", text(&out)];
    assert_eq!(succeed(&[&base[..], &maps].concat()), "");
    assert_eq!(fs::read_to_string(&table).unwrap(), printed);
    for name in scores(&printed).keys() {
        assert_eq!(image::image_dimensions(out.join(name)).unwrap(), (32, 32), "{name}");
    }
    let scale = fs::read_to_string(out.join("scale.txt")).unwrap();
    let highest = scores(&printed).into_values().fold(0.0, f64::max);
    // The score is the maximum of the map.
    assert!(scale.contains(&format!("to {} (light yellow)", highest as f32)), "{scale}, highest {highest}");

    let inside = images.join("maps");
    let (code, errors) = fail(&[&base[..], &["--maps", text(&inside)]].concat());
    assert!(code == 2 && errors.contains("would be read next time"), "{code} {errors}");
    let (code, errors) = fail(&[&base[..], &["--maps", text(&images)]].concat());
    assert!(code == 2 && errors.contains("would replace an image"), "{code} {errors}");
    let plain = jobs.join("mean-intensity/seed0");
    let flags = ["score", "--checkpoint", text(&plain), "--images", text(&images), "--maps", text(&out)];
    let (code, errors) = fail(&flags);
    assert!(code == 2 && errors.contains("leave out --maps"), "{code} {errors}");
}

/// Before the checkpoint is even opened: this one does not exist.
#[test]
fn images_that_cannot_be_read_are_named_first() {
    let root = tempfile::tempdir().unwrap();
    let given = Given::new(&images(root.path()));
    let broken = root.path().join("images/broken.png");
    let bytes = fs::read(fixture("corruptions/astro64.png")).unwrap();
    fs::write(&broken, &bytes[..bytes.len() / 2]).unwrap();
    let (code, errors) = fail(&given.flags("rd", "nowhere.pth"));
    assert!(code == 3 && errors.contains("broken.png"), "{code} {errors}");
    let empty = tempfile::tempdir().unwrap();
    let (code, errors) = fail(&Given::new(empty.path()).flags("rd", "nowhere.pth"));
    assert!(code == 3 && errors.contains("holds no images"), "{code} {errors}");
}
