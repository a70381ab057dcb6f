//! Where the data sets come from, and under which terms.
//!
//! Links and sizes are those in wide use; each SHA-256 is one that others published: TensorFlow Datasets for the
//! digits and the clothes, Keras for CIFAR-10, anomalib for MVTec AD, MVTec AD 2 and VisA. Where nobody publishes one,
//! none is stated, and what arrives is noted. Data sets whose owners ask for a registration, or that exist only on
//! drives without stable links, have no link here.

use harness::contract::resource::{Licence, RemoteFile, Resource, Source, Unpack};

pub(crate) const CC_BY_NC_SA: Licence = Licence {
    name: "CC BY-NC-SA 4.0",
    terms: "Not for commercial use. Name the authors, and share what you adapt under the same licence.",
    page: "https://creativecommons.org/licenses/by-nc-sa/4.0/",
};

const CC_BY: Licence = Licence {
    name: "CC BY 4.0",
    terms: "Free to use, also commercially, if the authors are named.",
    page: "https://creativecommons.org/licenses/by/4.0/",
};

/// A licence that nobody wrote down.
pub(crate) const fn unstated(page: &'static str) -> Licence {
    Licence {
        name: "not stated",
        terms: "The owners publish it for research and state no licence. Whether you may use it is for you to decide; \
                name the authors.",
        page,
    }
}

/// A file that is kept as it is.
const fn plain(
    name: &'static str,
    bytes: u64,
    sha256: &'static [&'static str],
    urls: &'static [&'static str],
) -> RemoteFile {
    RemoteFile { name, urls, sha256, bytes: Some(bytes), unpack: Unpack::Keep }
}

/// Handwritten digits, as four gzipped IDX files.
pub static MNIST: Resource = Resource {
    name: "mnist",
    summary: "70,000 handwritten digits, 28x28, grey",
    licence: Licence {
        name: "CC BY-SA 3.0",
        terms: "As commonly stated: name the authors, and share what you adapt under the same licence. The original \
                page states no licence.",
        page: "https://creativecommons.org/licenses/by-sa/3.0/",
    },
    megabytes: 12,
    page: "http://yann.lecun.com/exdb/mnist/",
    source: Source::Files(&[
        plain(
            "train-images-idx3-ubyte.gz",
            9_912_422,
            &["440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"],
            &[
                "https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz",
                "https://storage.googleapis.com/cvdf-datasets/mnist/train-images-idx3-ubyte.gz",
            ],
        ),
        plain(
            "train-labels-idx1-ubyte.gz",
            28_881,
            &["3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"],
            &[
                "https://ossci-datasets.s3.amazonaws.com/mnist/train-labels-idx1-ubyte.gz",
                "https://storage.googleapis.com/cvdf-datasets/mnist/train-labels-idx1-ubyte.gz",
            ],
        ),
        plain(
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            &["8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"],
            &[
                "https://ossci-datasets.s3.amazonaws.com/mnist/t10k-images-idx3-ubyte.gz",
                "https://storage.googleapis.com/cvdf-datasets/mnist/t10k-images-idx3-ubyte.gz",
            ],
        ),
        plain(
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            &["f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"],
            &[
                "https://ossci-datasets.s3.amazonaws.com/mnist/t10k-labels-idx1-ubyte.gz",
                "https://storage.googleapis.com/cvdf-datasets/mnist/t10k-labels-idx1-ubyte.gz",
            ],
        ),
    ]),
};

/// Pictures of clothes, as four gzipped IDX files. The second hash of each file is that of Debian's package
/// `dataset-fashion-mnist`: the same compressed bytes under another gzip header.
pub static FASHION_MNIST: Resource = Resource {
    name: "fashion-mnist",
    summary: "70,000 pictures of clothes, 28x28, grey",
    licence: Licence {
        name: "MIT",
        terms: "Free to use, also commercially, if the copyright notice of Zalando SE is kept.",
        page: "https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE",
    },
    megabytes: 31,
    page: "https://github.com/zalandoresearch/fashion-mnist",
    source: Source::Files(&[
        plain(
            "train-images-idx3-ubyte.gz",
            26_421_880,
            &[
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
            ],
            &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/train-images-idx3-ubyte.gz",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/train-images-idx3-ubyte.gz",
            ],
        ),
        plain(
            "train-labels-idx1-ubyte.gz",
            29_515,
            &[
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
            ],
            &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/train-labels-idx1-ubyte.gz",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/train-labels-idx1-ubyte.gz",
            ],
        ),
        plain(
            "t10k-images-idx3-ubyte.gz",
            4_422_102,
            &[
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
            ],
            &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/t10k-images-idx3-ubyte.gz",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/t10k-images-idx3-ubyte.gz",
            ],
        ),
        plain(
            "t10k-labels-idx1-ubyte.gz",
            5_148,
            &[
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
            ],
            &[
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/t10k-labels-idx1-ubyte.gz",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/t10k-labels-idx1-ubyte.gz",
            ],
        ),
    ]),
};

/// Small pictures of ten classes; `data_batch_1` to `_5`, `test_batch` and `batches.meta` end up in the folder.
pub static CIFAR10: Resource = Resource {
    name: "cifar10",
    summary: "60,000 pictures of ten classes, 32x32 (python version)",
    licence: unstated("https://www.cs.toronto.edu/~kriz/cifar.html"),
    megabytes: 171,
    page: "https://www.cs.toronto.edu/~kriz/cifar.html",
    source: Source::Files(&[RemoteFile {
        name: "cifar-10-python.tar.gz",
        urls: &["https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"],
        sha256: &["6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"],
        bytes: Some(170_498_071),
        unpack: Unpack::Around("cifar-10-batches-py"),
    }]),
};

