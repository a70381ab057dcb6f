//! Tests of one class against the rest.

use super::*;
use image::Rgb;

struct Flat(Vec<u8>);

impl Pictures for Flat {
    fn labels(&self) -> &[u8] {
        &self.0
    }

    fn picture(&self, index: usize) -> Result<RgbImage, DataError> {
        Ok(RgbImage::from_pixel(2, 2, Rgb([index as u8; 3])))
    }
}

fn toy(train: &[u8], limits: Limits) -> Result<OneVsRest, DataError> {
    let part = |name, split, domain, labels: &[u8]| Part {
        name,
        split,
        domain,
        pictures: Box::new(Flat(labels.to_vec())),
    };
    let parts = vec![
        part("train", Split::Train, None, train),
        part("test", Split::Test, None, &[0, 1, 1, 0]),
        part("sketch", Split::Test, Some("sketch"), &[1, 0]),
    ];
    OneVsRest::new("toy", &["cat", "dog"], parts, limits)
}

#[test]
fn one_class_is_learnt_and_all_are_tested() {
    let toy = toy(&[0, 1, 0], Limits::default()).unwrap();
    let items = toy.items("cat").unwrap();
    let said: Vec<_> =
        items.iter().map(|item| (item.id.as_str(), item.anomalous, item.domain.as_deref())).collect();
    let expected = [
        ("train/cat/00000", false, None),
        ("train/cat/00002", false, None),
        ("sketch/cat/00001", false, Some("sketch")),
        ("sketch/dog/00000", true, Some("sketch")),
        ("test/cat/00000", false, None),
        ("test/cat/00003", false, None),
        ("test/dog/00001", true, None),
        ("test/dog/00002", true, None),
    ];
    assert_eq!(said, expected);
    assert_eq!(toy.load("cat", &items[7]).unwrap().image.get_pixel(0, 0).0, [2; 3]);
    assert!(toy.items("cow").unwrap_err().to_string().contains("it has: cat, dog"));
}

#[test]
fn limits_take_some_of_every_class_and_always_the_same() {
    let limits = Limits { train: Some(1), test_per_class: Some(1) };
    let ids = |limits| toy(&[0, 1, 0], limits).unwrap().items("dog").unwrap();
    assert_eq!(ids(limits).len(), 1 + 2 + 2);
    assert_eq!(ids(limits), ids(limits));
}

#[test]
fn published_numbers_are_those_of_every_category() {
    let counted = toy(&[0, 1, 0], Limits::default()).unwrap();
    let counted = counted.with_counts(&[("train", vec![2, 1]), ("test", vec![2, 2]), ("sketch", vec![1, 1])]);
    let cat = |domain: Option<&str>, train, normal, anomalous| Count {
        category: "cat".into(),
        domain: domain.map(str::to_owned),
        train,
        normal,
        anomalous,
    };
    assert_eq!(counted.published()[..2], [cat(None, 2, 2, 2), cat(Some("sketch"), 0, 1, 1)]);
}

#[test]
fn a_disputed_class_concerns_the_categories_that_claim_the_picture() {
    let dispute = || vec![Contradiction { classes: vec![1], message: "list: line 3".into() }];
    let disputed =
        |way_out| toy(&[0, 1, 0], Limits::default()).unwrap().with_contradictions(dispute(), way_out);
    let strict = disputed(Some("correct it"));
    assert_eq!(strict.items("dog").unwrap_err().to_string(), "list: line 3; correct it");
    assert_eq!(strict.contradictions("dog").unwrap(), ["list: line 3"]);
    assert!(strict.items("cat").is_ok() && strict.contradictions("cat").unwrap().is_empty());
    let lenient = disputed(None);
    assert!(lenient.items("dog").is_ok());
    assert_eq!(lenient.contradictions("dog").unwrap().len(), 1);
}

#[test]
fn a_category_without_pictures_says_so() {
    let none = toy(&[0, 0], Limits::default()).unwrap().items("dog").unwrap_err().to_string();
    assert!(none.starts_with("category 'dog' of toy has no training images; complete"), "{none}");
}

#[test]
fn a_label_beyond_the_classes_is_named() {
    let message = toy(&[0, 7], Limits::default()).err().unwrap().to_string();
    assert!(message.contains("train/00001 has label 7, but labels are 0 to 1"), "{message}");
}
