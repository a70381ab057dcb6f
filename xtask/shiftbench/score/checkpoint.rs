//! From a checkpoint and flags to a detector that can score.

use super::arguments::Score;
use crate::exit::{DATA, Exit, USAGE};
use crate::out::say;
use harness::contract::backbone::BackboneEntry;
use harness::contract::backbone::{BackboneChoice, Teacher, Weights};
use harness::contract::detector::{BuildContext, Detector, Official, REFERENCE};
use harness::contract::error::DetectorError;
use harness::contract::options::{Class, Resolved};
use harness::contract::picture::open_rgb;
use harness::contract::registry::{self, DetectorEntry};
use harness::contract::weights::{find_weights, no_weights};
use harness::plan::teacher;
use harness::results::JobFolder;
use harness::suite::set_options;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Side of the network's input in all official code.
const OFFICIAL_SIDE: u32 = 256;

/// The trained detector.
///
/// # Errors
/// When flags are missing or contradict the checkpoint, or a file does not fit.
pub fn open(options: &Score) -> Result<Box<dyn Detector>, Exit> {
    let path = &options.checkpoint;
    if path.is_file() {
        return official(options);
    }
    let folder = path.canonicalize().map_err(|reason| data(format!("{}: {reason}", path.display())))?;
    let is_model = folder.file_name().is_some_and(|name| name == "model");
    let candidates = [Some(folder.as_path()), folder.parent().filter(|_| is_model)];
    match candidates.into_iter().flatten().find(|folder| folder.join("job.json").is_file()) {
        Some(job) => of_job(&JobFolder::at(job), options),
        None => Err(data(format!(
            "{} holds no job.json: name the folder of a finished job, or a .pth or .safetensors file",
            path.display()
        ))),
    }
}

/// A file of official code: flags say what it is.
fn official(options: &Score) -> Result<Box<dyn Detector>, Exit> {
    let needed = |flag: &str, what: &str, names: Vec<&str>| {
        let known = names.join(", ");
        Exit::new(USAGE, format!("{flag} is needed: the file does not say {what} (known: {known})"))
    };
    let method = options.method.as_deref().ok_or_else(|| {
        let names = registry::all::<DetectorEntry>().into_iter().filter(|entry| entry.needs_backbone);
        needed("--method", "what trained it", names.map(|entry| entry.card.name).collect())
    })?;
    let entry = find::<DetectorEntry>(method)?;
    let backbone = match &options.backbone {
        Some(name) => {
            let entry = find::<BackboneEntry>(name)?;
            BackboneChoice { name: entry.name.into(), weights: Weights::File(weights(entry, options)?) }
        }
        None if entry.needs_backbone => {
            let names = registry::all::<BackboneEntry>().into_iter().map(|entry| entry.name).collect();
            return Err(needed("--backbone", "with which teacher", names));
        }
        None => no_backbone(),
    };
    let chosen = set_options(&entry.card, &(entry.card.resolve)(&[]).unwrap_or_default(), &options.settings)?;
    let reference = options.reference.as_deref().map(open_rgb).transpose().map_err(data)?;
    let context = context(options, options.image_size.unwrap_or(OFFICIAL_SIDE), backbone);
    let load = entry.official.ok_or(DetectorError::NoOfficialFormat)?;
    let (detector, Official { unused, uses_reference }) =
        load(&chosen, &context, &options.checkpoint, reference.as_ref())?;
    say_unused(&options.checkpoint, &unused);
    if reference.is_some() && !uses_reference {
        say!("note: --reference is not used: {method} does not mix features here");
    }
    say(entry, &chosen, &context);
    Ok(detector)
}

/// A job of `bench`: its record says what it is, and flags may not contradict it.
fn of_job(folder: &JobFolder, options: &Score) -> Result<Box<dyn Detector>, Exit> {
    let record = folder.training().map_err(data)?;
    let record =
        record.ok_or_else(|| data(format!("{}: it holds no finished training", folder.path().display())))?;
    let backbone = record.teacher.as_ref().map_or("none", |teacher| &teacher.choice.name);
    let side = record.identity.image_size;
    agrees("--method", options.method.as_deref(), &record.method.name)?;
    agrees("--backbone", options.backbone.as_deref(), backbone)?;
    agrees("--image-size", options.image_size.map(|side| side.to_string()).as_deref(), &side.to_string())?;
    if options.reference.is_some() {
        let message = "--reference is for official checkpoints: a finished job brings its own normal picture";
        return Err(Exit::new(USAGE, message));
    }
    if !folder.model().is_dir() {
        let reason = "the trained state was not kept: run the suite again with keep_models: true";
        return Err(data(format!("{}: {reason}", folder.path().display())));
    }
    folder.check_state(&record).map_err(|error| data(format!("{error}: `bench` trains it again")))?;
    let entry = find::<DetectorEntry>(&record.method.name)?;
    for text in &options.settings {
        let option = text.split('=').next().unwrap_or_default().trim();
        if record.method.options.contains_key(option) && !entry.card.is(option, Class::Test) {
            let known = entry.card.of_class(Class::Test).collect::<Vec<_>>().join(", ");
            let message = format!("--set {text}: acts in training, which is over (at test time: {known})");
            return Err(Exit::new(USAGE, message));
        }
    }
    let chosen = set_options(&entry.card, &record.method.options, &options.settings)?;
    if entry.card.revision != record.method.revision {
        say!(
            "note: trained by revision {} of {}, scored by revision {}: scores may differ from the job's",
            record.method.revision,
            entry.card.name,
            entry.card.revision
        );
    }
    let backbone = record.teacher.as_ref().map(|trained| same_teacher(trained, options)).transpose()?;
    let context = context(options, side, backbone.unwrap_or_else(no_backbone));
    let mut detector = (entry.build)(&chosen, &context)?;
    detector.load(&folder.model())?;
    say(entry, &chosen, &context);
    Ok(detector)
}

