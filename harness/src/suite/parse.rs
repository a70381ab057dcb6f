//! From a suite's text to a [`Suite`].

use super::methods::check_facts;
use super::once::{Once, members};
use super::piece::{Piece, Source};
use super::resolve::Resolver;
use super::set::Settings;
use super::written::Written;
use super::{Suite, SuiteError};
use crate::contract::device::DeviceChoice;
use crate::contract::protocol::Protocol;
use crate::results::name::check_as_file;

/// Accepted sides of the network input: multiples of the least, and more than any published method takes.
const SIDES: std::ops::RangeInclusive<u32> = 32..=4096;

impl Suite {
    /// The suite that `text` describes, with `settings` (`a.b=value`, from `--set`) laid over it.
    ///
    /// `name` is the suite's name and `file` how messages call the text.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(name: &str, file: &str, text: &str, settings: &[String]) -> Result<Suite, SuiteError> {
        let source = Source::File { name: file, text };
        let written: Written<'_> = source.whole().borrow()?;
        check_as_file(name).map_err(|reason| {
            source.whole().error(format!("the suite's name '{name}' {reason}: rename the file"))
        })?;
        let settings = Settings::parse(settings)?;
        // First, because seeds and the meaning of options depend on it.
        let protocol = settings.value("protocol").unwrap_or(source.piece(written.protocol));
        let protocol = Protocol::read(protocol)?;
        let resolver = Resolver { source, settings: &settings, protocol };
        let image_size = settings.value("image_size").unwrap_or(source.piece(written.image_size));
        let optional = |key: &str, raw| settings.value(key).or(resolver.piece(raw));
        let seeds = optional("seeds", written.seeds);
        let methods = resolver.methods(source.piece(written.methods))?;
        let places: Vec<Piece<'_>> = methods.iter().map(|(_, place)| *place).collect();
        let suite = Suite {
            name: name.into(),
            summary: written.summary.clone(),
            protocol,
            image_size: side(image_size)?,
            backbone: resolver.common_backbone(written.backbone)?,
            seeds: seeds.map_or_else(|| Ok(protocol.default_seeds()), distinct)?,
            data_seed: optional("data_seed", written.data_seed).map_or(Ok(0), Piece::read)?,
            device: optional("device", written.device).map_or(Ok(DeviceChoice::default()), device)?,
            keep_models: optional("keep_models", written.keep_models).map_or(Ok(true), Piece::read)?,
            datasets: resolver.datasets(source.piece(written.datasets))?,
            shifts: resolver.shifts(resolver.piece(written.shifts))?,
            sweeps: resolver.sweeps(resolver.piece(written.sweeps), &methods)?,
            methods: methods.into_iter().map(|(method, _)| method).collect(),
        };
        settings.check(&suite)?;
        check_facts(&suite, &places)?;
        Ok(suite)
    }
}

fn side(piece: Piece<'_>) -> Result<u32, SuiteError> {
    let side: u32 = piece.read()?;
    let (least, most) = SIDES.into_inner();
    if side < least || side > most || !side.is_multiple_of(least) {
        return Err(
            piece.error(format!("image_size {side} is not a multiple of {least} from {least} to {most}"))
        );
    }
    Ok(side)
}

fn device(piece: Piece<'_>) -> Result<DeviceChoice, SuiteError> {
    piece.word()?.parse().map_err(|message: String| piece.error(message))
}

fn distinct<'a>(list: Piece<'a>) -> Result<Vec<u64>, SuiteError> {
    let mut known = Once::new("seed", "leave one out");
    let seed = |member: Piece<'a>| {
        let seed: u64 = member.read()?;
        known.add(&seed.to_string(), member).map(|()| seed)
    };
    members("seeds", list)?.into_iter().map(seed).collect()
}