/// The links are shares of the owner, without an account; they have changed before. The page asks for a name and gives
/// the current one, for `--from`.
pub static MVTEC: Resource = Resource {
    name: "mvtec",
    summary: "MVTec AD: 5,354 pictures of 15 objects and textures, with masks",
    licence: CC_BY_NC_SA,
    megabytes: 5_265,
    page: "https://www.mvtec.com/company/research/datasets/mvtec-ad",
    source: Source::Files(&[RemoteFile {
        name: "mvtec_anomaly_detection.tar.xz",
        urls: &[
            "https://www.mydrive.ch/shares/150996/b52ecdcbf521176e9db9c731f2304b27/download/420938113-1629960298/mvtec_anomaly_detection.tar.xz",
            "https://www.mydrive.ch/shares/38536/3830184030e49fe74747669442f0f282/download/420938113-1629952094/mvtec_anomaly_detection.tar.xz",
        ],
        sha256: &["cf4313b13603bec67abb49ca959488f7eedce2a9f7795ec54446c649ac98cd3d"],
        bytes: Some(5_264_982_680),
        unpack: Unpack::Around("bottle"),
    }]),
};

/// The owner asks for a registration and then gives a link.
pub static MVTEC2: Resource = Resource {
    name: "mvtec-ad-2",
    summary: "MVTec AD 2: more than 8,000 pictures of 8 scenes under changing light",
    licence: CC_BY_NC_SA,
    megabytes: 32_740,
    page: "https://www.mvtec.com/company/research/datasets/mvtec-ad-2",
    source: Source::Files(&[RemoteFile {
        name: "mvtec_ad_2.tar.gz",
        urls: &[],
        sha256: &["c0ded99ef32bfc8e352d52beb44515e5b292b8598cb963aadfa91ca0763505e4"],
        bytes: Some(32_739_596_982),
        unpack: Unpack::Around("fruit_jelly"),
    }]),
};

/// Twelve objects, with `split_csv/1cls.csv` beside their folders.
pub static VISA: Resource = Resource {
    name: "visa",
    summary: "VisA: 10,821 pictures of 12 objects, with masks",
    licence: CC_BY,
    megabytes: 1_930,
    page: "https://github.com/amazon-science/spot-diff",
    source: Source::Files(&[RemoteFile {
        name: "VisA_20220922.tar",
        urls: &["https://amazon-visual-anomaly.s3.us-west-2.amazonaws.com/VisA_20220922.tar"],
        sha256: &["2eb8690c803ab37de0324772964100169ec8ba1fa3f7e94291c9ca673f40f362"],
        bytes: Some(1_929_840_640),
        unpack: Unpack::Around("candle"),
    }]),
};

/// No SHA-256 of the archive is published.
pub static MNIST_M: Resource = Resource {
    name: "mnist-m",
    summary: "MNIST-M: digits blended with photographs, in colour",
    licence: unstated("http://yaroslav.ganin.net/"),
    megabytes: 100,
    page: "http://yaroslav.ganin.net/",
    source: Source::Files(&[RemoteFile {
        name: "mnist_m.tar.gz",
        urls: &[],
        sha256: &[],
        bytes: None,
        unpack: Unpack::Around("mnist_m_train"),
    }]),
};

/// Only on the authors' drive, in several packings.
pub static PACS: Resource = Resource {
    name: "pacs",
    summary: "PACS: 9,991 photos, paintings, cartoons and sketches of 7 classes",
    licence: unstated("https://dali-dl.github.io/project_iccv2017.html"),
    megabytes: 200,
    page: "https://dali-dl.github.io/project_iccv2017.html",
    source: Source::ByHand {
        put: "the folders photo, art_painting, cartoon and sketch and the split lists (photo_train_kfold.txt, \
              photo_crossval_kfold.txt, ...)",
    },
};

/// Only on the authors' drive.
pub static AEBAD: Resource = Resource {
    name: "aebad-s",
    summary: "AeBAD-S: 2,160 pictures of aero-engine blades under changing background, light and view",
    licence: CC_BY,
    megabytes: 0,
    page: "https://github.com/zhangzilongc/MMR",
    source: Source::ByHand { put: "the folder AeBAD_S with train, test and ground_truth" },
};

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&Resource; 9] =
        [&MNIST, &FASHION_MNIST, &CIFAR10, &MVTEC, &MVTEC2, &VISA, &MNIST_M, &PACS, &AEBAD];

    #[test]
    fn what_is_stated_can_be_true() {
        for resource in ALL {
            let Source::Files(files) = resource.source else { continue };
            for file in files {
                let sum = |file: &RemoteFile| file.bytes.unwrap_or(0);
                let hexadecimal = |hash: &&str| {
                    hash.len() == 64 && hash.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
                };
                assert!(file.sha256.iter().all(hexadecimal), "{}", file.name);
                let link = |url: &&str| url.starts_with("https://") && url.ends_with(file.name);
                assert!(file.urls.iter().all(link), "{}", file.name);
                let megabytes = files.iter().map(sum).sum::<u64>().div_ceil(1_000_000);
                assert!(megabytes == 0 || megabytes == u64::from(resource.megabytes), "{}", resource.name);
            }
        }
    }

    #[test]
    fn names_differ() {
        let mut names: Vec<&str> = ALL.iter().map(|resource| resource.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
