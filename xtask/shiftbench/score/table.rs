//! Scores as a table.

use crate::exit::{Exit, FOLDER};
use crate::out::{self, say};
use serde::Serialize;
use std::fs;
use std::path::Path;

/// One line of the table.
#[derive(Serialize)]
pub struct Scored {
    pub image: String,
    pub score: f32,
}

/// The table as CSV, into a file or on standard output.
pub fn write(scored: &[Scored], path: Option<&Path>) -> Result<(), Exit> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written =
        scored.iter().try_for_each(|line| writer.serialize(line)).map_err(|error| error.to_string());
    let table = written.and_then(|()| writer.into_inner().map_err(|error| error.to_string()));
    let table = table.map_err(|reason| Exit::new(FOLDER, reason))?;
    match path {
        Some(path) => fs::write(path, table).map_err(|reason| Exit::unwritable(path, reason)),
        None => {
            out::put(format_args!("{}", String::from_utf8_lossy(&table)));
            Ok(())
        }
    }
}

/// How many, and the extremes.
pub fn say(scored: &[Scored]) {
    let by_score = |a: &&Scored, b: &&Scored| a.score.total_cmp(&b.score);
    if let (Some(low), Some(high)) = (scored.iter().min_by(by_score), scored.iter().max_by(by_score)) {
        say!(
            "{} images, lowest score {} ({}), highest {} ({})",
            scored.len(),
            low.score,
            low.image,
            high.score,
            high.image
        );
    }
}
