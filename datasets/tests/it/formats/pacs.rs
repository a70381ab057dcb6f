//! PACS with lists and without.

use super::*;

#[test]
fn pacs_is_read_with_lists_anywhere_and_without() {
    let root = miniature("pacs");
    let folder = root.path().join("pacs");
    let listed = open("pacs", "()", root.path()).unwrap();
    assert_eq!(listed.categories().unwrap()[..3], ["dog", "elephant", "giraffe"]);
    let picture = image(&*listed, "house", "cartoon/dog/pic_042.jpg");
    assert_eq!(picture, open_rgb(&folder.join("cartoon/dog/pic_042.jpg")).unwrap());

    let whole = open("pacs", "(test: test)", root.path()).unwrap();
    let found = counts(&*whole, "dog");
    assert_eq!((found[&None], found[&Some("sketch".into())]), ([6, 3, 18], [0, 9, 54]));

    // Beside the domains, which lie one folder deeper as in the authors' archive.
    let before = listed.fingerprint("dog").unwrap();
    fs::create_dir(folder.join("kfold")).unwrap();
    for domain in ["photo", "art_painting", "cartoon", "sketch"] {
        fs::rename(folder.join(domain), folder.join("kfold").join(domain)).unwrap();
    }
    for entry in fs::read_dir(folder.join("splits")).unwrap().map(|entry| entry.unwrap()) {
        fs::rename(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    assert_eq!(open("pacs", "()", root.path()).unwrap().fingerprint("dog").unwrap(), before);

    // ADShift's layout, of the same pictures.
    let items = listed.items("dog").unwrap();
    let adshift = root.path().join("adshift");
    for category in listed.categories().unwrap() {
        for item in listed.items(&category).unwrap() {
            let [part, class, name] = item.id.split('/').collect::<Vec<_>>()[..] else { panic!() };
            let domain = item.domain.as_deref().unwrap_or("photo");
            let split = if part == "train" { "train" } else { "val" };
            let target = adshift.join(split).join(domain).join(class).join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(folder.join("kfold").join(domain).join(class).join(name), target).unwrap();
        }
    }
    let adshift = open("pacs", &format!("(path: {adshift:?})"), Path::new("")).unwrap();
    assert_eq!(adshift.items("dog").unwrap(), items);
    assert_eq!(adshift.fingerprint("dog").unwrap(), before);
}

#[test]
fn pacs_believes_no_list_that_its_folders_deny() {
    let root = miniature("pacs");
    let list = root.path().join("pacs/splits/art_painting_crossval_kfold.txt");
    let text = fs::read_to_string(&list).unwrap();
    let text = text.replace("art_painting/dog/pic_042.jpg 1", "art_painting/dog/pic_042.jpg 0");
    fs::write(&list, text.replace("art_painting/horse/pic_054.jpg 5", "art_painting/horse/pic_054.jpg 2"))
        .unwrap();
    let strict = open("pacs", "()", root.path()).unwrap();
    let refused = message(strict.items("dog"));
    let line = "art_painting_crossval_kfold.txt: line 1: art_painting/dog/pic_042.jpg has label 0, but its folder says 1";
    assert!(
        refused.contains(line) && refused.ends_with("or say labels: folder to believe the folder's name"),
        "{refused}"
    );
    assert!(
        message(strict.fingerprint("horse")).contains("line 13: art_painting/horse/pic_054.jpg has label 2")
    );
    assert!(message(strict.items("elephant")).contains("line 13"));
    // An anomaly whichever of the two it is.
    assert!(strict.items("house").is_ok());

    let checked = check(&*strict, &strict.categories().unwrap(), &|| ()).unwrap();
    let labels: Vec<_> =
        checked.findings.iter().filter(|finding| finding.problem == Problem::Contradiction).collect();
    let categories: Vec<&str> = labels.iter().map(|finding| finding.category.as_str()).collect();
    assert_eq!(categories, ["dog", "elephant", "horse"]);

    let lenient = open("pacs", "(labels: folder)", root.path()).unwrap();
    assert_eq!(lenient.contradictions("dog").unwrap().len(), 1);
    assert_eq!(counts(&*lenient, "dog")[&Some("art_painting".into())], [0, 3, 18]);
}

#[test]
fn faults_of_pacs_are_one_clear_message() {
    let root = miniature("pacs");
    let folder = root.path().join("pacs");
    let list = folder.join("splits/sketch_crossval_kfold.txt");
    let text = fs::read_to_string(&list).unwrap();
    for (bad, expected) in [
        ("sketch/dog/gone.jpg 1", "sketch/dog/gone.jpg is not below"),
        ("sketch/dog/pic_042.jpg 1", "sketch/dog/pic_042.jpg is listed twice"),
        ("sketch/dog/../../x.jpg 1", "is not 'sketch/<class>/<picture> <label>'"),
        ("sketch/dog/pic_042.jpg", "is not 'sketch/<class>/<picture> <label>'"),
    ] {
        fs::write(&list, format!("{text}{bad}\n")).unwrap();
        let found = message(open("pacs", "()", root.path()));
        assert!(
            found.contains("sketch_crossval_kfold.txt: line 22: ") && found.contains(expected),
            "{found}"
        );
    }
    fs::remove_file(&list).unwrap();
    let missing = message(open("pacs", "()", root.path()));
    assert!(missing.contains("sketch_crossval_kfold.txt not found: PACS must be asked for"), "{missing}");
    fs::write(&list, text).unwrap();
    let picture = folder.join("photo/dog/pic_000.jpg");
    fs::write(&picture, "no picture").unwrap();
    let dataset = open("pacs", "()", root.path()).unwrap();
    let item = &dataset.items("dog").unwrap()[0];
    assert!(message(dataset.load("dog", item)).contains("photo/dog/pic_000.jpg"));
    let nothing = message(open("pacs", "(path: \"/nowhere\")", root.path()));
    assert!(nothing.contains("/nowhere/photo_train_kfold.txt not found"), "{nothing}");
}

#[test]
fn an_unreadable_picture_is_no_fault_of_a_mask() {
    let root = miniature("pacs");
    fs::write(root.path().join("pacs/cartoon/dog/pic_042.jpg"), "no picture").unwrap();
    let dataset = open("pacs", "()", root.path()).unwrap();
    let checked = check(&*dataset, &["house".into()], &|| ()).unwrap();
    // A miniature has fewer pictures than PACS; nothing else is wrong with it.
    let found: Vec<_> = checked.findings.iter().filter(|finding| finding.problem != Problem::Count).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].problem, found[0].file.as_str()), (Problem::Unreadable, "cartoon/dog/pic_042.jpg"));
}
