//! The program: shiftbench's commands, methods, data sets and shifts, and those of this crate.

mod corner;
mod upside_down;

fn main() -> std::process::ExitCode {
    shiftbench::main()
}
