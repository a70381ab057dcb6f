//! The lists as PACS's authors published them, by their SHA-256: damaged copies circulate.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// Lists, without the end `_kfold.txt` of their names.
const ORIGINALS: [(&str, &str); 12] = [
    ("art_painting_crossval", "107df27227941f75cbc871a8db483d9f550d537c925aaaca8cd18eb9cc79c500"),
    ("art_painting_test", "4943fe963e2096e55f15ec83e186007fe4bb51e85b84c5ec040528281a9affeb"),
    ("art_painting_train", "f2b08879408bc8951cb4e6d79a0ecf8f12c2f9ebd7933499922b87c4e96cd67e"),
    ("cartoon_crossval", "a3e6ad7b3906fda800f7b2f3c34cf9f5702ddc40375ab99cc7a181d14c5330af"),
    ("cartoon_test", "a515fc79fdc21c42d66f4286161dd37da079ef0360c5728800b959f1558f72df"),
    ("cartoon_train", "937e5927d409b3c3aa1f925414dfadf107a3ea734c1f6318fd1223ecbec2449c"),
    ("photo_crossval", "94bf87cf84141c9a3b7a5748fd88f910127c73bb471546d585dd9a21be6762f0"),
    ("photo_test", "9c5a0b350154c390d7ca73c3b67eba27116ac56d1f4c49b3d642da2b6db3df3e"),
    ("photo_train", "4666345041ae3dd447427d46ef8a2b698a4467205dfc0bd0fd0aff636b38ba41"),
    ("sketch_crossval", "eca14c0838824751024868e0e6ecc7380ad0f77dc327ecd3a1f948bdebf92509"),
    ("sketch_test", "d03f5d6d35c24abd3321bab3f7f14364f91069c491f99966cc841c64a8e715ef"),
    ("sketch_train", "e4b4df3a95f67c65cb4a6daff0baa26954ab622e88df84cd76f839daad601539"),
];

/// What to add to a complaint about a list: that it is not the original, and by which hash that is recognised.
pub(super) fn hint(list: &Path, bytes: &[u8]) -> String {
    let name = list.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let original = ORIGINALS.iter().find(|(known, _)| name.strip_suffix("_kfold.txt") == Some(known));
    match original {
        Some((_, original)) if *original != sha256(bytes) => {
            format!(" (this copy is damaged or another: the original list has the SHA-256 {original})")
        }
        _ => String::new(),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_list_is_told_how_the_original_is_recognised() {
        let list = Path::new("splits/art_painting_crossval_kfold.txt");
        assert!(hint(list, b"art_painting/dog/pic_001.jpg 0\n").contains("107df27227941f75"));
        assert_eq!(hint(Path::new("mine_train_kfold.txt"), b""), "");
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
