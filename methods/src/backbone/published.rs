//! Where published weights come from.
//!
//! PyTorch names its files by the first eight digits of their SHA-256; the other digits, and those of DINOv2, are as
//! many who use these files state them. No full hash of the wide networks was found: there the eight digits decide.

use harness::contract::resource::{Licence, RemoteFile, Resource, Source, Unpack};

const TORCHVISION: Licence = Licence {
    name: "BSD-3-Clause",
    terms: "That of torchvision. The networks were trained on ImageNet, whose terms allow research and teaching only.",
    page: "https://github.com/pytorch/vision/blob/main/LICENSE",
};

const DINOV2: Licence = Licence {
    name: "Apache-2.0",
    terms: "Free to use, also commercially, if the notices are kept.",
    page: "https://github.com/facebookresearch/dinov2/blob/main/LICENSE",
};

/// One file behind one link.
macro_rules! published {
    ($licence:ident, $page:literal, $base:literal:
     $($name:ident $fetch:literal $summary:literal $megabytes:literal $folder:literal $file:literal $sha256:literal;)+) => { $(
        pub(super) static $name: Resource = Resource {
            name: $fetch,
            summary: $summary,
            licence: $licence,
            megabytes: $megabytes,
            page: $page,
            source: Source::Files(&[RemoteFile {
                name: $file,
                urls: &[concat!($base, $folder, $file)],
                sha256: &[$sha256],
                bytes: None,
                unpack: Unpack::Keep,
            }]),
        };
    )+ };
}

published! { TORCHVISION, "https://docs.pytorch.org/vision/stable/models.html", "https://download.pytorch.org/models/":
    RESNET18 "resnet18" "weights of ResNet-18, ImageNet, torchvision V1" 47 ""
        "resnet18-f37072fd.pth" "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec";
    RESNET50 "resnet50" "weights of ResNet-50, ImageNet, torchvision V1" 103 ""
        "resnet50-0676ba61.pth" "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a";
    WIDE_RESNET50_2 "wide-resnet50-2" "weights of Wide ResNet-50-2, ImageNet, torchvision V1" 139 ""
        "wide_resnet50_2-95faca4d.pth" "95faca4d";
    WIDE_RESNET101_2 "wide-resnet101-2" "weights of Wide ResNet-101-2, ImageNet, torchvision V1" 255 ""
        "wide_resnet101_2-32ee1156.pth" "32ee1156";
    VGG16 "vgg16" "weights of VGG-16, ImageNet, torchvision V1" 554 ""
        "vgg16-397923af.pth" "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0";
}

published! { DINOV2, "https://github.com/facebookresearch/dinov2", "https://dl.fbaipublicfiles.com/dinov2/":
    VITS14 "dinov2-vits14" "weights of DINOv2's ViT-S/14" 89 "dinov2_vits14/"
        "dinov2_vits14_pretrain.pth" "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9";
    VITB14 "dinov2-vitb14" "weights of DINOv2's ViT-B/14" 347 "dinov2_vitb14/"
        "dinov2_vitb14_pretrain.pth" "0b8b82f85de91b424aded121c7e1dcc2b7bc6d0adeea651bf73a13307fad8c73";
    VITS14_REG "dinov2-vits14-reg" "weights of DINOv2's ViT-S/14 with registers" 89 "dinov2_vits14/"
        "dinov2_vits14_reg4_pretrain.pth" "f433177089a681826f849f194ece3bb48f4d63fb38d32fc837e3dc7a4e5641fb";
    VITB14_REG "dinov2-vitb14-reg" "weights of DINOv2's ViT-B/14 with registers" 347 "dinov2_vitb14/"
        "dinov2_vitb14_reg4_pretrain.pth" "73182a088cf94833c94b1666d1c99e02fe87e2007bff57b564fb6206e25dba71";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_named_by_their_hash_have_it() {
        for resource in [&RESNET18, &RESNET50, &WIDE_RESNET50_2, &WIDE_RESNET101_2, &VGG16] {
            let Source::Files([file]) = resource.source else { panic!("{}", resource.name) };
            let digits = file.name.trim_end_matches(".pth").rsplit('-').next().unwrap();
            assert!(digits.len() == 8 && file.sha256[0].starts_with(digits), "{}", file.name);
        }
    }
}