/// The teacher of a finished job, which may have moved but not changed.
fn same_teacher(trained: &Teacher, options: &Score) -> Result<BackboneChoice, Exit> {
    let mut choice = trained.choice.clone();
    if let Some(path) = &options.teacher {
        choice.weights = Weights::File(path.clone());
    } else if let Weights::File(path) = &choice.weights
        && !path.is_file()
    {
        let message = format!("the job's teacher {} is gone: name it with --teacher", path.display());
        return Err(data(message));
    }
    let found = teacher(&choice, &options.data_root.path()).map_err(data)?;
    if found.weights_hash != trained.weights_hash {
        let message = format!(
            "the job was trained with other weights of {} (hash {}, not {})",
            choice.name, trained.weights_hash, found.weights_hash
        );
        return Err(data(message));
    }
    Ok(found.choice)
}

/// The teacher's weights for an official checkpoint.
fn weights(entry: &BackboneEntry, options: &Score) -> Result<PathBuf, Exit> {
    if let Some(path) = &options.teacher {
        return Ok(path.clone());
    }
    find_weights(entry, &options.data_root.path()).map_err(|mut ways| {
        ways.push("name the file with --teacher".into());
        data(no_weights(entry, &ways))
    })
}

fn context(options: &Score, image_size: u32, backbone: BackboneChoice) -> BuildContext {
    BuildContext { image_size, backbone, device: options.device, data_root: options.data_root.path() }
}

fn no_backbone() -> BackboneChoice {
    BackboneChoice { name: String::new(), weights: Weights::Pretrained }
}

/// A flag that was given says the same as the checkpoint.
fn agrees(flag: &str, given: Option<&str>, trained: &str) -> Result<(), Exit> {
    match given.filter(|given| *given != trained) {
        Some(given) => {
            Err(Exit::new(USAGE, format!("{flag} {given} contradicts the checkpoint, which has {trained}")))
        }
        None => Ok(()),
    }
}

/// What will compute, and the options that act on scores.
fn say(entry: &DetectorEntry, chosen: &Resolved, context: &BuildContext) {
    let words = |name: &str| match chosen.get(name)? {
        Value::String(word) => Some(format!(", {name} {word}")),
        Value::Null => Some(format!(", no {name}")),
        other => Some(format!(", {name} {other}")),
    };
    let matters = |name: &&str| *name != REFERENCE || (entry.uses_references)(chosen);
    let options: String = entry.card.of_class(Class::Test).filter(matters).filter_map(words).collect();
    let teacher = match context.backbone.name.as_str() {
        "" => String::new(),
        name => format!(" with {name}"),
    };
    say!("{}{teacher} at {} px{options}", entry.card.name, context.image_size);
}

/// How many tensors were passed over, by the part of the network they belong to.
fn say_unused(path: &Path, unused: &[String]) {
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for name in unused {
        tracing::debug!("{}: {name} is not used", path.display());
        let part = match name.rsplit_once('.') {
            Some((_, "num_batches_tracked")) => "num_batches_tracked".into(),
            _ => name.split('.').take(2).collect::<Vec<_>>().join("."),
        };
        *parts.entry(part).or_default() += 1;
    }
    if !unused.is_empty() {
        let parts: Vec<String> = parts.iter().map(|(part, count)| format!("{count} {part}")).collect();
        say!(
            "note: {} tensors of {} are not used: {} (--verbose names them)",
            unused.len(),
            path.display(),
            parts.join(", ")
        );
    }
}

fn find<E: registry::Entry>(name: &str) -> Result<&'static E, Exit> {
    registry::find::<E>(name).map_err(|error| Exit::new(USAGE, error))
}

fn data(reason: impl ToString) -> Exit {
    Exit::new(DATA, reason)
}
