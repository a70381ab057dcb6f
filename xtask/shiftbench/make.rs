//! `make`: data sets that are made from others.

use crate::cli;
use crate::exit::{DATA, Exit};
use crate::out::show;
use datasets::mnist_m;

pub fn run(options: &cli::Make) -> Result<(), Exit> {
    let cli::MakeKind::MnistM { photographs, mnist, out, seed, train } = &options.what;
    let data_root = options.data_root.path();
    let mnist = mnist.clone().unwrap_or_else(|| data_root.join("mnist"));
    let out = out.clone().unwrap_or_else(|| data_root.join("mnist-m"));
    let written = mnist_m::generate(&mnist, photographs, &out, *seed, *train);
    let written = written.map_err(|error| Exit::new(DATA, error))?;
    show!("{written} pictures, seed {seed}, in {}", out.display());
    Ok(())
}
