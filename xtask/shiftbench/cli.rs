//! What can be typed before the name of a command.

use crate::command::Chosen;
use crate::exit;
use clap::Parser;

/// Image anomaly detection under distribution shift, measured.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = exit::HELP)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Chosen,
    /// Tell more on standard error
    #[arg(long, global = true)]
    pub verbose: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_no_fault_in_any_argument() {
        Arguments::command().debug_assert();
    }
}
